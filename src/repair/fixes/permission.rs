//! A refusal told as what it is: final, and not for the model to try again.

use super::{
    ALWAYS, Remedy,
    context::Context,
    framework::{ToolParts, tool},
    literal,
};
use crate::model::failure::FailureCode;

pub(super) const REMEDY: Remedy = Remedy {
    id: "say-refused",
    codes: &[FailureCode::ToolPermission],
    title: |context| format!("tell the model that {} is not allowed", context.tool),
    why: |context| {
        format!(
            "{} was refused for lack of permission. Asking again does not help: give the agent the right, or tell the model that it has none, so that it says so instead of failing.",
            context.tool
        )
    },
    snippet,
    edit: None,
    applies: ALWAYS,
};

const REFUSED: &str = r#"def refused(error: Exception) -> bool:
    """Whether an error means that the right is missing."""
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    return status in {401, 403} or isinstance(error, PermissionError)
"#;

fn snippet(context: &Context<'_>) -> String {
    let told = literal::sentence(&context.tool, "is not allowed for this agent. Do not try again; say that it is not allowed");
    let tell = context.framework.tell("$TOLD$");
    let body = format!(
        "# in the run: $SEEN$\ntry:\n    return $CALL$\nexcept Exception as error:\n    if not refused(error):\n        raise\n    {tell}\n"
    );
    let seen = context.arguments_literal();
    tool(context, ToolParts { helpers: REFUSED, body: &body, values: &[("TOLD", &told), ("SEEN", &seen)], ..ToolParts::default() })
}
