"""Runs inside one framework's environment: executes its scenarios and prints one trace body a line."""

from __future__ import annotations

import importlib
import json
import os
import random
import sys
import warnings
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Not as agents.frameworks: the OpenAI Agents SDK is a package named "agents" too.
sys.path[:0] = [str(ROOT), str(ROOT / "agents")]
sys.dont_write_bytecode = True
warnings.filterwarnings("ignore")
os.environ |= {"OPENAI_API_KEY": "sk-sample", "ANTHROPIC_API_KEY": "sk-sample", "AGNO_TELEMETRY": "false", "CREWAI_DISABLE_TELEMETRY": "true", "CREWAI_TRACING_ENABLED": "false", "CREWAI_TESTING": "true", "OTEL_SDK_DISABLED": "true", "ANONYMIZED_TELEMETRY": "false"}

from harness import framework_world, scripted_model  # noqa: E402
from harness.recorder import build, dump, versions, wrap  # noqa: E402
from harness.session import RUNS, Run  # noqa: E402


def watch(module: object, run: Run) -> dict:
    """Wrap the tools of a module; returns the originals."""
    names = {name for name, _ in run.case["calls"]}
    originals = {name: getattr(module, name) for name in names}
    for name, function in originals.items():
        setattr(module, name, wrap(run, function))
    return originals


def speaker(event: dict) -> str | None:
    """Which of several agents made a model call, by its prompt."""
    prompt = event["system"]
    for name, sign in {"front_desk": "front of the treasury", "payments_agent": "payments agent of", "front_agent": "Hand questions on hosts", "vulnerability_agent": "vulnerable packages", "Payables lead": "You are Payables lead", "Payables clerk": "You are Payables clerk"}.items():
        if sign in prompt:
            return name
    return None


def one(job: dict, base: str) -> dict:
    """Execute one scenario."""
    rng = random.Random(job["seed"])
    case, world = framework_world.make_case(job["domain"], rng, job["fault"])
    run = Run(job["trace_id"], rng, framework_world.policy, framework_world.service, job["fault"], case, world)
    RUNS[run.id] = run
    here = f"{base}/run/{run.id}"
    os.environ |= {"OPENAI_BASE_URL": f"{here}/openai/v1", "OPENAI_API_BASE": f"{here}/openai/v1", "ANTHROPIC_BASE_URL": f"{here}/anthropic"} | {name: f"{here}/svc/x" for name in ("LEDGER_URL", "ASSETS_URL", "TRACKING_URL")}
    tools = importlib.import_module(f"frameworks.{job['domain']}_tools")
    agent = importlib.import_module(f"frameworks.{job['module']}")
    originals, error, result = watch(tools, run), None, None
    kwargs = {"question": case["question"], "model": job["model"]} | ({"front_desk": True} if job["fault"] == "handoff" else {})
    try:
        result = agent.run(**kwargs)
    except Exception as problem:
        error = problem
    for name, function in originals.items():
        setattr(tools, name, function)
    for event in run.events:
        if event["kind"] == "llm":
            add_hand_overs(run, event)
    output = result if isinstance(result, str) or result is None else json.dumps(result)
    when = datetime.fromisoformat(job["timestamp"])
    body = {"trace_id": run.id, "timestamp": job["timestamp"].replace("+00:00", "Z"), "agent_id": job["agent"], "session_id": None, "project": "framework-samples", "domain": job["domain"]}
    body |= {"framework": job["framework"] if job["say"] else None, "input": {"args": [case["question"]], "kwargs": {k: v for k, v in kwargs.items() if k != "question"}}}
    body |= build(run, when, output, error, internal=framework_world.INTERNAL, agent_of=speaker)
    if job["metadata"] or error is None:  # without both, nothing would tell the framework
        body["framework_metadata"] = {"name": job["framework"], "versions": versions(*job["packages"])} if job["say"] else {"versions": versions(*job["packages"])}
    return body


def add_hand_overs(run: Run, event: dict) -> None:
    """Hand-overs are asked for as calls; they become steps of their own kind."""
    answer = event.get("answer") or {}
    message = answer["choices"][0]["message"] if "choices" in answer else {}
    for call in message.get("tool_calls") or []:
        function = call["function"]
        if framework_world.HAND_OVER.search(function["name"]):
            given = json.loads(function["arguments"])
            run.events.append({"kind": "tool", "action": "handoff", "name": function["name"], "input": given, "output": None, "start": event["end"], "end": event["end"]})


def main() -> None:
    """Read the jobs from standard input."""
    server, base = scripted_model.start()
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever frameworks print goes to standard error
    for job in json.load(sys.stdin):
        out.write(dump(one(job, base)) + "\n")
        out.flush()
    server.shutdown()
    os._exit(0)


if __name__ == "__main__":
    main()
