"""The ends of a process: exit, SIGTERM, fork, and children of `multiprocessing`."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from typing import Any, Optional

from . import outbox
from .span import reseed

#: The longest that the end of the process is held up, in seconds.
EXIT_TIME = 2.0

_prepared: Optional[int] = None
_hooked = False


def prepare() -> None:
    """Makes sure that what waits is sent when this process ends. Once a process."""
    global _prepared, _hooked
    pid = os.getpid()
    if _prepared == pid:
        return
    _prepared = pid
    if not _hooked:
        _hooked = True
        atexit.register(at_exit)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=_in_child)
        _take_sigterm()
    _finalize_in_multiprocessing()


def at_exit() -> None:
    """Sends what waits, spans still open included, within `EXIT_TIME`."""
    try:
        outbox.flush_all(EXIT_TIME, last=True)
    except Exception:
        pass


def _in_child() -> None:
    reseed()
    outbox.forked()


def _finalize_in_multiprocessing() -> None:
    """A child of `multiprocessing` leaves without running `atexit`."""
    module = sys.modules.get("multiprocessing.process")
    if module is not None and getattr(module, "parent_process", lambda: None)() is not None:
        from multiprocessing import util

        util.Finalize(None, at_exit, exitpriority=0)


def _take_sigterm() -> None:
    """Sends before the default action of SIGTERM. Only when the program has no handler of its own: its own stays alone."""
    if threading.current_thread() is not threading.main_thread():
        return
    try:
        if signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
            signal.signal(signal.SIGTERM, _terminated)
    except (ValueError, OSError, AttributeError):
        pass


def _terminated(number: int, _frame: Any) -> None:
    # First the default action back, so that a second signal ends the process at once.
    signal.signal(number, signal.SIG_DFL)
    at_exit()
    os.kill(os.getpid(), number)
