"""The model client of the feature analyst: several providers behind the chat completions API, with logged cost."""

import json
import os
import time
import urllib.error
import urllib.request
from typing import Any

# US dollars for a million tokens: input, cached input, output.
PRICES = {"gpt-4.1": (2.00, 0.50, 8.00), "o4-mini": (1.10, 0.275, 4.40), "gemini-2.5-flash": (0.30, 0.03, 2.50)}
BASE_URLS = {"gemini": "GEMINI_BASE_URL"}


class ModelError(RuntimeError):
    """The model provider answered with an error."""


def cost_of(model: str, usage: dict) -> float:
    """US dollars of one call."""
    fresh, cached, output = PRICES[model]
    hits = usage.get("prompt_tokens_details", {}).get("cached_tokens", 0)
    spent = (usage["prompt_tokens"] - hits) * fresh + hits * cached + usage["completion_tokens"] * output
    return round(spent / 1e6, 8)


def chat(model: str, messages: list[dict], tools: list[dict] | None = None, **options: Any) -> dict:
    """Ask the model once and return its first choice; one retry when it is busy."""
    base = os.environ[BASE_URLS.get(model.split("-")[0], "OPENAI_BASE_URL")]
    body: dict[str, Any] = {"model": model, "messages": messages, **options}
    if tools:
        body["tools"] = [{"type": "function", "function": tool} for tool in tools]
    for attempt in range(2):
        request = urllib.request.Request(
            base + "/chat/completions",
            data=json.dumps(body).encode(),
            headers={"content-type": "application/json", "authorization": "Bearer " + os.environ.get("OPENAI_API_KEY", "")},
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                return json.load(response)["choices"][0]
        except urllib.error.HTTPError as error:
            detail = json.loads(error.read())["error"]
            if error.code not in (429, 503) or attempt:
                raise ModelError(f"{error.code} {detail['code']}: {detail['message']}") from error
            time.sleep(1.5)
    raise AssertionError("unreachable")
