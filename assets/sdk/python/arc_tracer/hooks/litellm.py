"""LiteLLM: the log of each of its calls, which knows when the request leaves and what came back, under whatever name it was called."""

from __future__ import annotations

from typing import Any

from ..errors import guarded
from ..recording import OpenRecordings, start_model_call
from . import openai_sdk, patching, shapes
from .nesting import fill
from .shapes import get

LAYER = "litellm"
_CALLS = frozenset(("completion", "acompletion"))
#: How LiteLLM spells providers that the conventions name otherwise.
PROVIDERS = {"azure": "azure.ai.openai", "gemini": "gcp.gemini", "vertex_ai": "gcp.vertex_ai", "bedrock": "aws.bedrock", "mistral": "mistral_ai", "xai": "x_ai"}

_open = OpenRecordings()


def install() -> None:
    module = "litellm.litellm_core_utils.litellm_logging"
    patching.replace(module, "Logging.pre_call", _before)
    patching.replace(module, "Logging.success_handler", _after(_succeeded))
    patching.replace(module, "Logging.async_success_handler", _after(_succeeded))
    patching.replace(module, "Logging.failure_handler", _after(_failed))
    patching.replace(module, "Logging.async_failure_handler", _after(_failed))


def _before(original: Any) -> Any:
    def pre_call(self: Any, *args: Any, **kwargs: Any) -> Any:
        guarded(_started)(self)
        return original(self, *args, **kwargs)

    return pre_call


def _started(log: Any) -> None:
    if str(get(log, "call_type")) not in _CALLS or _open.get(id(log)) is not None:
        return
    details = get(log, "model_call_details") or {}
    parameters = details.get("optional_params") or get(log, "optional_params") or {}
    provider = shapes.text(details.get("custom_llm_provider"))
    recording = start_model_call(
        layer=LAYER,
        provider=PROVIDERS.get(provider or "", provider),
        model=shapes.text(get(log, "model")),
        messages=shapes.chat_messages(get(log, "messages")),
        tools=shapes.tools(parameters.get("tools")),
        temperature=openai_sdk.plain_number(parameters.get("temperature")),
        max_tokens=shapes.number(parameters.get("max_completion_tokens", parameters.get("max_tokens"))),
        streamed=bool(get(log, "stream")) or None,
        detached=True,
    )
    if recording and recording.span is not None:
        # A run that no framework has named is LiteLLM's: below it there is only the vendor's SDK.
        recording.span.run.attributes.setdefault("arc.framework", LAYER)
        _open.put(id(log), recording)


def _after(seen: Any) -> Any:
    def make(original: Any) -> Any:
        import inspect

        if inspect.iscoroutinefunction(original):

            async def handler_async(self: Any, *args: Any, **kwargs: Any) -> Any:
                guarded(seen)(self, args[0] if args else kwargs.get("result", kwargs.get("exception")))
                return await original(self, *args, **kwargs)

            return handler_async

        def handler(self: Any, *args: Any, **kwargs: Any) -> Any:
            guarded(seen)(self, args[0] if args else kwargs.get("result", kwargs.get("exception")))
            return original(self, *args, **kwargs)

        return handler

    return make


def _succeeded(log: Any, result: Any) -> None:
    if get(log, "stream"):
        # Called for the pieces of a stream too; only the whole answer ends the call.
        details = get(log, "model_call_details") or {}
        whole = details.get("complete_streaming_response") or details.get("async_complete_streaming_response")
        chosen = next(iter(shapes.items(get(result, "choices"))), None)
        if whole is None and get(chosen, "message") is None:
            return
        result = whole if whole is not None else result
    recording = _open.take(id(log))
    try:
        choices = shapes.items(get(result, "choices"))
        if choices:
            reasons = [shapes.text(get(one, "finish_reason")) for one in choices]
            fill(
                recording,
                response_id=shapes.text(get(result, "id")),
                response_model=shapes.text(get(result, "model")),
                finish_reasons=[reason for reason in reasons if reason] or None,
                output_messages=[shapes.answered(shapes.chat_message(get(one, "message")), get(one, "finish_reason")) for one in choices],
                **shapes.chat_usage(get(result, "usage")),
            )
    finally:
        recording.end()


def _failed(log: Any, error: Any) -> None:
    _open.take(id(log)).fail(error if isinstance(error, BaseException) else str(error))
