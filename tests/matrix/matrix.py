"""Drives real frameworks against a scripted model, sends their traces through three doors, and compares what the workbench shows
with what happened.

    python tests/matrix/matrix.py --environments ~/.cache/arc-matrix --binary target/debug/arc-eval-tui
    python tests/matrix/matrix.py --environments … --only langchain crewai --doors tracer run --scenarios ok tool_raises
    python tests/matrix/matrix.py --environments … --build            # makes the environments first; needs a package registry

The doors: `tracer` (the one line in the agent's file), `run` (`arc-eval-tui run -- python agent.py`, no line at all) and `otel`
(an OpenTelemetry instrumentation pointed at the workbench). Each run has to be one row with the framework named, its tools in order
with arguments and results, its tokens counted once and its model named. One line of the table a run; exits 1 if any fell short.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from typing import Any, Dict, Iterator, List, Optional, Set

HERE = pathlib.Path(__file__).resolve().parent
SDK = HERE.parent.parent / "assets" / "sdk" / "python"
sys.path.insert(0, str(HERE))

import mock_model  # noqa: E402
from frameworks import FRAMEWORKS, OTEL, Framework  # noqa: E402

#: Tools that are no tools of the program's: how smolagents and DSPy end.
CLOSING = frozenset(("final_answer", "finish"))
PROGRAM_SECONDS = 120
#: A row may come a little after the program has ended: the server takes spans in, then assembles.
ROW_SECONDS = 15


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


class Workbench:
    """A workbench that listens somewhere."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.seen: Set[str] = {row["trace_id"] for row in self.rows()}

    def rows(self) -> List[Dict[str, Any]]:
        return list(get(f"{self.url}/api/traces?limit=200")["traces"])

    def new_rows(self) -> List[Dict[str, Any]]:
        """The rows that came since the last question, once they stop changing."""
        until = time.monotonic() + ROW_SECONDS
        last: Optional[str] = None
        while time.monotonic() < until:
            rows = [row for row in self.rows() if row["trace_id"] not in self.seen]
            now = json.dumps(rows)
            if rows and now == last:
                break
            last = now
            time.sleep(0.5)
        rows = [row for row in self.rows() if row["trace_id"] not in self.seen]
        self.seen |= {row["trace_id"] for row in rows}
        return rows

    def trace(self, trace_id: str) -> Dict[str, Any]:
        return dict(get(f"{self.url}/api/trace/{trace_id}"))


def spans_of(trace: Any) -> Iterator[Dict[str, Any]]:
    """The spans of an OTLP/JSON export, their attributes as a dictionary."""
    for resource in trace.get("resourceSpans") or []:
        for scope in resource.get("scopeSpans") or []:
            for span in scope.get("spans") or []:
                attributes = {item["key"]: next(iter(item["value"].values()), None) for item in span.get("attributes") or []}
                yield dict(span, attributes=attributes)


def tool_calls(trace: Any) -> List[Dict[str, Any]]:
    """The tool calls our tracer sent, by start."""
    calls = [span for span in spans_of(trace) if span["attributes"].get("gen_ai.operation.name") == "execute_tool"]
    return sorted(calls, key=lambda span: int(span["startTimeUnixNano"]))


def plain(name: Optional[str]) -> str:
    return re.sub(r"[^a-z]", "", (name or "").lower())


