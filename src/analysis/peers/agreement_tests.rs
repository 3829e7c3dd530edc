//! Small runs of one request or about one customer, and how they agree.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    analysis::{
        peers::task_of,
        testing::{TraceBuilder, any_trace, trace},
    },
    model::trace::Trace,
};

/// A run of one request.
fn request(agent: &str, input: &str, answer: Value) -> Trace {
    trace().output(answer).build_with(|trace| (trace.agent, trace.input) = (Some(agent.to_owned()), Some(json!(input))))
}

/// A dialogue with a customer, who was looked up.
fn dialogue(agent: &str, customer: &str, wish: &str) -> TraceBuilder {
    trace()
        .message("user", &format!("hello, my id is {customer}"))
        .tool("get_customer", json!({"customer_id": customer}))
        .returns(json!("{\"name\": \"Mia\"}"))
        .message("user", wish)
        .with(|trace| trace.agent = Some(agent.to_owned()))
}

fn cancels(agent: &str, customer: &str, order: &str) -> Trace {
    dialogue(agent, customer, "please cancel my order").tool("cancel_order", json!({"order": order})).returns(json!("done")).build()
}

fn likeness(trace: &Trace) -> Likeness {
    Likeness::of(trace).expect("something it is about")
}

fn among(run: &Trace, peers: &[Trace]) -> Option<Agreement> {
    let peers: Vec<Likeness> = peers.iter().filter_map(Likeness::of).collect();
    agreement(&likeness(run), &peers.iter().collect::<Vec<_>>())
}

#[test]
fn the_run_that_stands_apart_agrees_less_than_those_it_stands_apart_from() {
    let same = || request("a", "What does order 7 cost?", json!([12.5]));
    let other = request("a", "what does order 7 cost", json!([99]));
    let apart = among(&other, &[same(), same(), same()]).unwrap();
    let amid = among(&same(), &[same(), same(), other]).unwrap();
    assert_eq!((apart.runs, apart.same, amid.same), (3, 0, 2));
    assert!(amid.soft > 0.5 && apart.soft < 0.25, "{amid:?} {apart:?}");
    assert!(apart.central < -0.2 && amid.central > 0.0, "{amid:?} {apart:?}");
}

#[test]
fn a_run_alone_or_about_something_else_has_no_peers() {
    let run = request("a", "What does order 7 cost?", json!([12.5]));
    assert_eq!(among(&run, &[]), None);
    assert_eq!(among(&run, &[request("a", "What does order 8 cost?", json!([12.5]))]), None);
    assert_eq!(among(&run, &[cancels("a", "C-1001", "W1")]), None, "a dialogue is no run of one request");
}

#[test]
fn runs_about_one_customer_are_held_against_each_other_by_what_they_changed() {
    let run = cancels("a", "C-1001", "W1");
    assert_eq!(among(&run, &[cancels("b", "C-1002", "W1")]), None);
    let agreement = among(&run, &[cancels("b", "C-1001", "W1"), cancels("c", "C-1001", "W2")]).unwrap();
    assert_eq!((agreement.runs, agreement.agents, agreement.same), (2, 2, 1));
    let did_nothing = dialogue("b", "C-1001", "please cancel my order").says("I cannot do that").build();
    assert_eq!(among(&run, &[did_nothing]).unwrap().same, 0);
}

#[test]
fn a_change_that_failed_or_was_made_twice_does_not_count() {
    let run = cancels("a", "C-1001", "W1");
    let tries = dialogue("b", "C-1001", "please cancel my order")
        .tool("cancel_order", json!({"order": "W9"}))
        .fails("no such order")
        .tool("cancel_order", json!({"order": "W1"}))
        .returns(json!("done"))
        .tool("cancel_order", json!({"order": "W1"}))
        .returns(json!("done"))
        .build();
    assert_eq!(among(&run, &[tries]).unwrap().same, 1);
}

#[test]
fn handing_over_where_others_do_not_is_less_agreement() {
    let over = dialogue("a", "C-1001", "please cancel").tool("transfer_to_human", json!({})).returns(json!("ok")).build();
    let refuses = dialogue("b", "C-1001", "please cancel").says("I cannot").build();
    let apart = among(&over, std::slice::from_ref(&refuses)).unwrap();
    let alike = among(&refuses, std::slice::from_ref(&refuses)).unwrap();
    assert!(apart.same == 0 && alike.same == 1 && apart.soft < alike.soft, "{apart:?} {alike:?}");
}

