"""Runs the three showcase agents over a simulated fortnight and records every run."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import random
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from . import features_policy, features_world, refund_policy, refund_world, scripted_model, triage_policy, triage_world
from .recorder import ROOT, build, wrap
from .session import RUNS, Planter, Run

END = datetime(2026, 11, 21, 18, 0, tzinfo=timezone.utc)
START = END - timedelta(days=14)
COUNTS = {"refund-bot": 180, "incident-triage": 156, "feature-analyst": 130}
DOMAINS = {"refund-bot": "finance", "incident-triage": "security", "feature-analyst": "ml"}
# Release 2.3.0 reaches two of three workers on day 6; 2.3.1 repairs it on day 11.
BROKEN_FROM = datetime(2026, 11, 13, 9, 30, tzinfo=timezone.utc)
BROKEN_UNTIL = datetime(2026, 11, 18, 10, 15, tzinfo=timezone.utc)


def moments(rng: random.Random, count: int, agent: str) -> list[datetime]:
    """Times over the fortnight: busier by day, quieter at night and (except for alerts) at weekends."""
    found: list[datetime] = []
    while len(found) < count:
        when = START + timedelta(seconds=rng.uniform(0, 14 * 86400 - 600))
        by_day = 1.0 if 7 <= when.hour < 19 else 0.35
        weekend = 0.45 if when.weekday() >= 5 and agent != "incident-triage" else 1.0
        if rng.random() < by_day * weekend:
            found.append(when)
    return sorted(found)


def load_release(release: str) -> Any:
    """The tools of incident triage as they were in a release."""
    folder = ROOT / "agents/incident_triage"
    if release != "2.3.1":
        folder = folder / "history" / f"release_{release.replace('.', '_')}"
    spec = importlib.util.spec_from_file_location("incident_triage.tools", folder / "tools.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def release_at(when: datetime, rng: random.Random) -> str:
    """Which release of incident triage handled an alert."""
    if when >= BROKEN_UNTIL:
        return "2.3.1"
    return "2.3.0" if when >= BROKEN_FROM and rng.random() < 0.68 else "2.2.0"


def prepare(agent: str, when: datetime, rng: random.Random, planter: Planter) -> tuple[Run, Any, str, dict]:
    """A run with its case, the agent's module, its version and the arguments of its call."""
    if agent == "refund-bot":
        fault = planter.next(refund_policy.weights((when - START) / timedelta(days=14)))
        case, world = refund_world.make_case(rng, fault)
        parts = (refund_policy.policy, refund_world.service)
        kwargs = {"message": case["message"], "customer_id": case["customer_id"]}
    elif agent == "incident-triage":
        version = release_at(when, rng)
        fault = planter.next(triage_policy.weights(version))
        case, world = triage_world.make_case(rng, "permission" if fault == "critical_ok" else fault, when)
        parts = (triage_policy.policy, triage_world.service)
        kwargs = {"alert_id": case["alert_id"]}
    else:
        fault = planter.next(features_policy.STEADY)
        case, world = features_world.make_case(rng, fault, when)
        parts = (features_policy.policy, features_world.service)
        kwargs = {key: case[key] for key in ("dataset", "target", "goal")}
    module = importlib.import_module(f"{agent.replace('-', '_')}.agent")
    if agent == "incident-triage":
        module.tools = load_release(version)
    else:
        version = module.VERSION
    return Run("", rng, *parts, fault=fault, case=case, world=world), module, version, kwargs


def point_at(base: str, run: Run) -> None:
    """Environment of the agents: where models and services are."""
    here = f"{base}/run/{run.id}"
    os.environ |= {"OPENAI_BASE_URL": f"{here}/openai/v1", "GEMINI_BASE_URL": f"{here}/openai/v1", "ANTHROPIC_BASE_URL": f"{here}/anthropic"}
    services = {"SHOP_URL": "shop", "PAYMENTS_URL": "payments", "SOC_URL": "soc", "SIEM_URL": "siem", "INTEL_URL": "intel", "STORE_URL": "store"}
    os.environ |= {name: f"{here}/svc/{service}" for name, service in services.items()}


