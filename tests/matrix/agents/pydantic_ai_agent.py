"""Pydantic AI. One line: agent = ArcTracer("orders").trace_agent(agent)"""

import desk
from openai import AsyncOpenAI
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider


def build():
    client = AsyncOpenAI(base_url=desk.BASE_URL, max_retries=0)
    agent = Agent(OpenAIChatModel(desk.MODEL, provider=OpenAIProvider(openai_client=client)), instructions=desk.SYSTEM, name="order_agent")

    @agent.tool_plain
    def find_order(number: str) -> float:
        """What an order cost, in EUR."""
        return desk.order_total(number)

    @agent.tool_plain
    async def refund_amount(total: float, percent: float) -> float:
        """So many percent of a total."""
        return desk.share(total, percent)
    return agent


def ask(agent):
    if desk.STREAM:
        return streamed(agent)
    return agent.run_sync(desk.QUESTION).output


async def streamed(agent):
    async with agent.run_stream(desk.QUESTION) as stream:
        return await stream.get_output()


def otel():
    made = desk.provider()
    Agent.instrument_all()
    return made


desk.go(build, ask, otel)
