//! Patterns, scenarios and fixes to test with: an ordinary working day, and the hostile ones.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use ratatui::{buffer::Buffer, layout::Rect};
use serde_json::json;

use crate::{
    model::{
        decision::Choice,
        failure::{FailureCode, Severity},
        fix::{Fix, FixChange, FixEvidence, FixKind, FixPlace, Impact, Watch},
        ids::{Fingerprint, Sequence, StepNumber, TraceId},
        money::Money,
        pattern::{Pattern, PatternPoints, PatternReport, PatternState},
        probability::{Interval, Probability},
        scenario::{Assertion, Mutation, Scenario},
        time::Timestamp,
    },
    text::clean::clean_line,
    workbench::{
        effects::{Order, Orders},
        glyphs::Glyphs,
        message::ListenerState,
        pane::{Pane, PaneMsg, View},
        shared::Shared,
        theme::Theme,
    },
};

use super::{NOON, assert_harmless, rows};

/// Insides of frames: 80x24, 120x40, and the side and desk rooms of 160x48.
pub(crate) const INSIDES: [(u16, u16); 4] = [(78, 19), (118, 35), (54, 7), (58, 11)];

/// What an agent called itself to harm the reader, as it arrives: cleaned.
pub(crate) fn hostile(number: usize) -> String {
    let raw = [
        "\u{1b}[2J\u{1b}]0;owned\u{7}evil\u{202e}txt.exe",
        "株式会社カスタマーサポート代理人プログラム第七号機改良版",
        "a-name-that-never-ends-and-has-no-space-in-it-at-all-so-that-nothing-can-be-broken-anywhere-however-hard-one-tries",
        "👩‍👩‍👧‍👦👍🏽 z\u{301}\u{302}\u{303}algo",
        "",
        " ",
    ];
    clean_line(raw[number % raw.len()]).into_owned()
}

pub(crate) fn shared() -> Shared {
    let mut shared = Shared::new(Theme::bare("bare"), Glyphs::default(), ListenerState::Up("127.0.0.1:8000".to_owned()));
    shared.now = NOON;
    shared
}

/// A pane of this size, drawn: its badge, then its rows.
pub(crate) fn drawn(pane: &mut dyn Pane, shared: &Shared, (width, height): (u16, u16)) -> String {
    tell(pane, shared, PaneMsg::Size { width, height });
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    pane.draw(buffer.area, &mut buffer, &View { shared, focused: true, now: NOON });
    let screen = format!("[{}]\n{}", pane.badge(shared), rows(&buffer).join("\n"));
    assert_harmless(&screen);
    screen
}

/// Draws a pane into a part of a larger buffer and makes sure that nothing outside the part is touched.
pub(crate) fn draw_inside(pane: &mut dyn Pane, shared: &Shared, (width, height): (u16, u16)) {
    let area = Rect::new(2, 1, width, height);
    let mut buffer = Buffer::empty(Rect::new(0, 0, width + 4, height + 2));
    let before = buffer.clone();
    pane.draw(area, &mut buffer, &View { shared, focused: false, now: NOON });
    for y in 0..buffer.area.height {
        for x in 0..buffer.area.width {
            let inside = area.contains((x, y).into());
            assert!(inside || buffer[(x, y)] == before[(x, y)], "{x},{y} is outside of {area:?}");
        }
    }
    if let Some(row) = pane.selected_row() {
        assert!(row < height.max(1), "the selected row {row} is not among {height}");
    }
}

/// Sends a message to a pane; answers its orders.
pub(crate) fn tell(pane: &mut dyn Pane, shared: &Shared, msg: PaneMsg) -> Vec<Order> {
    let mut orders = Orders::default();
    pane.update(&msg, shared, &mut orders);
    orders.take()
}

const fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 3_600)
}

