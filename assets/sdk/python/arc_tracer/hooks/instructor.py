"""Instructor: one answer in a given shape may take several calls of the SDK below; this is what they are for."""

from __future__ import annotations

from typing import Any

from ..recording import Recording, start_step
from . import patching, shapes

LAYER = "instructor"


def install() -> None:
    for module in ("instructor.core.client", "instructor.client"):
        for cls in ("Instructor", "AsyncInstructor"):
            for name in ("create", "create_with_completion"):
                patching.replace(module, f"{cls}.{name}", patching.around(_begin, lambda recording, answer: recording.set(output=shapes.plain(answer))))


def _begin(args: Any, kwargs: Any) -> Recording:
    wanted = patching.argument(args, kwargs, 1, "response_model")
    name = getattr(wanted, "__name__", None) or "text"
    return start_step(layer=LAYER, kind="step", name=f"structured {name}", detached=True, framework=LAYER)
