//! A limit on calls of one tool and on turns, with a proper end when it is reached.

use super::{ALWAYS, Remedy, context::Context, edits, framework::Framework, literal::fill};
use crate::model::{failure::FailureCode, step::StepKind};

/// Calls of the looping tool that are left to it: a first one, and two corrections.
const CALLS: usize = 3;

/// Turns are limited to so many times the different things the run did.
const TIMES_DISTINCT: usize = 2;

/// No run is limited to fewer turns.
const LEAST_TURNS: usize = 6;

pub(super) const REMEDY: Remedy = Remedy {
    id: "limit-iterations",
    codes: &[FailureCode::Loop, FailureCode::NoTermination, FailureCode::RedundantCalls, FailureCode::ExcessSteps],
    title: |context| match context.subject.tool() {
        Some(_) => format!("limit calls of {} and the turns of a run", context.tool),
        None => "limit the turns of a run".to_owned(),
    },
    why,
    snippet,
    edit: Some(edits::iteration_limit::edit),
    applies: ALWAYS,
};

/// How often the tool was called in the run, and how many different calls (tool and arguments) the run made in all.
fn calls(context: &Context<'_>) -> (usize, usize) {
    let made: Vec<_> =
        context.subject.trace.steps.iter().filter(|step| step.kind == StepKind::ToolCall).filter_map(|step| step.tool.as_ref()).collect();
    let of_tool = made.iter().filter(|call| Some(call.name.as_str()) == context.subject.tool()).count();
    let mut distinct: Vec<(&str, String)> =
        made.iter().map(|call| (call.name.as_str(), call.input.as_ref().map(ToString::to_string).unwrap_or_default())).collect();
    distinct.sort();
    distinct.dedup();
    (of_tool, distinct.len())
}

fn why(context: &Context<'_>) -> String {
    let (of_tool, distinct) = calls(context);
    let seen = match (context.subject.tool(), of_tool) {
        (Some(_), 2..) => format!("{} was called {of_tool} times in a run that made {distinct} different calls.", context.tool),
        _ => format!("The run made {distinct} different calls and did not come to an end by itself."),
    };
    format!("{seen} A limit ends such a run early and cheaply, and what is told at the limit lets it end with an answer.")
}

/// The turns a run is limited to.
pub(super) fn turns(context: &Context<'_>) -> usize {
    let (_, distinct) = calls(context);
    (distinct * TIMES_DISTINCT).max(LEAST_TURNS)
}

