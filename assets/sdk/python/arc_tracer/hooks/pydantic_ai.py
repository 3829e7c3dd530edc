"""Pydantic AI: `Agent.iter`, through which every way of running goes, the requests of its models, and the calls of its toolsets."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from ..errors import guarded
from ..recording import NOTHING, Recording, start_agent, start_model_call, start_tool_call
from . import patching, shapes
from .shapes import get

LAYER = "pydantic_ai"


def install() -> None:
    from pydantic_ai.models import Model
    from pydantic_ai.toolsets import AbstractToolset

    patching.replace("pydantic_ai.agent", "Agent.iter", patching.around_context(_begin_agent, _end_agent))
    patching.every_subclass(Model, "request", patching.around(_begin_detached, _read))
    patching.every_subclass(Model, "request_stream", patching.around_context(_begin_streamed, _end_streamed))
    patching.every_subclass(AbstractToolset, "call_tool", _calling_tool)


def _begin_agent(args: Any, kwargs: Any) -> Recording:
    agent = args[0]
    prompt = patching.argument(args, kwargs, 1, "user_prompt")
    recording = start_agent(
        layer=LAYER,
        name=shapes.text(get(agent, "name")) or "agent",
        subject=agent,
        input=prompt if isinstance(prompt, str) else shapes.joined(prompt),
        framework="pydantic-ai",
    )
    recording.set(conversation_id=shapes.text(kwargs.get("conversation_id")))
    return recording


def _end_agent(recording: Recording, run: Any) -> None:
    result = get(run, "result")
    if result is not None:
        recording.set(output=shapes.plain(get(result, "output")))


def _begin(args: Any, kwargs: Any, detached: bool) -> Recording:
    model = args[0]
    messages = shapes.items(patching.argument(args, kwargs, 1, "messages"))
    parameters = patching.argument(args, kwargs, 3, "model_request_parameters")
    defined = shapes.items(get(parameters, "function_tools")) + shapes.items(get(parameters, "output_tools"))
    settings = patching.argument(args, kwargs, 2, "model_settings") or {}
    instructions = next((get(one, "instructions") for one in reversed(messages) if get(one, "instructions")), None)
    return start_model_call(
        layer=LAYER,
        provider=shapes.text(get(model, "system")),
        model=shapes.text(get(model, "model_name")),
        messages=[message(one) for one in messages] or None,
        system=[shapes.text_part(instructions)] if isinstance(instructions, str) else None,
        tools=[shapes.tool(get(one, "name"), get(one, "description"), get(one, "parameters_json_schema")) for one in defined] or None,
        temperature=get(settings, "temperature"),
        max_tokens=shapes.number(get(settings, "max_tokens")),
        detached=detached,
    )


def _begin_detached(args: Any, kwargs: Any) -> Recording:
    return _begin(args, kwargs, True)


def _begin_streamed(args: Any, kwargs: Any) -> Recording:
    recording = _begin(args, kwargs, False)
    recording.set(streamed=True)
    return recording


def _end_streamed(recording: Recording, stream: Any) -> None:
    response = stream.get() if callable(getattr(stream, "get", None)) else None
    if response is not None:
        _read(recording, response)


def _read(recording: Recording, response: Any) -> None:
    usage = get(response, "usage")
    reason = shapes.text(get(response, "finish_reason"))
    recording.set(
        response_model=shapes.text(get(response, "model_name")),
        response_id=shapes.text(get(response, "provider_response_id")),
        finish_reasons=[reason] if reason else None,
        output_messages=[shapes.answered(message(response), reason)],
        input_tokens=_count(usage, "input_tokens"),
        output_tokens=_count(usage, "output_tokens"),
        cached_tokens=_count(usage, "cache_read_tokens"),
        cache_write_tokens=_count(usage, "cache_write_tokens"),
        reasoning_tokens=shapes.number(get(get(usage, "details"), "reasoning_tokens")),
    )


def _count(usage: Any, field: str) -> Optional[int]:
    """A count of the usage; zero stands for "not told" there."""
    return shapes.number(get(usage, field)) or None


def message(given: Any) -> Dict[str, Any]:
    """A `ModelRequest` or `ModelResponse`."""
    parts = [_part(part) for part in shapes.items(get(given, "parts"))]
    kinds = {get(part, "part_kind") for part in shapes.items(get(given, "parts"))}
    role = "assistant" if get(given, "kind") == "response" else "tool" if kinds == {"tool-return"} else "system" if kinds == {"system-prompt"} else "user"
    return {"role": role, "parts": parts}


def _part(part: Any) -> Dict[str, Any]:
    kind = get(part, "part_kind")
    if kind in ("tool-call", "builtin-tool-call", "native-tool-call"):
        return shapes.call_part(get(part, "tool_call_id"), get(part, "tool_name"), get(part, "args"))
    if kind in ("tool-return", "builtin-tool-return", "native-tool-return"):
        return shapes.response_part(get(part, "tool_call_id"), get(part, "content"))
    if kind == "retry-prompt" and get(part, "tool_name") is not None:
        return shapes.response_part(get(part, "tool_call_id"), shapes.plain(get(part, "content")))
    if kind == "thinking":
        return {"type": "reasoning", "content": get(part, "content")}
    content = get(part, "content")
    if isinstance(content, (list, tuple)):
        texts: List[str] = [one if isinstance(one, str) else f"<{type(one).__name__}>" for one in content]
        content = "\n".join(texts)
    return shapes.text_part(content)


# Raised by tools to say something else than "it failed".
_SIGNALS = frozenset(("CallDeferred", "ApprovalRequired", "SkipToolExecution"))


def _calling_tool(original: Any) -> Any:
    async def call_tool(self: Any, name: str, tool_args: Any, ctx: Any, tool: Any, *args: Any, **kwargs: Any) -> Any:
        recording = guarded(_begin_tool)(name, tool_args, ctx, tool) or NOTHING
        if not recording:
            return await original(self, name, tool_args, ctx, tool, *args, **kwargs)
        try:
            with recording.active():
                result = await original(self, name, tool_args, ctx, tool, *args, **kwargs)
        except BaseException as error:
            if type(error).__name__ in _SIGNALS:
                recording.end(output=type(error).__name__)
            else:
                recording.fail(error)
            raise
        recording.end(result=shapes.plain(result))
        return result

    return call_tool


def _begin_tool(name: str, tool_args: Any, ctx: Any, tool: Any) -> Recording:
    schema = get(get(tool, "call_func"), "__self__")
    return start_tool_call(
        layer=LAYER,
        name=name,
        arguments=tool_args,
        call_id=shapes.text(get(ctx, "tool_call_id")),
        code=get(schema, "function"),
        description=shapes.text(get(get(tool, "tool_def"), "description")),
        detached=True,
    )
