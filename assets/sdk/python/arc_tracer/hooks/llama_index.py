"""LlamaIndex: the events and spans of its dispatcher, its tools, and the runs of its agents and engines."""

from __future__ import annotations

from typing import Any, Dict, Optional

from ..errors import guarded
from ..recording import Recording, start_agent, start_model_call, start_step, start_tool_call
from . import entry, patching, shapes
from .nesting import Nesting
from .shapes import get

LAYER = "llama_index"
FRAMEWORK = "llama-index"

_open = Nesting()


def install() -> None:
    from llama_index.core.instrumentation import get_dispatcher
    from llama_index.core.instrumentation.event_handlers import BaseEventHandler
    from llama_index.core.instrumentation.span_handlers import BaseSpanHandler

    class ArcTracerEvents(BaseEventHandler):  # type: ignore[misc]
        @classmethod
        def class_name(cls) -> str:
            return "ArcTracerEvents"

        def handle(self, event: Any, **kwargs: Any) -> Any:
            seen = EVENTS.get(event.class_name())
            if seen is not None:
                guarded(seen)(event)

    class ArcTracerSpans(BaseSpanHandler):  # type: ignore[misc, type-arg]
        """Only for what fails: an event says that something ended, but not that it never will."""

        @classmethod
        def class_name(cls) -> str:
            return "ArcTracerSpans"

        def new_span(self, *args: Any, **kwargs: Any) -> None:
            return None

        def prepare_to_exit_span(self, *args: Any, **kwargs: Any) -> None:
            return None

        def prepare_to_drop_span(self, id_: str, bound_args: Any = None, instance: Any = None, err: Any = None, **kwargs: Any) -> None:
            _open.take(id_).fail(err)

    dispatcher = get_dispatcher()
    dispatcher.add_event_handler(ArcTracerEvents())
    dispatcher.add_span_handler(ArcTracerSpans())


def install_tools() -> None:
    for path in ("FunctionTool.call", "FunctionTool.acall"):
        patching.replace("llama_index.core.tools.function_tool", path, patching.around(_begin_tool, _end_tool))
    for path in ("QueryEngineTool.call", "QueryEngineTool.acall"):
        patching.replace("llama_index.core.tools.query_engine", path, patching.around(_begin_tool, _end_tool))


def install_agents() -> None:
    from llama_index.core.agent.workflow.base_agent import BaseWorkflowAgent

    around_run = patching.around_task(_begin_run, lambda recording, handler, result: recording.set(output=_text(result)))
    patching.replace("llama_index.core.agent.workflow.base_agent", "BaseWorkflowAgent.run", around_run)
    patching.replace("llama_index.core.agent.workflow.multi_agent_workflow", "AgentWorkflow.run", around_run)
    patching.every_subclass(BaseWorkflowAgent, "take_step", patching.around(_begin_step))


def install_engines() -> None:
    for module, cls in (("llama_index.core.base.base_query_engine", "BaseQueryEngine"),):
        entry.patch(LAYER, module, (f"{cls}.query", f"{cls}.aquery"), answer=_text, framework=lambda _: FRAMEWORK)


def _begin_run(args: Any, kwargs: Any) -> Recording:
    agent = args[0]
    asked = kwargs.get("user_msg", args[1] if len(args) > 1 else None)
    return start_agent(
        layer=LAYER, name=_name(agent), subject=agent, input=asked if isinstance(asked, str) else _text(asked), detached=True, framework=FRAMEWORK
    )


def _begin_step(args: Any, kwargs: Any) -> Recording:
    """One turn of one agent: of a workflow with several it says whose turn it was; of an agent run alone it is that agent itself."""
    agent = args[0]
    return start_agent(layer=LAYER, name=_name(agent), subject=agent, detached=True, framework=FRAMEWORK)


def _name(agent: Any) -> str:
    name = shapes.text(get(agent, "name"))
    return name if name and name != "Agent" else type(agent).__name__


def _text(value: Any) -> Optional[str]:
    """An answer, message or query as its text."""
    return None if value is None else str(value)


def _begin_tool(args: Any, kwargs: Any) -> Recording:
    tool = args[0]
    about = get(tool, "metadata")
    context_name = get(tool, "ctx_param_name")
    given: Any = {name: value for name, value in kwargs.items() if name != context_name}
    if len(args) > 1 and not given:
        given = list(args[1:]) if len(args) > 2 else args[1]
    return start_tool_call(
        layer=LAYER,
        name=shapes.text(get(about, "name")) or "tool",
        arguments=given,
        code=get(tool, "real_fn") or get(tool, "_real_fn") or get(tool, "fn"),
        description=shapes.text(get(about, "description")),
        detached=True,
    )


