//! Searches: in bodies, told in parts, given up, remembered while the store changes; sessions and names.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/bodies.rs"]
mod bodies;
#[path = "support/spans.rs"]
#[allow(dead_code)]
mod spans;

use std::time::Duration;

use arc_eval_tui::{
    engine::{
        Engine,
        delivery::Source,
        facts::{Anchor, Cancel, Facts, NameKind, RowQuery, RowWindow, SessionQuery, Total},
        judgement::FeedbackInput,
        options::{EngineOptions, StorePlace},
        receipt::Ingested,
    },
    formats::otlp::span::Span,
    model::{
        ids::{Sequence, TraceId},
        progress::Patience,
        summary::Summary,
        time::Elapsed,
        verdict::OutcomeState,
    },
    query::Filter,
};
use bodies::{failed, good};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

fn start() -> (Runtime, Engine) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let quiet = Elapsed::from_micros(200_000);
    let options = EngineOptions { patience: Patience { quiet, ..Patience::default() }, ..EngineOptions::new(StorePlace::Memory) };
    (runtime, Engine::open(options).unwrap())
}

fn send(runtime: &Runtime, engine: &Engine, bodies: &[Value]) {
    let lines: String = bodies.iter().map(|body| format!("{body}\n")).collect();
    match runtime.block_on(engine.ingest(lines.into(), Source::File)) {
        Ingested::Many(items) => assert!(items.iter().all(|(_, item)| item.is_ok()), "{items:?}"),
        Ingested::Single(item) => assert!(item.is_ok(), "{item:?}"),
    }
}

fn filter(text: &str) -> Filter {
    Filter::parse(text, arc_eval_tui::model::time::Timestamp::from_micros(0)).unwrap()
}

fn id(text: &str) -> TraceId {
    TraceId::new(text).unwrap()
}

/// The last word of a search, and how many there were before it.
fn search(facts: &Facts, text: &str, anchor: Anchor, (before, after): (usize, usize)) -> (RowWindow, usize) {
    let (filter, mut parts) = (filter(text), 0);
    let query = RowQuery { anchor, before, after, filter: Some(&filter) };
    let last = facts.search(&query, &Cancel::default(), &mut |part| {
        assert!(!part.done);
        parts += 1;
    });
    let last = last.unwrap();
    assert!(last.done);
    (last, parts)
}

fn ids(window: &RowWindow) -> Vec<&str> {
    window.rows.iter().map(|row| row.trace_id.as_str()).collect()
}

fn found(engine: &Engine, text: &str) -> Vec<String> {
    let (window, _) = search(&engine.facts().unwrap(), text, Anchor::Newest, (0, 50));
    assert_eq!(window.total, Total::Exactly(window.rows.len() as u64), "{text}");
    ids(&window).into_iter().map(str::to_owned).collect()
}

#[test]
fn texts_of_bodies_are_found_as_a_person_types_them() {
    let (runtime, engine) = start();
    let mut said = good("a", "said");
    said["input"] = json!("Wo liegt Köln?\nAm \"Rhein\", sagt man in C:\\new");
    let mut called = failed("a", "called");
    called["trace"]["steps"][1]["input"] = json!({ "query": "{\"city\": \"K\\u00f6ln\", \"zip\": \"50667\"}" });
    send(&runtime, &engine, &[said, called, good("a", "other")]);
    // As Python writes JSON, unless it is told otherwise.
    let escaped = r#"{"trace_id":"escaped","agent_id":"a","input":"K\u00f6ln","output":"\u041c\u043e\u0441\u043a\u0432\u0430 20\u00b0","success":true}"#;
    runtime.block_on(engine.ingest(escaped.into(), Source::File));
    for (text, expected) in [
        ("text:köln", vec!["escaped", "called", "said"]),
        ("text:KÖLN", vec!["escaped", "called", "said"]),
        ("text:москва", vec!["escaped"]),
        ("text:20°", vec!["escaped"]),
        ("text:\"liegt köln? am\"", vec!["said"]),
        ("text:\"\\\"rhein\\\", sagt\"", vec!["said"]),
        ("text:c:\\new", vec!["said"]),
        ("text:50667", vec!["called"]),
        ("text:wo*rhein", vec!["said"]),
        ("text:issue_refund", vec!["called"]),
        ("text:failed_at_step", vec!["called"]),
        ("text:\"must be a number\"", vec!["called"]),
        ("text:köln -text:rhein is:ok", vec!["escaped"]),
        ("-text:köln", vec!["other"]),
        ("text:rhein | text:москва", vec!["escaped", "said"]),
        ("text:nowhere", vec![]),
        ("text:50667 is:ok", vec![]),
    ] {
        assert_eq!(found(&engine, text), expected, "{text}");
    }
}

