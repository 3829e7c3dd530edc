"""The bare anthropic SDK with a tool loop of one's own. One line: agent = ArcTracer("orders").trace_agent(agent)"""

import anthropic
import desk

TOOLS = [
    {"name": "find_order", "description": "What an order cost, in EUR.", "input_schema": {
        "type": "object", "properties": {"number": {"type": "string"}}, "required": ["number"]}},
    {"name": "refund_amount", "description": "So many percent of a total.", "input_schema": {
        "type": "object", "properties": {"total": {"type": "number"}, "percent": {"type": "number"}}, "required": ["total", "percent"]}},
]
FUNCTIONS = {"find_order": desk.order_total, "refund_amount": desk.share}


def build():
    client = anthropic.Anthropic(base_url=desk.MODEL_URL, max_retries=0)

    def order_agent(question):
        messages = [{"role": "user", "content": question}]
        while True:
            asked = dict(model="claude-sonnet-4-5", max_tokens=300, system=desk.SYSTEM, messages=messages, tools=TOOLS)
            if desk.STREAM:
                with client.messages.stream(**asked) as stream:
                    message = stream.get_final_message()
            else:
                message = client.messages.create(**asked)
            messages.append({"role": "assistant", "content": [
                {"type": "text", "text": block.text} if block.type == "text" else
                {"type": "tool_use", "id": block.id, "name": block.name, "input": block.input} for block in message.content]})
            calls = [block for block in message.content if block.type == "tool_use"]
            if not calls:
                return "".join(block.text for block in message.content if block.type == "text")
            messages.append({"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": call.id, "content": str(FUNCTIONS[call.name](**call.input))} for call in calls]})
    return desk.spanned(order_agent)


def otel():
    from openinference.instrumentation.anthropic import AnthropicInstrumentor
    made = desk.provider()
    AnthropicInstrumentor().instrument(tracer_provider=made)
    return made


desk.go(build, lambda agent: agent(desk.QUESTION), otel)
