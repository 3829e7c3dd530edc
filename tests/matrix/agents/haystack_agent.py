"""Haystack's Agent. One line: agent = ArcTracer("orders").trace_agent(agent)"""

import desk
from haystack.components.agents import Agent
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.dataclasses import ChatMessage
from haystack.tools import create_tool_from_function
from haystack.utils import Secret


def find_order(number: str) -> float:
    """What an order cost, in EUR."""
    return desk.order_total(number)


def refund_amount(total: float, percent: float) -> float:
    """So many percent of a total."""
    return desk.share(total, percent)


def build():
    model = OpenAIChatGenerator(model=desk.MODEL, api_base_url=desk.BASE_URL, api_key=Secret.from_token("none"), max_retries=0)
    tools = [create_tool_from_function(find_order), create_tool_from_function(refund_amount)]
    return Agent(chat_generator=model, tools=tools, system_prompt=desk.SYSTEM)


def ask(agent):
    return agent.run(messages=[ChatMessage.from_user(desk.QUESTION)])["messages"][-1].text


def otel():
    from openinference.instrumentation.haystack import HaystackInstrumentor
    made = desk.provider()
    HaystackInstrumentor().instrument(tracer_provider=made)
    return made


desk.go(build, ask, otel)
