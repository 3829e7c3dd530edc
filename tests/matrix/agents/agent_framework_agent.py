"""Microsoft's Agent Framework. One line: agent = ArcTracer("orders").trace_agent(agent)"""

import desk
from agent_framework import Agent, tool
from agent_framework.openai import OpenAIChatCompletionClient
from openai import AsyncOpenAI


@tool
def find_order(number: str) -> float:
    """What an order cost, in EUR."""
    return desk.order_total(number)


@tool
async def refund_amount(total: float, percent: float) -> float:
    """So many percent of a total."""
    return desk.share(total, percent)


def build():
    client = OpenAIChatCompletionClient(model=desk.MODEL, async_client=AsyncOpenAI(base_url=desk.BASE_URL, max_retries=0))
    return Agent(client, desk.SYSTEM, name="order_agent", tools=[find_order, refund_amount])


async def ask(agent):
    if desk.STREAM:
        return "".join([part.text or "" async for part in agent.run(desk.QUESTION, stream=True)])
    return (await agent.run(desk.QUESTION)).text


def otel():
    from agent_framework.observability import enable_instrumentation
    made = desk.provider()
    enable_instrumentation(enable_sensitive_data=True)
    return made


desk.go(build, ask, otel)
