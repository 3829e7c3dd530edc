"""Groups calls made outside any run into runs, for programs that say nothing themselves.

One run is what happens within one *top-level call*:

- inside an asyncio task: the task (and the tasks it starts after its first recorded call);
- else the outermost function of the user's own code on the stack: `main()` of a script, a request's handler in a server's thread;
- else the module that is being executed, when it makes the calls itself.

The run ends with that task, call or module. So a script whose `main()` asks ten questions is one run, and one that calls
`ask(question)` ten times from its module is ten.
"""

from __future__ import annotations

import inspect
import os
import sys
import weakref
from types import FrameType
from typing import Any, Dict, List, Optional

from . import context, lifecycle
from .code_location import is_user_code
from .settings import Settings
from .span import MODEL, Run, Span

_SUSPENDABLE = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR | inspect.CO_ITERABLE_COROUTINE

#: Open runs of this kind, by trace id.
_open: Dict[int, Run] = {}


class _Marker:
    """Lives exactly as long as a frame, as its `f_trace`: nothing else tells when a call has ended without keeping its locals alive.

    Python calls it only in a program that is being debugged; then it declines to trace."""

    __slots__ = ("__weakref__", "run")

    def __init__(self, run: Run) -> None:
        self.run = run

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        return None

    def __del__(self) -> None:
        _end(self.run)


def run_here(settings: Settings) -> Optional[Run]:
    """The run of the top-level call that this is in: the open one, else a new one. None where no code of the user's is on the stack."""
    task = _task()
    if task is not None:
        return _run_of_task(task, settings)
    frame = _anchor(sys._getframe(1))
    if frame is None:
        return None
    marker = frame.f_trace
    if isinstance(marker, _Marker):
        return _entered(marker.run)
    module = frame.f_code.co_name == "<module>"
    run = _start(_script(frame) if module else getattr(frame.f_code, "co_qualname", frame.f_code.co_name), settings, frame)
    if marker is None:
        frame.f_trace = _Marker(run)
    return _entered(run)


def _anchor(frame: Optional[FrameType]) -> Optional[FrameType]:
    function: Optional[FrameType] = None
    module: Optional[FrameType] = None
    while frame is not None:
        code = frame.f_code
        if is_user_code(code.co_filename) and not code.co_flags & _SUSPENDABLE:
            if code.co_name == "<module>":
                module = frame
            elif not code.co_name.startswith("<"):
                function = frame
        frame = frame.f_back
    return function or module


_tasks: "weakref.WeakKeyDictionary[Any, Run]" = weakref.WeakKeyDictionary()


def _task() -> Any:
    asyncio = sys.modules.get("asyncio")  # not imported for this: a program without it has no tasks
    if asyncio is None:
        return None
    try:
        return asyncio.current_task()
    except (AttributeError, RuntimeError):
        return None


def _run_of_task(task: Any, settings: Settings) -> Run:
    run = _tasks.get(task)
    if run is None:
        coroutine = task.get_coro()
        frame = getattr(coroutine, "cr_frame", None)
        run = _start(getattr(coroutine, "__qualname__", None) or "task", settings, frame)
        _tasks[task] = run
        started = run
        task.add_done_callback(lambda _: _end(started))
    return _entered(run)


def _start(name: str, settings: Settings, frame: Optional[FrameType]) -> Run:
    run = lifecycle.start_run(name.rpartition("<locals>.")[2], settings, "implicit")
    run.attributes["arc.run.implicit"] = True
    if frame is not None:
        code = frame.f_code
        run.attributes["code.file.path"] = os.path.abspath(code.co_filename)
        run.attributes["code.line.number"] = code.co_firstlineno
        run.attributes["code.function.name"] = getattr(code, "co_qualname", code.co_name)
    _open[run.trace_id] = run
    return run


def _entered(run: Run) -> Run:
    """Leaves the run current in this context, so that threads and tasks started from here belong to it."""
    if context.current() is not run:
        context.enter(run)
    return run


def _script(frame: FrameType) -> str:
    return os.path.splitext(os.path.basename(frame.f_code.co_filename))[0]


def _end(run: Run) -> None:
    if _open.pop(run.trace_id, None) is not None:
        lifecycle.end(run)


def end_all() -> None:
    """Ends what is open: the process ends."""
    for run in list(_open.values()):
        _end(run)


def call_ended(span: Span) -> None:
    """Gives a run of this kind the input of its first model call and the answer of its last, having none of its own."""
    run = span.run
    if span.kind != MODEL or run.trace_id not in _open:
        return
    if "input.value" not in run.content:
        asked = _text(span.content.get("gen_ai.input.messages"), "user")
        if asked:
            run.content["input.value"] = asked
    answered = _text(span.content.get("gen_ai.output.messages"), "assistant")
    if answered:
        run.content["output.value"] = answered


def _text(messages: Any, role: str) -> str:
    """The text of the last message of a role."""
    for message in reversed(messages if isinstance(messages, list) else []):
        if isinstance(message, dict) and message.get("role") == role:
            parts: List[Any] = message.get("parts") if isinstance(message.get("parts"), list) else []  # type: ignore[assignment]
            texts = [part.get("content") for part in parts if isinstance(part, dict) and part.get("type") == "text"]
            return "\n".join(text for text in texts if isinstance(text, str))
    return ""


def forked() -> None:
    """In a forked child: what is open is the parent's to end."""
    _open.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=forked)
