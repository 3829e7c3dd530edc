"""Agent objects and classes: the object comes back as itself, with the methods that run it traced.

Nothing is put on the object: a wrapper on its *class* looks up whether this object is traced, and passes straight on when it is not.
So objects that refuse attributes (slots, frozen dataclasses, Pydantic models), copies of them, their equality and their pickles
stay as they were, and `agent(…)`, which Python looks up on the class, works too.
"""

from __future__ import annotations

import inspect
import threading
import weakref
from types import FunctionType
from typing import Any, Callable, Dict, Optional, Tuple

from .errors import say_once
from .plan import Plan
from .settings import Settings
from .span import RUN
from .wrap import is_traced, wrap_function

#: Methods that run an agent, in any of the known frameworks.
RUN_METHODS: Tuple[str, ...] = (
    "invoke", "ainvoke", "stream", "astream", "stream_events", "astream_events",
    "run", "arun", "run_sync", "run_async", "run_stream", "run_stream_sync", "run_stream_events", "run_streamed", "run_live", "iter",
    "kickoff", "kickoff_async", "akickoff", "kickoff_for_each", "kickoff_for_each_async",
    "invoke_async", "invoke_stream", "stream_async", "structured_output", "structured_output_async", "get_response",
    "chat", "achat", "stream_chat", "astream_chat", "query", "aquery",
    "initiate_chat", "a_initiate_chat", "on_messages", "on_messages_stream",
    "forward", "aforward", "acall", "step", "execute", "aexecute", "call", "ask", "answer", "__call__",
)

#: Attributes by which agents call themselves.
_NAMES = ("name", "agent_name", "role", "__name__")


class _Traced:
    """Plans by object, without keeping the objects alive where that can be avoided."""

    def __init__(self) -> None:
        self._plans: Dict[int, Tuple[Any, Dict[str, Plan]]] = {}

    def add(self, subject: Any, plans: Dict[str, Plan]) -> None:
        key = id(subject)
        try:
            held: Any = weakref.ref(subject, lambda _: self._plans.pop(key, None))
        except TypeError:
            held = subject  # cannot be referred to weakly: kept, or its id might come to mean another object
        self._plans[key] = (held, plans)

    def plan(self, subject: Any, method: str) -> Optional[Plan]:
        entry = self._plans.get(id(subject))
        return None if entry is None else entry[1].get(method)

    def __contains__(self, subject: Any) -> bool:
        return id(subject) in self._plans


_objects = _Traced()
_classes: Dict[type, Tuple[str, Settings]] = {}
_patching = threading.Lock()


def trace_object(subject: Any, settings: Settings, name: Optional[str]) -> bool:
    """Traces the run methods of one object. False when it has none that can be."""
    if subject in _objects:
        return True
    cls = type(subject)
    title = name or name_of(subject)
    plans: Dict[str, Plan] = {}
    for method in RUN_METHODS:
        found = definition_of(cls, method)
        if found is not None and _patch(cls, method, found):
            plans[method] = _plan(title, settings, found, subject)
        elif _on_instance(subject, method):
            original = vars(subject)[method]
            plan = _plan(title, settings, original, subject)
            vars(subject)[method] = wrap_function(original, plan)
            plans[method] = plan
    if plans:
        _objects.add(subject, plans)
    return bool(plans)


def trace_class(cls: type, settings: Settings, name: Optional[str]) -> bool:
    """Traces the run methods of every object of a class, now and later. False when it has none that can be."""
    if cls in _classes:
        return True
    done = [method for method in RUN_METHODS if (found := definition_of(cls, method)) is not None and _patch(cls, method, found)]
    if done:
        _classes[cls] = (name or cls.__name__, settings)
    return bool(done)


def trace_class_method(cls: type, method: str, plan_of: Callable[[Tuple[Any, ...]], Optional[Plan]]) -> bool:
    """Puts a wrapper on one method of a class with a choice of plans of one's own; for the entry points of known frameworks."""
    found = inspect.getattr_static(cls, method, None)
    if found is None or is_traced(_inner(found)):
        return False
    return _set(cls, method, found, lambda function: wrap_function(function, None, plan_of))


