"""Haystack: everything its own tracer is told, beside whichever tracer the program has enabled; and the runs of pipelines and agents."""

from __future__ import annotations

import contextlib
from typing import Any, Dict, Iterator, List, Optional

from ..errors import guarded, swallow
from ..recording import NOTHING, Recording, current, start_model_call, start_step, start_tool_call
from . import entry, patching, shapes
from .nesting import fill, note_error, noted_error
from .shapes import get

LAYER = "haystack"


def install() -> None:
    from haystack.tracing import Span

    observed = type("ObservedSpan", (_Observed, Span), {})
    patching.replace("haystack.tracing.tracer", "ProxyTracer.trace", lambda original: _tracing(original, observed))
    for path in ("Tool.invoke", "Tool.invoke_async"):
        patching.replace("haystack.tools.tool", path, _noting if path == "Tool.invoke" else _noting_async)


def install_agents() -> None:
    entry.patch(LAYER, "haystack.components.agents.agent", ("Agent.run", "Agent.run_async"), name=lambda _: "Agent", given=_given, answer=_answer)


def install_pipelines() -> None:
    for module, cls in (("haystack.core.pipeline.pipeline", "Pipeline"), ("haystack.core.pipeline.async_pipeline", "AsyncPipeline")):
        entry.patch(LAYER, module, tuple(f"{cls}.{name}" for name in ("run", "run_async", "run_async_generator")), name=lambda _: "Pipeline", given=_given, answer=_plain)


def _answer(result: Any) -> Any:
    """The last message of an agent; what it says beside it (counts, the whole conversation) is in the steps."""
    last = get(result, "last_message") or next(iter(reversed(shapes.items(get(result, "messages")))), None)
    return get(last, "text") if last is not None else _plain(result)


def _given(args: Any, kwargs: Any) -> Any:
    return _plain(kwargs.get("messages") or kwargs.get("data") or (args[1] if len(args) > 1 else None))


def _noting(original: Any) -> Any:
    """The tracer is only told the tool's name, and the text of what it raised."""

    def invoke(*args: Any, **kwargs: Any) -> Any:
        guarded(_code)(args[0])
        try:
            return original(*args, **kwargs)
        except Exception as error:
            note_error(error.__cause__ or error)
            raise

    return invoke


def _code(tool: Any) -> None:
    recording = current()
    if recording.span is not None and recording.span.kind == "tool":
        recording.code(get(tool, "function") or get(tool, "async_function"))


def _noting_async(original: Any) -> Any:
    async def invoke_async(*args: Any, **kwargs: Any) -> Any:
        guarded(_code)(args[0])
        try:
            return await original(*args, **kwargs)
        except Exception as error:
            note_error(error.__cause__ or error)
            raise

    return invoke_async


def _tracing(original: Any, observed: Any) -> Any:
    @contextlib.contextmanager
    def trace(self: Any, operation_name: str, tags: Any = None, parent_span: Any = None) -> Iterator[Any]:
        parent = getattr(parent_span, "arc_recording", None)
        # The program's tracer knows its own spans only, not ours around them.
        with original(self, operation_name, tags, getattr(parent_span, "arc_inner", parent_span)) as inner:
            recording = guarded(_start)(operation_name, dict(tags or {}), parent) or NOTHING
            span = observed(inner, recording)
            try:
                yield span
            except BaseException as error:
                recording.fail(noted_error(recording) or error)
                raise
            guarded(_finish)(operation_name, span, recording)
            recording.end()

    return trace


class _Observed:
    """A span of the program's tracer, with what it is told noted in passing."""

    def __init__(self, inner: Any, recording: Recording) -> None:
        self.arc_inner = inner
        self.arc_recording: Optional[Recording] = recording if recording else None
        self.arc_tags: Dict[str, Any] = {}

    def set_tag(self, key: str, value: Any) -> None:
        self._note(key, value)
        self.arc_inner.set_tag(key, value)

    def set_content_tag(self, key: str, value: Any) -> None:
        # Whether the program's tracer is given content is its own setting; ours is the tracer's.
        self._note(key, value)
        self.arc_inner.set_content_tag(key, value)

    def _note(self, key: str, value: Any) -> None:
        try:
            self.arc_tags[key] = value
            if key == "haystack.agent.step.llm.input" and self.arc_recording is not None:
                self.arc_recording.set(messages=_messages(get(value, "messages")), tools=_tools(get(value, "tools")))
        except Exception as error:
            swallow("haystack span", error)

    def raw_span(self) -> Any:
        return self.arc_inner.raw_span()

    def get_correlation_data_for_logs(self) -> Any:
        return self.arc_inner.get_correlation_data_for_logs()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["arc_inner"], name)