class Run:
    """One run of one agent through one door, and what is wrong with what is shown of it."""

    def __init__(self, framework: Framework, scenario: str, door: str) -> None:
        self.framework, self.scenario, self.door = framework, scenario, door
        self.faults: List[str] = []
        self.notes: List[str] = []
        self.row: Dict[str, Any] = {}

    def check(self, workbench: Workbench, result: Dict[str, Any], told: Dict[str, int]) -> None:
        rows = workbench.new_rows()
        if len(rows) != 1:
            self.faults.append(f"{len(rows)} rows")
            if not rows:
                return
        self.row = row = rows[0]
        if plain(row.get("framework")) not in self.framework.known_as:
            self.faults.append(f"framework {row.get('framework')}")
        if not any("gpt-4.1-mini" in model or "claude" in model or "gemini" in model or "mistral" in model for model in row["models"]):
            self.faults.append(f"models {row['models']}")
        self._check_tokens(row, told)
        self._check_tools(row, workbench, result)

    def _check_tokens(self, row: Dict[str, Any], told: Dict[str, int]) -> None:
        usage = row.get("usage") or {}
        counted = (usage.get("input_tokens"), usage.get("output_tokens"))
        if counted == (told["input_tokens"], told["output_tokens"]) and not usage.get("estimated"):
            return
        # An instrumentation that reports no usage cannot be counted; a multiple is a fault whoever reports it.
        if self.door == "otel" and (not usage or usage.get("estimated")):
            self.notes.append("no usage sent")
        else:
            self.faults.append(f"tokens {counted}, told {told['input_tokens']}/{told['output_tokens']}")

    def _check_tools(self, row: Dict[str, Any], workbench: Workbench, result: Dict[str, Any]) -> None:
        did = result["did"]
        # An instrumentation may send the tool by which an agent ends as well; ours does not.
        closing = [name for name in row["tools"] if name in CLOSING and self.door == "otel"]
        names = {plain(name.replace("Orders-", "")) for name in row["tools"] if name not in closing}
        wanted = {plain(name) for name, _ in did}
        if names != wanted:
            self.faults.append(f"tools {sorted(row['tools'])}")
        if row["tool_calls"] != len(did) + len(closing):
            self.faults.append(f"{row['tool_calls']} tool calls of {len(did)}")
        if self.door == "otel" or not self.framework.sees_tools:
            return
        calls = tool_calls(workbench.trace(row["trace_id"])["trace"])
        if len(calls) != len(did):
            self.faults.append(f"{len(calls)} tool spans of {len(did)}")
            return
        for call, (name, arguments) in zip(calls, did):
            attributes = call["attributes"]
            if json.loads(attributes.get("gen_ai.tool.call.arguments", "null")) != arguments:
                self.faults.append(f"{name} called with {attributes.get('gen_ai.tool.call.arguments')}")
            raised = arguments.get("number") == "B-404"
            if raised != ((call.get("status") or {}).get("code") in (2, "STATUS_CODE_ERROR")):
                self.faults.append(f"{name} {'has not failed' if raised else 'has failed'}")
            if not raised and not re.search(r"80|20", str(attributes.get("gen_ai.tool.call.result"))):
                self.faults.append(f"{name} gave {attributes.get('gen_ai.tool.call.result')}")
            if not str(attributes.get("code.file.path", "")).endswith(".py"):
                self.faults.append(f"{name} has no code location")


def run_agent(run: Run, python: pathlib.Path, workbench: Workbench, model_url: str, by: Optional[List[str]]) -> None:
    """Runs one agent's program and checks what the workbench then shows. `by` is the command that runs it, for the door `run`."""
    mark = uuid.uuid4().hex[:12]
    environment = dict(os.environ, MODEL_URL=f"{model_url}/{run.scenario}/{mark}", WORKBENCH=workbench.url, DOOR=run.door, PYTHONPATH=str(SDK))
    command = [str(python), str(HERE / "agents" / f"{run.framework.agent}.py")]
    if run.door == "run" and by:
        environment.pop("PYTHONPATH")
        command = by + ["--"] + command
    elif run.door == "run":  # as the command does it
        environment.update(PYTHONPATH=f"{SDK / 'arc_tracer' / 'autorun'}{os.pathsep}{SDK}", ARC_EVAL_AUTORUN="1", ARC_EVAL_ENDPOINT=workbench.url)
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PROGRAM_SECONDS, cwd=tempfile.gettempdir())
    except subprocess.TimeoutExpired:
        run.faults.append(f"still running after {PROGRAM_SECONDS} s")
        return
    line = next((line for line in done.stdout.splitlines() if line.startswith("RESULT ")), None)
    if line is None:
        run.faults.append("no result: " + (done.stderr.strip().splitlines() or ["silent"])[-1][:160])
        return
    result = json.loads(line[len("RESULT "):])
    if "skipped" in result:
        run.notes.append(result["skipped"])
        return
    ours = [line for line in done.stderr.splitlines() if line.startswith("arc_tracer: ")]
    if ours:
        run.faults.append("said: " + ours[0][:160])
    told = get(f"{model_url}/told/{mark}")
    if run.scenario == "ok" and mock_model.ANSWER not in str(result.get("answer")):
        run.faults.append(f"the agent answered {result.get('answer')!r}, error {result.get('error')!r}")
    if not told:
        run.faults.append("the model was never asked")
        return
    run.check(workbench, result, told)


