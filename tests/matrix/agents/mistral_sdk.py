"""The mistralai SDK with a tool loop of one's own. One line: agent = ArcTracer("orders").trace_agent(agent)"""

import json

import desk
from mistralai.client import Mistral
from openai_tools import TOOLS

FUNCTIONS = {"find_order": desk.order_total, "refund_amount": desk.share}


def build():
    client = Mistral(api_key="none", server_url=desk.MODEL_URL)

    def order_agent(question):
        messages = [{"role": "system", "content": desk.SYSTEM}, {"role": "user", "content": question}]
        while True:
            message = client.chat.complete(model="mistral-small-latest", messages=messages, tools=TOOLS).choices[0].message
            messages.append(message)
            if not message.tool_calls:
                return message.content
            for call in message.tool_calls:
                result = FUNCTIONS[call.function.name](**json.loads(call.function.arguments))
                messages.append({"role": "tool", "tool_call_id": call.id, "name": call.function.name, "content": str(result)})
    return order_agent


desk.go(build, lambda agent: agent(desk.QUESTION))
