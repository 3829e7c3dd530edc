"""smolagents: its models, its tools (called by name or from code the model wrote), and the runs of its agents."""

from __future__ import annotations

from typing import Any, Dict, Optional

from ..recording import NOTHING, Recording, start_model_call, start_tool_call
from . import entry, patching, shapes
from .nesting import fill
from .shapes import get

LAYER = "smolagents"
_ROLES = {"tool-call": "assistant", "tool-response": "tool"}


def install() -> None:
    from smolagents.models import Model
    from smolagents.tools import Tool

    patching.every_subclass(Model, "generate", patching.around(_begin_model, _end_model))
    patching.every_subclass(Model, "generate_stream", patching.around(_begin_model))
    patching.every_subclass(Tool, "__call__", patching.around(_begin_tool, _end_tool))
    patching.replace("smolagents.agents", "ToolCallingAgent.execute_tool_call", patching.around(_begin_named_tool, _end_tool, cause=_cause))
    entry.patch(LAYER, "smolagents.agents", ("MultiStepAgent.run",), given=lambda args, kwargs: patching.argument(args, kwargs, 1, "task"))


def _begin_model(args: Any, kwargs: Any) -> Recording:
    model = args[0]
    defined = [one for one in shapes.items(kwargs.get("tools_to_call_from")) if get(one, "name")]
    return start_model_call(
        layer=LAYER,
        model=shapes.text(get(model, "model_id")),
        messages=[_message(one) for one in shapes.items(patching.argument(args, kwargs, 1, "messages"))] or None,
        tools=[shapes.tool(get(one, "name"), get(one, "description"), _parameters(one)) for one in defined] or None,
        detached=True,
    )


def _parameters(tool: Any) -> Optional[Dict[str, Any]]:
    inputs = get(tool, "inputs")
    return {"type": "object", "properties": inputs} if isinstance(inputs, dict) else None


def _message(given: Any) -> Dict[str, Any]:
    role = shapes.text(get(given, "role")) or "user"
    calls = shapes.items(get(given, "tool_calls"))
    return shapes.chat_message({"role": "user" if role == "tool-response" else _ROLES.get(role, role), "content": get(given, "content"), "tool_calls": calls})


def _end_model(recording: Recording, answer: Any) -> None:
    usage = get(answer, "token_usage")
    fill(
        recording,
        output_messages=[_message(answer)],
        input_tokens=shapes.number(get(usage, "input_tokens")),
        output_tokens=shapes.number(get(usage, "output_tokens")),
    )


def _is_closing(tool: Any) -> bool:
    """`final_answer` is how an agent ends, no tool of its own; agents under another's management are agents."""
    return type(tool).__name__ == "FinalAnswerTool" or hasattr(tool, "managed_agents")


def _begin_tool(args: Any, kwargs: Any) -> Recording:
    tool = args[0]
    if _is_closing(tool):
        return NOTHING
    given = {name: value for name, value in kwargs.items() if name != "sanitize_inputs_outputs"}
    if len(args) == 2 and not given and isinstance(args[1], dict):
        given = args[1]
    elif len(args) > 1:
        given.update(zip(list(get(tool, "inputs", {})), args[1:]))
    return _start(str(get(tool, "name", "tool")), given, tool)


def _begin_named_tool(args: Any, kwargs: Any) -> Recording:
    agent = args[0]
    name = patching.argument(args, kwargs, 1, "tool_name")
    tool = get(get(agent, "tools"), name) or get(get(agent, "managed_agents"), name)
    if tool is not None and _is_closing(tool):
        return NOTHING
    return _start(str(name), shapes.parsed(patching.argument(args, kwargs, 2, "arguments")), tool, ".by_name")


def _start(name: str, given: Any, tool: Any, sublayer: str = "") -> Recording:
    return start_tool_call(
        layer=LAYER + sublayer,
        name=name,
        arguments=given,
        code=None if tool is None else get(tool, "forward"),
        description=shapes.text(get(tool, "description")),
        detached=True,
    )


def _cause(error: BaseException) -> BaseException:
    """What the tool itself raised; smolagents raises its own error from it."""
    return error.__cause__ or error


def _end_tool(recording: Recording, result: Any) -> None:
    recording.set(result=shapes.plain(result))
