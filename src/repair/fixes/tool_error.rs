//! A tool's error given to the model, which can try something else, instead of ending the run.

use serde_json::Value;

use super::{
    ALWAYS, Remedy,
    context::Context,
    edits,
    framework::{Framework, ToolParts, tool},
    literal::fill,
};
use crate::{model::failure::FailureCode, repair::subject::quoted};

pub(super) const REMEDY: Remedy = Remedy {
    id: "tell-the-model",
    codes: &[FailureCode::ToolError, FailureCode::ToolBadArguments, FailureCode::IgnoredFeedback],
    title: |context| format!("return errors of {} to the model", context.tool),
    why,
    snippet,
    edit: Some(edits::tool_error::edit),
    applies: ALWAYS,
};

fn why(context: &Context<'_>) -> String {
    let failed = match context.subject.message() {
        "" => format!("{} failed, and the run ended on it.", context.tool),
        message => format!("{} failed with {}, and the run ended on it.", context.tool, quoted(&Value::from(message))),
    };
    format!("{failed} A model that is told what went wrong can ask again with other arguments, take another way, or say so.")
}

fn snippet(context: &Context<'_>) -> String {
    if context.framework == Framework::LangChain {
        return fill(
            "from langchain.agents import create_agent\nfrom langchain.agents.middleware import ToolErrorMiddleware\n\n\ndef on_error(error: Exception, request) -> str | None:\n    \"\"\"What the model is told; None lets an error end the run.\"\"\"\n    if isinstance(error, (ValueError, KeyError, TypeError, LookupError, OSError)):\n        return f\"{request.tool_call['name']} failed: {type(error).__name__}: {error}. Correct the arguments or go another way.\"\n    return None\n\n\n# model and tools as you have them now\nagent = create_agent(model, tools=tools, middleware=[ToolErrorMiddleware(on_error, tools=[$NAME$])])\n",
            &[("NAME", &context.tool_literal)],
        );
    }
    let tell = context.framework.tell("f\"{type(error).__name__}: {error}. Correct the arguments or go another way.\"");
    let body = format!("# in the run: $SEEN$\ntry:\n    return $CALL$\nexcept Exception as error:\n    {tell}\n");
    let seen = context.arguments_literal();
    tool(context, ToolParts { body: &body, values: &[("SEEN", &seen)], ..ToolParts::default() })
}
