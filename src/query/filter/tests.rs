//! The filter language by example and by property.
#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;

use super::*;
use crate::{
    model::{
        failure::{FailureCode, Severity},
        feedback::Feedback,
        ids::{Fingerprint, Sequence, TraceId},
        money::Money,
        probability::Probability,
        progress::Progress,
        summary::{FailureMark, Insight, ModelUse, Summary},
        time::Elapsed,
        usage::TokenUsage,
        verdict::{Outcome, OutcomeSource, OutcomeState},
    },
    query::{quote, sort::SORT_KEYS},
};

fn now() -> Timestamp {
    Timestamp::parse("2026-11-22T12:00:00Z").unwrap()
}

/// A failed run, an hour old, of which everything is known.
fn refund_run() -> Summary {
    let time = Timestamp::parse("2026-11-22T11:00:00Z").unwrap();
    Summary {
        sequence: Sequence(7),
        trace_id: TraceId::new("01J9ABC7QF").unwrap(),
        revision: 1,
        arrived: time,
        time,
        agent: "Refund-Bot".to_owned(),
        session: Some("user-42/a".to_owned()),
        project: None,
        domain: Some("finance".to_owned()),
        framework: Some("crewai".to_owned()),
        steps: 6,
        took: Some(Elapsed::from_micros(2_100_000)),
        model_time: None,
        tool_time: None,
        usage: Some(TokenUsage { input_tokens: 900, output_tokens: 104, ..TokenUsage::default() }),
        cost: Money::from_usd(0.0131),
        tool_calls: 2,
        wrong_tool_calls: 1,
        outcome: Outcome { state: OutcomeState::Failed, source: Some(OutcomeSource::Reported), reported: Some(false) },
        probability: Probability::new(0.31),
        failures: vec![FailureMark {
            code: FailureCode::ToolTimeout,
            severity: Severity::High,
            recovered: false,
            step: None,
            fingerprint: Some(Fingerprint(0x3fa9_0000_0000_0001)),
        }],
        tools: vec!["lookup_order".to_owned(), "issue_refund".to_owned()],
        models: vec![ModelUse {
            model: "gpt-4o-2024-08-06".to_owned(),
            calls: 1,
            usage: TokenUsage::default(),
            cost: None,
            by_class: Vec::new(),
        }],
        error: Some("ToolError: amount must be a number, got \"12,50\"".to_owned()),
        leaks: 1,
        incomplete: true,
        progress: Progress::Whole,
        insight: Insight::default(),
        feedback: Some(Feedback { correct: Some(false), score: None, notes: None, at: time }),
        body_bytes: 900,
        rules: "1".to_owned(),
    }
}

/// A run of which nothing optional is known.
fn bare_run() -> Summary {
    Summary {
        sequence: Sequence(8),
        agent: "unknown".to_owned(),
        session: None,
        domain: None,
        framework: None,
        took: None,
        usage: None,
        cost: None,
        outcome: Outcome { state: OutcomeState::Unknown, source: None, reported: None },
        probability: None,
        failures: Vec::new(),
        tools: Vec::new(),
        models: Vec::new(),
        error: None,
        leaks: 0,
        incomplete: false,
        feedback: None,
        ..refund_run()
    }
}