def _end_tool(recording: Recording, output: Any) -> None:
    raw = shapes.first((get(output, "raw_output"), get(output, "content")))
    if get(output, "is_error"):
        recording.fail(str(raw), result=_text(raw))
    else:
        recording.set(result=raw if isinstance(raw, (str, int, float, bool, list, dict)) else shapes.plain(raw) if hasattr(raw, "model_dump") else _text(raw))


def _message(given: Any) -> Dict[str, Any]:
    """A `ChatMessage`, whose content is blocks and whose tool calls may stand beside them."""
    extra = get(given, "additional_kwargs") or {}
    role = shapes.text(get(given, "role")) or "user"
    parts = []
    blocks = shapes.items(get(given, "blocks"))
    for block in blocks:
        kind = get(block, "block_type")
        if kind == "tool_call":
            parts.append(shapes.call_part(get(block, "tool_call_id"), get(block, "tool_name"), get(block, "tool_kwargs")))
        elif kind == "thinking":
            parts.append({"type": "reasoning", "content": get(block, "content")})
        elif kind == "text":
            if get(block, "text"):
                parts.append(shapes.text_part(get(block, "text")))
        else:
            parts.append({"type": str(kind)})
    if not blocks and isinstance(get(given, "content"), str):
        parts.append(shapes.text_part(get(given, "content")))
    if role == "tool":
        return {"role": "tool", "parts": [shapes.response_part(extra.get("tool_call_id"), get(given, "content"))]}
    if not any(part["type"] == "tool_call" for part in parts):
        parts += [part for part in shapes.chat_message({"role": role, "tool_calls": extra.get("tool_calls")})["parts"]]
    return {"role": role, "parts": parts}


def _model_started(event: Any) -> None:
    about = get(event, "model_dict") or {}
    prompt = get(event, "prompt")
    messages = [{"role": "user", "parts": [shapes.text_part(prompt)]}] if isinstance(prompt, str) else [_message(one) for one in shapes.items(get(event, "messages"))]
    extra = get(event, "additional_kwargs") or {}
    _open.put(event.span_id, start_model_call(
        layer=LAYER,
        model=shapes.text(about.get("model")) or shapes.text(about.get("model_name")),
        messages=messages or None,
        tools=shapes.tools(extra.get("tools")),
        temperature=about.get("temperature"),
        max_tokens=shapes.number(about.get("max_tokens")),
    ))


def _model_progressed(event: Any) -> None:
    recording = _open.get(event.span_id)
    if recording:
        recording.first_token()
        recording.set(streamed=True)


def _model_ended(event: Any) -> None:
    recording = _open.take(event.span_id)
    try:
        response = get(event, "response")
        answer = get(response, "message")
        raw = get(response, "raw")
        recording.set(
            output_messages=[_message(answer)] if answer is not None else [{"role": "assistant", "parts": [shapes.text_part(get(response, "text"))]}],
            response_model=shapes.text(get(raw, "model")),
            **(shapes.beside_usage(get(raw, "usage")) if get(get(raw, "usage"), "cache_read_input_tokens") is not None else shapes.chat_usage(get(raw, "usage"))),
        )
    finally:
        recording.end()


def _retrieval_started(event: Any) -> None:
    query = event.str_or_query_bundle
    asked = query if isinstance(query, str) else get(query, "query_str")
    _open.put(event.span_id, start_step(layer=LAYER, kind="retrieval", name="retrieve", input=asked))


def _retrieval_ended(event: Any) -> None:
    found = [
        {"content": get(get(one, "node"), "text"), "id": get(get(one, "node"), "node_id"), "score": get(one, "score")} for one in shapes.items(event.nodes)
    ]
    _open.take(event.span_id).end(output=found)


#: What each event means.
EVENTS = {
    "LLMChatStartEvent": _model_started,
    "LLMChatInProgressEvent": _model_progressed,
    "LLMChatEndEvent": _model_ended,
    "LLMCompletionStartEvent": _model_started,
    "LLMCompletionInProgressEvent": _model_progressed,
    "LLMCompletionEndEvent": _model_ended,
    "RetrievalStartEvent": _retrieval_started,
    "RetrievalEndEvent": _retrieval_ended,
}
