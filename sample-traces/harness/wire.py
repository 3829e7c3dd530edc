"""The two wire formats of the scripted model (OpenAI chat completions, Anthropic messages) and its token rule."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any

from .session import Reply, Run

CONTEXT = 128_000
MAX_CONTEXT = {"gpt-4.1": 1_000_000, "gpt-4.1-mini": 1_000_000, "claude-sonnet-4-5": 200_000, "claude-haiku-4-5": 200_000}

MIN_CACHED = {"claude-haiku-4-5": 4096}


def tokens(text: str) -> int:
    """The stated rule: one token for every four bytes of UTF-8, rounded up."""
    return math.ceil(len(text.encode()) / 4)


def plain(content: Any) -> str:
    """The text of a message's content, whichever form it has."""
    if isinstance(content, list):
        return "\n".join(plain(part) for part in content)
    if isinstance(content, dict):
        return plain(content.get("text") or content.get("content") or "")
    return content or ""


@dataclass
class Conversation:
    """A request in the form that the policies read."""

    model: str
    system: str = ""
    users: list[str] = field(default_factory=list)
    calls: list[tuple[str, Any]] = field(default_factory=list)
    results: list[tuple[str, Any, str]] = field(default_factory=list)  # (tool, arguments, text)
    tools: dict[str, dict] = field(default_factory=dict)
    wants_json: bool = False
    forced: bool = False

    def all(self, name: str) -> list[Any]:
        """Results of a tool so far, parsed where they are JSON."""
        return [_parsed(text) for tool, _, text in self.results if tool == name]

    def last(self, name: str) -> Any:
        """Latest result of a tool, or None."""
        found = self.all(name)
        return found[-1] if found else None

    def count(self, name: str) -> int:
        """How often the model has asked for a tool."""
        return sum(tool == name for tool, _ in self.calls)


def _parsed(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


def read_openai(body: dict) -> Conversation:
    """A chat completions request as a conversation."""
    conv = Conversation(body["model"], wants_json=bool(body.get("response_format")), forced=body.get("tool_choice") == "required")
    for tool in body.get("tools") or []:
        conv.tools[tool["function"]["name"]] = tool["function"].get("parameters") or {}
    asked: dict[str, tuple[str, Any]] = {}
    for message in body["messages"]:
        role = message["role"]
        if role in ("system", "developer"):
            conv.system += plain(message.get("content"))
        elif role == "user":
            conv.users.append(plain(message.get("content")))
        elif role == "tool":
            name, arguments = asked.get(message.get("tool_call_id"), ("?", None))
            conv.results.append((name, arguments, plain(message.get("content"))))
        for call in message.get("tool_calls") or []:
            asked[call["id"]] = (call["function"]["name"], _parsed(call["function"]["arguments"]))
            conv.calls.append(asked[call["id"]])
    return conv


def read_anthropic(body: dict) -> Conversation:
    """A messages request as a conversation."""
    conv = Conversation(body["model"], system=plain(body.get("system")))
    for tool in body.get("tools") or []:
        conv.tools[tool["name"]] = tool.get("input_schema") or {}
    asked: dict[str, tuple[str, Any]] = {}
    for message in body["messages"]:
        parts = message["content"] if isinstance(message["content"], list) else [{"type": "text", "text": message["content"]}]
        for part in parts:
            if part["type"] == "tool_use":
                asked[part["id"]] = (part["name"], part["input"])
                conv.calls.append(asked[part["id"]])
            elif part["type"] == "tool_result":
                conv.results.append((*asked[part["tool_use_id"]], plain(part["content"])))
            elif message["role"] == "user":
                conv.users.append(plain(part))
    return conv


def count(run: Run, body: dict, reply: Reply, limit: int | None) -> tuple[dict, str]:
    """Usage of a request and its reply by the stated rule, and the finish reason; cuts the reply at the limit."""
    system = [body["system"]] if "system" in body else []
    pieces = [json.dumps(piece, ensure_ascii=False) for piece in (body.get("tools") or []) + system + body["messages"]]
    sizes = [4 + tokens(piece) for piece in pieces]
    finish = "tool_calls" if reply.calls else "stop"
    if limit and tokens(reply.text) > limit and not reply.calls:
        reply.text = reply.text.encode()[: limit * 4].decode(errors="ignore")
        finish = "length"
    output = tokens(reply.text) + sum(8 + tokens(json.dumps(arguments, ensure_ascii=False)) for _, arguments in reply.calls)
    usage = {"input": sum(sizes), "output": output + reply.reasoning, "reasoning": reply.reasoning, "cached": 0, "cache_write": 0}
    known = run.prefixes.get(body["model"])
    if system:  # Anthropic: the marked prefix (tools and system text), from the model's minimum on
        prefix = sum(sizes[: len(body.get("tools") or []) + 1])
        if "cache_control" in pieces[len(body.get("tools") or [])] and prefix >= MIN_CACHED.get(body["model"], 1024):
            usage["cached" if known else "cache_write"] = prefix
    elif known:  # OpenAI and Gemini: the longest repeated prefix, in blocks of 128 from 1,024 tokens on
        same = 0
        for size, old, new in zip(sizes, known, pieces):
            if old != new:
                break
            same += size
        usage["cached"] = same // 128 * 128 if same >= 1024 else 0
    run.prefixes[body["model"]] = pieces
    return usage, finish


def write_openai(run: Run, model: str, reply: Reply, usage: dict, finish: str) -> dict:
    """A reply as a chat completion."""
    message: dict[str, Any] = {"role": "assistant", "content": reply.text or None}
    if reply.calls:
        message["tool_calls"] = [
            {"id": f"call_{run.rng.getrandbits(64):016x}", "type": "function", "function": {"name": name, "arguments": _raw(arguments)}}
            for name, arguments in reply.calls
        ]
    return {
        "id": f"chatcmpl-{run.rng.getrandbits(80):020x}",
        "object": "chat.completion",
        "created": 1763000000,
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}],
        "usage": {
            "prompt_tokens": usage["input"],
            "completion_tokens": usage["output"],
            "total_tokens": usage["input"] + usage["output"],
            "prompt_tokens_details": {"cached_tokens": usage["cached"]},
            "completion_tokens_details": {"reasoning_tokens": usage["reasoning"]},
        },
    }


def write_anthropic(run: Run, model: str, reply: Reply, usage: dict, finish: str) -> dict:
    """A reply as an Anthropic message."""
    blocks: list[dict] = [{"type": "text", "text": reply.text}] if reply.text else []
    for name, arguments in reply.calls:
        blocks.append({"type": "tool_use", "id": f"toolu_{run.rng.getrandbits(64):016x}", "name": name, "input": arguments})
    return {
        "id": f"msg_{run.rng.getrandbits(80):020x}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": blocks,
        "stop_reason": {"tool_calls": "tool_use", "stop": "end_turn", "length": "max_tokens"}[finish],
        "stop_sequence": None,
        "usage": {
            "input_tokens": usage["input"] - usage["cached"] - usage["cache_write"],
            "cache_read_input_tokens": usage["cached"],
            "cache_creation_input_tokens": usage["cache_write"],
            "output_tokens": usage["output"],
        },
    }


def _raw(arguments: Any) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
