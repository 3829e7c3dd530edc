//! The table of endpoints: what can be asked. Routing, `Allow` and the README's list all come from it.

use futures_util::future::BoxFuture;

use super::{
    answer::Answer,
    call::Call,
    handlers::{events, health, judgement, many, metrics, otlp, repair, reports, sdk, traces},
    problem::Problem,
};

/// What a handler gives back, in time.
pub(super) type Reply<'a> = BoxFuture<'a, Result<Answer, Problem>>;

/// Answers a call.
pub(super) type Handler = fn(&mut Call) -> Reply<'_>;

/// One thing that can be asked.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) method: &'static str,
    /// Segments in braces are open.
    pub(super) path: &'static str,
    /// Whether anything may stand before the path.
    pub(super) any_prefix: bool,
    /// The parameters it knows; others are refused.
    pub(super) parameters: &'static [&'static str],
    /// Whether it asks for the key, where one is set.
    pub(super) needs_key: bool,
    pub(super) handler: Handler,
    pub(super) doc: &'static str,
}

const fn endpoint(
    method: &'static str,
    path: &'static str,
    parameters: &'static [&'static str],
    handler: Handler,
    doc: &'static str,
) -> Endpoint {
    Endpoint { method, path, any_prefix: false, parameters, needs_key: true, handler, doc }
}

/// One that anybody may ask for: pip, for one, has no way to send a key.
const fn open(method: &'static str, path: &'static str, handler: Handler, doc: &'static str) -> Endpoint {
    Endpoint { needs_key: false, ..endpoint(method, path, &[], handler, doc) }
}

/// One of OpenTelemetry's. Exporters append its path to the address they are given, whatever that ends in.
const fn telemetry(path: &'static str, handler: Handler, doc: &'static str) -> Endpoint {
    Endpoint { any_prefix: true, ..endpoint("POST", path, &[], handler, doc) }
}

