"""Semantic Kernel's ChatCompletionAgent. One line: agent = ArcTracer("orders").trace_agent(agent)"""

import os

os.environ["SEMANTICKERNEL_EXPERIMENTAL_GENAI_ENABLE_OTEL_DIAGNOSTICS"] = "true"

import desk  # noqa: E402
from openai import AsyncOpenAI  # noqa: E402
from semantic_kernel.agents import ChatCompletionAgent  # noqa: E402
from semantic_kernel.connectors.ai.function_choice_behavior import FunctionChoiceBehavior  # noqa: E402
from semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion  # noqa: E402
from semantic_kernel.functions import KernelPlugin, kernel_function  # noqa: E402


class Orders:
    @kernel_function(name="find_order", description="What an order cost, in EUR.")
    def find_order(self, number: str) -> float:
        return desk.order_total(number)

    @kernel_function(name="refund_amount", description="So many percent of a total.")
    async def refund_amount(self, total: float, percent: float) -> float:
        return desk.share(total, percent)


def build():
    service = OpenAIChatCompletion(ai_model_id=desk.MODEL, async_client=AsyncOpenAI(base_url=desk.BASE_URL, max_retries=0))
    return ChatCompletionAgent(service=service, name="order_agent", instructions=desk.SYSTEM,
                               plugins=[KernelPlugin.from_object("Orders", Orders())], function_choice_behavior=FunctionChoiceBehavior.Auto())


async def ask(agent):
    if desk.STREAM:
        return "".join([str(part.content) async for part in agent.invoke_stream(desk.QUESTION)])
    return str((await agent.get_response(desk.QUESTION)).content)


desk.go(build, ask, desk.provider)
