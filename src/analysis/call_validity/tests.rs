use serde_json::{Value, json};

use super::*;
use crate::analysis::{
    call,
    testing::{TraceBuilder, any_trace, trace},
};

fn judged(trace: TraceBuilder) -> Judgement {
    let trace = trace.build();
    let calls = call::collect(&trace, &Rules::bundled());
    judge(&trace, &calls)
}

fn weather(request: &str) -> TraceBuilder {
    let schema = json!({
        "type": "object",
        "properties": {"city": {"type": "string", "description": "The city"}, "days": {"type": "integer", "description": "Default is 1."}},
        "required": ["city"]
    });
    trace().offers("get_weather", schema).message("user", request)
}

fn call_for(city: &str) -> Value {
    json!({ "city": city })
}

#[test]
fn the_model_is_read() {
    assert!(MODEL.is_some());
}

#[test]
fn the_same_calls_are_right_for_one_request_and_too_few_for_another() {
    let one = judged(weather("What is the weather in Rome?").tool("get_weather", call_for("Rome")));
    assert!(one.log_odds.is_some_and(|log_odds| log_odds > 0.0), "{one:?}");
    assert!(one.doubts.is_empty(), "{:?}", one.doubts);

    let several = "Tell me the weather in Rome for the next 3 days, and then also the weather in Oslo for the next 10 days, please.";
    let lacking = judged(weather(several).tool("get_weather", json!({"city": "Rome", "days": 3})));
    assert!(lacking.log_odds.is_some_and(|log_odds| log_odds < 0.0), "{lacking:?}");
    assert!(lacking.calls[0].log_odds.is_some_and(|log_odds| log_odds > 0.0), "the call that was made is right");
    let says: Vec<&str> = lacking.doubts.iter().map(|doubt| doubt.says.as_str()).collect();
    assert!(says.contains(&"numbers of the request that no call carries: 10"), "{says:?}");
    assert!(lacking.doubts.is_sorted_by(|one, other| one.weight <= other.weight));

    let both =
        weather(several).tool("get_weather", json!({"city": "Rome", "days": 3})).tool("get_weather", json!({"city": "Oslo", "days": 10}));
    assert!(judged(both).log_odds.is_some_and(|log_odds| log_odds > 0.0));
}

#[test]
fn where_results_come_back_the_agent_may_do_the_rest() {
    let run = weather("What is the weather in Rome, and what are 12 degrees in Fahrenheit?")
        .tool("get_weather", call_for("Rome"))
        .returns(json!("12 degrees"))
        .says("12 degrees, that is 54 F.");
    let judged = judged(run);
    assert!(judged.log_odds.is_some_and(|log_odds| log_odds > 0.0));
    assert!(judged.doubts.is_empty());
}

#[test]
fn invented_values_are_named() {
    let judged = judged(weather("How warm will it be?").tool("get_weather", call_for("Gotham")));
    assert_eq!(judged.calls[0].ungrounded, ["/city"]);
    assert!(judged.doubts.iter().any(|doubt| doubt.says == "required arguments whose values the request does not give: city"));
}

#[test]
fn among_steps_only_identifiers_are_looked_for() {
    let run = trace()
        .message("user", "Cancel my order, please.")
        .tool("find_user", json!({"name": "Tom"}))
        .returns(json!({"order": "W2378156"}))
        .tool("cancel_order", json!({"order": "W2378156"}))
        .returns(json!("done"))
        .tool("cancel_order", json!({"order": "W9999111"}))
        .fails("no such order");
    let judged = judged(run);
    assert_eq!(
        judged.calls.iter().map(|call| (call.log_odds.is_some(), call.invented)).collect::<Vec<_>>(),
        [(false, false), (true, false), (true, true)]
    );
    assert_eq!(judged.calls[2].ungrounded, ["/order"]);
    assert_eq!(judged.doubts[0].steps, [StepNumber(4)]);
}

#[test]
fn names_of_tools_and_of_cities_do_not_matter() {
    let renamed = |tool: &str, city: &str| {
        let schema = json!({"properties": {"city": {"type": "string"}}, "required": ["city"]});
        judged(trace().offers(tool, schema).message("user", &format!("Fares to {city}")).tool(tool, call_for(city))).log_odds
    };
    assert_eq!(renamed("fares_for", "Rome"), renamed("faresFor", "Oslo"));
}

#[test]
fn nothing_is_said_of_a_run_without_calls_or_offers() {
    assert_eq!(judged(trace().message("user", "hello").says("hi")).log_odds, None);
    assert_eq!(judged(trace()).log_odds, None);
}

#[test]
fn a_long_run_of_invented_identifiers_is_looked_through_once() {
    let long = (0..3_000).fold(trace().message("user", "all of them"), |trace, n| {
        trace.tool("get", json!({"id": format!("X{n:07}")})).fails("nothing of that name")
    });
    let judged = judged(long);
    assert_eq!(judged.calls.iter().filter(|call| call.invented).count(), 3_000);
    assert!(judged.doubts[0].steps.len() <= MOST_NAMED);
}

proptest::proptest! {
    #[test]
    fn any_run_can_be_judged(trace in any_trace()) {
        let calls = call::collect(&trace, &Rules::bundled());
        let judged = judge(&trace, &calls);
        proptest::prop_assert!(judged.log_odds.is_none_or(f64::is_finite));
        proptest::prop_assert!(judged.calls.len() <= calls.len());
        proptest::prop_assert!(judged.doubts.len() <= MOST_DOUBTS);
        proptest::prop_assert!(judged.doubts.iter().all(|doubt| !doubt.says.is_empty() && doubt.weight.is_some_and(|weight| weight <= 0.0)));
    }

    #[test]
    fn any_words_can_be_asked_and_called(request in ".{0,200}", city in ".{0,60}", description in ".{0,60}") {
        let schema = json!({"properties": {"city": {"type": "string", "description": description, "enum": [city, request]}}});
        let run = trace().offers("get", schema).message("user", &request).tool("get", call_for(&city)).tool("get", call_for(&request));
        proptest::prop_assert!(judged(run).log_odds.is_none_or(f64::is_finite));
    }
}
