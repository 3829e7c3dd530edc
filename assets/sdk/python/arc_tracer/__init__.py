"""Traces AI agents into the arc-eval-tui workbench: `agent = ArcTracer("finance").trace_agent(agent)`."""

from __future__ import annotations

__version__ = "0.1.0"
