"""CrewAI. One line: crew = ArcTracer("orders").trace_agent(crew)"""

import desk
from crewai import LLM, Agent, Crew, Task
from crewai.tools import tool


@tool("find_order")
def find_order(number: str) -> str:
    """What an order cost, in EUR."""
    return str(desk.order_total(number))


@tool("refund_amount")
def refund_amount(total: float, percent: float) -> str:
    """So many percent of a total."""
    return str(desk.share(total, percent))


def build():
    model = LLM(model="openai/" + desk.MODEL, base_url=desk.BASE_URL, api_key="none", stream=desk.STREAM)
    clerk = Agent(role="Order clerk", goal="Settle refunds", backstory=desk.SYSTEM, tools=[find_order, refund_amount], llm=model, max_retry_limit=0)
    task = Task(description=desk.QUESTION, expected_output="one sentence", agent=clerk)
    return Crew(name="order_desk", agents=[clerk], tasks=[task])


def otel():
    from openinference.instrumentation.crewai import CrewAIInstrumentor
    from openinference.instrumentation.openai import OpenAIInstrumentor
    made = desk.provider()
    CrewAIInstrumentor().instrument(tracer_provider=made)
    OpenAIInstrumentor().instrument(tracer_provider=made)
    return made


desk.go(build, lambda crew: crew.kickoff().raw, otel)