def build(folder: pathlib.Path, frameworks: List[Framework], with_otel: bool) -> None:
    """Makes the environments that are missing, two at a time."""
    wanted = {one.environment: one.packages for one in frameworks}
    for one in frameworks:
        if with_otel and one.instrumentation:
            wanted[one.environment] = tuple(dict.fromkeys(wanted[one.environment] + OTEL + one.instrumentation))

    def make(item: Any) -> str:
        name, packages = item
        place = folder / name
        if not (place / "bin" / "python").exists():
            subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        done = subprocess.run([str(place / "bin" / "pip"), "install", "-q", "--disable-pip-version-check", *packages], capture_output=True, text=True)
        return f"{name}: {'made' if done.returncode == 0 else done.stderr.strip()[-300:]}"

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for said in pool.map(make, wanted.items()):
            print(said, flush=True)


def serve(binary: str, store: str) -> "subprocess.Popen[str]":
    """Starts a workbench without a screen on a free port; its first line says where."""
    return subprocess.Popen([binary, "serve", "--listen", "127.0.0.1:0", "--store", store], stdout=subprocess.PIPE, text=True)


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    options.add_argument("--environments", type=pathlib.Path, required=True, help="folder with one virtual environment a framework")
    options.add_argument("--build", action="store_true", help="make the environments first")
    options.add_argument("--binary", help="arc-eval-tui; it is started on a free port with a store of its own")
    options.add_argument("--workbench", help="URL of a workbench that runs already, instead of starting --binary")
    options.add_argument("--model", help="URL of a mock model that runs already (see mock_model.py)")
    options.add_argument("--only", nargs="+", default=[], help="agents or environments whose names contain one of these")
    options.add_argument("--doors", nargs="+", default=["tracer", "run", "otel"], choices=["tracer", "run", "otel"])
    options.add_argument("--scenarios", nargs="+", default=["ok", "tool_raises"], choices=["ok", "tool_raises"])
    options.add_argument("--by-command", action="store_true", help="use `arc-eval-tui run` itself for that door, not its environment")
    given = options.parse_args()
    frameworks = [one for one in FRAMEWORKS if not given.only or any(part in f"{one.agent} {one.environment}" for part in given.only)]
    if given.build:
        given.environments.mkdir(parents=True, exist_ok=True)
        build(given.environments, frameworks, "otel" in given.doors)
    if not (given.binary or given.workbench):
        options.error("give --binary or --workbench")
    model_url = given.model or mock_model.serve()[1]
    with tempfile.TemporaryDirectory() as folder:
        store = os.path.join(folder, "traces.redb")
        server = None if given.workbench else serve(given.binary, store)
        try:
            url = given.workbench or (server.stdout.readline().strip().split()[-1] if server and server.stdout else "")
            # It finds the workbench that has this store open.
            by = [given.binary, "run", "--listen", url.split("//")[-1], "--store", store] if given.by_command and server else None
            return report(drive(given, frameworks, Workbench(url), model_url, by))
        finally:
            if server is not None:
                server.terminate()
                server.wait(timeout=20)


def drive(given: Any, frameworks: List[Framework], workbench: Workbench, model_url: str, by: Optional[List[str]]) -> Iterator[Run]:
    for framework in frameworks:
        python = given.environments / framework.environment / "bin" / "python"
        for scenario in given.scenarios:
            for door in given.doors:
                run = Run(framework, scenario, door)
                if not python.exists():
                    run.notes.append("no environment")
                elif door == "otel" and not framework.instrumentation:
                    run.notes.append("no instrumentation")
                else:
                    run_agent(run, python, workbench, model_url, by)
                yield run


def report(runs: Iterator[Run]) -> int:
    """Prints a line a run as it comes, and the count at the end."""
    right = wrong = passed_over = 0
    print(f"{'agent':24}{'scenario':13}{'door':8}{'framework':18}{'tools':>6}{'in':>7}{'out':>6}  verdict")
    for run in runs:
        usage = run.row.get("usage") or {}
        if run.faults:
            verdict, wrong = "; ".join(run.faults), wrong + 1
        elif run.row:
            verdict, right = "right" + (f" ({', '.join(run.notes)})" if run.notes else ""), right + 1
        else:
            verdict, passed_over = f"- {', '.join(run.notes)}", passed_over + 1
        cells = (run.row.get("tool_calls", ""), usage.get("input_tokens", ""), usage.get("output_tokens", ""))
        print(f"{run.framework.agent:24}{run.scenario:13}{run.door:8}{run.row.get('framework') or '':18}{cells[0]:>6}{cells[1]:>7}{cells[2]:>6}  {verdict}", flush=True)
    print(f"{right} right, {wrong} wrong, {passed_over} not run")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
