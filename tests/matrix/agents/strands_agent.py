"""Strands Agents. One line: agent = ArcTracer("orders").trace_agent(agent)"""

import desk
from strands import Agent, tool
from strands.models.openai import OpenAIModel


@tool
def find_order(number: str) -> str:
    """What an order cost, in EUR.

    Args:
        number: the order's number
    """
    return str(desk.order_total(number))


@tool
def refund_amount(total: float, percent: float) -> str:
    """So many percent of a total.

    Args:
        total: of what
        percent: how many
    """
    return str(desk.share(total, percent))


def build():
    model = OpenAIModel(client_args={"base_url": desk.BASE_URL, "api_key": "none", "max_retries": 0}, model_id=desk.MODEL)
    return Agent(model=model, tools=[find_order, refund_amount], system_prompt=desk.SYSTEM, name="order_agent", callback_handler=None)


desk.go(build, lambda agent: str(agent(desk.QUESTION)), desk.provider)
