"""Microsoft's Agent Framework: the requests of its chat clients, its tools, and its agents and workflows."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from ..recording import NOTHING, Recording, start_model_call, start_tool_call
from . import adopted, entry, patching, shapes
from .nesting import fill
from .shapes import get

LAYER = "agent_framework"
FRAMEWORK = "agent-framework"


def install() -> None:
    from agent_framework import Agent, BaseChatClient, RawAgent

    patching.every_subclass(BaseChatClient, "_inner_get_response", patching.around(_begin_model, _end_model))
    patching.replace("agent_framework", "FunctionTool.invoke", patching.around(_begin_tool, _end_tool))
    for cls in (Agent, RawAgent):
        patched = entry.patch(
            LAYER,
            "agent_framework",
            (f"{cls.__name__}.run",),
            given=lambda args, kwargs: _text(args[1] if len(args) > 1 else kwargs.get("messages")),
            answer=lambda result: get(result, "text"),
            framework=lambda _: FRAMEWORK,
            outlasts=_streams,
        )
        if patched:
            adopted.add_class(cls)


def _streams(recording: Recording, result: Any) -> bool:
    """A streamed run happens while its stream is read, and ends with it; the stream says when, and lets us be there."""
    if not hasattr(result, "with_pull_context_manager") or not hasattr(result, "with_cleanup_hook"):
        return False
    result.with_pull_context_manager(recording.active)
    result.with_cleanup_hook(lambda: recording.end())
    return True


def _text(given: Any) -> Any:
    if given is None or isinstance(given, str):
        return given
    return [_text(one) for one in given] if isinstance(given, (list, tuple)) else get(given, "text", str(given))


def _begin_model(args: Any, kwargs: Any) -> Recording:
    if kwargs.get("stream"):  # gives a stream object at once; the SDK below sees the call itself
        return NOTHING
    client = args[0]
    options: Any = kwargs.get("options") or {}
    tools: List[Any] = shapes.items(options.get("tools"))
    instructions = options.get("instructions")
    return start_model_call(
        layer=LAYER,
        model=shapes.text(options.get("model")) or shapes.text(get(client, "model")) or shapes.text(get(client, "model_id")),
        messages=[message(one) for one in shapes.items(kwargs.get("messages"))] or None,
        system=[shapes.text_part(instructions)] if isinstance(instructions, str) else None,
        tools=[_tool(one) for one in tools if get(one, "name")] or None,
        detached=True,
    )


def _tool(tool: Any) -> Dict[str, Any]:
    parameters = get(tool, "parameters")
    return shapes.tool(get(tool, "name"), get(tool, "description"), parameters() if callable(parameters) else parameters)


def message(given: Any) -> Dict[str, Any]:
    """A message and its contents."""
    parts = [_part(one) for one in shapes.items(get(given, "contents"))]
    return {"role": shapes.text(get(given, "role")) or "user", "parts": parts}


def _part(content: Any) -> Dict[str, Any]:
    kind = get(content, "type")
    if kind == "function_call":
        return shapes.call_part(get(content, "call_id"), get(content, "name"), get(content, "arguments"))
    if kind == "function_result":
        return shapes.response_part(get(content, "call_id"), get(content, "result"))
    if kind == "text_reasoning":
        return {"type": "reasoning", "content": get(content, "text")}
    if get(content, "text") is not None:
        return shapes.text_part(get(content, "text"))
    return {"type": str(kind)}


def _end_model(recording: Recording, response: Any) -> None:
    usage = get(response, "usage_details")
    reason = shapes.text(get(response, "finish_reason"))
    fill(
        recording,
        output_messages=[shapes.answered(message(one), reason) for one in shapes.items(get(response, "messages"))] or None,
        finish_reasons=[reason] if reason else None,
        response_id=shapes.text(get(response, "response_id")),
        response_model=shapes.text(get(response, "model")),
        input_tokens=shapes.number(get(usage, "input_token_count")),
        output_tokens=shapes.number(get(usage, "output_token_count")),
        cached_tokens=shapes.number(get(usage, "cache_read_input_token_count")),
        cache_write_tokens=shapes.number(get(usage, "cache_creation_input_token_count")),
        reasoning_tokens=shapes.number(get(usage, "reasoning_output_token_count")),
    )


def _begin_tool(args: Any, kwargs: Any) -> Recording:
    tool = args[0]
    given = kwargs.get("arguments")
    return start_tool_call(
        layer=LAYER,
        name=shapes.text(get(tool, "name")) or "tool",
        arguments=shapes.plain(given) if hasattr(given, "model_dump") else dict(given) if isinstance(given, dict) else given,
        call_id=shapes.text(kwargs.get("tool_call_id")),
        code=get(tool, "func"),
        description=shapes.text(get(tool, "description")),
        detached=True,
    )


def _end_tool(recording: Recording, result: Any) -> None:
    contents: Optional[List[Any]] = [get(one, "text") or get(one, "result") or str(get(one, "type")) for one in result] if isinstance(result, list) else None
    if contents is not None:
        recording.set(result=contents[0] if len(contents) == 1 else contents)
    else:
        recording.set(result=shapes.plain(result))
