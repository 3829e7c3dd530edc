"""The model client of the refund bot: OpenAI chat completions over plain HTTP."""

import json
import os
import urllib.error
import urllib.request
from typing import Any


class ModelError(RuntimeError):
    """The model provider answered with an error."""


def chat(model: str, messages: list[dict], tools: list[dict] | None = None, **options: Any) -> dict:
    """Ask the model once and return its first choice (message and finish reason)."""
    body: dict[str, Any] = {"model": model, "messages": messages, **options}
    if tools:
        body["tools"] = [{"type": "function", "function": tool} for tool in tools]
    request = urllib.request.Request(
        os.environ.get("OPENAI_BASE_URL", "https://api.openai.com/v1") + "/chat/completions",
        data=json.dumps(body).encode(),
        headers={"content-type": "application/json", "authorization": "Bearer " + os.environ.get("OPENAI_API_KEY", "")},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)["choices"][0]
    except urllib.error.HTTPError as error:
        detail = json.loads(error.read())["error"]
        raise ModelError(f"{error.code} {detail['code']}: {detail['message']}") from error
