"""Agno: its models, its function calls, and the runs of agents, teams and workflows."""

from __future__ import annotations

from typing import Any, Dict

from ..recording import Recording, start_model_call, start_tool_call
from . import entry, patching, shapes
from .nesting import fill
from .shapes import get

LAYER = "agno"
#: How Agno spells providers that the conventions name otherwise.
PROVIDERS = {"Google": "gcp.gemini", "AwsBedrock": "aws.bedrock", "Azure": "azure.ai.openai"}


def install() -> None:
    from agno.models.base import Model

    for name in ("invoke", "ainvoke"):
        patching.every_subclass(Model, name, patching.around(_begin_model, _end_model))
    for name in ("invoke_stream", "ainvoke_stream"):
        patching.every_subclass(Model, name, patching.around(_begin_model, None, _piece))
    for name in ("execute", "aexecute"):
        patching.replace("agno.tools.function", f"FunctionCall.{name}", patching.around(_begin_tool, _end_tool))
    for module, cls in (("agno.agent.agent", "Agent"), ("agno.team.team", "Team"), ("agno.workflow.workflow", "Workflow")):
        entry.patch(LAYER, module, (f"{cls}.run", f"{cls}.arun"), answer=lambda result: shapes.plain(get(result, "content")), each=_event)


def _event(recording: Recording, event: Any) -> None:
    """The event that closes a streamed run carries the whole answer."""
    if str(get(event, "event", "")).endswith("Completed") and get(event, "content") is not None:
        recording.set(output=shapes.plain(get(event, "content")))


def _begin_model(args: Any, kwargs: Any) -> Recording:
    model = args[0]
    provider = shapes.text(get(model, "provider"))
    return start_model_call(
        layer=LAYER,
        provider=PROVIDERS.get(provider, provider.lower()) if provider else None,
        model=shapes.text(get(model, "id")),
        messages=shapes.chat_messages(kwargs.get("messages", args[1] if len(args) > 1 else None)),
        tools=shapes.tools(kwargs.get("tools")),
        detached=True,
    )


def _end_model(recording: Recording, answer: Any) -> None:
    usage = get(answer, "response_usage")
    fill(
        recording,
        output_messages=[shapes.chat_message({"role": "assistant", "content": get(answer, "content"), "tool_calls": get(answer, "tool_calls")})],
        input_tokens=shapes.number(get(usage, "input_tokens")),
        output_tokens=shapes.number(get(usage, "output_tokens")),
        cached_tokens=shapes.number(get(usage, "cache_read_tokens")),
        reasoning_tokens=shapes.number(get(usage, "reasoning_tokens")),
    )


def _piece(recording: Recording, piece: Any) -> None:
    recording.first_token()
    usage = get(piece, "response_usage")
    fill(
        recording,
        streamed=True,
        input_tokens=shapes.number(get(usage, "input_tokens")) or None,
        output_tokens=shapes.number(get(usage, "output_tokens")) or None,
    )


def _begin_tool(args: Any, kwargs: Any) -> Recording:
    call = args[0]
    function = get(call, "function")
    given: Dict[str, Any] = get(call, "arguments") or {}
    return start_tool_call(
        layer=LAYER,
        name=shapes.text(get(function, "name")) or "tool",
        arguments=given,
        call_id=shapes.text(get(call, "call_id")),
        code=get(function, "entrypoint"),
        description=shapes.text(get(function, "description")),
        detached=True,
    )


def _end_tool(recording: Recording, outcome: Any) -> None:
    if get(outcome, "status") == "failure":
        recording.fail(str(get(outcome, "error") or ""), error_type="ToolError")
        return
    result = get(outcome, "result")
    # A tool may give a generator: it is the agent's to use up.
    recording.set(result=shapes.plain(result) if not hasattr(result, "__next__") and not hasattr(result, "__anext__") else None)
