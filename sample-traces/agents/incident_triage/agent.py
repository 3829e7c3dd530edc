"""Incident triage: a tool loop around claude-sonnet-4-5, then a report by claude-haiku-4-5."""

import json
import urllib.error

from . import llm, prompts, tools

MODEL = "claude-sonnet-4-5"
REPORT_MODEL = "claude-haiku-4-5"
MAX_STEPS = 8


class StepLimitExceeded(RuntimeError):
    """The alert was not decided within the allowed number of model calls."""


def run(alert_id: str) -> dict:
    """Triage one alert; returns the report."""
    messages: list[dict] = [{"role": "user", "content": f"New alert in the queue: {alert_id}. Please triage it."}]
    for _ in range(MAX_STEPS):
        answer = llm.create(MODEL, prompts.SYSTEM, messages, tools.SCHEMAS)
        messages.append({"role": "assistant", "content": answer["content"]})
        calls = [block for block in answer["content"] if block["type"] == "tool_use"]
        if not calls:
            return report(messages)
        messages.append({"role": "user", "content": [use_tool(call) for call in calls]})
    raise StepLimitExceeded(f"alert {alert_id}: no verdict after {MAX_STEPS} model calls")


def use_tool(call: dict) -> dict:
    """Run one tool call of the model; every error goes back to the model."""
    result: dict = {"type": "tool_result", "tool_use_id": call["id"]}
    try:
        result["content"] = json.dumps(tools.TOOLS[call["name"]](**call["input"]))
    except urllib.error.HTTPError as error:
        result["content"] = f"error: {error.code} {error.reason}: {json.loads(error.read())['message']}"
        result["is_error"] = True
    except (KeyError, TypeError, ValueError) as error:
        result["content"] = f"error: {type(error).__name__}: {error}"
        result["is_error"] = True
    return result


def report(messages: list[dict]) -> dict:
    """Ask the small model for the report; a reply that is no JSON is asked for once more."""
    ask = messages + [{"role": "user", "content": prompts.REPORT}]
    for _ in range(2):
        answer = llm.create(REPORT_MODEL, prompts.SYSTEM, ask, tools.SCHEMAS)
        text = answer["content"][0]["text"]
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            ask = ask + [
                {"role": "assistant", "content": text},
                {"role": "user", "content": f"That is not valid JSON ({error}). Send only the object."},
            ]
    raise ValueError("the report was not JSON twice in a row")
