"""Checks the data files line by line against the rules of the trace body, and prints what is in them."""

from __future__ import annotations

import collections
import gzip
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from .recorder import ROOT
from .showcase import END, START

MOST_BYTES = 2_000_000
FOREIGN = re.compile(r"(?:^|[\s\"'(=])/(?:root|home|tmp|usr|opt|var|work|private|Users|mnt)/|127\.0\.0\.1|localhost|pyenv|[A-Z]:\\\\")
ACTIONS = {"reasoning", "tool_call", "llm_call", "message", "retrieval", "decision", "handoff", "guardrail"}
NUMBER, TEXT, OBJECT, LIST, YES = (int, float), str, dict, list, bool
TOP = {
    "trace_id": TEXT, "timestamp": TEXT, "agent_id": TEXT, "agent_version": TEXT, "session_id": TEXT, "project": TEXT, "domain": TEXT, "framework": TEXT, "input": OBJECT, "output": TEXT, "success": YES,
    "execution_time": NUMBER, "error": OBJECT, "tools_available": LIST, "llm_calls": LIST, "tool_calls": LIST, "cost_data": OBJECT, "framework_metadata": OBJECT, "trace": OBJECT,
}
LLM = {
    "step": int, "provider": TEXT, "model": TEXT, "input_tokens": int, "cached_input_tokens": int, "cache_write_input_tokens": int, "output_tokens": int, "reasoning_tokens": int, "cost": NUMBER,
    "duration_ms": NUMBER, "messages": LIST, "output": (str, dict), "error": TEXT, "finish_reason": TEXT,
}
TOOL = {"step": int, "id": TEXT, "name": TEXT, "input": (dict, str), "output": (dict, list, str, int, float), "error": TEXT, "duration_ms": NUMBER, "success": YES, "code": OBJECT}
STEP = {"step": int, "action": TEXT, "role": TEXT, "agent": TEXT, "content": TEXT, "tool": TEXT, "input": (dict, str), "output": (dict, list, str, int, float), "success": YES, "duration_ms": NUMBER, "timestamp": TEXT}


def types(where: str, value: dict, allowed: dict[str, Any]) -> list[str]:
    """Unknown fields and wrong types; null is allowed everywhere."""
    wrong = [f"{where}.{key}: not a field" for key in value if key not in allowed]
    for key, kind in allowed.items():
        found = value.get(key)
        if found is not None and (not isinstance(found, kind) or isinstance(found, bool) and kind in (int, NUMBER)):
            wrong.append(f"{where}.{key}: {type(found).__name__}")
    return wrong


def calls(body: dict) -> list[str]:
    """Model and tool calls: types, tokens, places in the source."""
    wrong, names = [], {tool["name"] for tool in body.get("tools_available", [])}
    for call in body["llm_calls"]:
        wrong += types("llm_calls", call, LLM)
        if call["error"] is None:
            if call["cached_input_tokens"] + call["cache_write_input_tokens"] > call["input_tokens"]:
                wrong.append("llm_calls: more cached than input tokens")
            if call["reasoning_tokens"] > call["output_tokens"]:
                wrong.append("llm_calls: more reasoning than output tokens")
        elif "input_tokens" in call:
            wrong.append("llm_calls: a failed call has no usage")
        if not call["messages"] or any("role" not in message for message in call["messages"]):
            wrong.append("llm_calls.messages: a message without a role")
    for call in body["tool_calls"]:
        wrong += types("tool_calls", call, TOOL)
        if call["success"] == (call["error"] is not None):
            wrong.append("tool_calls.success: contradicts error")
        if "code" in call and not (ROOT / call["code"]["file"]).is_file():
            wrong.append(f"tool_calls.code.file: {call['code']['file']} is not there")
        if "code" in call and names and call["name"] not in names:
            wrong.append(f"tool_calls.name: {call['name']} ran but was not offered")
    total = body.get("cost_data", {}).get("total")
    if total is not None and abs(total - sum(c.get("cost", 0) for c in body["llm_calls"])) > 1e-7:
        wrong.append("cost_data.total: not the sum of the calls")
    return wrong


def steps(body: dict) -> list[str]:
    """Numbering of the steps, and that every call points at its own step."""
    wrong: list[str] = []
    trace = body.get("trace")
    if trace is None:
        return wrong
    kinds = {step["step"]: step["action"] for step in trace["steps"]}
    if list(kinds) != list(range(1, len(trace["steps"]) + 1)):
        wrong.append("trace.steps: not numbered from 1")
    for step in trace["steps"]:
        wrong += types("trace.steps", step, STEP)
        if step["action"] not in ACTIONS:
            wrong.append(f"trace.steps.action: {step['action']}")
    wrong += [f"llm_calls.step {c['step']}: {kinds.get(c['step'])}" for c in body["llm_calls"] if kinds.get(c["step"]) != "llm_call"]
    wrong += [f"tool_calls.step {c['step']}: {kinds.get(c['step'])}" for c in body["tool_calls"] if kinds.get(c["step"]) != "tool_call"]
    if trace["tool_calls_count"] != len(body["tool_calls"]) or trace["trace_id"] != body["trace_id"]:
        wrong.append("trace: counts or id differ")
    if body["error"] and body["error"]["failed_at_step"] not in kinds:
        wrong.append("error.failed_at_step: no such step")
    return wrong


