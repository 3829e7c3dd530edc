//! What comes out of each remedy, in each framework: looked at once, and kept.

use super::*;

/// A file before and after, with the remedy as its head.
fn snapshot(name: &str, case: &Case<'_>, source: &str) {
    let source = source.strip_prefix('\n').unwrap_or(source);
    let edited = case.made(source).unwrap_or_else(|| panic!("{name}: nothing was made of\n{source}"));
    let head = format!("{} for {} in {}", case.remedy, case.code.code(), case.framework.unwrap_or("plain Python"));
    insta::with_settings!({ description => head, omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "snapshots" }, {
        insta::assert_snapshot!(name, edited);
    });
}

#[test]
fn time_limits() {
    let limit = |framework| Case { remedy: "time-limit", code: FailureCode::ToolTimeout, framework, ..Case::default() };
    snapshot(
        "time_limit_of_the_request",
        &limit(None),
        r#"
"""Quotes."""
import requests

session = requests.Session()


def get_quote(symbol):
    first = requests.get(f"https://quotes.example/{symbol}")
    second = session.get(
        "https://other.example",
        params={"symbol": symbol},  # as it is
    )
    return first.json(), second.json()
"#,
    );
    snapshot(
        "time_limit_of_plain_function",
        &limit(None),
        r#"
from slow_quotes import quotes


def get_quote(symbol: str) -> float:
    """The last price."""
    return quotes.last(symbol)
"#,
    );
    snapshot(
        "time_limit_of_plain_async_method",
        &Case { place: "Desk.get_quote", ..limit(Some("crewai")) },
        r#"
import asyncio
import logging

from slow_quotes import quotes

log = logging.getLogger(__name__)


class Desk:
	async def get_quote(self, symbol):
		return await quotes.last(symbol)
"#,
    );
    snapshot(
        "time_limit_openai_agents_async",
        &limit(Some("openai-agents")),
        r#"
from agents import Agent, function_tool
from slow_quotes import quotes


@function_tool
async def get_quote(symbol: str) -> float:
    """The last price."""
    return await quotes.last(symbol)


agent = Agent(name="quote desk", tools=[get_quote])
"#,
    );
    snapshot(
        "time_limit_pydantic_ai",
        &limit(Some("pydantic-ai")),
        r#"
from pydantic_ai import Agent, RunContext

agent = Agent("openai:gpt-4.1")


@agent.tool(retries=2)
def get_quote(ctx: RunContext, symbol: str) -> float:
    return ctx.deps.last(symbol)
"#,
    );
    snapshot(
        "time_limit_pydantic_ai_before_it_had_one",
        &Case { installed: &[("pydantic-ai-slim", "1.20.0")], ..limit(Some("pydantic-ai")) },
        r#"
from pydantic_ai import Agent, RunContext

agent = Agent("openai:gpt-4.1")


@agent.tool
def get_quote(ctx: RunContext, symbol: str) -> float:
    return ctx.deps.last(symbol)
"#,
    );
}

#[test]
fn retries() {
    let retry = |framework| Case { framework, ..Case::default() };
    snapshot(
        "retry_plain",
        &retry(None),
        r#"
import json
import os

import requests

from .settings import HOST


class Busy(Exception):
    pass


def get_quote(symbol: str) -> float:
    """The last price."""
    answer = requests.get(f"{HOST}/{symbol}", timeout=5)
    if answer.status_code == 202:
        raise Busy("too many requests")
    answer.raise_for_status()
    return answer.json()["last"]


TOOLS = {"get_quote": get_quote}
"#,
    );
    snapshot(
        "retry_langchain",
        &Case { tool: "quote", ..retry(Some("langchain")) },
        r#"
import httpx
from langchain_core.tools import tool


@tool("quote")
# asked for by the desk
async def get_quote(symbol: str) -> str:
    """The last price."""
    async with httpx.AsyncClient() as client:
        return (await client.get("https://quotes.example", params={"s": symbol})).text
"#,
    );
    snapshot(
        "retry_crewai_with_its_style",
        &Case { place: "QuoteTool._run", tool: "Quote Tool", ..retry(Some("crewai")) },
        "from __future__ import annotations\r\n\r\nfrom crewai.tools import BaseTool\r\n\r\n\r\nclass QuoteTool(BaseTool):\r\n  name: str = 'Quote Tool'\r\n  description: str = 'The last price.'\r\n\r\n  def _run(self, symbol: str) -> str:\r\n    return look_up('quote', symbol)\r\n",
    );
}

#[test]
fn empty_results() {
    let empty = |framework| Case { remedy: "say-empty", code: FailureCode::ToolEmptyResult, framework, ..Case::default() };
    snapshot(
        "empty_openai_agents",
        &Case { place: "find", ..empty(Some("openai-agents")) },
        r#"
from agents import function_tool


@function_tool(name_override="get_quote")
def find(symbol: str) -> list[float]:
    """The prices."""
    return [price for price in PRICES if price.symbol == symbol]
"#,
    );
    snapshot(
        "empty_plain_async",
        &empty(None),
        r#"
# Prices of the day.

async def get_quote(symbol):
    return await prices(symbol)
"#,
    );
}

