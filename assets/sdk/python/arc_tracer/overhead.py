"""What tracing costs: `python -m arc_tracer.overhead [--agent-file FILE --function NAME] [--json]`.

Times a function as it is and traced, in turns, and counts the processor time of the whole process, the sender's included. What is
recorded goes to ARC_EVAL_ENDPOINT if that is set, else to a sink in a process of its own, so that no workbench fills with it.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import inspect
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from typing import Any, Callable, Dict, List, Optional, Tuple

#: A traced call may take this much longer than an untraced one, in milliseconds; and our own, stricter budget, in microseconds.
LIMIT_MS = 50.0
STRICT_MEDIAN_US = 20.0
STRICT_CPU_US = 50.0

#: Calls of the built-in function, and of a user's: theirs may cost money.
_BUILT_IN_CALLS = 10_000
_USER_CALLS = 20
_USER_SECONDS = 30.0
_ROUNDS = 10
#: Only functions that take less than this, in milliseconds, are held to the stricter budget.
_SHORT_MS = 1.0


def no_operation(question: str, limit: int = 3) -> str:
    """The built-in agent: it does nothing, so what it takes is the tracer's."""
    return question


def main(arguments: Optional[List[str]] = None) -> int:
    """Runs the command. 0 when within the limit (with --json: when measured), 1 when not, 2 when it cannot be measured."""
    parser = argparse.ArgumentParser(prog="python -m arc_tracer.overhead", description="Measures what tracing adds to a call.")
    parser.add_argument("--agent-file", help="a Python file with the agent")
    parser.add_argument("--function", help="the function or agent object in it")
    parser.add_argument("--input", help="what to call it with: JSON, or text")
    parser.add_argument("--calls", type=int, help=f"calls of each kind (default {_BUILT_IN_CALLS}; {_USER_CALLS} of an agent of yours)")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--sink", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.sink:
        return sink()
    try:
        if bool(options.agent_file) != bool(options.function):
            raise Refused("--agent-file and --function go together")
        agent, label = _agent(options.agent_file, options.function) if options.agent_file else (no_operation, None)
        given = _given(agent, options.input)
        calls = options.calls or (_USER_CALLS if options.agent_file else _BUILT_IN_CALLS)
        result = measure(agent, label, given, max(1, calls), _USER_SECONDS if options.agent_file else None)
    except Refused as error:
        print(f"cannot measure: {error}", file=sys.stderr)
        return 2
    except Exception as error:
        print(f"cannot measure: {options.function} raised {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(result))
        return 0
    print(_text(result))
    return 0 if result["verdict"]["within_50ms"] else 1


class Refused(Exception):
    """What was asked for cannot be measured; says why and what to do."""


def measure(agent: Any, label: Optional[str], given: Tuple[Any, ...], calls: int, seconds: Optional[float] = None) -> Dict[str, Any]:
    """The figures of `calls` calls of each kind, fewer when `seconds` have passed."""
    from . import ArcTracer

    plain = _caller(agent, given)
    with _Sink() as endpoint:
        tracer = ArcTracer("auto", endpoint=endpoint, service_name="overhead")
        # A class's methods are wrapped for good, so the untraced calls of an object come before: it has no other way back.
        in_turns = inspect.isroutine(agent)
        rounds = min(_ROUNDS, calls) if in_turns else 1
        until = None if seconds is None else time.monotonic() + seconds
        before: List[float] = []
        after: List[float] = []
        cpu = 0.0
        _timed(plain, min(calls, 50 if seconds is None else 1), None)
        traced = None
        for _ in range(rounds):
            share = max(1, calls // rounds)
            before += _timed(plain, share, until)
            if traced is None:
                traced = _caller(tracer.trace_agent(agent), given)
                _timed(traced, min(calls, 50 if seconds is None else 1), None)
                tracer.flush(10.0)
            started = time.process_time()
            after += _timed(traced, len(before) - len(after), None)
            tracer.flush(10.0)
            cpu += time.process_time() - started
    return _figures(label, before, after, cpu, tracer.dropped)


class _Sink:
    """Where what is recorded goes: the address in the environment, else a process that takes it and forgets it."""

    def __init__(self) -> None:
        self._process: Optional["subprocess.Popen[str]"] = None

    def __enter__(self) -> str:
        told = os.environ.get("ARC_EVAL_ENDPOINT")
        if told:
            return told
        self._process = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__), "--sink"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        port = self._process.stdout.readline().strip() if self._process.stdout else ""
        if not port:
            self.__exit__()
            raise Refused("the process that takes what is recorded could not be started")
        return f"http://127.0.0.1:{port}"

    def __exit__(self, *_: Any) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()


def _figures(label: Optional[str], before: List[float], after: List[float], cpu: float, dropped: int) -> Dict[str, Any]:
    baseline, traced = _summary(before), _summary(after)
    added = {name: traced[name] - baseline[name] for name in baseline}
    # A function that works or waits for long hides microseconds in its own noise; and its processor time is not told from the tracer's.
    cpu_us: Optional[float] = None
    own: Optional[bool] = None
    if baseline["median"] < _SHORT_MS * 1e3:
        cpu_us = max(0.0, cpu * 1e6 / len(after) - baseline["median"])
        own = added["median"] < STRICT_MEDIAN_US and cpu_us < STRICT_CPU_US and not dropped
    return {
        "what": label or "a function that does nothing",
        "python": platform.python_version(),
        "calls": len(after),
        "baseline_us": _rounded(baseline),
        "traced_us": _rounded(traced),
        "added_us": _rounded(added),
        "cpu_us_per_call": None if cpu_us is None else round(cpu_us, 1),
        "dropped": dropped,
        "verdict": {
            "within_50ms": added["median"] < LIMIT_MS * 1e3 and added["p95"] < LIMIT_MS * 1e3,
            "within_own": own,
            "own_median_us": STRICT_MEDIAN_US,
            "own_cpu_us": STRICT_CPU_US,
        },
    }


def _summary(times: List[float]) -> Dict[str, float]:
    ordered = sorted(times)
    return {"median": statistics.median(ordered), "p95": ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]}