fn filter(text: &str) -> Filter {
    Filter::parse(text, now()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refused(text: &str) -> FilterError {
    Filter::parse(text, now()).err().unwrap_or_else(|| panic!("{text} was read"))
}

#[test]
fn conditions_that_hold() {
    for text in [
        "",
        "   ",
        "grade<C",
        "grade:f|D",
        "score>=31",
        "score:31",
        "score<31.5%",
        "agent:refund*",
        "agent=REFUND-BOT",
        "framework:crewai|langchain",
        "domain:fin*",
        "model:gpt-4o*",
        "tool:issue_refund",
        "cost>$0.01",
        "cost:0.0131",
        "tokens>1k",
        "took>2s",
        "took<=2100ms",
        "took:2.1s",
        "steps:6",
        "since:61m",
        "since:today",
        "since:2026-11-22T11:00",
        "before:59m",
        "-before:1h",
        "is:failed",
        "is:partial is:incomplete is:voted is:wrong is:leaking",
        "-is:ok -is:right -is:unknown",
        "pattern:tool.timeout",
        "pattern:timeout",
        "pattern:tool-timed-out",
        "pattern:tool.*",
        "pattern:api_timeout",
        "pattern:3fa9000000000001",
        "pattern:3FA9*",
        "text:\"must be a number\"",
        "text:amount*number",
        "text:\"\\\"12,50\\\"\"",
        "session:\"user-42/a\"",
        "id:01j9*",
        "refund lookup toolerror",
        "nothing|refund",
        "nothing | refund",
        "agent:checkout|refund*",
        "agent:checkout | tool:issue_refund",
        "agent:checkout|tool:issue_refund",
        "-agent:checkout|kyc*",
        "-nothing",
        "sort:-cost limit:1",
    ] {
        assert!(filter(text).matches(&refund_run(), Moment::default()), "{text}");
    }
}

#[test]
fn conditions_that_do_not_hold() {
    for text in [
        "grade>=D",
        "score:32",
        "agent:refund",
        "agent:\"refund*\"",
        "-agent:refund*",
        "-agent:checkout|refund*",
        "-refund",
        "model:gpt-4o",
        "cost>0.0131",
        "cost:0.0132",
        "tokens:1k tokens<1003",
        "took>2.1s",
        "steps>6",
        "since:59m",
        "before:2026-11-22T11:00:00Z",
        "is:ok",
        "is:failed is:right",
        "project:*",
        "pattern:bad-number-format",
        "pattern:3fa9",
        "pattern:4*",
        "text:refund",
        "refund checkout",
        "agent:checkout | is:ok",
    ] {
        assert!(!filter(text).matches(&refund_run(), Moment::default()), "{text}");
    }
}

#[test]
fn what_is_unknown_satisfies_no_condition_but_its_negation() {
    for text in ["grade<=A+", "score>=0", "cost>=0", "tokens>=0", "took>=0s", "framework:*", "tool:*", "text:*", "pattern:*", "session:*"] {
        let holds = |text: &str| filter(text).matches_with(&bare_run(), Moment::default(), &mut |_| false);
        assert!(!holds(text), "{text}");
        assert!(holds(&format!("-{text}")), "-{text}");
    }
    for (text, after, holds) in
        [("is:running", 4, true), ("is:running", 6, false), ("is:lost", 4, false), ("is:lost", 700, true), ("-is:running", 700, true)]
    {
        let ended = !text.contains("lost");
        let row = Summary { progress: Progress::Spans { heard: now(), ended }, ..bare_run() };
        let moment = Moment { now: now().plus(std::time::Duration::from_secs(after)), ..Moment::default() };
        assert_eq!(filter(text).matches(&row, moment), holds, "{text} after {after} s");
    }
    assert!(filter("is:unknown agent:unknown steps>=0").matches(&bare_run(), Moment::default()));
}

#[test]
fn errors_point_at_the_column_and_help() {
    for (text, column, says) in [
        ("agnt:x", 1, "did you mean `agent`?"),
        ("größe agnt:x", 7, "did you mean `agent`?"),
        ("grade<C http://x", 9, "in quotes"),
        ("grade<E", 7, "a letter from F to A+"),
        ("took>2", 6, "such as 2s"),
        ("cost>abc", 6, "$0.01"),
        ("score>101", 7, "from 0 to 100"),
        ("since:soon", 7, "1h"),
        ("is:faild", 4, "did you mean `failed`?"),
        ("agent>x", 6, "takes :"),
        ("since<1h", 6, "takes :"),
        ("agent: x", 7, "a value is expected"),
        ("agent:\"\"", 7, "a value is expected"),
        ("-", 2, "a condition is expected"),
        ("--x", 2, "one `-` negates"),
        ("text:\"open", 6, "not closed"),
        ("\"a\"b", 4, "closing quote"),
        ("a\"b\"", 2, "start of a value"),
        ("| a", 1, "between two conditions"),
        ("a || b", 4, "between two conditions"),
        ("a |", 3, "on its right"),
        ("a|", 2, "on its right"),
        ("a|-b", 3, "two things"),
        ("-agent:a|tool:b", 9, "two things"),
        ("agent:a|tol:b", 9, "did you mean `tool`?"),
        ("a AND b", 3, "space means and"),
        ("(a", 1, "no parentheses"),
        ("took > 2s", 6, "without a space"),
        ("agent!=x", 1, "write `-`"),
        ("sort:size", 6, "nothing to sort by"),
        ("sort:costs", 6, "did you mean `cost`?"),
        ("-sort:cost", 1, "no condition"),
        ("a | sort:cost", 5, "no condition"),
        ("sort:cost | a", 11, "between two conditions"),
        ("sort:cost sort:took", 11, "given twice"),
        ("limit:0", 7, "from 1"),
        ("limit:5 limit:6", 9, "given twice"),
    ] {
        let error = refused(text);
        assert_eq!(error.column, column, "{text}: {error}");
        assert!(error.message.contains(says), "{text}: {error}");
    }
}

#[test]
fn errors_list_what_could_stand_there() {
    assert!(refused("agnt:x").expected.contains(&"agent".to_owned()));
    assert!(refused("is:x").expected.contains(&"failed".to_owned()));
    assert!(refused("sort:x").expected.contains(&"cost".to_owned()));
    assert_eq!(refused("agent<x").expected, [":"]);
}

#[test]
fn errors_are_safe_to_show() {
    let error = refused(&format!("is:\x1b[31m\u{202e}{}", "x".repeat(500))).to_string();
    assert!(!error.contains(['\x1b', '\u{202e}']) && error.len() < 200, "{error:?}");
}

#[test]
fn a_filter_that_is_too_long_is_refused() {
    assert!(Filter::parse(&"a ".repeat(LENGTH_MAX / 2), now()).is_ok());
    let error = refused(&"é".repeat(LENGTH_MAX));
    assert_eq!(error.column, LENGTH_MAX / 2 + 1);
}

#[test]
fn order_and_limit_are_held() {
    let filter = filter("sort:-cost is:failed limit:5k");
    assert_eq!(filter.limit(), Some(5_000));
    assert_eq!(filter.to_string(), "is:failed sort:-cost limit:5000");
    assert!(!filter.shows_all());
    let sort = filter.sort().unwrap();
    let (dear, unknown) = (refund_run(), bare_run());
    let cheap = Summary { cost: Some(Money::ZERO), sequence: Sequence(9), ..refund_run() };
    let newer = Summary { sequence: Sequence(10), ..refund_run() };
    let mut rows = [&unknown, &cheap, &dear, &newer];
    rows.sort_by(|left, right| sort.compare(*left, *right));
    assert_eq!(rows.iter().map(|row| row.sequence.0).collect::<Vec<_>>(), [10, 7, 9, 8]);
    rows.sort_by(|left, right| Filter::parse("sort:cost", now()).unwrap().sort().unwrap().compare(*left, *right));
    assert_eq!(rows.iter().map(|row| row.sequence.0).collect::<Vec<_>>(), [9, 7, 10, 8]);
}

#[test]
fn a_filter_can_be_put_in_another_order() {
    let filter = filter("is:ok sort:-cost limit:3");
    assert_eq!(filter.in_order(Some("informative")).to_string(), "is:ok sort:informative limit:3");
    assert_eq!(filter.in_order(None).to_string(), "is:ok limit:3");
}

#[test]
fn a_run_that_says_ok_and_looks_failed_is_doubtful() {
    let doubtful = |inferred, reported| {
        let mut row = bare_run();
        row.outcome = Outcome { state: OutcomeState::Ok, source: Some(OutcomeSource::Reported), reported: Some(reported) };
        row.insight.inferred = Probability::new(inferred);
        filter("is:doubtful").matches(&row, Moment::default())
    };
    assert!(doubtful(0.2, true));
    assert!(!doubtful(0.6, true));
    assert!(!filter("is:doubtful").matches(&bare_run(), Moment::default()));
}

#[test]
fn a_filter_can_be_relaxed() {
    let filter = filter("took>1h agent:refund* | is:ok limit:3");
    assert_eq!(filter.terms().collect::<Vec<_>>(), ["took>1h", "agent:refund* | is:ok"]);
    assert!(!filter.matches(&refund_run(), Moment::default()));
    assert!(filter.without(0).matches(&refund_run(), Moment::default()));
    assert_eq!(filter.without(0).to_string(), "agent:refund* | is:ok limit:3");
    assert_eq!(filter.without(9), filter);
}

#[test]
fn days_are_those_of_the_zone() {
    let east = TimeZone::fixed(jiff::tz::offset(13));
    // Noon UTC is already tomorrow there, so the run an hour ago was today as well; in UTC+1 "today" began at 23:00.
    let row = Summary { time: Timestamp::parse("2026-11-22T10:59:00Z").unwrap(), ..refund_run() };
    assert!(!Filter::parse_in("since:today", now(), &east).unwrap().matches(&row, Moment::default()));
    assert!(Filter::parse("since:today", now()).unwrap().matches(&row, Moment::default()));
}

#[test]
fn any_name_can_be_quoted_into_a_filter() {
    for name in ["refund-bot", "my agent", "a*b", "say \"hi\"", "C:\\x", "-x", "AND", "is:ok", "a|b", "é", "(x)"] {
        let row = Summary { agent: name.to_owned(), ..bare_run() };
        assert!(filter(&format!("agent:{}", quote(name))).matches(&row, Moment::default()), "{name}");
        assert!(filter(&quote(name)).matches(&row, Moment::default()), "{name}");
    }
}

/// Texts of the language, right more often than not.
fn filter_text() -> impl Strategy<Value = String> {
    let value = prop_oneof!["[a-zA-Z0-9.*_é-]{1,8}", "\"[a-z |*:é-]{1,10}\"", Just("\"a\\\\b\\\"c\"".to_owned()),];
    let values = proptest::collection::vec(value, 1..4).prop_map(|values| values.join("|"));
    let name = proptest::sample::select(vec!["", "agent:", "tool:", "text:", "model:", "id:", "pattern:", "session:"]);
    let compared = proptest::sample::select(vec![
        "grade<C",
        "grade:A+|b",
        "score>=80",
        "cost<=$1.5k",
        "tokens>12,408",
        "took:1m30s",
        "took>\"2 min\"",
        "steps>3",
        "since:7d",
        "before:2026-11-01",
        "is:failed|ok",
        "IS:Wrong",
        "score=73.5%",
    ]);
    let condition = prop_oneof![(name, values).prop_map(|(name, values)| format!("{name}{values}")), compared.prop_map(str::to_owned)];
    let signed = (prop_oneof![3 => Just(""), 1 => Just("-")], condition).prop_map(|(sign, condition)| format!("{sign}{condition}"));
    let term = proptest::collection::vec(signed, 1..4).prop_map(|conditions| conditions.join(" | "));
    let directives = (
        proptest::option::of(proptest::sample::select(SORT_KEYS.iter().map(|key| format!("sort:-{}", key.name)).collect::<Vec<_>>())),
        proptest::option::of((1u32..9_999).prop_map(|count| format!("limit:{count}"))),
    );
    (proptest::collection::vec(term, 0..5), directives).prop_map(|(mut words, (sort, limit))| {
        words.extend(sort);
        words.extend(limit);
        words.join("  ")
    })
}

proptest! {
    #[test]
    fn what_is_written_back_reads_the_same(text in filter_text()) {
        if let Ok(filter) = Filter::parse(&text, now()) {
            prop_assert_eq!(Filter::parse(&filter.to_string(), now()), Ok(filter));
        }
    }

    #[test]
    fn no_text_panics_and_columns_lie_within(text in "[a-z:<>=|\"\\\\ *(-]{0,40}|\\PC{0,40}|[\\x00-\\x7f]{0,40}") {
        match Filter::parse(&text, now()) {
            Ok(filter) => {
                let _ = (filter.matches(&refund_run(), Moment::default()), filter.matches(&bare_run(), Moment::default()));
                prop_assert_eq!(Filter::parse(&filter.to_string(), now()), Ok(filter));
            }
            Err(error) => prop_assert!((1..=text.chars().count() + 1).contains(&error.column), "{}", error),
        }
    }

    #[test]
    fn removing_a_condition_never_shows_less(text in filter_text(), term in 0usize..5) {
        if let Ok(filter) = Filter::parse(&text, now()) {
            for row in [refund_run(), bare_run()] {
                prop_assert!(!filter.matches(&row, Moment::default()) || filter.without(term).matches(&row, Moment::default()));
            }
        }
    }

    #[test]
    fn any_text_can_be_quoted(text in "(?s).{1,60}") {
        let row = Summary { agent: text.clone(), ..bare_run() };
        prop_assert!(filter(&quote(&text)).matches(&row, Moment::default()));
        let whole = format!("agent:{}", quote(&text));
        prop_assert!(filter(&whole).matches(&row, Moment::default()));
    }
}

/// Most of what the generator above writes must be real filters, else the properties say little.
#[test]
fn most_generated_texts_are_filters() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let read = (0..500).filter(|_| Filter::parse(&filter_text().new_tree(&mut runner).unwrap().current(), now()).is_ok()).count();
    assert!(read > 250, "only {read} of 500");
}

#[test]
fn bodies_are_asked_only_where_the_row_does_not_decide() {
    let asked = |text: &str, body: &str| {
        let filter = filter(text);
        assert!(filter.reads_bodies(), "{text}");
        let mut asked = 0;
        let holds = filter.matches_with(&refund_run(), Moment::default(), &mut |needle| {
            asked += 1;
            needle.is_in(body)
        });
        (holds, asked)
    };
    let body = "Dear customer, your order\nis on its way";
    assert_eq!(asked("text:\"order is\"", body), (true, 1));
    assert_eq!(asked("text:nowhere", body), (false, 1));
    assert_eq!(asked("-text:nowhere", body), (true, 1));
    assert_eq!(asked("-text:order", body), (false, 1));
    assert_eq!(asked("text:\"must be a number\"", body), (true, 0), "the row's error has it");
    assert_eq!(asked("-text:\"must be a number\"", body), (false, 0));
    assert_eq!(asked("text:order is:ok", body), (false, 0), "another condition fails");
    assert_eq!(asked("text:order | is:failed", body), (true, 0), "another alternative holds");
    assert_eq!(asked("text:nowhere | is:ok", body), (false, 1));
    assert_eq!(asked("text:nowhere|customer is:failed", body), (true, 2));
    assert_eq!(filter("text:order").judge(&refund_run(), Moment::default()), None);
    assert!(!filter("refund is:failed").reads_bodies());
}

#[test]
fn a_flood_of_wildcards_is_no_bomb() {
    let filter = filter(&"a*".repeat(LENGTH_MAX / 2));
    let row = Summary { agent: "a".repeat(100_000), ..bare_run() };
    let begun = std::time::Instant::now();
    for _ in 0..10 {
        let _ = filter.matches(&row, Moment::default());
    }
    assert!(begun.elapsed() < std::time::Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn ten_kilobytes_are_refused_with_what_is_allowed() {
    let error = refused(&"text:\"x\" ".repeat(1_200));
    assert!(error.message.contains("at most 4096 bytes; this one has 10800"), "{error}");
}

#[test]
fn a_quote_that_is_not_closed_is_pointed_at() {
    for (text, column) in [("\"", 1), ("is:failed text:\"must be", 16), ("größe \"abc\\\"", 7), ("agent:a|\"b", 9)] {
        let error = refused(text);
        assert_eq!((error.column, error.expected.as_slice()), (column, ["\"".to_owned()].as_slice()), "{text}: {error}");
    }
}
