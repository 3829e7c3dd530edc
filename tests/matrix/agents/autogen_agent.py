"""AutoGen AgentChat. One line: agent = ArcTracer("orders").trace_agent(agent)"""

import desk
from autogen_agentchat.agents import AssistantAgent
from autogen_ext.models.openai import OpenAIChatCompletionClient


async def find_order(number: str) -> float:
    """What an order cost, in EUR."""
    return desk.order_total(number)


async def refund_amount(total: float, percent: float) -> float:
    """So many percent of a total."""
    return desk.share(total, percent)


def build():
    client = OpenAIChatCompletionClient(model=desk.MODEL, base_url=desk.BASE_URL, api_key="none", max_retries=0)
    return AssistantAgent("order_agent", client, tools=[find_order, refund_amount], system_message=desk.SYSTEM, max_tool_iterations=6,
                          model_client_stream=desk.STREAM)


async def ask(agent):
    return (await agent.run(task=desk.QUESTION)).messages[-1].content


def otel():
    from openinference.instrumentation.autogen_agentchat import AutogenAgentChatInstrumentor
    made = desk.provider()
    AutogenAgentChatInstrumentor().instrument(tracer_provider=made)
    return made


desk.go(build, ask, otel)
