//! Windows of rows as the screen asks for them: plain, filtered, sorted, with holes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/bodies.rs"]
mod bodies;

use std::collections::BTreeSet;

use arc_eval_tui::{
    engine::{
        Engine,
        delivery::Source,
        facts::{Anchor, Cancel, Facts, RowQuery, RowWindow, Total},
        options::{EngineOptions, StorePlace},
        receipt::Ingested,
    },
    model::ids::{Sequence, TraceId},
    query::Filter,
};
use bodies::{failed, good};
use serde_json::json;
use tokio::runtime::Runtime;

/// An engine that holds runs 1 to `count`; every tenth failed, and run `n` took `n * 7 % 101` seconds.
fn with(count: u64) -> (Runtime, Engine) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let engine = Engine::open(EngineOptions::new(StorePlace::Memory)).unwrap();
    if count == 0 {
        return (runtime, engine);
    }
    let lines: String = (1..=count)
        .map(|number| {
            let mut body = if number % 10 == 0 { failed("b", &number.to_string()) } else { good("a", &number.to_string()) };
            body["execution_time"] = json!(number * 7 % 101);
            format!("{body}\n")
        })
        .collect();
    let Ingested::Many(items) = runtime.block_on(engine.ingest(lines.into(), Source::File)) else { panic!("not a batch") };
    assert!(items.iter().all(|(_, item)| item.is_ok()));
    (runtime, engine)
}

fn ask(facts: &Facts, anchor: Anchor, before: usize, after: usize, filter: Option<&Filter>) -> RowWindow {
    facts.rows(&RowQuery { anchor, before, after, filter }).unwrap()
}

fn sequences(window: &RowWindow) -> Vec<u64> {
    window.rows.iter().map(|row| row.sequence.0).collect()
}

fn at(sequence: u64) -> Anchor {
    Anchor::At(Sequence(sequence))
}

fn filter(text: &str) -> Filter {
    Filter::parse(text, arc_eval_tui::model::time::Timestamp::from_micros(0)).unwrap()
}

#[test]
fn without_a_filter_a_place_is_arithmetic() {
    let (_runtime, engine) = with(100);
    let facts = engine.facts().unwrap();
    let top = ask(&facts, Anchor::Newest, 5, 3, None);
    assert_eq!(sequences(&top), [100, 99, 98]);
    assert_eq!((top.anchor_index, top.position, top.total), (0, Some(0), Total::Exactly(100)));
    assert_eq!((top.more_above, top.more_below), (false, true));

    let middle = ask(&facts, at(50), 2, 3, None);
    assert_eq!(sequences(&middle), [52, 51, 50, 49, 48]);
    assert_eq!((middle.anchor_index, middle.position), (2, Some(48)));
    assert_eq!((middle.more_above, middle.more_below), (true, true));

    let bottom = ask(&facts, at(2), 1, 10, None);
    assert_eq!(sequences(&bottom), [3, 2, 1]);
    assert!(!bottom.more_below);
}

#[test]
fn an_empty_store_has_an_empty_window() {
    let (_runtime, engine) = with(0);
    let facts = engine.facts().unwrap();
    for filter in [None, Some(&filter("agent:b")), Some(&filter("sort:cost"))] {
        for anchor in [Anchor::Newest, at(7)] {
            let window = ask(&facts, anchor, 5, 5, filter);
            assert_eq!((window.rows.len(), window.anchor_index, window.total), (0, 0, Total::Exactly(0)));
            assert_eq!((window.more_above, window.more_below), (false, false));
        }
    }
}

#[test]
fn a_row_that_is_gone_gives_way_to_the_next_older() {
    let (runtime, engine) = with(20);
    let gone = (9..=11).map(|number| TraceId::new(&number.to_string()).unwrap()).collect();
    assert_eq!(runtime.block_on(engine.forget(gone)).unwrap(), 3);
    let facts = engine.facts().unwrap();
    let window = ask(&facts, at(10), 2, 2, None);
    assert_eq!(sequences(&window), [13, 12, 8, 7]);
    assert_eq!((window.anchor_index, window.position, window.total), (2, None, Total::Exactly(17)), "a place among holes is not known");
    assert_eq!(ask(&facts, Anchor::Newest, 0, 2, None).position, Some(0), "the top is");
}

