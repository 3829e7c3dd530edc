//! Another try, later, where a failure passes by itself.

use super::{
    ALWAYS, Remedy,
    context::Context,
    edits,
    framework::{Framework, ToolParts, tool},
    literal::{self, fill},
};
use crate::model::failure::FailureCode;

pub(super) const REMEDY: Remedy = Remedy {
    id: "retry",
    codes: &[FailureCode::ToolRateLimit, FailureCode::ToolUnavailable, FailureCode::ToolTimeout],
    title: |context| format!("try {} again, each time a little later", context.tool),
    why,
    snippet,
    edit: Some(edits::retry::edit),
    applies: ALWAYS,
};

/// Says of an error whether it may pass; the same in every framework.
const PASSING: &str = r#"def passing(error: Exception) -> bool:
    """Too many requests, an overloaded or unreachable service: it may work in a moment. Anything else will not."""
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    return status in {408, 429, 500, 502, 503, 504} or isinstance(error, (TimeoutError, ConnectionError))
"#;

fn why(context: &Context<'_>) -> String {
    let cause = match context.subject.failure.code {
        FailureCode::ToolRateLimit => "was asked too often",
        FailureCode::ToolUnavailable => "could not be reached",
        _ => "did not answer",
    };
    format!(
        "{} {cause}, and one failed call ended the run. Waiting a moment, then twice and four times as long, lets such a failure pass.",
        context.tool
    )
}

fn snippet(context: &Context<'_>) -> String {
    match context.framework {
        Framework::LangChain => fill(
            &format!(
                "from langchain.agents import create_agent\nfrom langchain.agents.middleware import ToolRetryMiddleware\n\n\n{PASSING}\n\nretry = ToolRetryMiddleware(\n    tools=[$NAME$],\n    max_retries=3,\n    retry_on=passing,\n    initial_delay=1.0,\n    backoff_factor=2.0,\n    on_failure=\"continue\",  # after the last try the model is told\n)\n\n# model and tools as you have them now\nagent = create_agent(model, tools=tools, middleware=[retry])\n"
            ),
            &[("NAME", &context.tool_literal)],
        ),
        Framework::LangGraph => fill(
            &format!(
                "from langgraph.prebuilt import ToolNode\nfrom langgraph.types import RetryPolicy\n\n\n{PASSING}\n\n# graph and tools as you have them now; $TOOL$ is one of the tools\ngraph.add_node(\n    \"tools\",\n    ToolNode(tools),\n    retry_policy=RetryPolicy(max_attempts=4, initial_interval=1.0, backoff_factor=2.0, retry_on=passing),\n)\n"
            ),
            &[("TOOL", &context.tool)],
        ),
        _ => {
            let told = literal::sentence(&context.tool, "is not available now; go on without it, or say so");
            let body = "for attempt in range(4):\n    try:\n        return $CALL$\n    except Exception as error:\n        if not passing(error):\n            raise\n        if attempt == 3:\n            $TELL$\n        time.sleep(2**attempt + random.random())  # about 1, 2, 4 seconds\n";
            let body = body.replace("$TELL$", &context.framework.tell("$TOLD$"));
            let parts = ToolParts {
                imports: "import random\nimport time\n\n",
                helpers: PASSING,
                body: &body,
                values: &[("TOLD", &told)],
                ..ToolParts::default()
            };
            tool(context, parts)
        }
    }
}