def execute(run: Run, module: Any, kwargs: dict) -> tuple[Any, BaseException | None]:
    """Call the agent with its tools wrapped and with sleeping simulated."""
    originals, sleep = dict(module.tools.TOOLS), time.sleep
    module.tools.TOOLS.update({name: wrap(run, function) for name, function in originals.items()})
    time.sleep = run.clock.advance
    try:
        return module.run(**kwargs), None
    except Exception as error:
        return None, error
    finally:
        time.sleep = sleep
        module.tools.TOOLS.clear()
        module.tools.TOOLS.update(originals)


def outcome(agent: str, result: Any) -> tuple[str | None, bool]:
    """Output text and the agent's own word on success."""
    if agent == "refund-bot":
        return result["reply"], result["outcome"] != "open"
    if agent == "incident-triage":
        return json.dumps(result), result["verdict"] != "inconclusive"
    return result["note"], "Status: registered" in result["note"] or "below 0.70" in result["note"]


def trace(agent: str, number: int, when: datetime, base: str, seed: int, planter: Planter) -> tuple[dict, dict]:
    """One run: its trace body, and a line on what was planted and whether it was really solved."""
    rng = random.Random(f"{seed}/{agent}/{number}")
    run, module, version, kwargs = prepare(agent, when, rng, planter)
    run.id = f"{agent}-{number:04d}"
    RUNS[run.id] = run
    point_at(base, run)
    result, error = execute(run, module, kwargs)
    output, success = outcome(agent, result) if error is None else (None, False)
    if agent == "feature-analyst":
        for event in run.events:
            if "usage" in event:
                event["cost"] = module.llm.cost_of(event["model"], event["answer"]["usage"])
    body: dict[str, Any] = {"trace_id": run.id, "timestamp": when.isoformat(timespec="milliseconds").replace("+00:00", "Z"), "agent_id": agent, "agent_version": version}
    body |= {"session_id": None, "project": None, "domain": DOMAINS[agent], "framework": None, "input": {"args": [], "kwargs": kwargs}}
    body |= build(run, when, output, error)
    body["success"] = body["trace"]["success"] = success
    if agent == "refund-bot":
        body["session_id"] = body["trace"]["session_id"] = f"mail-{run.case['customer_id']}-{number:04d}"
    if agent == "feature-analyst":
        breakdown = [{"step": c["step"], "model": c["model"], "cost": c["cost"]} for c in body["llm_calls"] if "cost" in c]
        body["cost_data"] = {"total": round(sum(line["cost"] for line in breakdown), 8), "breakdown": breakdown}
    body["framework_metadata"] = {"python": sys.version.split()[0], "agent_version": version}
    thin(body, agent, rng)
    world = {"refund-bot": refund_world, "incident-triage": triage_world, "feature-analyst": features_world}[agent]
    truth = {"trace_id": run.id, "planted": run.fault, "reported": success, "solved": world.solved(run, result)}
    del RUNS[run.id]
    return body, truth


def thin(body: dict, agent: str, rng: random.Random) -> None:
    """Leave out what real senders leave out now and then."""
    chance = rng.random()
    if agent == "refund-bot" and chance < 0.08 and body["error"] is None:
        del body["success"], body["trace"]["success"]
    elif agent == "incident-triage" and chance < 0.06:
        del body["execution_time"], body["trace"]["total_duration_ms"]
        for part in body["llm_calls"] + body["tool_calls"] + body["trace"]["steps"]:
            part.pop("duration_ms", None)
            part.pop("timestamp", None)
    elif agent == "feature-analyst" and chance < 0.05:
        del body["trace"]
    elif agent == "refund-bot" and chance > 0.97:
        del body["tools_available"]


def record(seed: int, only: set[str] | None = None, limit: int | None = None) -> Iterator[tuple[dict, dict]]:
    """All showcase runs in time order."""
    server, base = scripted_model.start()
    plan, planters = [], {agent: Planter(random.Random(f"{seed}/{agent}/faults")) for agent in COUNTS}
    for agent, count in COUNTS.items():
        if not only or agent in only:
            times = moments(random.Random(f"{seed}/{agent}/times"), count, agent)
            plan += [(when, agent, number) for number, when in enumerate(times[:limit], 1)]
    for when, agent, number in sorted(plan):
        yield trace(agent, number, when, base, seed, planters[agent])
    server.shutdown()