#[test]
fn arguments() {
    let check = |framework| Case {
        remedy: "check-arguments",
        code: FailureCode::ToolBadArguments,
        framework,
        tool: "issue_refund",
        arguments: json!({"order": "A-1182", "amount": "12,50"}),
        message: "could not convert string to float: '12,50'",
        place: "issue_refund",
        ..Case::default()
    };
    snapshot(
        "arguments_plain_annotated",
        &check(None),
        r#"
#!/usr/bin/env python3
# Refunds.
import decimal


def issue_refund(
    order: str,
    amount: float,
) -> dict:
    """Pay back an order.

    amount is in euros.
    """
    # never more than was paid
    paid = PAID[order]
    return {"order": order, "refunded": min(paid, amount)}
"#,
    );
    snapshot(
        "arguments_langchain_converted_inside",
        &check(Some("langchain")),
        r"
from langchain_core.tools import tool

@tool
def issue_refund(order: str, amount: str) -> str:
    '''Pay back an order.'''
    cents = round(float(amount) * 100)
    return f'refunded {cents} cents of {order}'
",
    );
}

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

#[test]
fn limits_of_turns() {
    let limit = |framework| Case { remedy: "limit-iterations", code: FailureCode::Loop, framework, place: "agent", ..Case::default() };
    snapshot(
        "turns_plain_loop",
        &Case { place: "answer", ..limit(None) },
        r#"
def answer(client, messages):
    """Until there is an answer."""
    while True:
        # one turn
        reply = client.chat.completions.create(
            model="gpt-4.1",
            messages=messages,
            tools=SCHEMAS,
        )
        message = reply.choices[0].message
        if not message.tool_calls:
            break
        messages.extend(call_tools(message))
    return message.content
"#,
    );
    snapshot(
        "turns_plain_loop_anthropic",
        &Case { place: "answer", ..limit(Some("anthropic")) },
        "def answer(client, messages):\n\twhile 1:\n\t\treply = client.messages.create(model='claude', max_tokens=500, messages=messages, tools=TOOLS, tool_choice={'type': 'auto'})\n\t\tif reply.stop_reason != 'tool_use':\n\t\t\treturn reply\n\t\tturn = call(messages, reply)\n",
    );
    snapshot(
        "turns_langchain",
        &limit(Some("langchain")),
        r#"
from langchain.agents import create_agent

agent = create_agent("openai:gpt-4.1", tools=[get_quote])
"#,
    );
    snapshot(
        "turns_openai_agents",
        &limit(Some("openai-agents")),
        r#"
from agents import Agent, Runner

agent = Agent(name="quote desk")
other = Agent(name="other desk")


async def main():
    await Runner.run(agent, "What is ACME at?")
    await Runner.run(
        agent,
        "What is ACME at?",
        max_turns=5
    )
    await Runner.run(other, "And now?")
"#,
    );
    snapshot(
        "turns_pydantic_ai",
        &limit(Some("pydantic-ai")),
        r#"
from pydantic_ai import Agent

agent = Agent("openai:gpt-4.1")
print(agent.run_sync("What is ACME at?").output)
"#,
    );
}

#[test]
fn unknown_tools() {
    snapshot(
        "unknown_tool_openai_agents",
        &Case { remedy: "tool-names", code: FailureCode::ToolMissing, framework: Some("openai-agents"), place: "main", ..Case::default() },
        r#"
from agents import Agent, Runner


def main():
    return Runner.run_sync(Agent(name="desk"), "What is ACME at?").final_output
"#,
    );
}

#[test]
fn model_retries() {
    let retry = |framework| Case {
        remedy: "model-retry",
        code: FailureCode::ModelError,
        framework,
        message: "RateLimitError: 429",
        place: "agent",
        ..Case::default()
    };
    snapshot(
        "model_retry_openai",
        &Case { place: "client", ..retry(Some("openai")) },
        "import openai\n\nclient = openai.OpenAI(max_retries=0)\nother = openai.AsyncOpenAI()\n",
    );
    snapshot(
        "model_retry_langchain",
        &Case { place: "build", ..retry(Some("langchain")) },
        "from langchain.agents import create_agent\nfrom langchain.agents.middleware import PIIMiddleware\n\n\ndef build():\n    return create_agent('openai:gpt-4.1', middleware=[PIIMiddleware('email')])\n",
    );
    snapshot(
        "model_retry_openai_agents",
        &retry(Some("openai-agents")),
        "from agents import Agent, ModelSettings\n\nagent = Agent(name=\"desk\", model_settings=ModelSettings(temperature=0))\n",
    );
    snapshot(
        "model_retry_pydantic_ai",
        &retry(Some("pydantic-ai")),
        "from openai import AsyncOpenAI\nfrom pydantic_ai import Agent\nfrom pydantic_ai.models.openai import OpenAIChatModel\nfrom pydantic_ai.providers.openai import OpenAIProvider\n\nagent = Agent(OpenAIChatModel(\"gpt-4.1\", provider=OpenAIProvider(openai_client=AsyncOpenAI())))\n",
    );
    snapshot(
        "model_retry_crewai",
        &Case { message: "500 overloaded", place: "llm", ..retry(Some("crewai")) },
        "from crewai import LLM\n\nllm = LLM(\n    model=\"gpt-4.1\",\n    temperature=0,\n)\n",
    );
}