fn snippet(context: &Context<'_>) -> String {
    let turns = turns(context).to_string();
    let calls = CALLS.to_string();
    let template = match context.framework {
        Framework::LangChain => {
            "from langchain.agents import create_agent\nfrom langchain.agents.middleware import ModelCallLimitMiddleware, ToolCallLimitMiddleware\n\n# model and tools as you have them now\nagent = create_agent(\n    model,\n    tools=tools,\n    middleware=[\n        # at the limit the model is told, and goes on without the tool\n        ToolCallLimitMiddleware(tool_name=$NAME$, run_limit=$CALLS$, exit_behavior=\"continue\"),\n        ModelCallLimitMiddleware(run_limit=$TURNS$, exit_behavior=\"end\"),\n    ],\n)\n"
        }
        Framework::LangGraph => {
            "from langgraph.errors import GraphRecursionError\n\ntry:\n    # a turn takes two steps of the graph: model and tools; $TOOL$ is one of the tools\n    result = graph.invoke(inputs, {\"recursion_limit\": 2 * $TURNS$ + 1})\nexcept GraphRecursionError:\n    result = {\"messages\": [(\"assistant\", \"I could not finish this in $TURNS$ turns.\")]}\n"
        }
        Framework::CrewAi => {
            "from crewai import Agent\nfrom crewai.tools import tool\n\n\n# _$TOOL$ is your function as it is now, under another name.\n@tool($NAME$, max_usage_count=$CALLS$)\ndef $TOOL$($PARAMETERS$):\n    \"\"\"Keep the description it has now.\"\"\"\n    return $CALL$\n\n\nagent = Agent(role=role, goal=goal, backstory=backstory, tools=[$TOOL$], max_iter=$TURNS$)\n"
        }
        Framework::OpenAiAgents => {
            "from agents import MaxTurnsExceeded, Runner\n\n\nasync def run(agent, request: str) -> str:\n    \"\"\"$TOOL$ is one of the agent's tools.\"\"\"\n    try:\n        result = await Runner.run(agent, request, max_turns=$TURNS$)\n    except MaxTurnsExceeded:\n        return \"I could not finish this in $TURNS$ turns.\"\n    return str(result.final_output)\n"
        }
        Framework::PydanticAi => {
            "from pydantic_ai import UsageLimitExceeded, UsageLimits\n\n\nasync def run(request: str) -> str:\n    \"\"\"$TOOL$ is one of the agent's tools; agent as you have it now.\"\"\"\n    try:\n        result = await agent.run(request, usage_limits=UsageLimits(request_limit=$TURNS$, tool_calls_limit=2 * $TURNS$))\n    except UsageLimitExceeded:\n        return \"I could not finish this in $TURNS$ turns.\"\n    return str(result.output)\n"
        }
        Framework::Smolagents => {
            "from smolagents import ToolCallingAgent\n\n# tools and model as you have them now; $TOOL$ is one of the tools. At the limit the agent answers with what it has.\nagent = ToolCallingAgent(tools=tools, model=model, max_steps=$TURNS$, planning_interval=3)\n"
        }
        Framework::LlamaIndex => {
            "from llama_index.core.agent.workflow import FunctionAgent\n\n# tools and llm as you have them now; $TOOL$ is one of the tools\nagent = FunctionAgent(tools=tools, llm=llm, early_stopping_method=\"generate\")\n\n\nasync def run(request: str):\n    return await agent.run(request, max_iterations=$TURNS$)\n"
        }
        Framework::AutoGen => {
            "from autogen_agentchat.agents import AssistantAgent\nfrom autogen_agentchat.conditions import MaxMessageTermination, TextMentionTermination\nfrom autogen_agentchat.teams import RoundRobinGroupChat\n\n# model_client and tools as you have them now; $TOOL$ is one of the tools\nagent = AssistantAgent(\"assistant\", model_client, tools=tools, max_tool_iterations=$TURNS$, reflect_on_tool_use=True)\nteam = RoundRobinGroupChat([agent], termination_condition=TextMentionTermination(\"TERMINATE\") | MaxMessageTermination(2 * $TURNS$))\n"
        }
        Framework::Plain => {
            "import json\n\n\nclass Limits:\n    \"\"\"Stops the same call from being made over and over; one object for each run.\"\"\"\n\n    def __init__(self, turns: int = $TURNS$, same_call: int = $CALLS$):\n        self.turns, self.same_call, self.seen = turns, same_call, {}\n\n    def turn(self) -> bool:\n        \"\"\"Whether the model may be asked once more; ask it for its best answer when not.\"\"\"\n        self.turns -= 1\n        return self.turns >= 0\n\n    def call(self, name: str, arguments: dict) -> str | None:\n        \"\"\"What to tell the model instead of calling the tool; None when it may be called.\"\"\"\n        key = (name, json.dumps(arguments, sort_keys=True, default=str))\n        self.seen[key] = self.seen.get(key, 0) + 1\n        if self.seen[key] > self.same_call:\n            return f\"{name} was called {self.same_call} times with these arguments. Use what it answered, or go another way.\"\n        return None\n\n\nlimits = Limits()\nrefusal = limits.call($NAME$, $SEEN$)  # before each call of a tool\n"
        }
    };
    let (parameters, call, seen) = (context.parameters(None), context.call(), context.arguments_literal());
    fill(
        template,
        &[
            ("NAME", &context.tool_literal),
            ("TOOL", &context.tool),
            ("PARAMETERS", &parameters),
            ("CALL", &call),
            ("CALLS", &calls),
            ("TURNS", &turns),
            ("SEEN", &seen),
        ],
    )
}
