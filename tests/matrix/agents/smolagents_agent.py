"""smolagents. One line: agent = ArcTracer("orders").trace_agent(agent)"""

import desk
from smolagents import OpenAIModel, ToolCallingAgent, tool


@tool
def find_order(number: str) -> float:
    """What an order cost, in EUR.

    Args:
        number: the order's number
    """
    return desk.order_total(number)


@tool
def refund_amount(total: float, percent: float) -> float:
    """So many percent of a total.

    Args:
        total: of what
        percent: how many
    """
    return desk.share(total, percent)


def build():
    model = OpenAIModel(desk.MODEL, api_base=desk.BASE_URL, api_key="none", client_kwargs={"max_retries": 0})
    return ToolCallingAgent([find_order, refund_amount], model, name="order_agent", verbosity_level=0, max_steps=6, stream_outputs=desk.STREAM)


def otel():
    from openinference.instrumentation.smolagents import SmolagentsInstrumentor
    made = desk.provider()
    SmolagentsInstrumentor().instrument(tracer_provider=made)
    return made


desk.go(build, lambda agent: agent.run(desk.QUESTION), otel)
