//! What comes out where errors of tools are told to the model, in each framework: looked at once, and kept.

use super::*;

#[test]
fn told_errors() {
    let tell = |framework| Case {
        remedy: "tell-the-model",
        code: FailureCode::ToolError,
        framework,
        message: "KeyError: 'ACME'",
        ..Case::default()
    };
    snapshot(
        "told_plain_loop",
        &tell(Some("openai")),
        r#"
import json

from openai import OpenAI

client = OpenAI()


def get_quote(symbol):
    return PRICES[symbol]


TOOLS = {"get_quote": get_quote}


def answer(question):
    messages = [{"role": "user", "content": question}]
    while True:
        reply = client.chat.completions.create(model="gpt-4.1", messages=messages, tools=SCHEMAS).choices[0].message
        messages.append(reply)
        if not reply.tool_calls:
            return reply.content
        for call in reply.tool_calls:
            arguments = json.loads(call.function.arguments)
            result = TOOLS[call.function.name](**arguments)
            messages.append({"role": "tool", "tool_call_id": call.id, "content": json.dumps(result)})
"#,
    );
    snapshot(
        "told_plain_by_name",
        &Case { place: "build.desk", tool: "desk", ..tell(Some("anthropic")) },
        r#"
import tools
from anthropic import Anthropic


def build():
    client = Anthropic()

    def desk(question):
        messages = [{"role": "user", "content": question}]
        for _ in range(7):
            answer = client.messages.create(model="claude", max_tokens=500, messages=messages, tools=SCHEMAS)
            results = []
            for call in [block for block in answer.content if block.type == "tool_use"]:
                result = getattr(tools, call.name)(
                    **call.input,
                )
                results.append({"type": "tool_result", "tool_use_id": call.id, "content": f"{result}"})
            messages.append({"role": "user", "content": results})

    return desk
"#,
    );
    snapshot(
        "told_plain_in_place",
        &tell(None),
        r#"
import json

from openai import AsyncOpenAI

client = AsyncOpenAI()


async def get_quote(symbol):
    return PRICES[symbol]


async def turn(messages):
    reply = (await client.chat.completions.create(model="gpt-4.1", messages=messages, tools=SCHEMAS)).choices[0].message
    for call in reply.tool_calls or []:
        error = None
        # what the tool says goes back as text
        messages.append({
            "role": "tool",
            "tool_call_id": call.id,
            "content": str(await get_quote(**json.loads(call.function.arguments))),  # as text
        })
"#,
    );
    snapshot(
        "told_plain_by_a_function",
        &tell(None),
        r#"
import json
import anthropic

client = anthropic.Anthropic()

def get_quote(symbol):
    return PRICES[symbol]

def run_tool(name, arguments):
    function = {"get_quote": get_quote}[name]
    return function(**arguments)

def step(messages):
    reply = client.messages.create(model="claude", max_tokens=500, messages=messages, tools=SCHEMAS)
    for block in reply.content:
        if block.type == "tool_use":
            messages.append({"role": "user", "content": [{"type": "tool_result", "tool_use_id": block.id, "content": str(run_tool(block.name, block.input))}]})
"#,
    );
    snapshot(
        "told_langchain_tool",
        &tell(Some("langchain")),
        r#"
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI


@tool
def get_quote(symbol: str) -> float:
    """The last price."""
    return PRICES[symbol]


model = ChatOpenAI(model="gpt-4.1")
"#,
    );
    snapshot(
        "told_after_the_last_try",
        &tell(Some("langchain")),
        r#"
import functools
from langchain_core.tools import tool


@tool
@retry_passing(TimeoutError)
@time_limit(5)
def get_quote(symbol: str) -> float:
    """The last price."""
    return PRICES[symbol]
"#,
    );
    snapshot(
        "told_langchain_agent",
        &Case { place: "agent", ..tell(Some("langchain")) },
        r#"
from langchain.agents import create_agent
from langchain.agents.middleware import (
    ModelRetryMiddleware,
)

from tools import get_quote

agent = create_agent(
    "openai:gpt-4.1",
    tools=[get_quote],
    middleware=[ModelRetryMiddleware()],
)
"#,
    );
    snapshot(
        "told_langgraph_node",
        &Case { place: "build", ..tell(Some("langgraph")) },
        r#"
from langgraph.prebuilt import ToolNode


def build(tools):
    graph = StateGraph(State)
    graph.add_node("tools", ToolNode(tools))
    return graph.compile()
"#,
    );
    snapshot(
        "told_structured_tool",
        &tell(Some("langgraph")),
        r#"
from langchain_core.tools import StructuredTool, ToolException as TE


def get_quote(symbol: str) -> float:
    """The last price."""
    return PRICES[symbol]


quote_tool = StructuredTool.from_function(
    func=get_quote,
    name="get_quote"
)
"#
        .replace(", ToolException as TE", "")
        .as_str(),
    );
    snapshot(
        "told_openai_agents_switched_off",
        &tell(Some("openai-agents")),
        r#"
from agents import Agent, Runner, function_tool


@function_tool(failure_error_function=None)
def get_quote(symbol: str) -> float:
    return PRICES[symbol]
"#,
    );
    snapshot(
        "told_pydantic_ai",
        &tell(Some("pydantic-ai")),
        r#"
from pydantic_ai import Agent, RunContext

from desk import Closed

agent = Agent("openai:gpt-4.1")


@agent.tool
async def get_quote(ctx: RunContext, symbol: str) -> float:
    if not await ctx.deps.is_open():
        raise Closed(symbol)
    return ctx.deps.prices[symbol]
"#,
    );
}