#[test]
fn where_both_changed_something_the_answer_only_talks_about_it() {
    let orders = |answer: &str| {
        let order = trace().tool("create_order", json!({"item": 5})).returns(json!("ok")).output(json!(answer));
        order.build_with(|trace| trace.input = Some(json!("order item 5")))
    };
    assert_eq!(among(&orders("Ordered."), &[orders("Your item is on its way!")]).unwrap().same, 1);
}

#[test]
fn runs_that_tell_neither_change_nor_answer_cannot_be_compared() {
    let silent = || trace().model("m").build_with(|trace| trace.input = Some(json!("order item 5")));
    assert_eq!(among(&silent(), &[silent(), silent()]), None);
}

#[test]
fn another_agents_agreement_counts_more_than_ones_own() {
    let run = request("a", "cost?", json!([1]));
    let (same, other) = (|agent| request(agent, "cost?", json!([1])), |agent| request(agent, "cost?", json!([2])));
    let by_others = among(&run, &[same("b"), other("a")]).unwrap();
    let by_itself = among(&run, &[same("a"), other("b")]).unwrap();
    assert!(by_others.soft > by_itself.soft);
}

#[test]
fn a_run_that_goes_on_or_tells_nothing_cannot_be_compared() {
    let mut run = request("a", "cost?", json!([1]));
    run.ended = false;
    assert_eq!(Likeness::of(&run), None);
    assert_eq!(Likeness::of(&trace().says("hello").build()), None);
}

#[test]
fn the_task_is_the_agent_and_its_input() {
    let task = |agent, input| task_of(&request(agent, input, json!(1)));
    assert_eq!(task("a", "What does it cost?"), task("a", "what does it COST"));
    assert_ne!(task("a", "What does it cost?"), task("b", "What does it cost?"));
    assert_eq!(task_of(&trace().build()), None);
}

/// Runs of few kinds, so that they have subjects and results in common.
fn any_run() -> impl Strategy<Value = Trace> {
    let one = (0..3_u8, 0..2_u8, 0..4_u8)
        .prop_map(|(agent, input, answer)| request(&format!("agent-{agent}"), &format!("request {input}"), json!([answer, "12 items"])));
    let talk = (0..3_u8, 0..2_u8, 0..4_u8)
        .prop_map(|(agent, customer, order)| cancels(&format!("agent-{agent}"), &format!("C-100{customer}"), &format!("W{order}")));
    prop_oneof![one, talk]
}

proptest! {
    #[test]
    fn agreement_is_a_share_and_does_not_depend_on_order(run in any_run(), peers in prop::collection::vec(any_run(), 0..12), turn in 0..12_usize) {
        let found = among(&run, &peers);
        let mut turned = peers.clone();
        turned.rotate_left(turn % peers.len().max(1));
        prop_assert_eq!(&found, &among(&run, &turned));
        turned.reverse();
        prop_assert_eq!(&found, &among(&run, &turned));
        if let Some(found) = found {
            prop_assert!((0.0..=1.0).contains(&found.soft) && (0.0..=1.0).contains(&found.exact) && (-1.0..=1.0).contains(&found.central));
            prop_assert!(found.same <= found.runs && found.runs as usize <= peers.len());
        }
    }

    #[test]
    fn any_run_can_be_compared_with_itself_and_is_small(run in any_trace()) {
        if let Some(one) = Likeness::of(&run) {
            prop_assert_eq!(&one, &likeness(&run));
            let bytes = postcard::to_allocvec(&one).unwrap();
            prop_assert!(bytes.len() <= 4_096, "{} bytes", bytes.len());
            prop_assert_eq!(&postcard::from_bytes::<Likeness>(&bytes).unwrap(), &one);
            if let Some(found) = agreement(&one, &[&one]) {
                prop_assert_eq!(found.same, 1);
            }
        }
    }
}

#[test]
fn a_flood_of_changes_and_words_stays_small() {
    let words: String = (0..5_000).map(|number| format!("word{number} ")).collect();
    let mut flood = trace().message("user", "I am C-1001").tool("get", json!({"customer": "C-1001"})).message("user", &words);
    for number in 0..300 {
        flood = flood.tool("set_value", json!({"number": number, "all": (0..200).collect::<Vec<_>>()})).returns(json!("ok"));
    }
    let bytes = postcard::to_allocvec(&likeness(&flood.build())).unwrap();
    assert!(bytes.len() <= 4_096, "{} bytes", bytes.len());
}
