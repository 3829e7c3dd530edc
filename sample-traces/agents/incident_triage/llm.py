"""The model client of incident triage: Anthropic messages over plain HTTP, with retries."""

import json
import os
import time
import urllib.error
import urllib.request

RETRYABLE = {429, 500, 503, 529}


class ModelError(RuntimeError):
    """The model provider answered with an error that retrying did not cure."""


def create(model: str, system: str, messages: list[dict], tools: list[dict] | None = None, max_tokens: int = 1024) -> dict:
    """Ask the model once; overload is retried twice with growing pauses."""
    body = {
        "model": model,
        "max_tokens": max_tokens,
        "system": [{"type": "text", "text": system, "cache_control": {"type": "ephemeral"}}],
        "messages": messages,
        "tools": tools or [],
    }
    for attempt in range(3):
        request = urllib.request.Request(
            os.environ.get("ANTHROPIC_BASE_URL", "https://api.anthropic.com") + "/v1/messages",
            data=json.dumps(body).encode(),
            headers={
                "content-type": "application/json",
                "anthropic-version": "2023-06-01",
                "x-api-key": os.environ.get("ANTHROPIC_API_KEY", ""),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            detail = json.loads(error.read())["error"]
            if error.code not in RETRYABLE or attempt == 2:
                raise ModelError(f"{error.code} {detail['type']}: {detail['message']}") from error
            time.sleep(2**attempt)
    raise AssertionError("unreachable")
