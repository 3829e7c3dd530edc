"""The OpenAI Agents SDK. One line: agent = ArcTracer("orders").trace_agent(agent)"""

import os

os.environ.setdefault("OPENAI_API_KEY", "none")

import agents  # noqa: E402
import desk  # noqa: E402
from openai import AsyncOpenAI  # noqa: E402


@agents.function_tool
def find_order(number: str) -> float:
    """What an order cost, in EUR."""
    return desk.order_total(number)


@agents.function_tool
async def refund_amount(total: float, percent: float) -> float:
    """So many percent of a total."""
    return desk.share(total, percent)


def build():
    agents.set_default_openai_client(AsyncOpenAI(base_url=desk.BASE_URL, max_retries=0), use_for_tracing=False)
    return agents.Agent(name="order_agent", instructions=desk.SYSTEM, model=desk.MODEL, tools=[find_order, refund_amount])


def ask(agent):
    return agents.Runner.run_sync(agent, desk.QUESTION).final_output


def otel():
    from openinference.instrumentation.openai_agents import OpenAIAgentsInstrumentor
    made = desk.provider()
    OpenAIAgentsInstrumentor().instrument(tracer_provider=made)
    return made


# The SDK sends its traces to its vendor unless told otherwise; a test must not. Others' processors stay.
agents.set_trace_processors([])
desk.go(build, ask, otel)