/// A pattern of refund-bot, known by its number.
pub(crate) fn pattern(number: u64, code: FailureCode, subject: &str, runs: u64) -> PatternReport {
    PatternReport {
        pattern: Pattern {
            fingerprint: Fingerprint(number),
            code,
            subject: Some(subject.to_owned()),
            framework: Some("crewai".to_owned()),
            template: "amount must be a number, got <*>".to_owned(),
            runs,
            unrecovered_runs: runs - runs / 6,
            agents: vec![("refund-bot".to_owned(), runs)],
            first_seen: NOON.minus(hours(80)),
            last_seen: NOON.minus(hours(2)),
            cost: Money::from_usd(0.1504).unwrap(),
            severity: Severity::High,
            example: Sequence(number),
        },
        state: PatternState::Known,
        days: vec![0, 0, 1, 0, 2, 2, 3, 3, 5, 7, 4, 8, 2, 1],
        title: format!("{}: {subject}", code.title()),
        example_id: Some(TraceId::new(&format!("01J9ZK3T5W8Q2M4N6P{number:03}7QF")).unwrap()),
        points: vec![PatternPoints {
            agent: "refund-bot".to_owned(),
            points: 18.2,
            interval: Interval { low: 12.1, high: 24.4 },
            runs: 37,
            failed_runs: 74,
            failed_with: 31,
        }],
    }
}

/// Five patterns of an ordinary day; what is unclassified stands in the middle, as it may arrive.
pub(crate) fn patterns() -> Vec<PatternReport> {
    let mut bad = pattern(1, FailureCode::ToolBadArguments, "issue_refund", 37);
    bad.state = PatternState::BackAgain;
    let mut timeout = pattern(2, FailureCode::ToolTimeout, "fetch_order", 21);
    timeout.pattern.agents = vec![("refund-bot".to_owned(), 14), ("kyc-screen".to_owned(), 7)];
    timeout.points.clear();
    timeout.pattern.cost = Money::ZERO;
    let mut other = pattern(3, FailureCode::Unclassified, "x", 11);
    other.title = "unclassified".to_owned();
    other.pattern.template = String::new();
    other.pattern.severity = Severity::Low;
    other.example_id = None;
    let mut again = pattern(4, FailureCode::Loop, "search_logs", 9);
    again.state = PatternState::Fading;
    again.pattern.severity = Severity::Medium;
    again.days = vec![9, 8, 8, 6, 5, 5, 3, 2, 2, 1, 1, 0, 1, 0];
    let mut leak = pattern(5, FailureCode::Leak, "send_mail", 4);
    leak.state = PatternState::New;
    leak.pattern.severity = Severity::Critical;
    vec![bad, timeout, other, again, leak]
}

/// Patterns whose senders mean ill: names cleaned but odd, figures zero, huge or not numbers.
pub(crate) fn hostile_patterns() -> Vec<PatternReport> {
    (0..6usize)
        .map(|number| {
            let mut report = pattern(number as u64 + 1, FailureCode::ALL[number * 5], "x", [0, 1, 999_999, u64::MAX][number % 4]);
            report.title = hostile(number);
            report.pattern.template = hostile(number + 1);
            report.pattern.agents = (0..number * 3).map(|agent| (hostile(agent + 2), u64::MAX)).collect();
            report.pattern.unrecovered_runs = report.pattern.runs;
            report.pattern.cost = Money::from_pico([i128::MAX, 1, 0][number % 3]);
            report.pattern.first_seen = Timestamp::from_micros([i64::MIN, i64::MAX, 0][number % 3]);
            report.days = [vec![], vec![0; 14], vec![u32::MAX; 14], vec![1; 400]][number % 4].clone();
            report.points[0].points = [f64::NAN, f64::INFINITY, -0.01, 1e300][number % 4];
            report.points[0].agent = hostile(number + 3);
            report
        })
        .collect()
}

