"""Invoice helper on the bare OpenAI SDK: a short tool loop of its own."""

import json

from openai import OpenAI

from . import finance_tools

PROMPT = """You help with invoices. Read the invoice, convert its amount if another currency is asked for, schedule the payment, and say what you scheduled. Never guess an amount."""
PARAMETERS = {
    "get_invoice": {"invoice_id": "string"},
    "get_exchange_rate": {"source": "string", "target": "string"},
    "schedule_payment": {"invoice_id": "string", "amount": "number", "currency": "string"},
}


def schema(name: str, fields: dict[str, str]) -> dict:
    """A tool as the chat completions API wants it."""
    properties = {field: {"type": kind} for field, kind in fields.items()}
    parameters = {"type": "object", "properties": properties, "required": list(fields)}
    return {"type": "function", "function": {"name": name, "description": name.replace("_", " "), "parameters": parameters}}


def run(question: str, model: str = "gpt-4o-mini") -> str:
    """Answer one question about an invoice."""
    client = OpenAI(max_retries=0)
    tools = [schema(name, fields) for name, fields in PARAMETERS.items()]
    messages: list = [{"role": "system", "content": PROMPT}, {"role": "user", "content": question}]
    for _ in range(7):
        answer = client.chat.completions.create(model=model, messages=messages, tools=tools).choices[0].message
        messages.append(answer)
        if not answer.tool_calls:
            return answer.content or ""
        for call in answer.tool_calls:
            result = getattr(finance_tools, call.function.name)(**json.loads(call.function.arguments))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": json.dumps(result)})
    return "I could not finish this within seven steps."
