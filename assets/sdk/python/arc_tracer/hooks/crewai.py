"""CrewAI: every event as it is emitted (its handlers run later, in other threads), and the kickoffs of crews, agents and flows."""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional

from ..errors import guarded
from ..recording import Recording, start_agent, start_model_call, start_step, start_tool_call
from . import entry, patching, shapes
from .nesting import Nesting
from .shapes import get

LAYER = "crewai"

_open = Nesting()
# Where the functions behind tools are, by the names that events give.
_functions: Dict[str, Any] = {}


def install() -> None:
    patching.replace("crewai.events.event_bus", "CrewAIEventsBus.emit", _emitting)
    entry.patch(LAYER, "crewai.crew", ("Crew.kickoff", "Crew.akickoff", "Crew.kickoff_async"), given=_inputs, answer=_raw)
    entry.patch(
        LAYER, "crewai.agent.core", ("Agent.kickoff", "Agent.kickoff_async", "Agent.akickoff"), name=lambda agent: get(agent, "role"), answer=_raw
    )
    # Agents are run by flows of CrewAI's own since 1.15; only the program's flows are agents to the reader.
    entry.patch(
        LAYER,
        "crewai.flow.flow",
        ("Flow.kickoff", "Flow.kickoff_async", "Flow.akickoff"),
        agent_of=lambda args, kwargs: None if type(args[0]).__module__.startswith("crewai.") else args[0],
        given=_inputs,
        answer=_raw,
    )


def _inputs(args: Any, kwargs: Any) -> Any:
    """What a kickoff was given; a crew without inputs is asked what its tasks say."""
    given = patching.argument(args, kwargs, 1, "inputs")
    if given:
        return given
    tasks = [get(task, "description") for task in shapes.items(get(args[0], "tasks"))]
    return "\n".join(one for one in tasks if isinstance(one, str)) or None


def _raw(result: Any) -> Any:
    return get(result, "raw", None) or shapes.plain(result)


def _emitting(original: Any) -> Any:
    def emit(self: Any, source: Any, event: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, source, event, *args, **kwargs)
        seen = EVENTS.get(type(event).__name__)
        if seen is not None:
            guarded(seen)(source, event)
        return result

    return emit


def _put(event: Any, recording: Recording) -> None:
    _open.put(event.event_id, recording)
    call_id = get(event, "call_id")
    if call_id is not None:
        _open.put(call_id, recording)


def _take(event: Any) -> Recording:
    by_call = _open.take(get(event, "call_id"))
    by_start = _open.take(get(event, "started_event_id"))
    return by_start if by_start else by_call


def _parent(event: Any) -> Optional[Recording]:
    return _open.parent(get(event, "parent_event_id"))


def _model_started(source: Any, event: Any) -> None:
    given = event.messages
    model = shapes.text(event.model)
    provider = shapes.text(get(source, "provider"))
    _put(event, start_model_call(
        layer=LAYER,
        provider=provider,
        model=model.split("/", 1)[1] if model and provider and model.startswith(provider + "/") else model,
        messages=[{"role": "user", "parts": [shapes.text_part(given)]}] if isinstance(given, str) else shapes.chat_messages(given),
        tools=shapes.tools(event.tools),
        temperature=get(event, "temperature"),
        max_tokens=shapes.number(get(event, "max_tokens")),
        streamed=get(event, "stream") or None,
        parent=_parent(event),
    ))


def _model_ended(source: Any, event: Any) -> None:
    recording = _take(event)
    usage = get(event, "usage")
    answer = event.response
    reason = shapes.text(get(event, "finish_reason"))
    message = shapes.chat_message({"role": "assistant", "tool_calls": answer} if isinstance(answer, list) else {"role": "assistant", "content": answer})
    recording.end(
        output_messages=[shapes.answered(message, reason)] if isinstance(answer, (str, list)) else None,
        finish_reasons=[reason] if reason else None,
        response_id=shapes.text(get(event, "response_id")),
        input_tokens=shapes.number(get(usage, "prompt_tokens", get(usage, "input_tokens"))),
        output_tokens=shapes.number(get(usage, "completion_tokens", get(usage, "output_tokens"))),
        cached_tokens=shapes.number(get(usage, "cached_prompt_tokens")) or None,
        reasoning_tokens=shapes.number(get(usage, "reasoning_tokens")) or None,
    )


