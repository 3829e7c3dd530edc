"""AutoGen's core: model clients and tools, whatever runs on top of them."""

from __future__ import annotations

from typing import Any, Dict, List

from ..recording import Recording, start_model_call, start_tool_call
from . import patching, shapes
from .nesting import fill
from .shapes import get

LAYER = "autogen"


def install() -> None:
    from autogen_core.models import ChatCompletionClient
    from autogen_core.tools import BaseTool

    patching.every_subclass(ChatCompletionClient, "create", patching.around(_begin_model, _end_model))
    patching.every_subclass(ChatCompletionClient, "create_stream", patching.around(_begin_model, None, _piece))
    patching.every_subclass(BaseTool, "run_json", patching.around(_begin_tool, lambda recording, result: recording.set(result=shapes.plain(result))))


def _begin_model(args: Any, kwargs: Any) -> Recording:
    client = args[0]
    defined = [get(one, "schema") or one for one in shapes.items(kwargs.get("tools"))]
    return start_model_call(
        layer=LAYER,
        model=shapes.text(get(get(client, "_create_args"), "model")) or shapes.text(get(get(client, "_raw_config"), "model")),
        messages=[message(one) for one in shapes.items(patching.argument(args, kwargs, 1, "messages"))] or None,
        tools=shapes.tools(defined),
        detached=True,
    )


_ROLES = {"SystemMessage": "system", "UserMessage": "user", "AssistantMessage": "assistant", "FunctionExecutionResultMessage": "tool"}


def message(given: Any) -> Dict[str, Any]:
    """A message of AutoGen's models."""
    role = _ROLES.get(type(given).__name__, "user")
    content = get(given, "content")
    if role == "tool":
        return {"role": role, "parts": [shapes.response_part(get(one, "call_id"), get(one, "content")) for one in shapes.items(content)]}
    return {"role": role, "parts": _parts(content)}


def _parts(content: Any) -> List[Dict[str, Any]]:
    if isinstance(content, str):
        return [shapes.text_part(content)]
    parts: List[Dict[str, Any]] = []
    for one in shapes.items(content):
        if isinstance(one, str):
            parts.append(shapes.text_part(one))
        elif get(one, "arguments") is not None:
            parts.append(shapes.call_part(get(one, "id"), get(one, "name"), get(one, "arguments")))
        else:
            parts.append({"type": type(one).__name__.lower()})
    return parts


def _end_model(recording: Recording, result: Any) -> None:
    usage = get(result, "usage")
    reason = shapes.text(get(result, "finish_reason"))
    thought = get(result, "thought")
    parts = ([{"type": "reasoning", "content": thought}] if isinstance(thought, str) else []) + _parts(get(result, "content"))
    fill(
        recording,
        output_messages=[shapes.answered({"role": "assistant", "parts": parts}, reason)],
        finish_reasons=[reason] if reason else None,
        # Zero stands for "not told" there.
        input_tokens=shapes.number(get(usage, "prompt_tokens")) or None,
        output_tokens=shapes.number(get(usage, "completion_tokens")) or None,
    )


def _piece(recording: Recording, piece: Any) -> None:
    recording.first_token()
    recording.set(streamed=True)
    if not isinstance(piece, str):  # the last one is the whole result
        _end_model(recording, piece)


def _begin_tool(args: Any, kwargs: Any) -> Recording:
    tool = args[0]
    given = patching.argument(args, kwargs, 1, "args")
    return start_tool_call(
        layer=LAYER,
        name=shapes.text(get(tool, "name")) or "tool",
        arguments=dict(given) if given is not None else None,
        call_id=shapes.text(patching.argument(args, kwargs, 3, "call_id")),
        code=get(tool, "_func"),
        description=shapes.text(get(tool, "description")),
        detached=True,
    )
