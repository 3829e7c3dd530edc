"""LangGraph: a compiled graph is the agent, also what LangChain's `create_agent` gives. Its inside comes by LangChain's callbacks."""

from __future__ import annotations

from typing import Any

from . import entry, langchain


def install() -> None:
    entry.patch(
        "langgraph",
        "langgraph.pregel",
        ("Pregel.invoke", "Pregel.ainvoke", "Pregel.stream", "Pregel.astream"),
        given=lambda args, kwargs: langchain.state(args[1] if len(args) > 1 else kwargs.get("input")),
        answer=_last,
        framework=_framework,
    )


def _framework(graph: Any) -> str:
    metadata = (getattr(graph, "config", None) or {}).get("metadata") or {}
    return "langchain" if metadata.get("ls_integration") == "langchain_create_agent" else "langgraph"


def _last(result: Any) -> Any:
    """What the graph ends with: its last message, when it has messages, is what it answered; the others were its input or are steps."""
    messages = result.get("messages") if isinstance(result, dict) else None
    if isinstance(messages, list) and messages:
        return langchain.state(dict(result, messages=messages[-1:]))
    return langchain.state(result)
