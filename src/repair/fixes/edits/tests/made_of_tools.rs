//! What comes out of the remedies for one tool, in each framework: looked at once, and kept.

use super::*;

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
