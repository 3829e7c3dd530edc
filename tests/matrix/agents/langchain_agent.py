"""LangChain's create_agent. One line: agent = ArcTracer("orders").trace_agent(agent)"""

import desk
from langchain.agents import create_agent
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI


@tool
def find_order(number: str) -> float:
    """What an order cost, in EUR."""
    return desk.order_total(number)


@tool
def refund_amount(total: float, percent: float) -> float:
    """So many percent of a total."""
    return desk.share(total, percent)


def build():
    model = ChatOpenAI(model=desk.MODEL, base_url=desk.BASE_URL, max_retries=0, streaming=desk.STREAM, stream_usage=True)
    return create_agent(model, tools=[find_order, refund_amount], system_prompt=desk.SYSTEM, name="order_agent")


def ask(agent):
    return agent.invoke({"messages": [{"role": "user", "content": desk.QUESTION}]})["messages"][-1].content


def otel():
    from openinference.instrumentation.langchain import LangChainInstrumentor
    made = desk.provider()
    LangChainInstrumentor().instrument(tracer_provider=made)
    return made


desk.go(build, ask, otel)
