"""The feature analyst: a plan by o4-mini, a tool loop around gpt-4.1, a note by gemini-2.5-flash."""

import json
import urllib.error

from . import llm, prompts, tools

VERSION = "0.9.4"
PLAN_MODEL = "o4-mini"
MODEL = "gpt-4.1"
REPORT_MODEL = "gemini-2.5-flash"
MAX_TURNS = 12


class TurnLimitExceeded(RuntimeError):
    """The analysis did not come to an end."""


def run(dataset: str, target: str, goal: str) -> dict:
    """Choose features for a target; returns the note and whether a set was registered."""
    tools._cache.clear()
    task = f"Dataset: {dataset}\nTarget: {target}\nGoal: {goal}"
    plan = llm.chat(PLAN_MODEL, [{"role": "system", "content": prompts.PLAN}, {"role": "user", "content": task}])["message"]["content"]
    messages = [
        {"role": "system", "content": prompts.SYSTEM},
        {"role": "user", "content": f"{task}\n\nPlan:\n{plan}"},
    ]
    registered = False
    for _ in range(MAX_TURNS):
        answer = llm.chat(MODEL, messages, tools.SCHEMAS, temperature=0)["message"]
        messages.append(answer)
        if not answer.get("tool_calls"):
            return {"note": write_note(task, messages), "registered": registered}
        for call in answer["tool_calls"]:
            result = use_tool(call)
            registered = registered or result.get("status") == "registered"
            messages.append({"role": "tool", "tool_call_id": call["id"], "content": json.dumps(result)})
    raise TurnLimitExceeded(f"{dataset}: no result after {MAX_TURNS} turns")


def use_tool(call: dict) -> dict:
    """Run one tool call of the model; wrong names and values go back to the model."""
    try:
        return tools.TOOLS[call["function"]["name"]](**json.loads(call["function"]["arguments"]))
    except urllib.error.HTTPError as error:
        return {"error": f"{error.code} {error.reason}", "detail": json.loads(error.read())}
    except (KeyError, TypeError, ValueError) as error:
        return {"error": f"{type(error).__name__}: {error}"}


def write_note(task: str, messages: list[dict]) -> str:
    """Ask the cheap model for the hand-over note."""
    log = "\n".join(m.get("content") or json.dumps([c["function"] for c in m.get("tool_calls", [])]) for m in messages[2:])
    ask = [{"role": "system", "content": prompts.REPORT}, {"role": "user", "content": f"{task}\n\nLog:\n{log}"}]
    return llm.chat(REPORT_MODEL, ask)["message"]["content"]