def name_of(subject: Any) -> str:
    """What an agent object calls itself, else its class's name. Reads plain attributes only."""
    for attribute in _NAMES:
        try:
            value = inspect.getattr_static(subject, attribute, None)
            if not isinstance(value, str):
                value = vars(subject).get(attribute) if hasattr(subject, "__dict__") else None
            if not isinstance(value, str) and attribute == "name":
                value = vars(subject).get("_name") if hasattr(subject, "__dict__") else None
        except Exception:
            value = None
        if isinstance(value, str) and value.strip():
            return value.strip()[:200]
    return type(subject).__name__


def framework_of(thing: Any) -> Optional[str]:
    """The top module of the library that an object or function comes from; None for the user's own code."""
    cls = thing if isinstance(thing, (type, FunctionType)) else type(thing)
    classes = cls.__mro__ if isinstance(cls, type) else (cls,)
    for one in classes:
        parts = str(getattr(one, "__module__", "") or "").split(".")
        module = ".".join(parts[:2]) if parts[0] == "google" else parts[0]
        if module in _FRAMEWORKS:
            return _FRAMEWORKS[module]
    return None


#: Frameworks by their top module, within the namespace `google` by the second.
_FRAMEWORKS: Dict[str, str] = {
    "langgraph": "langgraph", "langchain": "langchain", "langchain_core": "langchain", "langchain_classic": "langchain",
    "crewai": "crewai", "autogen_agentchat": "autogen", "autogen_core": "autogen", "autogen": "autogen", "ag2": "autogen",
    "agents": "openai-agents", "openai": "openai", "anthropic": "anthropic", "pydantic_ai": "pydantic-ai", "smolagents": "smolagents",
    "llama_index": "llama-index", "haystack": "haystack", "dspy": "dspy", "google.adk": "google-adk",
    "google.genai": "google-genai", "agno": "agno", "strands": "strands",
    "semantic_kernel": "semantic-kernel", "agent_framework": "agent-framework", "beeai_framework": "beeai", "litellm": "litellm",
    "instructor": "instructor", "mistralai": "mistralai", "claude_agent_sdk": "claude-agent-sdk", "mcp": "mcp",
}


def _plan(name: str, settings: Settings, function: Any, subject: Any) -> Plan:
    inner = _inner(function)
    plan = Plan(RUN, name, settings, inner, subject, type(subject) if framework_of(subject) is None else inner)
    framework = framework_of(subject)
    if framework is not None:
        plan.attributes["arc.framework"] = framework
    return plan


def definition_of(cls: type, method: str) -> Optional[Any]:
    """The definition of a method that can be wrapped: a function on the class or one it inherits."""
    for base in cls.__mro__:
        if base is object or (base.__module__ == "builtins"):
            return None
        if method in base.__dict__:
            found = base.__dict__[method]
            return found if callable(_inner(found)) and not isinstance(found, (property, type)) else None
    return None


def _inner(found: Any) -> Any:
    return found.__func__ if isinstance(found, (classmethod, staticmethod)) else found


def _on_instance(subject: Any, method: str) -> bool:
    own = getattr(subject, "__dict__", None)
    return isinstance(own, dict) and inspect.isroutine(own.get(method)) and not is_traced(own.get(method))


def _patch(cls: type, method: str, found: Any) -> bool:
    if is_traced(_inner(found)) and method in cls.__dict__:
        return True
    if is_traced(_inner(found)):
        return True  # a base class has the wrapper already, and it looks objects up
    return _set(cls, method, found, lambda function: wrap_function(function, None, lambda args: _lookup(args, method, function)))


def _set(cls: type, method: str, found: Any, wrap: Callable[[Any], Any]) -> bool:
    try:
        with _patching:
            wrapper: Any = wrap(_inner(found))
            if isinstance(found, (classmethod, staticmethod)):
                wrapper = type(found)(wrapper)
            setattr(cls, method, wrapper)
        return True
    except (TypeError, AttributeError) as error:
        say_once(f"patch:{cls.__qualname__}.{method}", f"{cls.__qualname__}.{method} cannot be traced ({error})")
        return False


def _lookup(args: Tuple[Any, ...], method: str, function: Any) -> Optional[Plan]:
    """The plan for one call, by its `self`."""
    if not args:
        return None
    subject = args[0]
    plan = _objects.plan(subject, method)
    if plan is not None or not _classes:
        return plan
    for cls in type(subject).__mro__:
        known = _classes.get(cls)
        if known is not None:
            return _plan(known[0], known[1], function, subject)
    return None
