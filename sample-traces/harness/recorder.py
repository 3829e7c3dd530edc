"""Turns an observed run into a trace body: wraps tools, catches the outcome, numbers the steps."""

from __future__ import annotations

import functools
import inspect
import json
import re
import sys
import traceback
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from .session import Run
from .wire import plain

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 6000
_PLACES = [
    (re.compile(re.escape(str(ROOT)) + "/"), ""),
    (re.compile(r"agents/incident_triage/history/release_\w+/"), "agents/incident_triage/"),
    (re.compile(r"/[^\s\"']*?/site-packages/"), "site-packages/"),
    (re.compile(r"/[^\s\"']*?/lib/(python3\.\d+)/"), r"\1/"),
    (re.compile(r"http://127\.0\.0\.1:\d+/run/[^/\s\"']+/svc"), "https://services.example.com"),
    (re.compile(r"http://127\.0\.0\.1:\d+/run/[^/\s\"']+"), "https://models.example.com"),
]


def clean(value: Any) -> Any:
    """The value without paths and addresses of the recording machine, long texts shortened."""
    if isinstance(value, dict):
        return {key: clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(item) for item in value]
    if isinstance(value, str):
        for pattern, stand_in in _PLACES:
            value = pattern.sub(stand_in, value)
        if len(value) > LONGEST:
            value = f"{value[:2400]}\n[… {len(value) - 3000} characters left out by the recorder …]\n{value[-600:]}"
        return value
    return value if isinstance(value, (int, float, bool, type(None))) else str(value)


def bounded(value: Any) -> Any:
    """A tool's result; a huge one becomes the beginning of its JSON text, as many senders do."""
    if isinstance(value, (dict, list)) and len(text := json.dumps(value, ensure_ascii=False, default=str)) > 2 * LONGEST:
        return text
    return value


def wrap(run: Run, function: Callable, name: str | None = None) -> Callable:
    """The same function, noting each call with its arguments, result, error and place in the source."""
    code = function.__code__
    place = {"file": clean(code.co_filename), "line": code.co_firstlineno, "function": function.__name__}
    signature = inspect.signature(function)

    def begin(args: tuple, kwargs: dict) -> dict:
        try:
            given = dict(signature.bind(*args, **kwargs).arguments)
        except TypeError:
            given = kwargs
        event = {"kind": "tool", "name": name or function.__name__, "input": given, "code": place, "start": run.clock.now()}
        run.events.append(event)
        return event

    def failed(event: dict, error: BaseException) -> None:
        text = str(error) or type(error).__name__
        event["error"] = text if isinstance(error, OSError) and not text.startswith("timed") else f"{type(error).__name__}: {text}"

    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def observed(*args: Any, **kwargs: Any) -> Any:
            event = begin(args, kwargs)
            try:
                event["output"] = await function(*args, **kwargs)
                return event["output"]
            except BaseException as error:
                failed(event, error)
                raise
            finally:
                event["end"] = run.clock.now()

    else:

        @functools.wraps(function)
        def observed(*args: Any, **kwargs: Any) -> Any:
            event = begin(args, kwargs)
            try:
                event["output"] = function(*args, **kwargs)
                return event["output"]
            except BaseException as error:
                failed(event, error)
                raise
            finally:
                event["end"] = run.clock.now()

    return observed


def describe(error: BaseException) -> dict:
    """Type, message and traceback of an exception; frames of this harness are left out."""
    form = traceback.TracebackException.from_exception(error)
    todo: list[traceback.TracebackException | None] = [form]
    while todo:
        part = todo.pop()
        if part:
            part.stack = traceback.StackSummary.from_list([f for f in part.stack if "/harness/" not in f.filename])
            todo += [part.__cause__, part.__context__]
    text = clean_long("".join(form.format()))
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__}.{kind.__qualname__}"
    return {"type": name, "message": clean(str(error)), "traceback": text}


def clean_long(text: str, most: int = 5000) -> str:
    """A traceback without machine paths; of a long one, its head and its tail."""
    for pattern, stand_in in _PLACES:
        text = pattern.sub(stand_in, text)
    return text if len(text) <= most else text[:1000] + "\n  [… frames left out …]\n" + text[-(most - 1000) :]


def requested(event: dict) -> list[tuple[str, str, Any]]:
    """(id, tool, arguments) of the calls that a model reply asks for."""
    answer = event.get("answer") or {}
    if "choices" in answer:
        calls = answer["choices"][0]["message"].get("tool_calls") or []
        return [(call["id"], call["function"]["name"], call["function"]["arguments"]) for call in calls]
    return [(b["id"], b["name"], b["input"]) for b in answer.get("content", []) if b["type"] == "tool_use"]


def results_by_id(events: list[dict]) -> dict[str, str]:
    """What the model was told for each call id, from the later requests."""
    told: dict[str, str] = {}
    for event in events:
        for message in event.get("messages", []):
            if message.get("role") == "tool":
                told[message.get("tool_call_id")] = message.get("content")
            for part in message["content"] if isinstance(message.get("content"), list) else []:
                if isinstance(part, dict) and part.get("type") == "tool_result":
                    told[part["tool_use_id"]] = part["content"]
    return told


