"""The frameworks whose model calls, tools and agents are seen: one line a framework here, one file each beside it.

A hook is a module of this package with `install()`, run once when the framework is imported (or already was). To add one, write the
file and add its line. `install()` prefers the framework's public callbacks and patches only what has none; it may raise: then this
framework is not seen, it is said once, and nothing else changes.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import sys
import threading
from types import ModuleType
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Set

from .. import errors


class Hook(NamedTuple):
    """One framework: the module whose import says it is used, the file here that knows it, and the function in it."""

    module: str
    file: str
    function: str = "install"


HOOKS = (
    # Model SDKs: what they see fills in what a framework's own hook above them does not know.
    Hook("openai", "openai_sdk"),
    Hook("anthropic", "anthropic_sdk"),
    Hook("groq", "groq_sdk"),
    Hook("google.genai", "google_genai"),
    Hook("mistralai.client.chat", "mistral_sdk"),
    Hook("mistralai.chat", "mistral_sdk", "install_first"),
    Hook("botocore.client", "bedrock"),
    Hook("litellm", "litellm"),
    Hook("instructor", "instructor"),
    # Frameworks.
    Hook("langchain_core.callbacks.manager", "langchain"),
    Hook("langchain_core.tools.base", "langchain", "install_tools"),
    Hook("langgraph.pregel", "langgraph"),
    Hook("agents", "openai_agents"),
    Hook("pydantic_ai", "pydantic_ai"),
    Hook("crewai", "crewai"),
    Hook("llama_index.core.instrumentation", "llama_index"),
    Hook("llama_index.core.tools", "llama_index", "install_tools"),
    Hook("llama_index.core.agent.workflow", "llama_index", "install_agents"),
    Hook("llama_index.core.base.base_query_engine", "llama_index", "install_engines"),
    Hook("smolagents", "smolagents"),
    Hook("google.adk", "google_adk"),
    Hook("strands", "strands"),
    Hook("agno", "agno"),
    Hook("autogen_core", "autogen"),
    Hook("autogen_agentchat", "autogen_agentchat"),
    Hook("haystack.tracing", "haystack"),
    Hook("haystack.components.agents.agent", "haystack", "install_agents"),
    Hook("haystack.core.pipeline.pipeline", "haystack", "install_pipelines"),
    Hook("dspy", "dspy"),
    Hook("semantic_kernel.functions", "semantic_kernel"),
    Hook("semantic_kernel.connectors.ai.chat_completion_client_base", "semantic_kernel", "install_services"),
    Hook("semantic_kernel.agents", "semantic_kernel", "install_agents"),
    Hook("agent_framework", "agent_framework"),
)

_by_module: Dict[str, List[Hook]] = {}
for _hook in HOOKS:
    _by_module.setdefault(_hook.module, []).append(_hook)

_installed: Set[Hook] = set()
_lock = threading.RLock()


def adopt(subject: Any, settings: Any, name: Optional[str]) -> bool:
    """Takes an agent object that has no run methods of its own because a function elsewhere runs it (OpenAI's `Runner.run(agent)`): that
    function's hook opens its runs with these settings. False for any other object."""
    from . import adopted

    return adopted.adopt(subject, settings, name)


def install() -> None:
    """Installs the hooks of every framework that is imported, and watches for those that will be. Safe and cheap to call often."""
    if len(_installed) == len(HOOKS):
        return
    _watch()
    for hook in HOOKS:
        if hook not in _installed and _is_ready(hook.module):
            _install(hook)


def _is_ready(name: str) -> bool:
    """Whether a module is imported to its end (one that is being imported is taken care of by the watch)."""
    module = sys.modules.get(name)
    if module is None:
        return False
    return not getattr(getattr(module, "__spec__", None), "_initializing", False)


def _install(hook: Hook) -> None:
    with _lock:
        if hook in _installed:
            return
        _installed.add(hook)
    try:
        getattr(importlib.import_module(f"{__name__}.{hook.file}"), hook.function)()
    except Exception as error:
        errors.swallow(f"hook for {hook.module}", error)


class _Finder:
    """Finds nothing itself: lets the others find a framework's module, and installs the hook when it has been executed."""

    def __init__(self) -> None:
        self._busy = threading.local()

    def find_spec(self, name: str, path: Optional[Sequence[str]] = None, target: Optional[ModuleType] = None) -> Any:
        if name not in _by_module or name in getattr(self._busy, "names", ()):
            return None
        self._busy.names = getattr(self._busy, "names", ()) + (name,)
        try:
            spec = self._others(name, path, target)
        finally:
            self._busy.names = self._busy.names[:-1]
        if spec is not None and hasattr(spec.loader, "exec_module"):
            _after_execution(spec.loader, name)
        return spec

    def _others(self, name: str, path: Optional[Sequence[str]], target: Optional[ModuleType]) -> Any:
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            if finder is not self and find is not None:
                spec = find(name, path, target)
                if spec is not None:
                    return spec
        return None


def _after_execution(loader: Any, name: str) -> None:
    """Makes a loader install the hooks after it has executed the module; the loader stays what it is."""
    original = loader.exec_module

    def exec_module(module: ModuleType) -> Any:
        result = original(module)
        if module.__name__ == name:
            for hook in _by_module[name]:
                _install(hook)
        return result

    try:
        loader.exec_module = exec_module
    except AttributeError:  # a loader with slots: then only the next `install()` sees the module
        pass


_finder = _Finder()


def _watch() -> None:
    with _lock:
        if _finder not in sys.meta_path:
            sys.meta_path.insert(0, _finder)  # type: ignore[arg-type]