def line(body: dict, raw: str) -> list[str]:
    """Everything that is wrong with one line."""
    wrong = types("", body, TOP) + calls(body) + steps(body)
    wrong += [f"{key}: missing" for key in ("trace_id", "timestamp", "agent_id", "domain", "input", "llm_calls", "tool_calls") if not body.get(key) and body.get(key) != []]
    if body["error"] and (set(body["error"]) != {"type", "message", "traceback", "failed_at_step"} or body.get("success")):
        wrong.append("error: incomplete, or with success")
    foreign = FOREIGN.search(raw.replace("\\n", "\n").replace('\\"', '"'))
    if foreign:
        wrong.append(f"a path or address of the recording machine: …{raw[max(0, foreign.start() - 40) : foreign.end() + 20]}…")
    when = datetime.fromisoformat(body["timestamp"].replace("Z", "+00:00"))
    if not START <= when <= END:
        wrong.append("timestamp: outside the fortnight")
    return wrong


def table(bodies: list[dict]) -> None:
    """Counts by agent and day: reported ok / all, and the outcomes as a sum."""
    print(f"\n{'agent':18} runs   ok fail   ?  steps  reported ok / runs of each day (1 to 14)")
    for agent in sorted({body["agent_id"] for body in bodies}):
        mine = [body for body in bodies if body["agent_id"] == agent]
        said = collections.Counter(body.get("success") for body in mine)
        days: dict[int, list] = collections.defaultdict(list)
        for body in mine:
            days[(datetime.fromisoformat(body["timestamp"].replace("Z", "+00:00")) - START).days].append(body.get("success") is not False)
        sizes = sorted(len(body["trace"]["steps"]) for body in mine if "trace" in body)
        text = " ".join(f"{sum(days[d])}/{len(days[d])}" if d in days else "-" for d in range(14))
        print(f"{agent:18} {len(mine):4} {said[True]:4} {said[False]:4} {said[None]:3}  {sizes[0]}-{sizes[-1]:<3}  {text}")


def planted(path: Path) -> None:
    """What was planted in the showcase runs, what the agents said and what was really solved."""
    found: dict[tuple, list] = collections.defaultdict(list)
    for text in gzip.open(path, "rt"):
        truth = json.loads(text)
        found[truth["trace_id"].rsplit("-", 1)[0], truth["planted"] or "(none)"].append((truth["reported"], truth["solved"]))
    print(f"\n{'agent':18} {'planted':18} runs  said ok  solved")
    for (agent, fault), runs in sorted(found.items()):
        print(f"{agent:18} {fault:18} {len(runs):4} {sum(r for r, _ in runs):8} {sum(s for _, s in runs):7}")


def run(folder: Path) -> int:
    """Check both files; returns the exit status."""
    seen: set[str] = set()
    problems, size, everything = 0, 0, []
    for name in ("showcase.jsonl.gz", "frameworks.jsonl.gz"):
        path = folder / name
        if not path.exists():
            print(f"{name}: not there")
            problems += 1
            continue
        size += path.stat().st_size
        bodies, last, unpacked = [], "", 0
        for number, raw in enumerate(gzip.open(path, "rt", encoding="utf-8"), 1):
            body = json.loads(raw)
            unpacked += len(raw.encode())
            wrong = line(body, raw)
            wrong += ["trace_id: seen before"] * (body["trace_id"] in seen) + ["not in time order"] * (body["timestamp"] < last)
            seen.add(body["trace_id"])
            last = body["timestamp"]
            bodies.append(body)
            for text in wrong:
                print(f"{name}:{number} {body['trace_id']}: {text}")
            problems += len(wrong)
        print(f"{name}: {len(bodies)} traces, {path.stat().st_size:,} bytes, {unpacked:,} unpacked")
        table(bodies)
        everything += bodies
    if size > MOST_BYTES:
        print(f"the files have {size:,} bytes, more than {MOST_BYTES:,}")
        problems += 1
    if (folder / "planted.jsonl.gz").exists():
        planted(folder / "planted.jsonl.gz")
    named = collections.Counter(str(body["framework"]) for body in everything)
    print(f"\nframework as sent: {dict(named)}")
    print(f"{len(everything)} traces, {size:,} bytes, {problems} problems")
    return 1 if problems else 0
