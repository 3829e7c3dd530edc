"""Plans the framework scenarios, makes an environment for each framework and collects the traces."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from .showcase import END

HERE = Path(__file__).resolve().parent.parent
COMMON = ["ok", "tool_raises", "tool_timeout", "rate_limit", "server_error", "bad_arguments", "unknown_tool", "loop", "invented"]
# name: (environment, module, agent id, domain, packages to name, models, scenarios)
FRAMEWORKS = {
    "langchain": ("langchain", "langchain_clerk", "invoice-clerk", "finance", ["langchain", "langchain-core", "langchain-openai"], ["gpt-4o-mini", "gpt-4o"], COMMON + ["bad_json"]),
    "langgraph": ("langchain", "langgraph_patcher", "patch-planner", "security", ["langgraph", "langchain-core", "langchain-openai"], ["gpt-4.1-mini"], COMMON),
    "openai-agents": ("openai-agents", "openai_agents_desk", "treasury-desk", "finance", ["openai-agents", "openai"], ["gpt-4o", "gpt-4.1"], COMMON + ["handoff"]),
    "pydantic-ai": ("pydantic-ai", "pydantic_ai_release", "model-release", "ml", ["pydantic-ai-slim", "openai"], ["gpt-4.1-mini"], COMMON + ["bad_json"]),
    "smolagents": ("smolagents", "smolagents_compare", "run-compare", "ml", ["smolagents", "openai"], ["gpt-4o-mini"], COMMON),
    "llama-index": ("llama-index", "llama_index_desk", "vulnerability-desk", "security", ["llama-index-core", "llama-index-llms-openai", "openai"], ["gpt-4o-mini", "gpt-4o"], COMMON + ["handoff"]),
    "crewai": ("crewai", "crewai_payables", "payables-crew", "finance", ["crewai", "openai"], ["gpt-4o-mini"], COMMON + ["handoff"]),
    "autogen": ("autogen", "autogen_desk", "release-desk", "ml", ["autogen-agentchat", "autogen-ext", "openai"], ["gpt-4.1-mini"], COMMON),
    "agno": ("agno", "agno_scanner", "host-scanner", "security", ["agno", "openai"], ["gpt-4o-mini"], COMMON),
    "openai": ("sdks", "openai_sdk_clerk", "invoice-helper", "finance", ["openai"], ["gpt-4o-mini"], COMMON),
    "anthropic": ("sdks", "anthropic_sdk_scanner", "package-scanner", "security", ["anthropic"], ["claude-haiku-4-5", "claude-sonnet-4-5"], [f for f in COMMON if f != "bad_arguments"]),
}


def environment(venvs: Path, name: str) -> Path:
    """Python of an environment; it is made from the pinned requirements if it is not there."""
    python = venvs / name / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(venvs / name)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", "-r", str(HERE / f"requirements-{name}.txt")], check=True)
    return python


def jobs(seed: int) -> dict[str, list[dict]]:
    """Scenarios of each framework: two good runs, then one of each fault, spread over the last two days."""
    planned: dict[str, list[dict]] = {}
    rng, number = random.Random(f"{seed}/frameworks"), 0
    for name, (_, module, agent, domain, packages, models, scenarios) in FRAMEWORKS.items():
        for index, fault in enumerate(["ok", *scenarios]):
            number += 1
            say = number % 3 != 0
            when = END - timedelta(seconds=rng.uniform(60, 46 * 3600))
            job: dict[str, Any] = {"trace_id": f"{name}-{fault.replace('_', '-')}-{index:02d}", "framework": name, "module": module, "agent": agent, "domain": domain, "packages": packages, "model": models[index % len(models)]}
            job |= {"fault": fault, "seed": f"{seed}/{name}/{index}", "timestamp": when.isoformat(timespec="milliseconds"), "say": say, "metadata": say or number % 2 == 0 or fault in ("ok", "invented", "handoff")}
            planned.setdefault(name, []).append(job)
    return planned


def record(venvs: Path, seed: int) -> list[dict]:
    """All framework runs in time order."""
    bodies = []
    for name, work in jobs(seed).items():
        python = environment(venvs, FRAMEWORKS[name][0])
        child = subprocess.run([str(python), str(HERE / "harness/framework_child.py")], input=json.dumps(work), capture_output=True, text=True)
        found = [json.loads(line) for line in child.stdout.splitlines()]
        if len(found) != len(work):
            raise RuntimeError(f"{name}: {len(found)} of {len(work)} runs\n{child.stderr[-3000:]}")
        failed = sum(body["error"] is not None for body in found)
        print(f"{name}: {len(found)} runs, {failed} ended with an error", flush=True)
        bodies += found
    return sorted(bodies, key=lambda body: body["timestamp"])
