"""LlamaIndex's FunctionAgent. One line: agent = ArcTracer("orders").trace_agent(agent)"""

import desk
from llama_index.core import set_global_tokenizer
from llama_index.core.agent.workflow import FunctionAgent
from llama_index.llms.openai import OpenAI

set_global_tokenizer(str.split)  # the default one downloads its vocabulary


def find_order(number: str) -> float:
    """What an order cost, in EUR."""
    return desk.order_total(number)


async def refund_amount(total: float, percent: float) -> float:
    """So many percent of a total."""
    return desk.share(total, percent)


def build():
    model = OpenAI(model=desk.MODEL, api_base=desk.BASE_URL, api_key="none", max_retries=0)
    return FunctionAgent(name="order_agent", description="settles refunds", tools=[find_order, refund_amount], llm=model,
                         system_prompt=desk.SYSTEM, streaming=desk.STREAM)


async def ask(agent):
    return str(await agent.run(user_msg=desk.QUESTION))


def otel():
    from openinference.instrumentation.llama_index import LlamaIndexInstrumentor
    made = desk.provider()
    LlamaIndexInstrumentor().instrument(tracer_provider=made)
    return made


desk.go(build, ask, otel)
