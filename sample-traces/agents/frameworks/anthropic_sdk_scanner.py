"""Package scanner on the bare Anthropic SDK: a short tool loop of its own."""

import json

from anthropic import Anthropic

from . import security_tools

PROMPT = """You answer questions on vulnerable packages. List the packages of the host, find the advisory, open a change for the fixed version. Name only versions and scores that a tool returned."""
PARAMETERS = {"list_packages": ["host"], "find_advisory": ["package", "version"], "open_change": ["host", "package", "version"]}


def schema(name: str, fields: list[str]) -> dict:
    """A tool as the messages API wants it."""
    properties = {field: {"type": "string"} for field in fields}
    return {"name": name, "description": name.replace("_", " "), "input_schema": {"type": "object", "properties": properties, "required": fields}}


def run(question: str, model: str = "claude-haiku-4-5") -> str:
    """Answer one question about a host."""
    client = Anthropic(max_retries=0)
    tools = [schema(name, fields) for name, fields in PARAMETERS.items()]
    messages: list = [{"role": "user", "content": question}]
    for _ in range(7):
        answer = client.messages.create(model=model, max_tokens=500, system=PROMPT, messages=messages, tools=tools)
        messages.append({"role": "assistant", "content": [block.model_dump(exclude_none=True) for block in answer.content]})
        calls = [block for block in answer.content if block.type == "tool_use"]
        if not calls:
            return answer.content[0].text
        results = []
        for call in calls:
            result = getattr(security_tools, call.name)(**call.input)
            results.append({"type": "tool_result", "tool_use_id": call.id, "content": json.dumps(result)})
        messages.append({"role": "user", "content": results})
    return "I could not finish this within seven steps."
