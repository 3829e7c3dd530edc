"""The automatic tracer of `arc-eval-tui run`: no line in the program, its runs are recorded all the same.

- Where a known framework's agent is run, its hook opens the run (`lifecycle.automatic`).
- Model and tool calls outside of any are grouped into runs by `top_level`.
- A program that exports its agents' spans to this workbench itself is left alone (`otel_setup`).

The environment says where to: ARC_EVAL_ENDPOINT, ARC_EVAL_API_KEY, ARC_EVAL_PROJECT, ARC_EVAL_DOMAIN, ARC_EVAL_CAPTURE_CONTENT (0: no
content). At the end of each process one line of JSON is appended to the file that ARC_EVAL_RUN_REPORT names: `{"runs", "agents" (names,
a few), "dropped", "sent" (whether all of it arrived), "note" (what else there is to say, or null)}`.
"""

from __future__ import annotations

import json
import os
from typing import Optional

from . import context, lifecycle, otel_setup, process, threads, top_level
from .errors import guarded, swallow
from .settings import Settings
from .span import Run

_settings: Optional[Settings] = None


def start() -> None:
    """Begins to record this process. Safe to call twice."""
    global _settings
    if _settings is not None:
        return
    _settings = Settings(
        domain=os.environ.get("ARC_EVAL_DOMAIN") or "auto",
        capture_content=os.environ.get("ARC_EVAL_CAPTURE_CONTENT", "1").lower() not in ("0", "false", "no"),
    )
    lifecycle.automatic = _open_agent
    lifecycle.ended = top_level.call_ended
    context.implicit_run = _open_implicit
    process.prepare()
    process.before_exit.append(top_level.end_all)
    process.after_exit.append(report)
    threads.install()
    try:
        from . import hooks
    except ImportError:
        return
    hooks.install()


def _open_agent(name: str, layer: str) -> Optional[Run]:
    """The run of an agent that a framework's hook saw start."""
    if _settings is None or _stands_aside(_settings):
        return None
    return lifecycle.start_run(name, _settings, layer)


def _open_implicit() -> Optional[Run]:
    """The run that a call made outside any belongs to."""
    try:
        if _settings is None or _stands_aside(_settings):
            return None
        return top_level.run_here(_settings)
    except Exception as error:
        swallow(_open_implicit, error)
        return None


def _stands_aside(settings: Settings) -> bool:
    return otel_setup.exports_agents_to(settings.endpoint)


@guarded
def report(sent: bool) -> None:
    """Appends this process's line to the report."""
    path = os.environ.get("ARC_EVAL_RUN_REPORT")
    if not path or _settings is None:
        return
    box = _settings.outbox
    line = {"runs": box.runs, "agents": box.agents, "dropped": box.dropped, "sent": sent, "note": otel_setup.reason}
    # One short write in append mode: lines of several processes do not mix.
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