#[test]
fn runs_that_came_as_spans_are_searched_as_they_are_shown() {
    let (runtime, engine) = start();
    let mut call: Span = spans::model_call(7, 3);
    call.attributes
        .0
        .push(("gen_ai.input.messages".to_owned(), json!("[{\"role\": \"user\", \"content\": \"Gr\\u00fc\\u00dfe an\\nalle\"}]")));
    runtime.block_on(engine.spans(vec![spans::agent(7, true), call], Vec::new(), engine.reserve())).unwrap();
    let run = id(&spans::id_of(7).to_string());
    let mut pulse = engine.pulse();
    runtime.block_on(async {
        let shown = tokio::time::timeout(Duration::from_secs(20), async {
            while engine.facts().unwrap().find(&run).unwrap().is_none() {
                pulse.changed().await.unwrap();
            }
        });
        shown.await.expect("the run is assembled");
    });
    for text in ["text:\"grüße an alle\"", "text:model-3", "text:refund-bot"] {
        assert_eq!(found(&engine, text), [run.as_str()], "{text}");
    }
    assert!(found(&engine, "text:grusse").is_empty());
}

/// What a filter lets through, the slow and plain way: newest first.
fn plainly(facts: &Facts, only: &Filter) -> Vec<Sequence> {
    let all = facts.rows(&RowQuery { anchor: Anchor::Newest, before: 0, after: 10_000, filter: None }).unwrap();
    all.rows.iter().filter(|row| only.matches(*row, facts.moment())).map(|row| row.sequence).collect()
}

#[test]
fn what_is_remembered_keeps_up_with_a_store_that_changes() {
    let (runtime, engine) = start();
    let bodies = |range: std::ops::Range<u32>| -> Vec<Value> {
        range.map(|n| if n % 3 == 0 { failed("b", &n.to_string()) } else { good("a", &n.to_string()) }).collect()
    };
    send(&runtime, &engine, &bodies(0..600));
    let filters = ["agent:b", "is:failed", "-is:failed", "is:voted", "agent:nobody", "took>1s"];
    let check = |words: &str| {
        let facts = engine.facts().unwrap();
        for text in filters {
            let expected = plainly(&facts, &filter(text));
            let total = Total::Exactly(expected.len() as u64);
            assert_eq!(
                facts.count(&filter(text), &Cancel::default(), &mut |_| {}).unwrap().matches,
                expected.len() as u64,
                "{words}: {text}"
            );
            for (anchor, from) in [(Anchor::Newest, u64::MAX), (Anchor::At(Sequence(301)), 301), (Anchor::At(Sequence(5)), 5)] {
                let (window, _) = search(&facts, text, anchor, (4, 6));
                let place = expected.iter().position(|sequence| sequence.0 <= from).unwrap_or(expected.len());
                let (first, last) = (place.saturating_sub(4), (place + 6).min(expected.len()));
                let sequences: Vec<Sequence> = window.rows.iter().map(|row| row.sequence).collect();
                assert_eq!(sequences, expected[first..last], "{words}: {text} at {anchor:?}");
                assert_eq!((window.anchor_index, window.total), (place - first, total), "{words}: {text} at {anchor:?}");
                assert_eq!(window.position, Some(first as u64), "{words}: {text} at {anchor:?}");
                assert_eq!((window.more_above, window.more_below), (first > 0, last < expected.len()), "{words}: {text} at {anchor:?}");
            }
            let (oldest, _) = search(&facts, text, Anchor::Oldest, (2, 2));
            let sequences: Vec<Sequence> = oldest.rows.iter().map(|row| row.sequence).collect();
            assert_eq!(sequences, expected[expected.len().saturating_sub(4)..], "{words}: {text}");
            let (sorted, _) = search(&facts, &format!("{text} sort:-took"), Anchor::Newest, (0, 10_000));
            let mut rows = sorted.rows;
            assert!(rows.windows(2).all(|pair| pair[0].took >= pair[1].took), "{words}: {text}");
            rows.sort_by_key(|row| std::cmp::Reverse(row.sequence));
            assert_eq!(rows.iter().map(|row| row.sequence).collect::<Vec<_>>(), expected, "{words}: {text}, sorted");
        }
    };
    check("at first");
    check("asked again");
    send(&runtime, &engine, &bodies(600..700));
    check("more came");
    runtime.block_on(engine.forget((290..310).chain(0..3).map(|n: u32| id(&n.to_string())).collect())).unwrap();
    check("some were forgotten");
    let wrong = FeedbackInput::Give { correct: Some(false), score: None, notes: None };
    for trace in ["100", "350", "699"] {
        runtime.block_on(engine.feedback(&id(trace), wrong.clone())).unwrap();
    }
    check("some were judged");
    let mut changed = failed("b", "101");
    changed["execution_time"] = json!(0.5);
    send(&runtime, &engine, &[changed, good("a", "102")]);
    check("some were sent anew");
}

