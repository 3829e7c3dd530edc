//! An empty result turned into a sentence the model cannot overlook.

use super::{
    ALWAYS, Remedy,
    context::Context,
    edits,
    framework::{ToolParts, tool},
    literal,
};
use crate::model::failure::FailureCode;

pub(super) const REMEDY: Remedy = Remedy {
    id: "say-empty",
    codes: &[FailureCode::ToolEmptyResult, FailureCode::ToolOutputMisread],
    title: |context| format!("say in words when {} finds nothing", context.tool),
    why: |context| {
        format!(
            "{} answered with nothing, and the agent went on as if it had an answer. A sentence that says so, with what was asked, is hard to mistake for one.",
            context.tool
        )
    },
    snippet,
    edit: Some(edits::empty_result::edit),
    applies: ALWAYS,
};

fn snippet(context: &Context<'_>) -> String {
    let nothing = literal::sentence(&context.tool, "found nothing for");
    let asked = if context.arguments.is_empty() {
        "arguments".to_owned()
    } else {
        let pairs = context.arguments.iter().map(|argument| format!("{}: {}", literal::text(argument.name), argument.name));
        format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
    };
    let seen = context.arguments_literal();
    let body = "# in the run: $SEEN$\nresult = $CALL$\nif result is None or result in (\"\", [], {}):\n    return f\"{$NOTHING$} {$ASKED$}. Do not make up an answer: ask for other details, or say so.\"\nreturn result\n";
    // Two variables instead of literals inside the braces: quotes may not repeat there before Python 3.12.
    let body =
        body.replace("    return f\"{$NOTHING$} {$ASKED$}.", "    nothing, asked = $NOTHING$, $ASKED$\n    return f\"{nothing} {asked}.");
    let values = [("SEEN", seen.as_str()), ("NOTHING", nothing.as_str()), ("ASKED", asked.as_str())];
    tool(context, ToolParts { body: &body, values: &values, ..ToolParts::default() })
}
