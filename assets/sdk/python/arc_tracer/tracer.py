"""`ArcTracer`: the one line that a developer adds."""

from __future__ import annotations

import inspect
from typing import Any, Callable, Optional, TypeVar, overload

from . import agent_objects, process, recording, threads
from .errors import say_once, swallow
from .handle import Handle, Step
from .plan import Plan
from .settings import Settings
from .span import RUN, TOOL
from .wrap import is_traced, wrap_function

_T = TypeVar("_T")


class ArcTracer:
    """Traces agents into the arc-eval-tui workbench.

        agent = ArcTracer("finance").trace_agent(agent)

    It never raises into the agent, never waits for the network in its calls, and changes no signature, result or docstring.

    :param domain: what the agent is for: "finance", "security", "ml", or "auto" to let the workbench find out.
    :param endpoint: where the workbench listens; else `ARC_EVAL_ENDPOINT`, else `http://127.0.0.1:8000`.
    :param api_key: else `ARC_EVAL_API_KEY`.
    :param project: groups runs; else `ARC_EVAL_PROJECT`.
    :param capture_content: False keeps prompts, messages, arguments, results and error texts back: only shape, names, times and counts.
    :param redact: called in the background with each captured value (plain JSON data), gives what is sent. See also `each_text`.
    :param session_id: the session that runs belong to; `current().set_session` says it for one run.
    :param user_id: the user that runs are for.
    :param memory: True notes the process's memory at start and end of each run.
    :param service_name: the program's name; else `OTEL_SERVICE_NAME`, else the script's.
    """

    def __init__(
        self,
        domain: str = "auto",
        endpoint: Optional[str] = None,
        api_key: Optional[str] = None,
        project: Optional[str] = None,
        capture_content: bool = True,
        redact: Optional[Callable[[Any], Any]] = None,
        session_id: Optional[str] = None,
        user_id: Optional[str] = None,
        memory: bool = False,
        service_name: Optional[str] = None,
    ) -> None:
        self._settings = Settings(domain, endpoint, api_key, project, capture_content, redact, session_id, user_id, memory, service_name)
        try:
            process.prepare()
            threads.install()
        except Exception as error:
            swallow(ArcTracer, error)

    @overload
    def trace_agent(self, agent: _T, *, name: Optional[str] = None) -> _T: ...

    @overload
    def trace_agent(self, agent: None = None, *, name: Optional[str] = None) -> Callable[[_T], _T]: ...

    def trace_agent(self, agent: Any = None, *, name: Optional[str] = None) -> Any:
        """Traces an agent: a function or method (comes back wrapped), a class, or an agent object (come back as themselves).

        Also a decorator, with or without `name=`. A call outside any run is a run of its own; inside one it is a nested agent."""
        if agent is None:
            return lambda given: self.trace_agent(given, name=name)
        try:
            _install_hooks()
            return self._trace(agent, name)
        except Exception as error:
            swallow(ArcTracer.trace_agent, error)
            return agent

    def _trace(self, agent: Any, name: Optional[str]) -> Any:
        if is_traced(agent):
            return agent
        if isinstance(agent, (classmethod, staticmethod)):
            return type(agent)(self._trace(agent.__func__, name))
        if inspect.isclass(agent):
            traced = agent_objects.trace_class(agent, self._settings, name)
        elif inspect.isroutine(agent) or _is_partial(agent):
            plan = Plan(RUN, name or _function_name(agent), self._settings, agent)
            framework = agent_objects.framework_of(getattr(agent, "__self__", agent))
            if framework is not None:
                plan.attributes["arc.framework"] = framework
            return wrap_function(agent, plan)
        else:
            traced = _adopt(agent, self._settings, name) or agent_objects.trace_object(agent, self._settings, name)
        if not traced:
            say_once(
                f"nothing:{type(agent).__qualname__}",
                f"{agent_objects.name_of(agent)} has no method known to run it ({', '.join(agent_objects.RUN_METHODS[:6])} …); "
                "trace the function that runs it instead",
            )
        return agent

    def tool(self, function: Any = None, *, name: Optional[str] = None) -> Any:
        """Decorates a tool's function: its calls inside a run are recorded with arguments, result, errors and code location."""
        if function is None:
            return lambda given: self.tool(given, name=name)
        try:
            if is_traced(function) or not (inspect.isroutine(function) or _is_partial(function)):
                return function  # a framework's tool object: its hook sees the calls
            return wrap_function(function, Plan(TOOL, name or _function_name(function), self._settings, function))
        except Exception as error:
            swallow(ArcTracer.tool, error)
            return function

    def step(self, name: str, kind: str = "step", input: Any = None) -> Step:
        """A step of the run: `with tracer.step("plan", kind="reasoning") as step: … step.set_output(plan)`.

        :param kind: reasoning, retrieval, decision, handoff, guardrail, message or step."""
        return Step(str(name), kind, input)

    def current(self) -> Handle:
        """The innermost open span here; false outside a run."""
        return Handle(recording.current())

    def flush(self, timeout: float = 2.0) -> bool:
        """Waits until what was recorded so far is sent, at most `timeout` seconds. False when it could not be."""
        try:
            return self._settings.outbox.flush(timeout)
        except Exception as error:
            swallow(ArcTracer.flush, error)
            return False

    @property
    def dropped(self) -> int:
        """Spans dropped so far because the queue was full or the workbench refused them."""
        return self._settings.outbox.dropped


def each_text(function: Callable[[str], str]) -> Callable[[Any], Any]:
    """Makes a `redact=` of a function on text: it is applied to every text inside a value."""

    def redact(value: Any) -> Any:
        if isinstance(value, str):
            return function(value)
        if isinstance(value, dict):
            return {key: redact(item) for key, item in value.items()}
        if isinstance(value, list):
            return [redact(item) for item in value]
        return value

    return redact


def _install_hooks() -> None:
    try:
        from . import hooks
    except ImportError:
        return
    hooks.install()


def _adopt(agent: Any, settings: Settings, name: Optional[str]) -> bool:
    """Whether a hook takes the agent: one that a function elsewhere runs."""
    try:
        from . import hooks
    except ImportError:
        return False
    return hooks.adopt(agent, settings, name)


def _is_partial(thing: Any) -> bool:
    return hasattr(thing, "func") and hasattr(thing, "keywords") and callable(thing)


def _function_name(function: Any) -> str:
    owner = getattr(function, "__self__", None)
    if owner is not None and not isinstance(owner, type) and not inspect.ismodule(owner):
        return agent_objects.name_of(owner)
    inner = getattr(function, "func", function)
    return str(getattr(inner, "__qualname__", None) or getattr(inner, "__name__", "agent")).rpartition("<locals>.")[2]