#[test]
fn a_search_that_is_given_up_ends_and_is_not_believed_later() {
    let (runtime, engine) = start();
    send(&runtime, &engine, &(0..50).map(|n| good("a", &n.to_string())).collect::<Vec<_>>());
    let facts = engine.facts().unwrap();
    let given_up = Cancel::default();
    given_up.cancel();
    for text in ["agent:a", "text:refund"] {
        let filter = filter(text);
        let query = RowQuery { anchor: Anchor::Newest, before: 0, after: 5, filter: Some(&filter) };
        assert_eq!(facts.search(&query, &given_up, &mut |_| {}).unwrap().searched, 0, "{text}");
        assert_eq!(facts.count(&filter, &given_up, &mut |_| {}).unwrap().matches, 0, "{text}");
        assert_eq!(facts.count(&filter, &Cancel::default(), &mut |_| {}).unwrap().matches, 50, "{text}");
    }
}

#[test]
fn the_order_of_time_goes_both_ways_from_any_run() {
    let (runtime, engine) = start();
    let bodies: Vec<Value> = (0..40)
        .map(|n: u32| {
            let mut body = good("a", &n.to_string());
            // Four runs of each second, not in the order in which they come.
            body["timestamp"] = json!(format!("2026-11-20T10:00:{:02}Z", n * 7 % 10));
            body
        })
        .collect();
    send(&runtime, &engine, &bodies);
    let facts = engine.facts().unwrap();
    let all = facts.rows(&RowQuery { anchor: Anchor::Newest, before: 0, after: 100, filter: None }).unwrap().rows;
    for text in ["sort:time", "sort:-time"] {
        let sort = filter(text).sort().unwrap();
        let mut expected: Vec<&Summary> = all.iter().collect();
        expected.sort_by(|one, other| sort.compare(*one, *other));
        let expected: Vec<Sequence> = expected.into_iter().map(|row| row.sequence).collect();
        // The same list as one that is made row by row.
        for (text, position_known) in [(text.to_owned(), false), (format!("{text} agent:a"), true)] {
            for (place, anchor) in [(0_usize, Anchor::Newest), (17, Anchor::At(expected[17])), (39, Anchor::Oldest)] {
                let (before, after) = if place == 39 { (7, 1) } else { (3, 5) };
                let (window, _) = search(&facts, &text, anchor, if place == 39 { (3, 5) } else { (before, after) });
                let first = place.saturating_sub(before);
                let sequences: Vec<Sequence> = window.rows.iter().map(|row| row.sequence).collect();
                assert_eq!(sequences, expected[first..(place + after).min(40)], "{text} at {anchor:?}");
                assert_eq!((window.anchor_index, window.total), (place - first, Total::Exactly(40)), "{text} at {anchor:?}");
                assert_eq!((window.more_above, window.more_below), (first > 0, place + after < 40), "{text} at {anchor:?}");
                assert!(window.position == Some(first as u64) || (!position_known && first > 0), "{text} at {anchor:?}");
            }
        }
    }
}