def arrange(events: list[dict], internal: set[str], error: dict | None) -> list[dict]:
    """Events in order with call ids; calls that were asked for but never reached a function are added."""
    told, claimed, ordered = results_by_id(events), set(), []
    tools = [e for e in events if e["kind"] == "tool"]
    for event in sorted(events, key=lambda e: e["start"]):
        ordered.append(event)
        if event["kind"] != "llm":
            continue
        for call_id, name, arguments in requested(event):
            for tool in tools:
                if id(tool) not in claimed and tool["name"] == name and tool["start"] >= event["start"]:
                    claimed.add(id(tool))
                    tool["id"] = call_id
                    break
            else:
                if name not in internal:
                    why = told.get(call_id) or (f"{error['type']}: {error['message']}" if error else "the call was not executed")
                    ordered.append({"kind": "tool", "id": call_id, "name": name, "input": arguments, "start": event.get("end", event["start"]), "error": why})
    return ordered


def build(run: Run, started: datetime, output: Any, error: BaseException | None, *, internal: Collection[str] = (), agent_of: Callable[[dict], str | None] = lambda _: None) -> dict:
    """The parts of the trace body that come from observation."""
    problem = describe(error) if error else None
    total = run.clock.now()
    events = arrange(run.events, set(internal), problem)
    stamp = lambda seconds: (started + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    first = next((e for e in events if e["kind"] == "llm"), None)
    asked = [m for m in (first or {}).get("messages", []) if m["role"] == "user"]
    steps = [{"step": 1, "action": "message", "role": "user", "content": plain(asked[-1]["content"]) if asked else None, "timestamp": stamp(0)}]
    llm_calls, tool_calls, offered = [], [], {}
    speaker = None
    for number, event in enumerate(events, 2):
        took = round((event["end"] - event["start"]) * 1000, 1) if "end" in event else None
        step: dict[str, Any] = {"step": number, "success": "error" not in event, "duration_ms": took, "timestamp": stamp(event["start"])}
        if event["kind"] == "llm":
            speaker = agent_of(event) or speaker
            calls = [name for _, name, _ in requested(event)]
            step |= {"action": "llm_call", "role": "assistant", "content": event.get("text") or (f"calls {', '.join(calls)}" if calls else event.get("error"))}
            llm_calls.append(_llm_call(number, event, took))
            for tool in event["tools"]:
                function = tool.get("function") or tool
                if function["name"] not in internal:
                    schema = function.get("parameters") or function.get("input_schema")
                    offered[function["name"]] = {"name": function["name"], "description": function.get("description"), "parameters": schema}
        else:
            given = event["input"]
            step |= {"action": event.get("action", "tool_call"), "role": "tool", "tool": event["name"], "input": given, "output": bounded(event.get("output"))}
            if "error" in event:
                step["content"] = event["error"]
            call = {"step": number, "id": event.get("id"), "name": event["name"], "input": given, "output": step["output"]}
            call |= {"error": event.get("error"), "duration_ms": took, "success": "error" not in event}
            if "code" in event:
                call["code"] = event["code"]
            if event.get("action", "tool_call") == "tool_call":
                tool_calls.append(call)
        if speaker:
            step["agent"] = speaker
        steps.append(step)
    failed = [s["step"] for s in steps if s.get("success") is False]
    if problem:
        problem["failed_at_step"] = failed[-1] if failed else steps[-1]["step"]
    elif output is not None:
        steps.append({"step": len(steps) + 1, "action": "message", "role": "assistant", "content": output, "success": True, "timestamp": stamp(total)})
    trace = {
        "steps": steps,
        "tool_calls_count": len(tool_calls),
        "reasoning_steps_count": len(llm_calls),
        "total_duration_ms": round(total * 1000, 1),
        "success": error is None,
        "failure_point": problem["failed_at_step"] if problem else None,
        "trace_id": run.id,
        "session_id": None,
    }
    parts = {"output": output, "success": error is None, "execution_time": round(total, 3), "error": problem}
    parts |= {"tools_available": list(offered.values()), "llm_calls": llm_calls, "tool_calls": tool_calls, "trace": trace}
    return clean({key: value for key, value in parts.items() if key != "error"}) | {"error": problem}


def _llm_call(number: int, event: dict, took: float | None) -> dict:
    usage = event.get("usage")
    call = {"step": number, "provider": event["provider"], "model": event["model"]}
    if usage:
        call |= {"input_tokens": usage["input"], "cached_input_tokens": usage["cached"], "cache_write_input_tokens": usage["cache_write"]}
        call |= {"output_tokens": usage["output"], "reasoning_tokens": usage["reasoning"]}
    if "cost" in event:
        call["cost"] = event["cost"]
    answer = event.get("answer") or {}
    message = answer["choices"][0]["message"] if "choices" in answer else {"role": "assistant", "content": answer.get("content")}
    output = message if requested(event) else event.get("text")
    reason = answer.get("stop_reason") or event.get("finish")
    return call | {"duration_ms": took, "messages": event["messages"], "output": output, "error": event.get("error"), "finish_reason": reason}


def versions(*names: str) -> dict[str, str]:
    """Installed versions of packages, and Python's."""
    from importlib import metadata

    return {"python": sys.version.split()[0]} | {name: metadata.version(name) for name in names}


def dump(body: dict) -> str:
    """One line of JSON."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
