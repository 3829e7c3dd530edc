//! Another try of a model's service, where a failure passes by itself.

use super::{Remedy, context::Context, edits, framework::Framework, literal::fill};
use crate::model::failure::FailureCode;

/// Tries after the first; clients of OpenAI and Anthropic make two by themselves.
pub(super) const TRIES: u32 = 5;

pub(super) const REMEDY: Remedy = Remedy {
    id: "model-retry",
    codes: &[FailureCode::ModelError],
    title: |_| "ask the model again when its service fails for a moment".to_owned(),
    why: |context| {
        let said = match context.subject.message() {
            "" => String::new(),
            message => format!(" ({})", crate::repair::subject::shortened(message)),
        };
        format!(
            "The model's service failed{said}, and the run ended on it. Too many requests, an overloaded service and a lost connection pass by themselves: another try, each a little later, gets the answer."
        )
    },
    snippet,
    edit: Some(edits::model_retry::edit),
    applies: passes,
};

/// Words of a failure that does not pass by itself.
const STAYS: &[&str] = &[
    "400",
    "401",
    "403",
    "404",
    "422",
    "invalid",
    "not found",
    "unsupported",
    "context length",
    "quota",
    "billing",
    "permission",
    "does not exist",
];

/// Whether asking again may help: nothing that is said speaks against it.
fn passes(context: &Context<'_>) -> bool {
    let message = context.subject.message().to_lowercase();
    !STAYS.iter().any(|word| message.contains(word))
}

fn snippet(context: &Context<'_>) -> String {
    let template = match context.framework {
        Framework::LangChain => {
            "from langchain.agents import create_agent\nfrom langchain.agents.middleware import ModelRetryMiddleware\n\n# model and tools as you have them now\nagent = create_agent(\n    model,\n    tools=tools,\n    middleware=[ModelRetryMiddleware(max_retries=$TRIES$, initial_delay=1.0, on_failure=\"error\")],\n)\n"
        }
        Framework::LangGraph => {
            "from langgraph.types import RetryPolicy\n\n# the node that calls the model, as you have it now\ngraph.add_node(\"model\", call_model, retry_policy=RetryPolicy(max_attempts=$TRIES$, initial_interval=1.0))\n"
        }
        Framework::OpenAiAgents => {
            "from agents import Agent, ModelRetrySettings, ModelSettings, retry_policies\n\nretry = ModelRetrySettings(\n    max_retries=$TRIES$,\n    backoff={\"initial_delay\": 1.0, \"max_delay\": 20.0},\n    policy=retry_policies.any(retry_policies.network_error(), retry_policies.http_status([408, 429, 500, 502, 503, 504])),\n)\n\n# name, instructions and tools as you have them now\nagent = Agent(name=name, instructions=instructions, tools=tools, model_settings=ModelSettings(retry=retry))\n"
        }
        Framework::PydanticAi => {
            "from openai import AsyncOpenAI\nfrom pydantic_ai import Agent\nfrom pydantic_ai.models.openai import OpenAIChatModel  # or the class of your provider\nfrom pydantic_ai.providers.openai import OpenAIProvider\n\nclient = AsyncOpenAI(max_retries=$TRIES$, timeout=60)\nagent = Agent(OpenAIChatModel($MODEL$, provider=OpenAIProvider(openai_client=client)))\n"
        }
        Framework::CrewAi => "from crewai import LLM\n\nllm = LLM(model=$MODEL$, max_retries=$TRIES$, timeout=60)\n",
        Framework::Smolagents => {
            "from smolagents import OpenAIModel\n\nmodel = OpenAIModel(model_id=$MODEL$, client_kwargs={\"max_retries\": $TRIES$})\n"
        }
        Framework::LlamaIndex => {
            "from llama_index.llms.openai import OpenAI  # or the class of your provider\n\nllm = OpenAI(model=$MODEL$, max_retries=$TRIES$, timeout=60.0)\n"
        }
        Framework::AutoGen => {
            "from autogen_ext.models.openai import OpenAIChatCompletionClient  # or the client of your provider\n\nmodel_client = OpenAIChatCompletionClient(model=$MODEL$, max_retries=$TRIES$, timeout=60)\n"
        }
        Framework::Plain => {
            "from openai import OpenAI  # or the client of your provider\n\nclient = OpenAI(max_retries=$TRIES$, timeout=60)\n"
        }
    };
    fill(template, &[("TRIES", &TRIES.to_string()), ("MODEL", &context.model_literal)])
}
