//! Room for the whole reply, and a look at why it stopped.

use super::{ALWAYS, Remedy, context::Context, framework::Framework, literal::fill};
use crate::model::failure::FailureCode;

/// Room is given for so many times the reply that was cut off.
const TIMES: u64 = 2;

/// Room where the run counts no tokens: a start.
const START_TOKENS: u64 = 4_096;

pub(super) const REMEDY: Remedy = Remedy {
    id: "room-for-the-reply",
    codes: &[FailureCode::Incomplete],
    title: |_| "give the reply room, and notice when it was cut off".to_owned(),
    why: |context| {
        match cut_at(context) {
        Some(tokens) => format!("The reply stopped at {tokens} tokens because it reached its limit. Twice that leaves room; a reply that still ends there must not pass for whole."),
        None => "The reply stopped because it reached its limit of tokens. A higher limit leaves room; a reply that still ends there must not pass for whole.".to_owned(),
    }
    },
    snippet,
    edit: None,
    applies: ALWAYS,
};

/// Tokens of the reply that was cut off: of the failing step, else of the last call that stopped for length.
fn cut_at(context: &Context<'_>) -> Option<u64> {
    let at_step = context.subject.step.and_then(|step| step.model.as_ref());
    let calls = || context.subject.trace.steps.iter().rev().filter_map(|step| step.model.as_ref());
    let cut =
        at_step.or_else(|| calls().find(|call| matches!(call.finish_reason.as_deref(), Some("length" | "max_tokens" | "MAX_TOKENS"))));
    cut.and_then(|call| call.usage).map(|usage| usage.output_tokens).filter(|tokens| *tokens > 0)
}

fn snippet(context: &Context<'_>) -> String {
    let tokens = cut_at(context).map_or(START_TOKENS, |tokens| tokens.saturating_mul(TIMES)).to_string();
    let template = match context.framework {
        Framework::LangChain | Framework::LangGraph => {
            "from langchain.chat_models import init_chat_model\n\nmodel = init_chat_model($MODEL$, max_tokens=$TOKENS$)\n\n\ndef whole(message):\n    \"\"\"The message, unless it was cut off.\"\"\"\n    if message.response_metadata.get(\"finish_reason\") in (\"length\", \"max_tokens\"):\n        raise ValueError(\"the reply was cut off at $TOKENS$ tokens\")\n    return message\n"
        }
        Framework::CrewAi => {
            "from crewai import LLM, Agent\n\n# role, goal, backstory and tools as you have them now\nagent = Agent(role=role, goal=goal, backstory=backstory, tools=tools, llm=LLM(model=$MODEL$, max_tokens=$TOKENS$))\n"
        }
        Framework::OpenAiAgents => {
            "from agents import Agent, ModelSettings\n\n# name, instructions and tools as you have them now\nagent = Agent(name=name, instructions=instructions, tools=tools, model=$MODEL$, model_settings=ModelSettings(max_tokens=$TOKENS$))\n"
        }
        Framework::PydanticAi => {
            "from pydantic_ai import Agent, ModelSettings\n\n# the model of the run was $MODEL$; name yours with its provider, such as \"openai:...\"\nagent = Agent(model, model_settings=ModelSettings(max_tokens=$TOKENS$))\n\n\ndef whole(result):\n    \"\"\"The result, unless its last reply was cut off.\"\"\"\n    if result.response.finish_reason == \"length\":\n        raise ValueError(\"the reply was cut off at $TOKENS$ tokens\")\n    return result\n"
        }
        Framework::Smolagents => {
            "from smolagents import LiteLLMModel, ToolCallingAgent\n\nmodel = LiteLLMModel(model_id=$MODEL$, max_tokens=$TOKENS$)\nagent = ToolCallingAgent(tools=tools, model=model)\n"
        }
        Framework::LlamaIndex => {
            "from llama_index.core.agent.workflow import FunctionAgent\nfrom llama_index.llms.openai import OpenAI  # or the class of your provider\n\nagent = FunctionAgent(tools=tools, llm=OpenAI(model=$MODEL$, max_tokens=$TOKENS$))\n"
        }
        Framework::AutoGen => {
            "from autogen_agentchat.agents import AssistantAgent\nfrom autogen_ext.models.openai import OpenAIChatCompletionClient  # or the client of your provider\n\nmodel_client = OpenAIChatCompletionClient(model=$MODEL$, max_tokens=$TOKENS$)\nagent = AssistantAgent(\"assistant\", model_client, tools=tools)\n"
        }
        Framework::Plain => {
            "def reply(client, messages: list[dict]) -> str:\n    \"\"\"The model's reply; a reply that was cut off is an error, not an answer.\"\"\"\n    answer = client.chat.completions.create(model=$MODEL$, messages=messages, max_completion_tokens=$TOKENS$)\n    choice = answer.choices[0]\n    if choice.finish_reason == \"length\":\n        raise ValueError(\"the reply was cut off at $TOKENS$ tokens\")\n    return choice.message.content\n"
        }
    };
    fill(template, &[("MODEL", &context.model_literal), ("TOKENS", &tokens)])
}
