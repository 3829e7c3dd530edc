"""Google's genai SDK: each request to Gemini, also those that automatic function calling makes by itself."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from ..recording import Recording, start_model_call, start_tool_call
from . import patching, shapes
from .shapes import get

LAYER = "google_genai"
_ROLES = {"model": "assistant"}


def install() -> None:
    for cls in ("Models", "AsyncModels"):
        patching.replace("google.genai.models", f"{cls}._generate_content", patching.around(_begin, read))
        patching.replace("google.genai.models", f"{cls}._generate_content_stream", patching.around(_begin_streamed, None, Pieces.add_to))


    # The functions that automatic calling calls.
    for name in ("invoke_function_from_dict_args", "invoke_function_from_dict_args_async"):
        patching.replace("google.genai._extra_utils", name, patching.around(_begin_tool, _end_tool, cause=_cause))


def _cause(error: BaseException) -> BaseException:
    """What the function itself raised; the SDK raises its own error from it."""
    return error.__cause__ or error.__context__ or error


def _end_tool(recording: Recording, result: Any) -> None:
    recording.set(result=shapes.plain(result))


def _begin_tool(args: Any, kwargs: Any) -> Recording:
    function = patching.argument(args, kwargs, 1, "function_to_invoke")
    given = patching.argument(args, kwargs, 0, "args")
    return start_tool_call(
        layer=LAYER, name=getattr(function, "__name__", "function"), arguments=given, code=function, detached=True, description=shapes.text(function.__doc__)
    )


def _begin(args: Any, kwargs: Any) -> Recording:
    client = get(args[0], "_api_client")
    return start_model_call(
        layer=LAYER,
        provider="gcp.vertex_ai" if get(client, "vertexai") else "gcp.gemini",
        model=shapes.text(kwargs.get("model")),
        detached=True,
        **request(kwargs.get("contents"), kwargs.get("config")),
    )


def _begin_streamed(args: Any, kwargs: Any) -> Recording:
    recording = _begin(args, kwargs)
    recording.set(streamed=True)
    return recording


def request(contents: Any, config: Any) -> Dict[str, Any]:
    """What a request says, as the fields of a recording."""
    given = contents if isinstance(contents, (list, tuple)) else [contents]
    system = get(config, "system_instruction")
    return {
        "messages": [message(one) for one in given if one is not None] or None,
        "system": message(system)["parts"] if system is not None else None,
        "tools": _tools(get(config, "tools")),
        "temperature": get(config, "temperature"),
        "max_tokens": shapes.number(get(config, "max_output_tokens")),
    }


def _tools(given: Any) -> Optional[List[Dict[str, Any]]]:
    found: List[Dict[str, Any]] = []
    for tool in shapes.items(given):
        for declared in shapes.items(get(tool, "function_declarations")):
            parameters = get(declared, "parameters_json_schema") or shapes.plain(get(declared, "parameters"))
            found.append(shapes.tool(get(declared, "name"), get(declared, "description"), parameters))
        if callable(tool) and hasattr(tool, "__name__"):  # automatic function calling
            found.append(shapes.tool(tool.__name__, tool.__doc__))
    return found or None


def message(content: Any, role: Optional[str] = None) -> Dict[str, Any]:
    """A `Content`, a part, or plain text."""
    if isinstance(content, str):
        return {"role": role or "user", "parts": [shapes.text_part(content)]}
    parts = get(content, "parts")
    named = role or shapes.text(get(content, "role")) or "user"
    made = [_part(part) for part in (parts if isinstance(parts, list) else [content])]
    if made and all(part["type"] == "tool_call_response" for part in made):
        named = "tool"
    return {"role": _ROLES.get(named, named), "parts": made}


def _part(part: Any) -> Dict[str, Any]:
    if isinstance(part, str):
        return shapes.text_part(part)
    call, response = get(part, "function_call"), get(part, "function_response")
    if call is not None:
        return shapes.call_part(get(call, "id"), get(call, "name"), get(call, "args") or {})
    if response is not None:
        return shapes.response_part(get(response, "id"), get(response, "response"))
    if get(part, "text") is not None:
        return {"type": "reasoning", "content": get(part, "text")} if get(part, "thought") else shapes.text_part(get(part, "text"))
    kinds = ("inline_data", "file_data", "executable_code", "code_execution_result")
    return {"type": next((kind for kind in kinds if get(part, kind) is not None), "unknown")}


def usage(counted: Any) -> Dict[str, Optional[int]]:
    """Usage as Gemini reports it: thoughts and what tools put into the prompt stand beside the counts, so they are added."""
    given, tools = shapes.number(get(counted, "prompt_token_count")), shapes.number(get(counted, "tool_use_prompt_token_count"))
    answer, thoughts = shapes.number(get(counted, "candidates_token_count")), shapes.number(get(counted, "thoughts_token_count"))
    return {
        "input_tokens": None if given is None else given + (tools or 0),
        "output_tokens": None if answer is None and thoughts is None else (answer or 0) + (thoughts or 0),
        "cached_tokens": shapes.number(get(counted, "cached_content_token_count")),
        "reasoning_tokens": thoughts,
    }


def read(recording: Recording, answer: Any) -> None:
    """Writes a `GenerateContentResponse` on its recording."""
    candidates = shapes.items(get(answer, "candidates"))
    reasons = [shapes.text(get(one, "finish_reason")) for one in candidates]
    outputs = [shapes.answered(message(get(one, "content") or {"parts": []}, "model"), get(one, "finish_reason")) for one in candidates]
    recording.set(
        response_id=shapes.text(get(answer, "response_id")),
        response_model=shapes.text(get(answer, "model_version")),
        finish_reasons=[reason for reason in reasons if reason] or None,
        output_messages=outputs or None,
        **usage(get(answer, "usage_metadata")),
    )


class Pieces:
    """A streamed answer: every piece is a response with what is new; the recording always holds what came so far."""

    _LIMIT = 256
    _open: Dict[int, List[Any]] = {}

    @classmethod
    def add_to(cls, recording: Recording, piece: Any) -> None:
        """Adds a piece, and writes the answer so far."""
        recording.first_token()
        span = recording.span
        if span is None:
            return
        if span.id not in cls._open:
            while len(cls._open) >= cls._LIMIT:
                cls._open.pop(next(iter(cls._open)))
        parts = cls._open.setdefault(span.id, [])
        candidate = next(iter(shapes.items(get(piece, "candidates"))), None)
        for part in shapes.items(get(get(candidate, "content"), "parts")):
            made = _part(part)
            if parts and made["type"] == parts[-1]["type"] and made["type"] in ("text", "reasoning"):
                parts[-1]["content"] += made["content"]
            else:
                parts.append(made)
        read(recording, {"response_id": get(piece, "response_id"), "model_version": get(piece, "model_version"), "usage_metadata": get(piece, "usage_metadata")})
        reason = shapes.text(get(candidate, "finish_reason"))
        if reason or get(piece, "usage_metadata") is not None:
            recording.set(
                finish_reasons=[reason] if reason else None,
                output_messages=[shapes.answered({"role": "assistant", "parts": parts}, reason)],
            )
        if reason:
            cls._open.pop(span.id, None)
