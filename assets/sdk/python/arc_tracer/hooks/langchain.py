"""LangChain: its own callbacks, registered for every run of the process. LangGraph's nodes, tools and models come by them too."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, Dict, List

from .. import context
from ..errors import guarded
from ..recording import Recording, start_agent, start_model_call, start_step, start_tool_call
from . import patching, shapes
from .nesting import Nesting, Passed
from .shapes import get

LAYER = "langchain"

#: What LangChain calls a provider that the conventions name otherwise.
PROVIDERS = {
    "azure": "azure.ai.openai", "google_genai": "gcp.gemini", "google_vertexai": "gcp.vertex_ai", "amazon_bedrock": "aws.bedrock", "mistral": "mistral_ai",
    "mistralai": "mistral_ai", "xai": "x_ai", "together": "together_ai", "fireworks": "fireworks_ai",
}

#: The nodes that `create_agent` makes itself; what happens in them is recorded, they add nothing.
_OWN_NODES = frozenset(("model", "tools", "agent", "__start__", "__end__"))

# The tool that is being run here: callbacks only say its name, but its code is worth pointing at.
_tool: "ContextVar[Any]" = ContextVar("arc_tracer_langchain_tool", default=None)


def install() -> None:
    from langchain_core.callbacks import BaseCallbackHandler
    from langchain_core.tracers.context import register_configure_hook

    # Built here: the base class is only known now.
    handler = type("ArcTracerHandler", (_Handler, BaseCallbackHandler), {"raise_error": False, "run_inline": True})()
    # By default, so that threads without a copy of the context have it as well.
    register_configure_hook(ContextVar("arc_tracer_langchain", default=handler), True)


def install_tools() -> None:
    for name in ("run", "arun"):
        patching.replace("langchain_core.tools.base", f"BaseTool.{name}", _noting_tool)


def _noting_tool(original: Any) -> Any:
    def run(self: Any, *args: Any, **kwargs: Any) -> Any:
        _tool.set(self)
        return original(self, *args, **kwargs)

    return run


class _Handler:
    """The callbacks. LangChain calls them in the thread and context of the work itself (`run_inline`)."""

    def __init__(self) -> None:
        self._open = Nesting()

    @guarded
    def on_chain_start(self, serialized: Any, inputs: Any, *, run_id: Any, parent_run_id: Any = None, metadata: Any = None, **kwargs: Any) -> None:
        metadata = metadata or {}
        name = shapes.text(kwargs.get("name")) or shapes.text(get(serialized, "name")) or "chain"
        is_node = parent_run_id is not None and metadata.get("langgraph_node") == name
        if is_node and not (name in _OWN_NODES and metadata.get("ls_integration") == "langchain_create_agent"):
            recording = start_step(layer=LAYER, kind="step", name=name, parent=self._open.parent(parent_run_id))
        elif parent_run_id is None and (name == "AgentExecutor" or context.enclosing(implicit=False) is None):
            # Outside any run this opens one, under `arc-eval-tui run`; an LCEL chain is then a run of its own.
            recording = start_agent(layer=LAYER, name=name, input=state(inputs), framework=LAYER)
        else:
            self._open.pass_on(run_id, parent_run_id)
            return
        self._open.put(run_id, recording)

    @guarded
    def on_chain_end(self, outputs: Any, *, run_id: Any, **kwargs: Any) -> None:
        recording = self._open.take(run_id)
        if recording:
            recording.end(output=state(outputs) if recording.wants_content and not isinstance(recording, Passed) else None)

    @guarded
    def on_chain_error(self, error: BaseException, *, run_id: Any, **kwargs: Any) -> None:
        recording = self._open.take(run_id)
        # Interrupts and commands to a parent graph travel as exceptions and are no failures.
        if any(one.__name__ == "GraphBubbleUp" for one in type(error).__mro__):
            recording.end()
        else:
            recording.fail(error)

    @guarded
    def on_chat_model_start(self, serialized: Any, messages: Any, *, run_id: Any, parent_run_id: Any = None, metadata: Any = None, **kwargs: Any) -> None:
        batch = shapes.items(messages)
        self._model_start(serialized, [message(one) for one in shapes.items(batch[0])] if batch else None, run_id, parent_run_id, metadata, kwargs)

    @guarded
    def on_llm_start(self, serialized: Any, prompts: Any, *, run_id: Any, parent_run_id: Any = None, metadata: Any = None, **kwargs: Any) -> None:
        given = [{"role": "user", "parts": [shapes.text_part(prompt)]} for prompt in shapes.items(prompts)]
        self._model_start(serialized, given or None, run_id, parent_run_id, metadata, kwargs)

    def _model_start(self, serialized: Any, messages: Any, run_id: Any, parent_run_id: Any, metadata: Any, kwargs: Dict[str, Any]) -> None:
        params = kwargs.get("invocation_params") or {}
        options = kwargs.get("options") or {}
        metadata = metadata or {}
        provider = shapes.text(metadata.get("ls_provider"))
        recording = start_model_call(
            layer=LAYER,
            provider=PROVIDERS.get(provider or "", provider),
            model=shapes.first(shapes.text(one) for one in (metadata.get("ls_model_name"), params.get("model"), params.get("model_name"))),
            messages=messages,
            tools=shapes.tools(params.get("tools") or options.get("tools")),
            parent=self._open.parent(parent_run_id),
            temperature=metadata.get("ls_temperature"),
            max_tokens=shapes.number(metadata.get("ls_max_tokens")),
            conversation_id=shapes.text(metadata.get("thread_id")),
        )
        self._open.put(run_id, recording)

    @guarded
    def on_llm_new_token(self, token: Any, *, run_id: Any, **kwargs: Any) -> None:
        recording = self._open.get(run_id)
        if recording:
            recording.first_token()
            recording.set(streamed=True)

    @guarded
    def on_llm_end(self, response: Any, *, run_id: Any, **kwargs: Any) -> None:
        recording = self._open.take(run_id)
        try:
            read_result(recording, response)
        finally:
            recording.end()

    @guarded
    def on_llm_error(self, error: BaseException, *, run_id: Any, **kwargs: Any) -> None:
        self._open.take(run_id).fail(error)

    @guarded
    def on_tool_start(self, serialized: Any, input_str: Any, *, run_id: Any, parent_run_id: Any = None, inputs: Any = None, **kwargs: Any) -> None:
        name = shapes.text(get(serialized, "name")) or shapes.text(kwargs.get("name")) or "tool"
        tool = _tool.get()
        recording = start_tool_call(
            layer=LAYER,
            name=name,
            arguments=inputs if inputs is not None else shapes.parsed(input_str),
            call_id=shapes.text(kwargs.get("tool_call_id")),
            code=_function_of(tool) if tool is not None and getattr(tool, "name", None) == name else None,
            parent=self._open.parent(parent_run_id),
            description=shapes.text(get(serialized, "description")),
        )
        self._open.put(run_id, recording)

    @guarded
    def on_tool_end(self, output: Any, *, run_id: Any, **kwargs: Any) -> None:
        recording = self._open.take(run_id)
        result = get(output, "content", output) if hasattr(output, "tool_call_id") else output
        if getattr(output, "status", None) == "error":
            recording.fail(str(result), error_type="ToolError", result=result)
        else:
            recording.end(result=state(result))

    @guarded
    def on_tool_error(self, error: BaseException, *, run_id: Any, **kwargs: Any) -> None:
        self._open.take(run_id).fail(error)

    @guarded
    def on_retriever_start(self, serialized: Any, query: Any, *, run_id: Any, parent_run_id: Any = None, **kwargs: Any) -> None:
        name = shapes.text(kwargs.get("name")) or shapes.text(get(serialized, "name")) or "retriever"
        self._open.put(run_id, start_step(layer=LAYER, kind="retrieval", name=name, input=query, parent=self._open.parent(parent_run_id)))

    @guarded
    def on_retriever_end(self, documents: Any, *, run_id: Any, **kwargs: Any) -> None:
        found = [{"content": get(one, "page_content"), "id": get(one, "id"), "metadata": get(one, "metadata")} for one in shapes.items(documents)]
        self._open.take(run_id).end(output=found)

    @guarded
    def on_retriever_error(self, error: BaseException, *, run_id: Any, **kwargs: Any) -> None:
        self._open.take(run_id).fail(error)


def _function_of(tool: Any) -> Any:
    return getattr(tool, "func", None) or getattr(tool, "coroutine", None) or getattr(type(tool), "_run", tool)


_ROLES = {"human": "user", "ai": "assistant", "HumanMessageChunk": "user", "AIMessageChunk": "assistant"}


def message(given: Any) -> Dict[str, Any]:
    """A LangChain message."""
    kind = get(given, "type") or get(given, "role") or "user"
    if kind == "tool":
        return {"role": "tool", "parts": [shapes.response_part(get(given, "tool_call_id"), shapes.joined(get(given, "content")))]}
    # Calls also stand in the content of some vendors (`tool_use`); they are taken from where all have them.
    parts = [part for part in shapes.content_parts(get(given, "content")) if part["type"] not in ("tool_call", "function_call", "tool_call_chunk")]
    for call in shapes.items(get(given, "tool_calls")):
        parts.append(shapes.call_part(get(call, "id"), get(call, "name"), get(call, "args")))
    for call in shapes.items(get(given, "invalid_tool_calls")):
        parts.append(shapes.call_part(get(call, "id"), get(call, "name"), get(call, "args")))
    return {"role": _ROLES.get(kind, kind), "parts": parts}


def read_result(recording: Recording, response: Any) -> None:
    """Writes an `LLMResult` on its recording."""
    if not recording:
        return
    rows = shapes.items(get(response, "generations"))
    generations = shapes.items(rows[0]) if rows else []
    messages: List[Dict[str, Any]] = []
    for generation in generations:
        answer = get(generation, "message")
        info = get(generation, "generation_info") or {}
        about = get(answer, "response_metadata") or {}
        reason = shapes.first(shapes.text(one) for one in (about.get("finish_reason"), about.get("stop_reason"), info.get("finish_reason")))
        whole = message(answer) if answer is not None else {"role": "assistant", "parts": [shapes.text_part(get(generation, "text"))]}
        messages.append(shapes.answered(whole, reason))
        if reason:
            recording.set(finish_reasons=[reason])
        usage = get(answer, "usage_metadata")
        into, out = get(usage, "input_token_details"), get(usage, "output_token_details")
        answer_id = shapes.text(about.get("id")) or shapes.text(get(answer, "id"))
        recording.set(
            response_id=answer_id if answer_id and not answer_id.startswith(("run-", "lc_run-", "run--")) else None,
            response_model=shapes.text(about.get("model_name")) or shapes.text(about.get("model")),
            input_tokens=shapes.number(get(usage, "input_tokens")),
            output_tokens=shapes.number(get(usage, "output_tokens")),
            cached_tokens=shapes.number(get(into, "cache_read")),
            cache_write_tokens=shapes.number(get(into, "cache_creation")),
            reasoning_tokens=shapes.number(get(out, "reasoning")),
        )
    recording.set(output_messages=messages or None)


def state(value: Any, depth: int = 0) -> Any:
    """A graph's state or a chain's value, its messages readable instead of as the objects they are."""
    if hasattr(value, "response_metadata") or (hasattr(value, "content") and hasattr(value, "additional_kwargs")):
        return message(value)
    if depth < 4 and isinstance(value, dict):
        return {key: state(item, depth + 1) for key, item in list(value.items())[:100]}
    if depth < 4 and isinstance(value, (list, tuple)):
        return [state(item, depth + 1) for item in value[:200]]
    return value
