"""LiteLLM with a tool loop of one's own. One line: agent = ArcTracer("orders").trace_agent(agent)"""

import json

import desk
import litellm
from openai_tools import TOOLS

FUNCTIONS = {"find_order": desk.order_total, "refund_amount": desk.share}


def build():
    def order_agent(question):
        messages = [{"role": "system", "content": desk.SYSTEM}, {"role": "user", "content": question}]
        while True:
            answer = litellm.completion("openai/" + desk.MODEL, messages, tools=TOOLS, api_base=desk.BASE_URL, api_key="none", max_retries=0)
            message = answer.choices[0].message
            messages.append(message.model_dump(exclude_none=True))
            if not message.tool_calls:
                return message.content
            for call in message.tool_calls:
                result = FUNCTIONS[call.function.name](**json.loads(call.function.arguments))
                messages.append({"role": "tool", "tool_call_id": call.id, "content": str(result)})
    return order_agent


desk.go(build, lambda agent: agent(desk.QUESTION))