def _rounded(values: Dict[str, float]) -> Dict[str, float]:
    return {name: round(value, 2) for name, value in values.items()}


def _timed(call: Callable[[], Any], calls: int, until: Optional[float]) -> List[float]:
    """Microseconds of each call; at least one, however late it is."""
    clock = time.perf_counter_ns
    out: List[float] = []
    for _ in range(calls):
        started = clock()
        call()
        out.append((clock() - started) / 1e3)
        if until is not None and time.monotonic() >= until:
            break
    return out


def _caller(agent: Any, given: Tuple[Any, ...]) -> Callable[[], Any]:
    """A function that runs the agent once, to its end, whatever its shape."""
    function = agent if inspect.isroutine(agent) else _run_method(agent)
    inner = inspect.unwrap(function)
    if inspect.iscoroutinefunction(inner):
        return lambda: asyncio.run(function(*given))
    if inspect.isasyncgenfunction(inner):

        async def exhaust() -> None:
            async for _ in function(*given):
                pass

        return lambda: asyncio.run(exhaust())
    if inspect.isgeneratorfunction(inner):
        return lambda: [None for _ in function(*given)]
    return lambda: function(*given)


def _run_method(agent: Any) -> Callable[..., Any]:
    from .agent_objects import RUN_METHODS, definition_of

    for name in RUN_METHODS:
        if definition_of(type(agent), name) is not None:
            return lambda *given: getattr(agent, name)(*given)
    raise Refused(f"{type(agent).__name__} is no function and has no method known to run it")


def _agent(path: str, name: str) -> Tuple[Any, str]:
    if not os.path.isfile(path):
        raise Refused(f"there is no file {path}")
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    spec = importlib.util.spec_from_file_location(os.path.splitext(os.path.basename(path))[0], path)
    if spec is None or spec.loader is None:
        raise Refused(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
        found: Any = module
        for part in name.split("."):
            found = getattr(found, part)
    except AttributeError:
        raise Refused(f"{path} has no {name}") from None
    except Exception as error:
        raise Refused(f"{path} cannot be imported: {type(error).__name__}: {error}") from error
    return found, f"{os.path.basename(path)}:{name}"


def _given(agent: Any, text: Optional[str]) -> Tuple[Any, ...]:
    if agent is no_operation:
        return ("what does it cost?",)
    if text is not None:
        try:
            return (json.loads(text),)
        except ValueError:
            return (text,)
    try:
        parameters = inspect.signature(agent).parameters.values() if inspect.isroutine(agent) else ()
    except (TypeError, ValueError):
        parameters = ()
    needed = [p.name for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if needed:
        raise Refused(f"it needs {', '.join(needed)}: say what to call it with by --input")
    return ()


def _text(result: Dict[str, Any]) -> str:
    def row(name: str, values: Dict[str, float]) -> str:
        return f"  {name:<10}{values['median']:>12.1f} µs median {values['p95']:>12.1f} µs p95"

    cpu, verdict = result["cpu_us_per_call"], result["verdict"]
    lines = [
        f"{result['what']}, {result['calls']} calls each way, Python {result['python']}",
        row("baseline", result["baseline_us"]),
        row("traced", result["traced_us"]),
        row("added", result["added_us"]),
    ]
    if cpu is not None:
        lines.append(f"  processor {cpu:>12.1f} µs a call; {result['dropped']} dropped")
    lines.append(f"  {'within' if verdict['within_50ms'] else 'OVER'} the limit of {LIMIT_MS:g} ms")
    if verdict["within_own"] is not None:
        word = "within" if verdict["within_own"] else "over"
        budget = f"{STRICT_MEDIAN_US:g} µs median and {STRICT_CPU_US:g} µs of processor time a call, none dropped"
        lines.append(f"  {word} our own of {budget}")
    return "\n".join(lines)


def sink() -> int:
    """Answers every request with 200 until its parent goes away; prints its port first."""
    import socket
    import threading

    server = socket.create_server(("127.0.0.1", 0))
    print(server.getsockname()[1], flush=True)

    def serve(connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            while True:
                length = 0
                line = stream.readline()
                if not line:
                    return
                while line not in (b"\r\n", b""):
                    name, _, value = line.partition(b":")
                    if name.lower() == b"content-length":
                        length = int(value)
                    line = stream.readline()
                stream.read(length)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    def accept() -> None:
        while True:
            threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