/// A scenario of pattern 1.
pub(crate) fn scenario(id: &str, title: &str) -> Scenario {
    Scenario {
        id: id.to_owned(),
        title: title.to_owned(),
        code: FailureCode::ToolBadArguments,
        fingerprint: Some(Fingerprint(1)),
        trace_id: TraceId::new("01J9ZK3T5W8Q2M4N6P7QF").unwrap(),
        step: Some(StepNumber(5)),
        agent: "refund-bot".to_owned(),
        tool: Some("issue_refund".to_owned()),
        severity: Severity::High,
        input: Some(json!({"message": "please refund order A-1182"})),
        mutation: Mutation {
            kind: "comma_decimal".to_owned(),
            field: Some("/amount".to_owned()),
            from: Some(json!("12.50")),
            to: Some(json!("12,50")),
        },
        given: vec!["the input of run 01J9…7QF".to_owned(), "issue_refund is called with the amount \"12,50\"".to_owned()],
        when: "refund-bot is run".to_owned(),
        then: vec![
            Assertion { check: "no_uncaught_error".to_owned(), value: json!(true), says: "no uncaught error ends the run".to_owned() },
            Assertion { check: "within_ms".to_owned(), value: json!(3000), says: "the run ends within 3 s".to_owned() },
        ],
        stands_for: 31,
        difficulty: None,
        edits: None,
        decision: None,
    }
}

/// Four scenarios of an ordinary day.
pub(crate) fn scenarios() -> Vec<Scenario> {
    let mut empty = scenario("s2", "empty amount");
    empty.mutation =
        Mutation { kind: "empty".to_owned(), field: Some("/amount".to_owned()), from: Some(json!("12,50")), to: Some(json!("")) };
    empty.severity = Severity::Medium;
    empty.decision = Some(Choice::Accepted);
    let mut slow = scenario("s3", "fetch_order does not answer");
    slow.mutation = Mutation { kind: "tool_timeout".to_owned(), field: None, from: None, to: None };
    slow.code = FailureCode::ToolTimeout;
    slow.fingerprint = Some(Fingerprint(2));
    slow.decision = Some(Choice::Rejected);
    let mut again = scenario("s4", "as it was");
    again.mutation = Mutation { kind: "replay".to_owned(), field: None, from: None, to: None };
    vec![scenario("s1", "comma-decimal amount"), empty, slow, again]
}

/// Scenarios with odd names and values.
pub(crate) fn hostile_scenarios() -> Vec<Scenario> {
    (0..6usize)
        .map(|number| {
            let mut made = scenario(&format!("h{number}"), &hostile(number));
            made.given = (0..number).map(hostile).collect();
            made.when = hostile(number + 1);
            made.agent = hostile(number + 2);
            made.then.clear();
            made.trace_id = TraceId::new("\u{1b}[2J\u{202e}evil").unwrap();
            made.stands_for = [0, 1, u64::MAX][number % 3];
            made.mutation.to = Some(json!("\u{202e}\u{1b}[2J".repeat(number * 2_000)));
            made.mutation.field = Some(hostile(number + 2));
            made
        })
        .collect()
}

/// A snippet as guidance gives it.
pub(crate) const SNIPPET: &str = "from decimal import Decimal\n\n\ndef parse_amount(text: str) -> Decimal:\n    \"\"\"Accepts 12.50 and 12,50; refuses anything else.\"\"\"\n    return Decimal(text.replace(\",\", \".\"))\n\n\ndef issue_refund(order: str, amount: str) -> dict:\n    return api.refund(order, parse_amount(amount))\n";

/// A fix of pattern 1.
pub(crate) fn fix(id: &str, title: &str) -> Fix {
    Fix {
        id: id.to_owned(),
        title: title.to_owned(),
        kind: FixKind::Guidance,
        file: None,
        diff: None,
        place: None,
        change: None,
        snippet: SNIPPET.to_owned(),
        language: "python".to_owned(),
        why: "issue_refund is called with text, and 31 of 37 failing calls hold a comma that float() does not read.".to_owned(),
        evidence: vec![
            FixEvidence { step: Some(StepNumber(5)), says: "amount was \"12,50\"".to_owned() },
            FixEvidence { step: None, says: "37 runs end with the same message".to_owned() },
        ],
        code: FailureCode::ToolBadArguments,
        fingerprint: Some(Fingerprint(1)),
        framework: Some("crewai".to_owned()),
        covers: 37,
        impact: Some(Impact { low: 11, high: 27, of: 74 }),
        confidence: None,
        verified: false,
        decision: None,
        watch: None,
    }
}

