"""Traces AI agents into the arc-eval-tui workbench: `agent = ArcTracer("finance").trace_agent(agent)`."""

from __future__ import annotations

from .handle import Handle
from .tracer import ArcTracer, each_text
from .version import VERSION as __version__

__all__ = ["ArcTracer", "Handle", "__version__", "each_text"]
