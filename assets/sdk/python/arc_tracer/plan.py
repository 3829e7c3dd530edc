"""What is known of a traced function or object before it is called, and how one call of it is opened and closed."""

from __future__ import annotations

import inspect
from types import CodeType
from typing import Any, Dict, Optional, Tuple

from . import content, context, errors, lifecycle, memory
from .code_location import location_of
from .settings import Settings
from .span import AGENT, RUN, TOOL, Span

#: The layer of spans that this package's own wrappers open.
LAYER = "tracer"
_SIMPLE = frozenset((str, int, float, bool, type(None)))
_SHORT = 4096


class Plan:
    """One traced callable: everything that is the same for each of its calls."""

    __slots__ = ("attributes", "kind", "name", "parameters", "settings", "skip", "subject")

    def __init__(self, kind: str, name: str, settings: Settings, function: Any, subject: Optional[Any] = None, code: Any = None) -> None:
        self.kind = kind
        self.name = name
        self.settings = settings
        self.subject = None if subject is None else id(subject)
        self.parameters, self.skip = parameters_of(function)
        self.attributes: Dict[str, Any] = {}
        location = location_of(code if code is not None else function)
        if location is not None:
            self.attributes["code.file.path"], self.attributes["code.line.number"], self.attributes["code.function.name"] = location

    def input_of(self, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Any:
        """The arguments by name; a single one by itself."""
        names, skip = self.parameters, self.skip
        if len(args) == skip + 1 and not kwargs and self.kind != TOOL:
            return content.snapshot(args[skip])
        named: Dict[str, Any] = dict(zip(names[skip:], args[skip:]))
        if len(args) > len(names):
            named["args"] = args[max(len(names), skip):]
        if kwargs:
            named.update(kwargs)
        if len(named) == 1 and self.kind != TOOL:
            return content.snapshot(next(iter(named.values())))
        for value in named.values():
            kind = type(value)
            if kind not in _SIMPLE or kind is str and len(value) > _SHORT or kind is int and value.bit_length() > 63 or kind is float:
                return content.snapshot(named)
        return named  # made here, and nothing in it can change


def parameters_of(function: Any) -> Tuple[Tuple[str, ...], int]:
    """Names of the positional parameters, and how many of the first arguments to leave out (`self` or `cls`)."""
    given = 0
    while hasattr(function, "func") and hasattr(function, "keywords"):  # functools.partial
        given += len(function.args)
        function = function.func
    inner = inspect.unwrap(function)
    if inspect.ismethod(inner):
        given += 1
        inner = inner.__func__
    code = getattr(inner, "__code__", None)
    if not isinstance(code, CodeType):
        return (), 0
    names = code.co_varnames[: code.co_argcount]
    skip = 1 if not given and names[:1] in (("self",), ("cls",)) else 0
    return names[given:], skip


class Call:
    """One open call. `finish` and `fail` never raise."""

    __slots__ = ("guard", "span", "token")

    def __init__(self, span: Span, token: Any) -> None:
        self.guard: Any = None
        self.span = span
        self.token = token

    def finish(self, output: Any) -> None:
        """Ends the call with what it returned."""
        try:
            span = self.span
            if span.run.settings.capture_content:
                if span.kind == TOOL:
                    span.content["gen_ai.tool.call.result"] = content.snapshot(output)
                elif output is not None:  # an agent that returns nothing may have said its output itself
                    span.content["output.value"] = content.snapshot(output)
            self.close()
        except Exception as error:
            errors.swallow(Call.finish, error)

    def fail(self, error: BaseException) -> None:
        """Ends the call with the exception it raised."""
        try:
            span = self.span
            if not (isinstance(error, SystemExit) and error.code in (0, None)) and not isinstance(error, GeneratorExit):
                span.error = errors.record(error, None, span.run.settings)
            self.close()
        except Exception as problem:
            errors.swallow(Call.fail, problem)

    def close(self) -> None:
        """Ends the call."""
        span = self.span
        if span.ended:
            return
        if span.run.settings.memory and span.kind != TOOL:
            span.attributes["arc.memory.end_bytes"] = memory.resident_bytes()
        token, self.token = self.token, None
        lifecycle.end(span, token)

    def enter(self) -> None:
        """Makes the call current in this context, after `pause`."""
        if self.token is None:
            self.token = context.enter(self.span)

    def pause(self) -> None:
        """Gives the context back to the caller while the call is still open (between two items of a generator)."""
        token, self.token = self.token, None
        if token is not None:
            context.leave(token, self.span)


def open_call(plan: Plan, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Optional[Call]:
    """Opens a call: a new run, or a span inside the one that is open here. None when it is not recorded (or already is)."""
    try:
        settings = plan.settings
        above = context.current()
        if plan.kind == TOOL:
            return _open_tool(plan, args, kwargs)
        if above is None or above.run.ended:
            span: Span = lifecycle.start_run(plan.name, settings, LAYER)
        elif plan.subject is not None and above.subject == plan.subject and above.kind in (AGENT, RUN):
            return None  # one method of the agent calling another
        else:
            span = lifecycle.start(AGENT, plan.name, above, LAYER)
        span.subject = plan.subject
        span.attributes.update(plan.attributes)
        if settings.memory:
            span.attributes["arc.memory.start_bytes"] = memory.resident_bytes()
        if span.run.settings.capture_content:
            span.content["input.value"] = plan.input_of(args, kwargs)
        return Call(span, context.enter(span))
    except Exception as error:
        errors.swallow(open_call, error)
        return None


def _open_tool(plan: Plan, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Optional[Call]:
    above = context.enclosing()
    if above is None:
        return None
    if above.kind == TOOL and above.name == plan.name and above.layer != LAYER and not above.ended:
        # A framework's hook saw this call already: it only lacks where the code is.
        for key, value in plan.attributes.items():
            above.attributes.setdefault(key, value)
        return None
    span = lifecycle.start(TOOL, plan.name, above, LAYER)
    span.attributes.update(plan.attributes)
    if span.run.settings.capture_content:
        span.content["gen_ai.tool.call.arguments"] = plan.input_of(args, kwargs)
    return Call(span, context.enter(span))
