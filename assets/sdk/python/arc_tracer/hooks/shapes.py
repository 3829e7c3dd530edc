"""Turning what SDKs and frameworks pass around (objects or plain dictionaries) into the shapes that recordings take."""

from __future__ import annotations

import json
from typing import Any, Dict, Iterable, List, Optional

Message = Dict[str, Any]


def get(thing: Any, name: str, default: Any = None) -> Any:
    """A field of a dictionary or of an object."""
    if isinstance(thing, dict):
        value = thing.get(name, default)
    else:
        value = getattr(thing, name, default)
    return default if value is None else value


def number(value: Any) -> Optional[int]:
    """A count, or None for what is none (a bool, NaN, an SDK's "not given")."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        return None
    return int(value)


def text(value: Any) -> Optional[str]:
    """A text, or None; an enum's value if that is a text."""
    value = getattr(value, "value", value)
    return value if isinstance(value, str) and value else None


def parsed(arguments: Any) -> Any:
    """A tool call's arguments: the object they are, or the text as the model gave it when that is no JSON."""
    if not isinstance(arguments, str):
        return arguments
    try:
        return json.loads(arguments)
    except ValueError:
        return arguments


def text_part(content: Any) -> Dict[str, Any]:
    """A part that is text."""
    return {"type": "text", "content": content}


def call_part(call_id: Any, name: Any, arguments: Any) -> Dict[str, Any]:
    """A part that asks for a tool."""
    return _named({"type": "tool_call", "name": name, "arguments": parsed(arguments)}, call_id)


def response_part(call_id: Any, response: Any) -> Dict[str, Any]:
    """A part that is what a tool gave."""
    return _named({"type": "tool_call_response", "response": response}, call_id)


def _named(part: Dict[str, Any], call_id: Any) -> Dict[str, Any]:
    return part if call_id is None else dict(part, id=call_id)


def items(thing: Any) -> List[Any]:
    """A list or tuple as a list; anything else (an SDK's "not given", a one-shot iterator we must not use up) is empty."""
    return list(thing) if isinstance(thing, (list, tuple)) else []


def content_parts(content: Any) -> List[Dict[str, Any]]:
    """A message's content: a text, or blocks of the kinds that OpenAI, Anthropic and LangChain use."""
    if content is None:
        return []
    if isinstance(content, str):
        return [text_part(content)] if content else []
    return [part for part in (_block(block) for block in items(content)) if part is not None]


def _block(block: Any) -> Optional[Dict[str, Any]]:
    if isinstance(block, str):
        return text_part(block)
    kind = get(block, "type")
    if kind in ("text", "input_text", "output_text"):
        return text_part(get(block, "text"))
    if kind == "refusal":
        return text_part(get(block, "refusal"))
    if kind in ("thinking", "reasoning"):
        return {"type": "reasoning", "content": get(block, "thinking") or get(block, "reasoning") or get(block, "text")}
    if kind in ("tool_use", "server_tool_use"):
        return call_part(get(block, "id"), get(block, "name"), get(block, "input"))
    if kind == "tool_result":
        return response_part(get(block, "tool_use_id"), joined(get(block, "content")))
    if kind is None:
        return text_part(get(block, "text")) if get(block, "text") is not None else None
    # Pictures, sound, files: said to be there, their bytes left where they are.
    return {"type": str(kind)}


def joined(content: Any) -> Any:
    """The text of blocks when they are nothing but text, else the content as it is."""
    parts = items(content)
    texts = [get(part, "text") for part in parts]
    return "\n".join(texts) if parts and all(isinstance(one, str) for one in texts) else content


def chat_message(message: Any) -> Message:
    """A message of the chat completions API, also as LiteLLM, Groq and many frameworks use it."""
    role = text(get(message, "role")) or "user"
    if role in ("tool", "function"):
        return {"role": "tool", "parts": [response_part(get(message, "tool_call_id"), joined(get(message, "content")))]}
    parts: List[Dict[str, Any]] = []
    reasoning = get(message, "reasoning_content") or get(message, "reasoning")
    if isinstance(reasoning, str):
        parts.append({"type": "reasoning", "content": reasoning})
    parts += content_parts(get(message, "content"))
    for call in items(get(message, "tool_calls")):
        function = get(call, "function") or call
        parts.append(call_part(get(call, "id"), get(function, "name"), get(function, "arguments")))
    old_call = get(message, "function_call")
    if old_call is not None:
        parts.append(call_part(None, get(old_call, "name"), get(old_call, "arguments")))
    return {"role": role, "parts": parts}


def chat_messages(messages: Any) -> Optional[List[Message]]:
    """The messages of a chat completions request."""
    return [chat_message(message) for message in items(messages)] or None


def answered(message: Message, finish_reason: Any) -> Message:
    """An output message with its finish reason."""
    reason = text(finish_reason)
    return dict(message, finish_reason=reason) if reason else message


def tools(definitions: Any) -> Optional[List[Dict[str, Any]]]:
    """Tool definitions as OpenAI, Anthropic or Bedrock write them."""
    found: List[Dict[str, Any]] = []
    for definition in items(definitions):
        function = get(definition, "function") or get(definition, "toolSpec") or definition
        name = text(get(function, "name")) or text(get(function, "type"))
        if name is None:
            continue
        parameters = get(function, "parameters") or get(function, "input_schema") or get(get(function, "inputSchema"), "json")
        found.append(tool(name, get(function, "description"), parameters))
    return found or None


def tool(name: Any, description: Any = None, parameters: Any = None) -> Dict[str, Any]:
    """One tool's definition."""
    made: Dict[str, Any] = {"type": "function", "name": str(name)}
    if isinstance(description, str) and description:
        made["description"] = description
    if isinstance(parameters, dict):
        made["parameters"] = parameters
    return made


def chat_usage(usage: Any) -> Dict[str, Optional[int]]:
    """Usage as OpenAI reports it, in chat completions or responses: input includes cached, output includes reasoning."""
    into = get(usage, "prompt_tokens_details") or get(usage, "input_tokens_details")
    out = get(usage, "completion_tokens_details") or get(usage, "output_tokens_details")
    return {
        "input_tokens": number(get(usage, "prompt_tokens", get(usage, "input_tokens"))),
        "output_tokens": number(get(usage, "completion_tokens", get(usage, "output_tokens"))),
        "cached_tokens": number(get(into, "cached_tokens")),
        "reasoning_tokens": number(get(out, "reasoning_tokens")),
    }


def beside_usage(usage: Any) -> Dict[str, Optional[int]]:
    """Usage as Anthropic reports it: what was read from and written to the cache stands *beside* the input, so it is added."""
    given = number(get(usage, "input_tokens"))
    read, written = number(get(usage, "cache_read_input_tokens")), number(get(usage, "cache_creation_input_tokens"))
    return {
        "input_tokens": None if given is None else given + (read or 0) + (written or 0),
        "output_tokens": number(get(usage, "output_tokens")),
        "cached_tokens": read,
        "cache_write_tokens": written or None,
    }


def plain(value: Any) -> Any:
    """A framework's object as the plain value it holds, if it says how; the recording copies and bounds it."""
    dump = getattr(value, "model_dump", None)
    if callable(dump) and not isinstance(value, type):
        try:
            return dump(mode="json")
        except Exception:
            return str(value)
    return value


def first(values: Iterable[Any]) -> Any:
    """The first that is not None."""
    return next((value for value in values if value is not None), None)
