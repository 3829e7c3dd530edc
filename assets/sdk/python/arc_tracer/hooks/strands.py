"""Strands Agents: the events of its hook registry, seen as they are raised, and the stream that every way of calling an agent goes through."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional

from ..errors import guarded
from ..recording import OpenRecordings, Recording, start_agent, start_model_call, start_tool_call
from . import patching, shapes
from .nesting import fill
from .shapes import get

LAYER = "strands"

_open = OpenRecordings()


def install() -> None:
    patching.replace("strands.agent.agent", "Agent.stream_async", patching.around(_begin_agent, None, _each))
    patching.replace("strands.hooks.registry", "HookRegistry.invoke_callbacks_async", _raising)


def _begin_agent(args: Any, kwargs: Any) -> Recording:
    agent = args[0]
    prompt = patching.argument(args, kwargs, 1, "prompt")
    return start_agent(
        layer=LAYER,
        name=shapes.text(get(agent, "name")) or "agent",
        subject=agent,
        input=prompt if isinstance(prompt, str) else shapes.plain(prompt),
        detached=True,
        framework=LAYER,
    )


def _each(recording: Recording, event: Any) -> None:
    result = event.get("result") if isinstance(event, dict) else None
    if result is not None:
        recording.set(output=str(result).strip())


def _raising(original: Any) -> Any:
    async def invoke_callbacks_async(self: Any, event: Any, *args: Any, **kwargs: Any) -> Any:
        seen = EVENTS.get(type(event).__name__)
        is_start = seen is not None and type(event).__name__.startswith("Before")
        # Before the program's own hooks when something ends, after them when it begins: they may change what is called.
        if seen is not None and not is_start:
            guarded(seen)(event)
        result = await original(self, event, *args, **kwargs)
        if seen is not None and is_start:
            guarded(seen)(event)
        return result

    return invoke_callbacks_async


def _model_key(event: Any) -> Any:
    return ("model", id(event.agent))


def _model_started(event: Any) -> None:
    agent = event.agent
    config = agent.model.get_config() if hasattr(agent.model, "get_config") else {}
    prompt = get(agent, "system_prompt")
    specs = get(get(agent, "tool_registry"), "get_all_tool_specs")
    tools = [{"toolSpec": one} for one in specs()] if callable(specs) else None
    _open.put(_model_key(event), start_model_call(
        layer=LAYER,
        model=shapes.text(get(config, "model_id")),
        messages=[message(one) for one in shapes.items(agent.messages)],
        system=[shapes.text_part(prompt)] if isinstance(prompt, str) else None,
        tools=shapes.tools(tools),
    ))


def _model_ended(event: Any) -> None:
    recording = _open.take(_model_key(event))
    if event.exception is not None:
        recording.fail(event.exception)
        return
    response = event.stop_response
    answer, reason = get(response, "message"), shapes.text(get(response, "stop_reason"))
    usage = get(get(answer, "metadata"), "usage")
    fill(
        recording,
        output_messages=[shapes.answered(message(answer), reason)] if answer else None,
        finish_reasons=[reason] if reason else None,
        input_tokens=shapes.number(get(usage, "inputTokens")),
        output_tokens=shapes.number(get(usage, "outputTokens")),
        cached_tokens=shapes.number(get(usage, "cacheReadInputTokens")),
        cache_write_tokens=shapes.number(get(usage, "cacheWriteInputTokens")),
    )
    recording.end()


def _tool_started(event: Any) -> None:
    use = event.tool_use
    tool = event.selected_tool
    _open.put(("tool", use.get("toolUseId")), start_tool_call(
        layer=LAYER,
        name=str(use.get("name")),
        arguments=use.get("input"),
        call_id=shapes.text(use.get("toolUseId")),
        code=get(tool, "_tool_func") or get(tool, "original_function"),
        description=shapes.text(get(get(tool, "tool_spec"), "description")),
    ))


def _tool_ended(event: Any) -> None:
    recording = _open.take(("tool", event.tool_use.get("toolUseId")))
    result = _result(event.result)
    if event.exception is not None:
        recording.fail(event.exception, result=result)
    elif get(event.result, "status") == "error":
        recording.fail(str(result), result=result)
    else:
        recording.end(result=result)


#: What each event means.
EVENTS: Dict[str, Callable[[Any], None]] = {
    "BeforeModelCallEvent": _model_started,
    "AfterModelCallEvent": _model_ended,
    "BeforeToolCallEvent": _tool_started,
    "AfterToolCallEvent": _tool_ended,
}


def message(given: Any) -> Dict[str, Any]:
    """A message in the shape of Bedrock's Converse API, which Strands uses for every model."""
    parts: List[Dict[str, Any]] = []
    for block in shapes.items(get(given, "content")):
        parts.append(_part(block))
    role = get(given, "role", "user")
    if parts and all(part["type"] == "tool_call_response" for part in parts):
        role = "tool"
    return {"role": role, "parts": parts}


def _part(block: Any) -> Dict[str, Any]:
    use, result, reasoning = get(block, "toolUse"), get(block, "toolResult"), get(block, "reasoningContent")
    if use is not None:
        return shapes.call_part(get(use, "toolUseId"), get(use, "name"), get(use, "input"))
    if result is not None:
        return shapes.response_part(get(result, "toolUseId"), _result(result))
    if reasoning is not None:
        return {"type": "reasoning", "content": get(get(reasoning, "reasoningText"), "text")}
    if get(block, "text") is not None:
        return shapes.text_part(get(block, "text"))
    return {"type": next(iter(block), "unknown") if isinstance(block, dict) else "unknown"}


def _result(result: Any) -> Optional[Any]:
    """A tool result's content: the text or JSON of its only block, else all of them."""
    blocks = [shapes.first((get(one, "text"), get(one, "json"), one)) for one in shapes.items(get(result, "content"))]
    return blocks[0] if len(blocks) == 1 else blocks or None
