//! A time limit for a tool, and one more try.

use super::{
    ALWAYS, Remedy,
    context::Context,
    edits,
    framework::{ToolParts, tool},
    literal,
};
use crate::model::failure::FailureCode;

/// A limit is so many times what the tool took where it went well.
const TIMES_TYPICAL: f64 = 3.0;

/// The limit where the run does not show how long a good answer takes: a start, to be set to what the tool needs.
const START_SECONDS: f64 = 10.0;

pub(super) const REMEDY: Remedy = Remedy {
    id: "time-limit",
    codes: &[FailureCode::ToolTimeout, FailureCode::SlowStep],
    title: |context| format!("give {} a time limit", context.tool),
    why,
    snippet,
    edit: Some(edits::time_limit::edit),
    applies: ALWAYS,
};

/// The limit in whole seconds, at least one.
pub(super) fn seconds(context: &Context<'_>) -> f64 {
    context.typical().map_or(START_SECONDS, |typical| (typical.millis() / 1e3 * TIMES_TYPICAL).ceil().clamp(1.0, 3_600.0))
}

fn why(context: &Context<'_>) -> String {
    let took =
        context.subject.step.and_then(|step| step.duration).map(|time| format!(" after {} s", (time.millis() / 100.0).round() / 10.0));
    let limit = match context.typical() {
        Some(typical) => {
            format!("A good answer took {} s in this run; the limit is three times that.", (typical.millis() / 10.0).round() / 100.0)
        }
        None => format!("The run does not show how long a good answer takes; {START_SECONDS} s is a start."),
    };
    format!("{} did not answer{} and the run failed on it. {limit}", context.tool, took.unwrap_or_default())
}

fn snippet(context: &Context<'_>) -> String {
    let limit = format!("{:?}", seconds(context));
    let told = literal::sentence(&context.tool, &format!("did not answer within {} s; go on without it, or say so", seconds(context)));
    let values = [("LIMIT", limit.as_str()), ("TOLD", told.as_str())];
    if context.framework.limits_tools() {
        // The decorator limits the time and tells the model, which may ask once more; the function has to be async for it.
        let body = "return await asyncio.to_thread(_$TOOL$$PASSED_ON$)\n";
        let parts =
            ToolParts { imports: "import asyncio\n\n", body, options: ", timeout=$LIMIT$", values: &values, ..ToolParts::default() };
        return tool(context, parts).replacen(
            "\ndef $TOOL$(".replace("$TOOL$", &context.tool).as_str(),
            &format!("\nasync def {}(", context.tool),
            1,
        );
    }
    let helpers = "_pool = ThreadPoolExecutor(max_workers=8)\n\n\ndef within(seconds: float, function, **arguments):\n    \"\"\"Answer in time or raise. A call that hangs goes on in its thread: set the time limit of the client it uses as well.\"\"\"\n    return _pool.submit(function, **arguments).result(timeout=seconds)\n";
    let body = "for attempt in (1, 2):  # keep the second try only if asking twice does no harm\n    try:\n        return within($LIMIT$, _$TOOL$$PASSED_ON$)\n    except TooSlow as error:\n        if attempt == 2:\n            $TELL$\n";
    let body = body.replace("$TELL$", &context.framework.tell("$TOLD$"));
    let imports = "from concurrent.futures import ThreadPoolExecutor\nfrom concurrent.futures import TimeoutError as TooSlow\n\n";
    tool(context, ToolParts { imports, helpers, body: &body, values: &values, ..ToolParts::default() })
}
