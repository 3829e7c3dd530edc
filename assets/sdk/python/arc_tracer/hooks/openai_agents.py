"""The OpenAI Agents SDK: its own tracing processors, beside whatever exporter it has; `Runner.run` and its kin are where runs begin."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from ..errors import guarded
from ..recording import Recording, current, start_agent, start_model_call, start_step, start_tool_call
from . import adopted, openai_sdk, patching, shapes
from .nesting import Nesting, note_error, noted_error
from .shapes import get

LAYER = "openai_agents"
#: The runner is a layer of its own: the agent's span inside it is the same agent.
RUNNER_LAYER = "openai_agents.runner"
_WRAPPED = "__agents_function_tool_wrapped_callable__"

# Where the functions behind tools are, by the tools' names: spans only give the name.
_functions: Dict[str, Any] = {}


def install() -> None:
    import agents

    processor = type("ArcTracerProcessor", (_Processor, agents.TracingProcessor), {})()
    agents.add_trace_processor(processor)
    # `set_trace_processors` replaces all of them, ours too, which the program never knew of.
    patching.replace("agents.tracing.provider", "DefaultTraceProvider.set_processors", _keeping(processor))
    around = patching.around(_begin_run, _end_run)
    for name in ("run", "run_sync"):
        if patching.replace("agents.run", f"Runner.{name}", around):
            adopted.add_class(agents.Agent)
    # Returns at once; the run ends with the task it started.
    patching.replace("agents.run", "Runner.run_streamed", patching.around_task(_begin_run, _end_streamed))
    patching.replace("agents.tool", "maybe_invoke_function_tool_failure_error_function", _noting_error)


def _noting_error(original: Any) -> Any:
    async def handle(*args: Any, **kwargs: Any) -> Any:
        error = kwargs.get("error")
        if isinstance(error, BaseException):
            note_error(error)
        return await original(*args, **kwargs)

    return handle


def _keeping(processor: Any) -> Any:
    def make(original: Any) -> Any:
        def set_processors(self: Any, processors: Any) -> Any:
            result = original(self, processors)
            self.register_processor(processor)
            return result

        return set_processors

    return make


def _begin_run(args: Any, kwargs: Any) -> Recording:
    agent = patching.argument(args, kwargs, 1, "starting_agent")
    given = patching.argument(args, kwargs, 2, "input")
    asked = given if isinstance(given, str) else openai_sdk.input_messages(given)
    recording = adopted.open_run(agent, RUNNER_LAYER) or start_agent(
        layer=RUNNER_LAYER,
        name=shapes.text(get(agent, "name")) or "agent",
        subject=agent,
        detached=True,
    )
    if recording:
        recording.set(tools=_tools(agent), input=asked, framework="openai-agents")
    return recording


def _tools(agent: Any) -> Optional[List[Dict[str, Any]]]:
    """The tools of an agent, and of those it may hand over to: remembered by name; its own as definitions."""
    _remember(agent, 0)
    return [shapes.tool(get(one, "name"), get(one, "description"), get(one, "params_json_schema")) for one in shapes.items(get(agent, "tools"))] or None


def _remember(agent: Any, depth: int) -> None:
    for tool in shapes.items(get(agent, "tools")):
        invoke = get(tool, "on_invoke_tool")
        function = get(get(invoke, "_invoke_tool_impl", invoke), _WRAPPED)
        if function is not None and len(_functions) < 4096:
            _functions[str(get(tool, "name"))] = function
    if depth < 3:
        for other in shapes.items(get(agent, "handoffs")):
            _remember(other, depth + 1)


def _end_run(recording: Recording, result: Any) -> None:
    recording.set(output=shapes.plain(get(result, "final_output")))


def _end_streamed(recording: Recording, result: Any, _: Any) -> None:
    _end_run(recording, result)


class _Processor:
    """The processor. It is called in the task the work is done in."""

    def __init__(self) -> None:
        self._open = Nesting()

    @guarded
    def on_trace_start(self, trace: Any) -> None:
        current().set(conversation_id=shapes.text(get(trace, "group_id")))

    def on_trace_end(self, trace: Any) -> None:
        pass

    def shutdown(self) -> None:
        pass

    def force_flush(self) -> None:
        pass

    @guarded
    def on_span_start(self, span: Any) -> None:
        data = span.span_data
        kind = data.type
        parent = self._open.parent(span.parent_id)
        if kind == "agent":
            recording = start_agent(layer=LAYER, name=data.name, parent=parent, framework="openai-agents")
        elif kind in ("response", "generation"):
            recording = start_model_call(layer=LAYER, model=shapes.text(get(data, "model")), parent=parent)
        elif kind == "function":
            recording = start_tool_call(layer=LAYER, name=data.name, parent=parent, code=_functions.get(data.name))
        elif kind == "handoff":
            recording = start_step(layer=LAYER, kind="handoff", name="handoff", parent=parent)
        elif kind == "guardrail":
            recording = start_step(layer=LAYER, kind="guardrail", name=data.name, parent=parent)
        elif kind == "custom":
            recording = start_step(layer=LAYER, kind="step", name=data.name, input=get(data, "data"), parent=parent)
        else:  # the workflow, its turns, and what is spoken or heard
            self._open.pass_on(span.span_id, span.parent_id)
            return
        self._open.put(span.span_id, recording)

    @guarded
    def on_span_end(self, span: Any) -> None:
        recording = self._open.take(span.span_id)
        raised = noted_error(recording)
        try:
            if recording:
                self._read(recording, span.span_data)
        finally:
            error = get(span, "error")
            if raised is not None:
                recording.fail(raised)
            elif error:
                about = get(error, "data")
                text = get(about, "error") if isinstance(about, dict) else None
                recording.fail(str(text or get(error, "message")))
            else:
                recording.end()

    def _read(self, recording: Recording, data: Any) -> None:
        kind = data.type
        if kind == "response":
            answer = get(data, "response")
            recording.set(messages=openai_sdk.input_messages(get(data, "input")))
            if answer is not None:
                instructions = get(answer, "instructions")
                recording.set(
                    model=shapes.text(get(answer, "model")),
                    system=shapes.content_parts(instructions) or None if isinstance(instructions, str) else None,
                )
                openai_sdk.read_response(recording, answer)
        elif kind == "generation":
            usage = get(data, "usage")
            recording.set(
                model=shapes.text(get(data, "model")),
                messages=shapes.chat_messages(get(data, "input")),
                output_messages=shapes.chat_messages(get(data, "output")),
                input_tokens=shapes.number(get(usage, "input_tokens")),
                output_tokens=shapes.number(get(usage, "output_tokens")),
            )
        elif kind == "function":
            given = get(data, "input")
            recording.set(arguments=shapes.parsed(given), result=get(data, "output"))
        elif kind == "handoff":
            source, target = get(data, "from_agent"), get(data, "to_agent")
            recording.rename(f"handoff to {target}")
            recording.set(input={"from": source, "to": target})
        elif kind == "guardrail":
            recording.set(output={"triggered": bool(get(data, "triggered"))})