def _failed(source: Any, event: Any) -> None:
    error = event.error
    _take(event).fail(error if isinstance(error, BaseException) else str(error))


def _tool_started(source: Any, event: Any) -> None:
    name = str(event.tool_name)
    _put(event, start_tool_call(layer=LAYER, name=name, arguments=shapes.parsed(event.tool_args), code=_functions.get(_key(name)), parent=_parent(event)))


def _tool_ended(source: Any, event: Any) -> None:
    failure = get(event, "failure")
    if failure is not None:
        _take(event).fail(str(get(failure, "message", failure)), error_type="ToolFailure", result=shapes.plain(event.output))
    else:
        _take(event).end(result=shapes.plain(event.output))


def _tool_rejected(source: Any, event: Any) -> None:
    """A tool that was never started: the model's arguments or the name were wrong."""
    name = str(get(event, "tool_name") or "tool")
    recording = start_tool_call(layer=LAYER, name=name, arguments=shapes.parsed(get(event, "tool_args")), parent=_parent(event))
    recording.fail(str(event.error), error_type=type(event).__name__.replace("Event", ""))


def _agent_started(source: Any, event: Any) -> None:
    agent = event.agent
    tools = shapes.items(get(event, "tools"))
    for tool in tools:
        function = get(tool, "func") or get(type(tool), "_run")
        if function is not None and len(_functions) < 4096:
            _functions[_key(str(get(tool, "name")))] = function
    recording = start_agent(
        layer=LAYER, name=shapes.text(get(agent, "role")) or "agent", subject=agent, input=event.task_prompt, parent=_parent(event), framework=LAYER
    )
    recording.set(tools=[shapes.tool(get(one, "name"), get(one, "description")) for one in tools] or None)
    _put(event, recording)


def _key(name: str) -> str:
    """A tool's name as CrewAI shows it to the model."""
    return "".join(letter if letter.isalnum() else "_" for letter in name.lower())


def _agent_ended(source: Any, event: Any) -> None:
    _take(event).end(output=event.output)


def _step(kind: str, name: str, given: str) -> Callable[[Any, Any], None]:
    def started(source: Any, event: Any) -> None:
        _put(event, start_step(layer=LAYER, kind=kind, name=name, input=shapes.plain(get(event, given)), parent=_parent(event)))

    return started


def _step_ended(answer: str) -> Callable[[Any, Any], None]:
    def ended(source: Any, event: Any) -> None:
        _take(event).end(output=shapes.plain(get(event, answer)))

    return ended


def _passed(source: Any, event: Any) -> None:
    _open.pass_on(event.event_id, get(event, "parent_event_id"))


#: What each event means, by the name of its class: a version that lacks one never sends it.
EVENTS: Dict[str, Callable[[Any, Any], None]] = {
    "LLMCallStartedEvent": _model_started,
    "LLMCallCompletedEvent": _model_ended,
    "LLMCallFailedEvent": _failed,
    "ToolUsageStartedEvent": _tool_started,
    "ToolUsageFinishedEvent": _tool_ended,
    "ToolUsageErrorEvent": _failed,
    "ToolValidateInputErrorEvent": _tool_rejected,
    "ToolSelectionErrorEvent": _tool_rejected,
    "AgentExecutionStartedEvent": _agent_started,
    "AgentExecutionCompletedEvent": _agent_ended,
    "AgentExecutionErrorEvent": _failed,
    "LLMGuardrailStartedEvent": _step("guardrail", "guardrail", "guardrail"),
    "LLMGuardrailCompletedEvent": _step_ended("success"),
    "LLMGuardrailFailedEvent": _failed,
    "MemoryQueryStartedEvent": _step("retrieval", "memory", "query"),
    "MemoryQueryCompletedEvent": _step_ended("results"),
    "MemoryQueryFailedEvent": _failed,
    "KnowledgeRetrievalStartedEvent": _step("retrieval", "knowledge", "query"),
    "KnowledgeRetrievalCompletedEvent": _step_ended("retrieved_knowledge"),
    "CrewKickoffStartedEvent": _passed,
    "TaskStartedEvent": _passed,
    "MethodExecutionStartedEvent": _passed,
    "FlowStartedEvent": _passed,
}