#[test]
fn a_filter_shows_its_rows_around_the_anchor() {
    let (_runtime, engine) = with(100);
    let facts = engine.facts().unwrap();
    let only = filter("agent:b");
    let top = ask(&facts, Anchor::Newest, 0, 3, Some(&only));
    assert_eq!(sequences(&top), [100, 90, 80]);
    assert_eq!((top.position, top.more_above, top.more_below), (Some(0), false, true));
    assert_eq!(top.total, Total::Exactly(10), "a hundred rows are looked at in one go");

    let middle = ask(&facts, at(55), 2, 2, Some(&only));
    assert_eq!(sequences(&middle), [70, 60, 50, 40], "the anchor does not match, so the next older does");
    assert_eq!((middle.anchor_index, middle.more_above, middle.more_below), (2, true, true));

    let all = ask(&facts, Anchor::Newest, 0, 50, Some(&only));
    assert_eq!((all.rows.len(), all.total, all.more_below), (10, Total::Exactly(10), false));
    let up = ask(&facts, at(10), 50, 2, Some(&only));
    assert_eq!((up.rows.len(), up.anchor_index, up.position, up.total), (10, 9, Some(0), Total::Exactly(10)));
    let count = facts.count(&only, &Cancel::default(), &mut |_| {}).unwrap();
    assert_eq!((count.matches, count.searched, count.stored), (10, 100, 100));
}

#[test]
fn a_filter_with_an_order_is_a_list_of_its_own() {
    let (_runtime, engine) = with(100);
    let facts = engine.facts().unwrap();
    let slowest = filter("sort:-took");
    let top = ask(&facts, Anchor::Newest, 0, 4, Some(&slowest));
    let took: Vec<f64> = top.rows.iter().map(|row| row.took.unwrap().millis() / 1e3).collect();
    assert_eq!(took, [100.0, 99.0, 98.0, 97.0]);
    assert_eq!((top.total, top.position, top.more_below), (Total::Exactly(100), Some(0), true));
    let third = top.rows[2].sequence;
    let around = ask(&facts, Anchor::At(third), 1, 2, Some(&slowest));
    assert_eq!(sequences(&around), sequences(&top)[1..4]);
    assert_eq!((around.anchor_index, around.position), (1, Some(1)));

    let limited = ask(&facts, Anchor::Newest, 0, 50, Some(&filter("agent:b limit:3")));
    assert_eq!((sequences(&limited), limited.total, limited.more_below), (vec![100, 90, 80], Total::Exactly(3), false));
    let both = ask(&facts, Anchor::Newest, 0, 50, Some(&filter("agent:b sort:took limit:2")));
    assert_eq!(both.rows.len(), 2);
    assert!(both.rows[0].took <= both.rows[1].took);
}

#[test]
fn a_search_that_finds_nothing_stops_and_can_go_on() {
    let (_runtime, engine) = with(60_000);
    let facts = engine.facts().unwrap();
    let never = filter("agent:nobody");
    let (mut anchor, mut searched, mut calls) = (Anchor::Newest, 0, 0);
    loop {
        let window = ask(&facts, anchor, 0, 10, Some(&never));
        assert!(window.rows.is_empty());
        searched += window.searched;
        calls += 1;
        match window.resume_below {
            Some(next) => {
                assert!(window.more_below);
                anchor = Anchor::At(next);
            }
            None => {
                assert!(!window.more_below);
                break;
            }
        }
    }
    assert_eq!((searched, calls), (60_000, 2), "every row once");

    let mut upwards = BTreeSet::new();
    let rare = filter("agent:b");
    let mut anchor = at(1);
    loop {
        let window = ask(&facts, anchor, 10_000, 0, Some(&rare));
        upwards.extend(sequences(&window));
        match window.resume_above {
            Some(next) => anchor = Anchor::At(next),
            None => break,
        }
    }
    assert_eq!(upwards.len(), 6_000, "every match once");
}
