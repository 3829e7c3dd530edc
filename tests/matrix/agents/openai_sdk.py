"""The bare openai SDK with a tool loop of one's own. One line: agent = ArcTracer("orders").trace_agent(agent)"""

import json

import desk
import openai
from openai_tools import TOOLS

FUNCTIONS = {"find_order": desk.order_total, "refund_amount": desk.share}


def build():
    client = openai.OpenAI(base_url=desk.BASE_URL, max_retries=0)

    def order_agent(question):
        messages = [{"role": "system", "content": desk.SYSTEM}, {"role": "user", "content": question}]
        while True:
            message = client.chat.completions.create(model=desk.MODEL, messages=messages, tools=TOOLS).choices[0].message
            messages.append(message.model_dump(exclude_none=True))
            if not message.tool_calls:
                return message.content
            for call in message.tool_calls:
                result = FUNCTIONS[call.function.name](**json.loads(call.function.arguments))
                messages.append({"role": "tool", "tool_call_id": call.id, "content": str(result)})
    return desk.spanned(order_agent)


def otel():
    from openinference.instrumentation.openai import OpenAIInstrumentor
    made = desk.provider()
    OpenAIInstrumentor().instrument(tracer_provider=made)
    return made


desk.go(build, lambda agent: agent(desk.QUESTION), otel)