/// All of them, in the order of the documentation.
pub(super) static ENDPOINTS: &[Endpoint] = &[
    endpoint(
        "POST",
        "/api/trace",
        &[],
        traces::receive,
        "takes one trace (a JSON object), or several (an array or JSON lines); answers when they are on disk",
    ),
    endpoint(
        "GET",
        "/api/trace/{id}",
        &["raw"],
        traces::one,
        "one trace with its verdict; `?raw` gives the bytes as sent, of a run that came as spans OTLP/JSON",
    ),
    endpoint("DELETE", "/api/trace/{id}", &[], traces::forget, "forgets a trace and its part in every figure"),
    endpoint(
        "GET",
        "/api/traces",
        &["where", "limit", "after"],
        traces::list,
        "rows, newest first; `where` is a filter, `limit` up to 1000, `after` the `next` of the page before",
    ),
    endpoint("GET", "/api/traces/count", &["where"], many::count, "how many runs a filter chooses, and whose they are"),
    endpoint(
        "GET",
        "/api/export",
        &["where", "format"],
        many::export,
        "every run a filter chooses, oldest first, a line each: `format` is `jsonl` (bodies as sent), `otlp` or `csv`",
    ),
    endpoint(
        "DELETE",
        "/api/traces",
        &["where", "all", "limit", "after"],
        many::forget,
        "forgets the runs a filter chooses, up to `limit` in one request; ask again with `after`, the `next` of the answer",
    ),
    endpoint("GET", "/api/analysis/{id}", &[], traces::analysis, "the verdict on a trace"),
    endpoint(
        "GET",
        "/api/scenarios",
        &["pattern", "limit"],
        repair::all_scenarios,
        "test scenarios of all failure patterns, worst first, or of one `pattern` by its fingerprint",
    ),
    endpoint("GET", "/api/scenarios/{id}", &[], repair::scenarios, "test scenarios made from a failing trace"),
    endpoint(
        "GET",
        "/api/fixes",
        &["pattern", "limit"],
        repair::all_fixes,
        "fixes for all failure patterns, those that would spare most failed runs first, or of one `pattern` by its fingerprint",
    ),
    endpoint(
        "POST",
        "/api/decision",
        &[],
        repair::decide,
        "what was decided about a fix: `{\"fix\", \"choice\": \"accepted\"|\"rejected\"|\"applied\"|\"undone\", \"pattern\"?, \"reason\"?}`; no file is changed",
    ),
    endpoint("POST", "/api/improve/{id}", &[], repair::improve, "up to three fixes for a failing trace, with what they rest on"),
    endpoint(
        "POST",
        "/api/baseline",
        &[],
        judgement::baseline,
        "names a set of runs: an array of ids, or `{\"name\", \"trace_ids\" | \"where\" | \"agent\"}`",
    ),
    endpoint(
        "GET",
        "/api/compare/{baseline}/{current}",
        &[],
        judgement::compare,
        "two sets of runs beside each other, and agent by agent: baseline ids or names, `today`, `yesterday`, `last-7-days`, `7-days-before`",
    ),
    endpoint(
        "POST",
        "/api/feedback/{id}",
        &[],
        judgement::feedback,
        "a person's word on a run: `{\"correct\"?, \"score\"? 1-5, \"notes\"?}`; `{\"clear\": true}` takes it back",
    ),
    endpoint(
        "POST",
        "/api/regrade",
        &["from"],
        judgement::regrade,
        "judges the next runs anew that were judged by other rules than today's; ask again with `from`, the `next` of the answer",
    ),
    endpoint("GET", "/api/agents", &["window"], reports::agents, "every agent: grade, what drags it, how it moves"),
    endpoint("GET", "/api/patterns", &["limit"], reports::patterns, "failure patterns, most runs first"),
    endpoint("GET", "/api/costs", &["window", "by"], reports::costs, "what runs cost, `by` `model` or `agent`"),
    endpoint("GET", "/api/trends", &["window"], reports::trends, "success of each agent over time"),
    endpoint(
        "GET",
        "/api/figures",
        &["where", "all"],
        many::figures,
        "what runs tell together: reliability, cost, tools, latency, failures with a root cause each; of the runs in `where`, of `all`, else of \
         those each agent's grade rests on",
    ),
    endpoint("GET", "/api/store", &[], reports::store, "how the store is: its size, and by which rules its runs were judged"),
    endpoint("GET", "/api/summary", &[], reports::summary, "the whole store in one line"),
    endpoint("GET", "/api/events", &[], events::events, "server-sent events: `trace`, `verdict`, `pattern`, `fix`"),
    telemetry(
        "/v1/traces",
        otlp::traces,
        "OpenTelemetry spans (OTLP, protobuf or JSON); answers when they are on disk. Any path may stand before it, as in `/p/shop/v1/traces`",
    ),
    telemetry("/v1/logs", otlp::logs, "OpenTelemetry log records, which are joined to their spans; any path may stand before it"),
    telemetry("/v1/metrics", otlp::metrics, "OpenTelemetry metrics: counted and otherwise ignored; any path may stand before it"),
    open("GET", "/sdk/", sdk::index, "a page that links the Python tracer, also for `pip install --find-links`; needs no key"),
    open("GET", "/sdk/{file}", sdk::file, "the Python tracer, to be named to `pip install`; needs no key"),
    open("GET", "/health", health::health, "whether the program is up; needs no key"),
    endpoint("GET", "/metrics", &[], metrics::metrics, "counters and gauges as Prometheus text"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_endpoints_are_the_same_and_each_is_documented() {
        for (place, endpoint) in ENDPOINTS.iter().enumerate() {
            let twin = ENDPOINTS.iter().skip(place + 1).any(|other| (other.method, other.path) == (endpoint.method, endpoint.path));
            assert!(!twin, "{} {} is there twice", endpoint.method, endpoint.path);
            assert!(endpoint.path.starts_with('/') && !endpoint.doc.is_empty());
        }
    }
}
