"""Agno. One line: agent = ArcTracer("orders").trace_agent(agent)"""

import desk
from agno.agent import Agent
from agno.models.openai import OpenAIChat


def find_order(number: str) -> str:
    """What an order cost, in EUR.

    Args:
        number: the order's number
    """
    return str(desk.order_total(number))


def refund_amount(total: float, percent: float) -> str:
    """So many percent of a total.

    Args:
        total: of what
        percent: how many
    """
    return str(desk.share(total, percent))


def build():
    model = OpenAIChat(id=desk.MODEL, base_url=desk.BASE_URL, api_key="none", max_retries=0)
    return Agent(model=model, name="order_agent", tools=[find_order, refund_amount], instructions=desk.SYSTEM, telemetry=False)


def ask(agent):
    if desk.STREAM:
        return "".join(getattr(event, "content", None) or "" for event in agent.run(desk.QUESTION, stream=True))
    return agent.run(desk.QUESTION).content


def otel():
    from openinference.instrumentation.agno import AgnoInstrumentor
    made = desk.provider()
    AgnoInstrumentor().instrument(tracer_provider=made)
    return made


desk.go(build, ask, otel)