/// Three fixes of an ordinary day.
pub(crate) fn fixes() -> Vec<Fix> {
    let mut retry = fix("f2", "give fetch_order a time limit and one retry");
    retry.impact = None;
    retry.framework = None;
    retry.fingerprint = Some(Fingerprint(2));
    retry.decision = Some(Choice::Accepted);
    let mut long = fix("f3", "stop after five identical calls");
    long.snippet = (1..=60).map(|line| format!("step({line})  # line {line}\n")).collect();
    long.fingerprint = None;
    vec![fix("f1", "parse the amount before the call"), retry, long]
}

/// Fixes as diffs on the user's file: open, applied and quiet since, accepted and back.
pub(crate) fn diff_fixes() -> Vec<Fix> {
    let before = "import api\n\n\ndef check(order):\n    return order.startswith(\"A-\")\n\n\n@tool\ndef issue_refund(order: str, amount: str) -> dict:\n    \"\"\"Pays an amount back.\"\"\"\n    check(order)\n    return api.refund(order, amount)\n";
    let after = before
        .replace("import api\n", "from decimal import Decimal\n\nimport api\n")
        .replace("api.refund(order, amount)", "api.refund(order, Decimal(amount.replace(\",\", \".\")))");
    let made = |id: &str, title: &str, decision, applied: Option<&str>| {
        let mut made = fix(id, title);
        made.kind = FixKind::Diff;
        made.file = Some("tools/refund.py".to_owned());
        made.diff = crate::repair::diff::unified("tools/refund.py", before, &after);
        made.place = Some(FixPlace { root: "/home/ada/shop".to_owned(), path: "tools/refund.py".to_owned(), line: 1 });
        made.change = Some(FixChange {
            base: "b".repeat(64),
            result: "a".repeat(64),
            encoding: "utf-8".to_owned(),
            compiled: Some("3.12.4".to_owned()),
            applied: applied.map(str::to_owned),
        });
        made.evidence.push(FixEvidence { step: None, says: "tools/refund.py:9: it defines the tool".to_owned() });
        made.decision = decision;
        made
    };
    let mut applied = made("d2", "give issue_refund a time limit", Some(Choice::Applied), Some("0000000000000001-aaaaaaaa"));
    let watch = |again, back: Option<&str>| Watch { since: NOON, runs: 212, again, back: back.and_then(|id| TraceId::new(id).ok()) };
    applied.watch = Some(watch(0, None));
    let mut back = made("d3", "retry issue_refund", Some(Choice::Accepted), None);
    back.watch = Some(watch(3, Some("01J9X7QF")));
    vec![made("d1", "parse the amount before the call", None, None), applied, back]
}

/// Fixes with odd names and texts.
pub(crate) fn hostile_fixes() -> Vec<Fix> {
    (0..6usize)
        .map(|number| {
            let mut made = fix(&format!("h{number}"), &hostile(number));
            made.why = hostile(number + 1);
            made.snippet = (0..number * 10).map(hostile).collect::<Vec<_>>().join("\n");
            made.language = hostile(number + 2);
            made.framework = Some(hostile(number + 3));
            made.covers = [0, 1, u64::MAX][number % 3];
            made.impact = Some(Impact { low: u64::MAX, high: 0, of: u64::MAX });
            made.confidence = Some(Probability::clamped(0.8));
            made.evidence = (0..number * 2).map(|at| FixEvidence { step: Some(StepNumber(u32::MAX)), says: hostile(at) }).collect();
            made
        })
        .collect()
}
