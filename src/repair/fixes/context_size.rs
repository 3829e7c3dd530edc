//! A conversation kept within what the model can read.

use super::{ALWAYS, Remedy, context::Context, framework::Framework, literal::fill};
use crate::model::failure::FailureCode;

/// Part of the longest prompt of the run that is aimed at.
const SHARE: f64 = 0.5;

/// The aim where the run counts no tokens: a start.
const START_TOKENS: u64 = 16_000;

pub(super) const REMEDY: Remedy = Remedy {
    id: "trim-context",
    codes: &[FailureCode::ContextOverflow, FailureCode::ContextGrowth],
    title: |_| "keep the conversation within the model's limit".to_owned(),
    why: |context| match longest(context) {
        Some(tokens) => format!(
            "The longest prompt of the run had {tokens} tokens. Old tool results are most of such a conversation and are seldom needed again."
        ),
        None => "The conversation grew until the model could not read it. Old tool results are most of it and are seldom needed again."
            .to_owned(),
    },
    snippet,
    edit: None,
    applies: ALWAYS,
};

/// Tokens of the longest prompt in the run.
fn longest(context: &Context<'_>) -> Option<u64> {
    let calls = context.subject.trace.steps.iter().filter_map(|step| step.model.as_ref());
    calls.filter_map(|call| call.usage).map(|usage| usage.input_tokens).max().filter(|tokens| *tokens > 0)
}

fn snippet(context: &Context<'_>) -> String {
    let tokens = longest(context).map_or(START_TOKENS, |longest| ((longest as f64 * SHARE) as u64).max(1_000)).to_string();
    let template = match context.framework {
        Framework::LangChain => {
            "from langchain.agents import create_agent\nfrom langchain.agents.middleware import ClearToolUsesEdit, ContextEditingMiddleware\n\n# model and tools as you have them now\nagent = create_agent(\n    model,\n    tools=tools,\n    middleware=[ContextEditingMiddleware(edits=[ClearToolUsesEdit(trigger=$TOKENS$, keep=3)])],\n)\n"
        }
        Framework::LangGraph => {
            "from langchain_core.messages import trim_messages\n\n\ndef call_model(state: dict) -> dict:\n    \"\"\"In the node that calls the model; model as you have it now.\"\"\"\n    messages = trim_messages(\n        state[\"messages\"],\n        max_tokens=$TOKENS$,\n        token_counter=\"approximate\",\n        strategy=\"last\",\n        start_on=\"human\",\n        include_system=True,\n    )\n    return {\"messages\": [model.invoke(messages)]}\n"
        }
        Framework::CrewAi => {
            "from crewai import Agent\n\n# role, goal, backstory and tools as you have them now\nagent = Agent(role=role, goal=goal, backstory=backstory, tools=tools, respect_context_window=True)\n"
        }
        Framework::OpenAiAgents => {
            "from agents import RunConfig, Runner\nfrom agents.run import CallModelData, ModelInputData\n\n\ndef keep_recent(data: CallModelData) -> ModelInputData:\n    \"\"\"The request, and the last items that fit; about four characters to a token.\"\"\"\n    items, kept, room = data.model_data.input, [], 4 * $TOKENS$\n    for item in reversed(items[1:]):\n        room -= len(str(item))\n        if room < 0:\n            break\n        kept.insert(0, item)\n    while kept and kept[0].get(\"type\") == \"function_call_output\":  # its call was cut off\n        kept.pop(0)\n    return ModelInputData(input=items[:1] + kept, instructions=data.model_data.instructions)\n\n\nasync def run(agent, request: str):\n    return await Runner.run(agent, request, run_config=RunConfig(call_model_input_filter=keep_recent))\n"
        }
        Framework::PydanticAi => {
            "from pydantic_ai import Agent, ModelMessage, ModelRequest\nfrom pydantic_ai.capabilities import ProcessHistory  # before 2.0: Agent(model, history_processors=[keep_recent])\n\n\ndef keep_recent(messages: list[ModelMessage]) -> list[ModelMessage]:\n    \"\"\"The first request, and the last messages from a request of the user on.\"\"\"\n    if len(messages) <= 12:\n        return messages\n    recent = messages[-10:]\n    while recent and not (isinstance(recent[0], ModelRequest) and any(part.part_kind == \"user-prompt\" for part in recent[0].parts)):\n        recent = recent[1:]\n    return messages[:1] + recent if recent else messages\n\n\nagent = Agent(model, capabilities=[ProcessHistory(keep_recent)])  # aim at about $TOKENS$ tokens\n"
        }
        Framework::Smolagents => {
            "from smolagents import ActionStep, ToolCallingAgent\n\n\ndef forget_old_observations(step: ActionStep, agent) -> None:\n    \"\"\"Keeps the last three observations whole and the beginning of older ones; about $TOKENS$ tokens are the aim.\"\"\"\n    steps = [known for known in agent.memory.steps if isinstance(known, ActionStep)]\n    for known in steps[:-3]:\n        if known.observations and len(known.observations) > 400:\n            known.observations = known.observations[:400] + \" ...\"\n\n\nagent = ToolCallingAgent(tools=tools, model=model, step_callbacks=[forget_old_observations])\n"
        }
        Framework::LlamaIndex => {
            "from llama_index.core.memory import Memory\n\nmemory = Memory.from_defaults(token_limit=$TOKENS$)\n\n\nasync def run(request: str):\n    # agent as you have it now\n    return await agent.run(request, memory=memory)\n"
        }
        Framework::AutoGen => {
            "from autogen_agentchat.agents import AssistantAgent\nfrom autogen_core.model_context import TokenLimitedChatCompletionContext\n\n# model_client and tools as you have them now\nagent = AssistantAgent(\n    \"assistant\",\n    model_client,\n    tools=tools,\n    model_context=TokenLimitedChatCompletionContext(model_client, token_limit=$TOKENS$),\n)\n"
        }
        Framework::Plain => {
            "def trimmed(messages: list[dict], tokens: int = $TOKENS$) -> list[dict]:\n    \"\"\"The instructions, the first request, and the last messages that fit; about four characters to a token.\"\"\"\n    head = [message for message in messages[:2] if message[\"role\"] in (\"system\", \"user\")]\n    rest, kept, room = messages[len(head):], [], 4 * tokens\n    for message in reversed(rest):\n        room -= len(str(message))\n        if room < 0:\n            break\n        kept.insert(0, message)\n    while kept and kept[0][\"role\"] == \"tool\":  # the call it answers was cut off\n        kept.pop(0)\n    return head + kept\n"
        }
    };
    fill(template, &[("TOKENS", &tokens)])
}
