"""The refund bot: a tool loop around gpt-4o, then a summary by gpt-4o-mini."""

import json
import urllib.error

from . import llm, prompts, tools

VERSION = "1.8.2"
MODEL = "gpt-4o"
SUMMARY_MODEL = "gpt-4o-mini"


def run(message: str, customer_id: str) -> dict:
    """Answer one customer's message; returns the reply and how the case ended."""
    messages = [
        {"role": "system", "content": prompts.SYSTEM},
        {"role": "user", "content": f"Customer {customer_id} writes:\n\n{message}"},
    ]
    while True:
        choice = llm.chat(MODEL, messages, tools.SCHEMAS, temperature=0, max_tokens=160)
        answer = choice["message"]
        messages.append(answer)
        if not answer.get("tool_calls"):
            break
        for call in answer["tool_calls"]:
            messages.append({"role": "tool", "tool_call_id": call["id"], "content": json.dumps(use_tool(call), ensure_ascii=False)})
    summary = summarise(messages)
    return {"reply": answer["content"], "outcome": summary["outcome"], "summary": summary}


def use_tool(call: dict) -> dict:
    """Run one tool call of the model; errors of the services go back to the model."""
    function = tools.TOOLS[call["function"]["name"]]
    arguments = json.loads(call["function"]["arguments"])
    try:
        return function(**arguments)
    except urllib.error.HTTPError as error:
        return {"error": f"{error.code} {error.reason}", "detail": json.loads(error.read())}


def summarise(messages: list[dict]) -> dict:
    """Ask the small model for the outcome of the case as JSON."""
    said = [m for m in messages[1:] if m["role"] != "system"]
    transcript = "\n".join(f"{m['role']}: {m.get('content') or json.dumps(m.get('tool_calls'))}" for m in said)
    choice = llm.chat(
        SUMMARY_MODEL,
        [{"role": "system", "content": prompts.SUMMARY}, {"role": "user", "content": transcript}],
        temperature=0,
    )
    return json.loads(choice["message"]["content"])
