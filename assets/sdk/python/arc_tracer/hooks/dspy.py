"""DSPy: its language models (which since 3.4 call vendors by themselves), its tools, and its programs. The program's own callbacks
are left alone: configuring any would take the settings for the thread that does it."""

from __future__ import annotations

from typing import Any, Dict, List

from .. import context
from ..recording import NOTHING, Recording, current, start_agent, start_model_call, start_tool_call
from . import patching, shapes
from .nesting import fill
from .shapes import get

LAYER = "dspy"
#: Modules of DSPy's own that act; the others (Predict, ChainOfThought …) only ask the model once.
AGENTS = frozenset(("ReAct", "ReActV2", "CodeAct", "ProgramOfThought", "RLM", "Avatar", "MultiChainComparison"))


def install() -> None:
    around_model = patching.around(_begin_model, _end_model)
    around_module = patching.around(_begin_module, _end_module)
    around_tool = patching.around(_begin_tool, lambda recording, result: recording.set(result=shapes.plain(result)))
    for name in ("__call__", "acall"):
        patching.replace("dspy.clients.base_lm", f"BaseLM.{name}", around_model)
        patching.replace("dspy.primitives.module", f"Module.{name}", around_module)
        patching.replace("dspy.adapters.types.tool", f"Tool.{name}", around_tool)
    patching.replace("dspy.clients.base_lm", "BaseLM.update_history", _noting_history)


def _begin_module(args: Any, kwargs: Any) -> Recording:
    module = args[0]
    name = type(module).__name__
    own = type(module).__module__.startswith("dspy.")
    if own and name not in AGENTS and context.enclosing(implicit=False) is not None:
        return NOTHING
    recording = start_agent(layer=LAYER, name=name, subject=module, input=dict(kwargs) or None, detached=True, framework=LAYER)
    tools = get(module, "tools")
    if isinstance(tools, dict):
        recording.set(tools=[shapes.tool(get(one, "name"), get(one, "desc"), _parameters(one)) for one in tools.values() if get(one, "name") != "finish"] or None)
    return recording


def _parameters(tool: Any) -> Any:
    given = get(tool, "args")
    return {"type": "object", "properties": given} if isinstance(given, dict) else None


def _end_module(recording: Recording, prediction: Any) -> None:
    fields = get(prediction, "_store")
    answer = {name: value for name, value in fields.items() if name != "trajectory"} if isinstance(fields, dict) else shapes.plain(prediction)
    recording.set(output=answer)


def _begin_model(args: Any, kwargs: Any) -> Recording:
    model = args[0]
    named = shapes.text(get(model, "model"))
    prompt = patching.argument(args, kwargs, 1, "prompt")
    messages = shapes.chat_messages(kwargs.get("messages"))
    settings: Dict[str, Any] = {**(get(model, "kwargs") or {}), **kwargs}
    return start_model_call(
        layer=LAYER,
        provider=named.split("/", 1)[0] if named and "/" in named else None,
        model=named.split("/", 1)[1] if named and "/" in named else named,
        messages=messages or ([{"role": "user", "parts": [shapes.text_part(prompt)]}] if isinstance(prompt, str) else None),
        tools=shapes.tools(kwargs.get("tools")),
        temperature=settings.get("temperature"),
        max_tokens=shapes.number(settings.get("max_tokens")),
        detached=True,
    )


def _outputs(outputs: Any) -> Any:
    messages: List[Dict[str, Any]] = []
    for one in shapes.items(outputs):
        messages.append(shapes.chat_message({"role": "assistant", "content": one if isinstance(one, str) else get(one, "text"), "tool_calls": get(one, "tool_calls")}))
    return messages or None


def _end_model(recording: Recording, outputs: Any) -> None:
    fill(recording, output_messages=_outputs(outputs))


def _noting_history(original: Any) -> Any:
    """What a call cost is only in the history entry that it leaves, made while the call is still open."""

    def update_history(self: Any, entry: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, entry, *args, **kwargs)
        try:
            recording = current()
            if isinstance(entry, dict) and recording.span is not None and recording.span.kind == "model":
                response = entry.get("response")
                request = entry.get("messages")
                fill(
                    recording,
                    messages=shapes.chat_messages(request),
                    output_messages=_outputs(entry.get("outputs")),
                    response_model=shapes.text(entry.get("response_model")),
                    response_id=shapes.text(get(response, "id")),
                    **shapes.chat_usage(entry.get("usage")),
                )
        except Exception as error:
            from ..errors import swallow

            swallow(update_history, error)
        return result

    return update_history


def _begin_tool(args: Any, kwargs: Any) -> Recording:
    tool = args[0]
    name = shapes.text(get(tool, "name")) or "tool"
    if name == "finish":  # how ReAct ends, no tool of the program's
        return NOTHING
    return start_tool_call(
        layer=LAYER, name=name, arguments=dict(kwargs), code=get(tool, "func"), description=shapes.text(get(tool, "desc")), detached=True
    )