def _start(operation: str, tags: Dict[str, Any], parent: Optional[Recording]) -> Recording:
    if operation == "haystack.agent.step.llm" or operation == "haystack.chat_generator.run":
        return start_model_call(layer=LAYER, parent=parent)
    if operation == "haystack.agent.step.tool":
        return start_tool_call(layer=LAYER, name=str(tags.get("haystack.tool.name")), description=shapes.text(tags.get("haystack.tool.description")), parent=parent)
    if operation == "haystack.component.run":
        kind = str(tags.get("haystack.component.type", ""))
        name = str(tags.get("haystack.component.name") or kind)
        if kind.endswith("Generator"):
            return start_model_call(layer=LAYER, messages=_messages(get(tags.get("haystack.component.input"), "messages")), parent=parent)
        if not kind.endswith("Agent"):
            step = "retrieval" if kind.endswith("Retriever") else "step"
            return start_step(layer=LAYER, kind=step, name=name, input=_plain(tags.get("haystack.component.input")), parent=parent)
    return NOTHING


def _finish(operation: str, span: Any, recording: Recording) -> None:
    tags = span.arc_tags
    if operation == "haystack.agent.step.tool":
        recording.set(arguments=tags.get("haystack.agent.step.tool.input"))
        output = tags.get("haystack.agent.step.tool.output")
        raised = noted_error(recording)
        if raised is not None or tags.get("haystack.tool.error"):
            recording.fail(raised if raised is not None else str(get(output, "error")), error_type=None if raised is not None else "ToolError")
        else:
            recording.set(result=_plain(output))
        return
    output = shapes.first((tags.get("haystack.agent.step.llm.output"), tags.get("haystack.component.output")))
    replies = shapes.items(get(output, "replies"))
    if replies and recording.span is not None and recording.span.kind == "model":
        about = get(replies[0], "meta") or get(next(iter(shapes.items(get(output, "meta"))), None), "meta") or {}
        reason = shapes.text(about.get("finish_reason"))
        fill(
            recording,
            model=shapes.text(about.get("model")),
            output_messages=[shapes.answered(message(one), reason) for one in replies],
            finish_reasons=[reason] if reason else None,
            **shapes.chat_usage(about.get("usage")),
        )
    elif output is not None:
        recording.set(output=_plain(output))


def _messages(given: Any) -> Optional[List[Dict[str, Any]]]:
    return [message(one) for one in shapes.items(given)] or None


def message(given: Any) -> Dict[str, Any]:
    """A `ChatMessage`, or a plain reply."""
    if isinstance(given, str):
        return {"role": "assistant", "parts": [shapes.text_part(given)]}
    parts: List[Dict[str, Any]] = []
    reasoning = get(get(given, "reasoning"), "reasoning_text")
    if reasoning:
        parts.append({"type": "reasoning", "content": reasoning})
    parts += [shapes.text_part(one) for one in shapes.items(get(given, "texts"))]
    parts += [shapes.call_part(get(one, "id"), get(one, "tool_name"), get(one, "arguments")) for one in shapes.items(get(given, "tool_calls"))]
    for result in shapes.items(get(given, "tool_call_results")):
        parts.append(shapes.response_part(get(get(result, "origin"), "id"), get(result, "result")))
    return {"role": shapes.text(get(given, "role")) or "user", "parts": parts}


def _tools(given: Any) -> Optional[List[Dict[str, Any]]]:
    return [shapes.tool(get(one, "name"), get(one, "description"), get(one, "parameters")) for one in shapes.items(given) if get(one, "name")] or None


def _plain(value: Any, depth: int = 0) -> Any:
    """Messages and documents readable, the rest as it is."""
    if hasattr(value, "tool_call_results") and hasattr(value, "texts"):
        return message(value)
    if type(value).__name__ == "Document":
        return {"content": get(value, "content"), "id": get(value, "id"), "score": get(value, "score")}
    if depth < 4 and isinstance(value, dict):
        return {key: _plain(item, depth + 1) for key, item in list(value.items())[:100]}
    if depth < 4 and isinstance(value, (list, tuple)):
        return [_plain(item, depth + 1) for item in value[:200]]
    return value