/// Run `n` of 60: three in each of 20 sessions, every tenth failed, in one of two projects or none.
fn conversation(n: u32) -> Value {
    let mut body = if n % 10 == 9 { failed("closer", &n.to_string()) } else { good("greeter", &n.to_string()) };
    body["session_id"] = json!(format!("talk-{}", n / 3));
    body["timestamp"] = json!(format!("2026-11-20T10:{n:02}:00Z"));
    match n / 3 % 3 {
        0 => body["project"] = json!("shop"),
        1 => body["project"] = json!("bank"),
        _ => {}
    }
    body
}

#[test]
fn sessions_are_listed_around_any_run_and_filtered_by_any_of_theirs() {
    let (runtime, engine) = start();
    send(&runtime, &engine, &(0..60).map(conversation).collect::<Vec<_>>());
    send(&runtime, &engine, &[good("alone", "alone")]);
    let facts = engine.facts().unwrap();
    let ask = |anchor, before, after, text: Option<&str>| {
        let filter = text.map(filter);
        let query = SessionQuery { anchor, before, after, filter: filter.as_ref() };
        let page = facts.sessions(&query, &Cancel::default(), &mut |part| assert!(!part.done)).unwrap();
        assert!(page.done && page.exact);
        page
    };
    let numbers = |page: &arc_eval_tui::engine::facts::SessionPage| -> Vec<u32> {
        page.sessions.iter().map(|session| session.id.trim_start_matches("talk-").parse().unwrap()).collect()
    };
    let top = ask(Anchor::Newest, 5, 4, None);
    assert_eq!((numbers(&top), top.total, top.more_above, top.more_below), (vec![19, 18, 17, 16], 20, false, true));
    let run = |n: u32| Anchor::At(facts.find(&id(&n.to_string())).unwrap().unwrap());
    let middle = ask(run(31), 2, 3, None);
    assert_eq!((numbers(&middle), middle.more_above, middle.more_below), (vec![12, 11, 10, 9, 8], true, true));
    let bottom = ask(Anchor::Oldest, 2, 2, None);
    assert_eq!((numbers(&bottom), bottom.more_above, bottom.more_below), (vec![3, 2, 1, 0], true, false));

    let with_failed = |n: u32| (3 * n..3 * n + 3).any(|run| run % 10 == 9);
    let expected: Vec<u32> = (0..20).rev().filter(|n| with_failed(*n)).collect();
    let failing = ask(Anchor::Newest, 0, 4, Some("is:failed"));
    assert_eq!((numbers(&failing), failing.total, failing.more_below), (expected[..4].to_vec(), expected.len() as u64, expected.len() > 4));
    let around = ask(run(31), 2, 2, Some("is:failed"));
    let below = expected.iter().position(|n| *n <= 10).unwrap();
    assert_eq!(numbers(&around), expected[below - 2..below + 2]);
    assert_eq!(numbers(&ask(Anchor::Newest, 0, 20, Some("text:\"12,50\""))), expected, "bodies are searched as well");
    let none = ask(Anchor::Newest, 0, 4, Some("agent:alone"));
    assert_eq!((none.sessions.len(), none.total, none.more_below), (0, 0, false), "a run without a session is in none");

    let ninth = &ask(run(29), 0, 1, None).sessions[0];
    assert_eq!((ninth.id.as_str(), ninth.runs, ninth.failed, ninth.outcome), ("talk-9", 3, 1, OutcomeState::Failed));
    assert_eq!(ninth.agents, ["greeter", "closer"]);
    assert_eq!((ninth.project.as_deref(), ninth.cost, ninth.unpriced), (Some("shop"), None, 3), "unpriced is not free");
    assert_eq!(facts.summary(ninth.newest).unwrap().unwrap().trace_id, id("29"));
}

#[test]
fn names_are_listed_with_their_runs() {
    let (runtime, engine) = start();
    send(&runtime, &engine, &(0..60).map(conversation).collect::<Vec<_>>());
    let facts = engine.facts().unwrap();
    let names = |kind| facts.names(kind, 3).unwrap();
    assert_eq!(names(NameKind::Agent), [("greeter".to_owned(), 54), ("closer".to_owned(), 6)]);
    assert_eq!(names(NameKind::Project), [("bank".to_owned(), 21), ("shop".to_owned(), 21)]);
    assert_eq!(names(NameKind::Tool), [("issue_refund".to_owned(), 6)]);
    assert_eq!(names(NameKind::Session).len(), 3);
    assert!(names(NameKind::Model).is_empty());
}
