"""Google's Agent Development Kit: its runners and agents, its models (beside the Gemini SDK's own hook) and its tools."""

from __future__ import annotations

from typing import Any, Dict, Optional

from ..recording import Recording, start_agent, start_model_call, start_tool_call
from . import entry, google_genai, patching, shapes
from .nesting import fill
from .shapes import get

LAYER = "google_adk"
FRAMEWORK = "google-adk"


def install() -> None:
    from google.adk.models.base_llm import BaseLlm
    from google.adk.tools.base_tool import BaseTool

    entry.patch(
        LAYER,
        "google.adk.runners",
        ("Runner.run", "Runner.run_async", "Runner.run_live"),
        name=lambda runner: get(get(runner, "agent"), "name") or get(runner, "app_name"),
        given=lambda args, kwargs: _text(kwargs.get("new_message")),
        framework=lambda _: FRAMEWORK,
        each=_event,
    )
    for name in ("run_async", "run_live"):
        patching.replace("google.adk.agents.base_agent", f"BaseAgent.{name}", patching.around(_begin_agent, None, _event))
    patching.every_subclass(BaseLlm, "generate_content_async", patching.around(_begin_model, None, _answer))
    patching.every_subclass(BaseTool, "run_async", patching.around(_begin_tool, _end_tool))


def _text(content: Any) -> Optional[str]:
    texts = [get(part, "text") for part in shapes.items(get(content, "parts"))]
    return "".join(one for one in texts if isinstance(one, str)) or None


def _begin_agent(args: Any, kwargs: Any) -> Recording:
    agent = args[0]
    parent = patching.argument(args, kwargs, 1, "parent_context")
    session = get(parent, "session")
    # The runner is named for its agent: a layer of its own lets the two be one.
    recording = start_agent(layer=LAYER + ".agent", name=shapes.text(get(agent, "name")) or "agent", subject=agent, detached=True, framework=FRAMEWORK)
    recording.set(conversation_id=shapes.text(get(session, "id")), user_id=shapes.text(get(session, "user_id")))
    return recording


def _event(recording: Recording, event: Any) -> None:
    """The last whole text of an agent is what it answered."""
    text = None if get(event, "partial") else _text(get(event, "content"))
    if text is not None and get(event, "author") != "user":
        recording.set(output=text)
    if get(event, "error_code"):
        recording.set(output=str(get(event, "error_message") or get(event, "error_code")))


def _begin_model(args: Any, kwargs: Any) -> Recording:
    asked = patching.argument(args, kwargs, 1, "llm_request")
    return start_model_call(
        layer=LAYER,
        model=shapes.text(get(asked, "model")) or shapes.text(get(args[0], "model")),
        detached=True,
        **google_genai.request(get(asked, "contents"), get(asked, "config")),
    )


def _answer(recording: Recording, response: Any) -> None:
    if get(response, "partial"):
        recording.first_token()
        return
    content = get(response, "content")
    reason = shapes.text(get(response, "finish_reason"))
    fill(
        recording,
        output_messages=[shapes.answered(google_genai.message(content, "model"), reason)] if content is not None else None,
        finish_reasons=[reason] if reason else None,
        response_model=shapes.text(get(response, "model_version")),
        **google_genai.usage(get(response, "usage_metadata")),
    )
    if get(response, "error_code"):
        recording.fail(str(get(response, "error_message") or ""), error_type=str(get(response, "error_code")))


def _begin_tool(args: Any, kwargs: Any) -> Recording:
    tool = args[0]
    given: Dict[str, Any] = kwargs.get("args") or {}
    return start_tool_call(
        layer=LAYER,
        name=shapes.text(get(tool, "name")) or type(tool).__name__,
        arguments=given,
        call_id=shapes.text(get(kwargs.get("tool_context"), "function_call_id")),
        code=get(tool, "func"),
        description=shapes.text(get(tool, "description")),
        detached=True,
    )


def _end_tool(recording: Recording, result: Any) -> None:
    # ADK answers calls it could not make (an argument missing) with a dictionary that holds nothing but an error.
    if isinstance(result, dict) and set(result) == {"error"}:
        recording.fail(str(result["error"]), error_type="ToolError", result=result)
    else:
        recording.set(result=shapes.plain(result))
