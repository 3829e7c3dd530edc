//! For each code that is looked for: runs that show it, and runs that only look like it. A detector without a pair here fails the first test.
#![allow(clippy::expect_used, clippy::panic)]

use serde_json::json;

use super::detected;
use crate::{
    analysis::testing::{TraceBuilder, find_in, trace},
    model::failure::FailureCode,
};

/// A code, runs that show it, and runs that only look like it, each with what makes it look so.
struct Pair {
    code: FailureCode,
    shows: Vec<TraceBuilder>,
    looks: Vec<(&'static str, TraceBuilder)>,
}

fn pair<const SHOWS: usize, const LOOKS: usize>(
    code: FailureCode,
    shows: [TraceBuilder; SHOWS],
    looks: [(&'static str, TraceBuilder); LOOKS],
) -> Pair {
    Pair { code, shows: shows.into(), looks: looks.into() }
}

/// A run in which one tool was called and came back with an error.
fn failing(tool: &str, error: &str) -> TraceBuilder {
    trace().tool(tool, json!({"id": "A-1182"})).fails(error).failed()
}

/// A run in which one tool was called and came back with this.
fn returning(tool: &str, output: serde_json::Value) -> TraceBuilder {
    trace().tool(tool, json!({"id": "A-1182"})).returns(output).says("That is what I found.").ok()
}

/// A run whose model call failed.
fn model_failing(error: &str) -> TraceBuilder {
    trace().model("gpt-4o").fails(error).failed()
}

fn repeated(times: usize, each: impl Fn(TraceBuilder, usize) -> TraceBuilder) -> TraceBuilder {
    (0..times).fold(trace(), each)
}

fn errors_of_tools() -> Vec<Pair> {
    vec![
        pair(
            FailureCode::ToolTimeout,
            [
                failing("get_order", "httpx.ReadTimeout: The read operation timed out"),
                failing("get_order", "TimeoutError: no answer within 30 s"),
            ],
            [
                ("a ticket tells of one", returning("get_ticket", json!({"text": "The customer says that checkout timed out."}))),
                ("another kind of timeout", failing("call_break", "GameError: no timeouts left for this team")),
                ("an argument has the name", failing("set_alarm", "ValueError: timeout must be between 1 and 60 seconds")),
            ],
        ),
        pair(
            FailureCode::ToolRateLimit,
            [failing("get_quote", "429 Client Error: Too Many Requests for url: https://quotes.example/ACME")],
            [
                ("a number", failing("get_order", "order 429 not found")),
                ("a policy tells of one", returning("get_policy", json!({"text": "Calls over the rate limit are billed."}))),
                ("another kind of rate", failing("set_loan", "ValueError: interest rate over the limit of 5 %")),
            ],
        ),
        pair(
            FailureCode::ToolUnavailable,
            [
                failing("get_quote", "ConnectionError: [Errno 111] Connection refused"),
                failing("get_quote", "503 Server Error: Service Unavailable for url: https://quotes.example/"),
            ],
            [
                ("a room is", returning("find_room", json!({"room": "double", "status": "unavailable"}))),
                ("a product is", failing("add_to_cart", "ProductError: size M is unavailable")),
                ("a number", returning("count_shares", json!({"shares": 503}))),
            ],
        ),
        pair(
            FailureCode::ToolMissing,
            [trace().offers("get_quote", json!({})).model("gpt-4o").asks("lookup_price", json!({"symbol": "ACME"})).failed()],
            [
                ("the shop sells tools", failing("find_article", "NotFound: no tool 'torque wrench' in stock")),
                ("and this one it does not", failing("find_article", "Error: tool 'hammer' not found")),
                (
                    "frameworks add tools of their own",
                    trace().offers("get_quote", json!({})).model("gpt-4o").asks("final_answer", json!({"answer": "12"})).ok(),
                ),
            ],
        ),
        pair(
            FailureCode::ToolBadArguments,
            [
                trace()
                    .offers("issue_refund", json!({"type": "object", "properties": {"amount": {"type": "number"}}}))
                    .tool("issue_refund", json!({"amount": "12,50"}))
                    .fails("ToolError: cannot refund")
                    .failed(),
                failing("get_order", "TypeError: get_order() got an unexpected keyword argument 'id'"),
            ],
            [
                (
                    "they fit, and it failed",
                    trace()
                        .offers("issue_refund", json!({"type": "object", "properties": {"amount": {"type": "number"}}}))
                        .tool("issue_refund", json!({"amount": 12.5}))
                        .fails("ToolError: cannot refund")
                        .failed(),
                ),
                ("a text about arguments", returning("get_minutes", json!("Both parties brought invalid arguments."))),
            ],
        ),
        pair(
            FailureCode::ToolPermission,
            [
                failing("read_file", "PermissionError: [Errno 13] Permission denied: '/srv/report.csv'"),
                failing("get_account", "Client error '403 Forbidden' for url 'https://bank.example/accounts/1'"),
            ],
            [
                ("the landlord did", failing("rent_flat", "LeaseError: permission of the landlord is missing")),
                ("a letter tells of one", returning("get_letter", json!({"text": "The landlord denied permission to sublet."}))),
                ("a number", failing("get_order", "order 403 was not found")),
            ],
        ),
        pair(
            FailureCode::ToolError,
            [failing("get_order", "order A-1182 was cancelled"), returning("get_user", json!("Error: user not found"))],
            [
                ("no errors", returning("get_user", json!({"errors": [], "error": null, "name": "Ann"}))),
                ("a rate of errors", returning("get_metrics", json!({"error_rate": 0.02, "failed": 0}))),
                ("a log holds some", returning("read_file", json!("INFO start\nERROR disk full\nINFO end"))),
                ("lines of a log", returning("get_logs", json!({"lines": ["Error: disk full"]}))),
                ("something in it is in that state", returning("get_order", json!({"order": {"id": "A-1182", "status": "error"}}))),
                ("it says that there was none", returning("get_user", json!({"success": true, "error": "", "message": "no error"}))),
                ("a text about errors", returning("search_docs", json!("Error handling is described in chapter 3."))),
            ],
        ),
        pair(
            FailureCode::ToolEmptyResult,
            [returning("search_orders", json!([])), returning("search_orders", json!({"results": [], "total": 0}))],
            [
                ("there is nothing to return", returning("send_email", json!(""))),
                ("one part is empty", returning("get_order", json!({"id": "A-1182", "notes": []}))),
                ("nought is an answer", returning("get_balance", json!(0))),
            ],
        ),
    ]
}

fn errors_of_models() -> Vec<Pair> {
    vec![
        pair(
            FailureCode::ContextOverflow,
            [model_failing(
                "Error code: 400 - {'error': {'message': \"This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.\", 'code': 'context_length_exceeded'}}",
            )],
            [
                ("a field is too long", failing("post_note", "ValueError: text is too long: 512 characters, at most 280")),
                ("another bad request", model_failing("Error code: 400 - {'error': {'message': 'Unknown parameter: max_token'}}")),
            ],
        ),
        pair(
            FailureCode::ModelError,
            [
                model_failing("Error code: 500 - {'error': {'message': 'The server had an error while processing your request'}}"),
                model_failing("Error code: 429 - {'error': {'message': 'Rate limit reached for gpt-4o'}}"),
            ],
            [
                ("the tool's service failed", failing("get_quote", "500 Server Error for url: https://quotes.example/")),
                (
                    "its answer has such a field",
                    trace().model("gpt-4o").answers(json!({"error": "amount missing", "ok": false})).stops("stop").ok(),
                ),
                ("the model tells of one", trace().model("gpt-4o").answers(json!("The page showed: Error code: 500")).stops("stop").ok()),
            ],
        ),
        pair(
            FailureCode::ModelAuth,
            [model_failing("Error code: 401 - {'error': {'message': 'Incorrect API key provided: sk-x', 'code': 'invalid_api_key'}}")],
            [
                (
                    "the tool's service refused",
                    trace()
                        .model("gpt-4o")
                        .answers(json!("let me look"))
                        .tool("get", json!({}))
                        .fails("401 Client Error: Unauthorized")
                        .failed(),
                ),
                (
                    "the model tells of one",
                    trace().model("gpt-4o").answers(json!("An invalid API key gives error 401.")).stops("stop").ok(),
                ),
            ],
        ),
        pair(
            FailureCode::Refusal,
            [
                trace().model("gpt-4o").answers(json!({"refusal": "I cannot help with that"})),
                trace().model("gpt-4o").stops("content_filter"),
            ],
            [
                (
                    "prose that declines part of it",
                    trace()
                        .model("gpt-4o")
                        .answers(json!({"content": "I cannot refund what was not paid.", "refusal": null}))
                        .stops("stop")
                        .ok(),
                ),
                ("a tool declined", failing("pay", "card was refused by the bank")),
            ],
        ),
        pair(
            FailureCode::Incomplete,
            [trace().model("gpt-4o").stops("length").ok()],
            [
                (
                    "it ends in dots",
                    trace().model("gpt-4o").answers(json!("And so on ...")).stops("stop").output(json!("And so on ...")).ok(),
                ),
                ("it stopped for a tool", trace().model("gpt-4o").stops("tool_calls").model("gpt-4o").stops("stop").ok()),
            ],
        ),
    ]
}

fn ways_of_working() -> Vec<Pair> {
    let read = |trace: TraceBuilder, total: u32| trace.tool("get_order", json!({"id": "A-1"})).returns(json!({ "total": total }));
    let hand = |trace: TraceBuilder, to: &str| trace.tool(&format!("transfer_to_{to}"), json!({})).returns(json!("ok"));
    let work = |trace: TraceBuilder| trace.tool("get_invoice", json!({"n": 1})).returns(json!({"total": 3}));
    let refund = |trace: TraceBuilder, amount: &str, error: &str| trace.tool("issue_refund", json!({ "amount": amount })).fails(error);
    let prompts = |tokens: &[u64], cached: u64| {
        tokens.iter().fold(trace(), |trace, tokens| trace.model("gpt-4o").uses(*tokens, cached.min(*tokens), 50))
    };
    vec![
        pair(
            FailureCode::Loop,
            [repeated(4, |trace, _| trace.tool("get_quote", json!({"symbol": "ACME"})).returns(json!({"price": 3}))).failed()],
            [
                (
                    "waiting until the state changes",
                    ["queued", "queued at 2", "queued at 1", "done"]
                        .iter()
                        .fold(trace(), |trace, state| trace.tool("get_job", json!({"id": 7})).returns(json!({ "state": state })))
                        .ok(),
                ),
                (
                    "page after page",
                    repeated(6, |trace, page| trace.tool("list_orders", json!({ "page": page })).returns(json!({"rows": 10}))).ok(),
                ),
            ],
        ),
        pair(
            FailureCode::NoTermination,
            [
                work(trace())
                    .ends_with("langgraph.errors.GraphRecursionError", "Recursion limit of 25 reached without hitting a stop condition."),
                work(trace()).output(json!("Agent stopped due to max iterations.")).ok(),
            ],
            [
                (
                    "an answer about one",
                    work(trace()).output(json!("The agent stopped due to max iterations last week; it works now.")).ok(),
                ),
                ("a limit of the shop", failing("add_guest", "LimitError: maximum number of guests reached")),
            ],
        ),
        pair(
            FailureCode::BadHandoff,
            [
                hand(hand(hand(hand(trace(), "billing"), "sales"), "billing"), "sales").failed(),
                trace().tool("transfer_to_agent", json!({"agent_name": "billing"})).fails("ValueError: agent billing not found").failed(),
            ],
            [
                ("work in between", hand(hand(work(hand(hand(trace(), "billing"), "sales")), "billing"), "sales").ok()),
                ("a chain", hand(hand(hand(hand(trace(), "a"), "b"), "c"), "d").ok()),
            ],
        ),
        pair(
            FailureCode::IgnoredFeedback,
            [refund(refund(trace(), "12,50", "amount must be a number").says("Let me try again."), "12,50", "amount must be a number")
                .failed()],
            [
                (
                    "it tries to do better",
                    refund(refund(trace(), "12,50", "amount must be a number"), "12.50.", "amount must be a number").failed(),
                ),
                ("the error may pass", refund(refund(trace(), "12", "Request timed out."), "12", "Request timed out.").failed()),
            ],
        ),
        pair(
            FailureCode::RedundantCalls,
            [read(read(trace(), 12).says("Let me look again."), 12).ok()],
            [
                ("the answer changed", read(read(trace(), 12), 13).ok()),
                (
                    "something was done in between",
                    read(read(trace(), 12).tool("cancel_order", json!({"id": "A-1"})).returns(json!("ok")), 12).ok(),
                ),
                (
                    "it does something each time",
                    work(trace()).tool("pay", json!({})).returns(json!("ok")).tool("pay", json!({})).returns(json!("ok")).ok(),
                ),
            ],
        ),
        pair(
            FailureCode::SlowStep,
            [trace()
                .model("gpt-4o")
                .takes(800.0)
                .tool("crawl", json!({}))
                .returns(json!(1))
                .takes(14_000.0)
                .model("gpt-4o")
                .takes(900.0)
                .ok()],
            [
                (
                    "the run is quick",
                    trace().model("m").takes(80.0).tool("crawl", json!({})).returns(json!(1)).takes(1_400.0).model("m").takes(90.0).ok(),
                ),
                (
                    "every step takes as long",
                    repeated(5, |trace, n| trace.tool("crawl", json!({ "n": n })).returns(json!(n)).takes(4_000.0)).ok(),
                ),
            ],
        ),
        pair(
            FailureCode::ContextGrowth,
            [prompts(&[1_000, 3_000, 6_000, 9_000, 14_000], 0).ok()],
            [
                ("the cache reads it", prompts(&[1_000, 3_000, 6_000, 9_000, 14_000], 12_000).ok()),
                ("it is trimmed", prompts(&[1_000, 9_000, 2_000, 9_000, 2_500], 0).ok()),
                ("it stays small", prompts(&[100, 300, 600, 900, 1_400], 0).ok()),
            ],
        ),
        pair(
            FailureCode::WrongFormat,
            [
                trace()
                    .with(|trace| trace.input = Some(json!({"query": "q", "response_format": {"type": "json_object"}})))
                    .model("gpt-4o")
                    .stops("stop")
                    .output(json!("The total is 12."))
                    .ok(),
                trace()
                    .model("gpt-4o")
                    .stops("stop")
                    .ends_with("json.decoder.JSONDecodeError", "Expecting value: line 1 column 1 (char 0)"),
            ],
            [
                ("nobody asked for JSON", trace().model("gpt-4o").stops("stop").output(json!("Use {name} in the template.")).ok()),
                (
                    "it is JSON",
                    trace()
                        .with(|trace| trace.input = Some(json!({"query": "q", "response_format": {"type": "json_object"}})))
                        .model("gpt-4o")
                        .stops("stop")
                        .output(json!("{\"total\": 12}"))
                        .ok(),
                ),
            ],
        ),
        pair(
            FailureCode::EmptyOutput,
            [work(trace()).output(json!("  ")).ok()],
            [
                ("nought is an answer", work(trace()).output(json!(0)).ok()),
                ("no answer was sent", work(trace()).ok()),
                ("the error came before", work(trace()).output(json!("")).ends_with("ToolError", "no")),
            ],
        ),
        pair(
            FailureCode::Unclassified,
            [work(trace()).ends_with("ZeroDivisionError", "division by zero"), trace().failed()],
            [
                (
                    "the run's error repeats the tool's",
                    failing("get_quote", "unknown symbol ZZZZ").ends_with("RuntimeError", "unknown symbol ZZZZ"),
                ),
                ("an answer about an error", work(trace()).output(json!("ZeroDivisionError means division by zero.")).ok()),
            ],
        ),
    ]
}

fn pairs() -> Vec<Pair> {
    [errors_of_tools(), errors_of_models(), ways_of_working()].into_iter().flatten().collect()
}

#[test]
fn every_code_that_is_looked_for_has_a_pair() {
    let pairs = pairs();
    for code in detected() {
        let of_code: Vec<&Pair> = pairs.iter().filter(|pair| pair.code == code).collect();
        assert_eq!(of_code.len(), 1, "{}: write a run that shows it and one that only looks like it", code.code());
        assert!(of_code.iter().all(|pair| !pair.shows.is_empty() && !pair.looks.is_empty()), "{}", code.code());
    }
}

#[test]
fn runs_that_show_a_failure_are_told_from_those_that_only_look_like_it() {
    let mut wrong = Vec::new();
    for Pair { code, shows, looks } in pairs() {
        for (at, run) in shows.into_iter().enumerate() {
            let codes: Vec<&str> = find_in(&run.build()).iter().map(|failure| failure.code.code()).collect();
            if !codes.contains(&code.code()) {
                wrong.push(format!("{} is not found in run {at}, but {codes:?}", code.code()));
            }
        }
        for (why, run) in looks {
            let found: Vec<String> =
                find_in(&run.build()).into_iter().filter(|failure| failure.code == code).map(|failure| failure.says).collect();
            if !found.is_empty() {
                wrong.push(format!("{} is found where {why}: {found:?}", code.code()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
