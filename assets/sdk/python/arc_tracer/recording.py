"""What hooks use to record model calls, tool calls, agents and steps: start one, say what is known, end it.

    recording = start_model_call(layer="openai", provider="openai", model="gpt-4.1", messages=[…])
    if not recording:            # no run is open here: nothing is recorded
        return original(*args, **kwargs)
    try:
        answer = original(*args, **kwargs)
    except BaseException as error:
        recording.fail(error)
        raise
    recording.end(input_tokens=…, output_tokens=…, output_messages=[…])

**Nothing here raises**, blocks or does I/O; a hook has to guard only its own reading of the framework's objects (`errors.guarded`).

*Where a recording belongs.* By default under the span that is open in this context, else under the only active run. A callback
whose start and end come in different threads or contexts starts with `detached=True` (the context is not touched) and, when it
knows its parent, `parent=` (a recording, or a span); `OpenRecordings` keeps them by the framework's own ids.

*One call seen at two layers* is recorded once. Whoever starts first owns the span (the framework's hook is the outer one); what a
second layer starts inside it is a *supplement*: it has the same methods, but only adds fields the owner never set (the SDK's hook
thus fills in usage and response id), and its end does not end the span. This holds

- for a model call inside a model call (by context, or, if the outer one is detached, an open one of the same run without a supplement),
- for a tool call inside a tool call of the same name from another `layer` (or with the same call id),
- for an agent inside an agent with the same `subject` (the framework's agent object), or of the same name from another `layer`.

*Messages* are in the shape of the GenAI semantic conventions: a list of `{"role": …, "parts": […]}`, a part being
`{"type": "text", "content": …}`, `{"type": "reasoning", "content": …}`, `{"type": "tool_call", "id", "name", "arguments"}` or
`{"type": "tool_call_response", "id", "response"}`; output messages also have `"finish_reason"`. Arguments of a tool call are an
object, or the text as the model gave it when that is not JSON. Tools are a list of `{"type": "function", "name", "description",
"parameters"}`. Values are copied (bounded) before the call returns, so they may change afterwards.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, Dict, Hashable, Optional, Type, TypeVar, Union

from . import content, context, errors, lifecycle
from .code_location import location_of
from .fields import ATTRIBUTES, CONTENT, USAGE, put_code, supplement, write
from .span import AGENT, MODEL, RUN, STEP, TOOL, Span

__all__ = [
    "ATTRIBUTES", "CONTENT", "NOTHING", "STEP_KINDS", "USAGE", "Activation", "OpenRecordings", "Recording", "Supplement",
    "current", "record_tools", "start_agent", "start_model_call", "start_step", "start_tool_call", "write",
]

#: Kinds of step that are neither model call, tool call nor agent.
STEP_KINDS = frozenset(("reasoning", "retrieval", "decision", "handoff", "guardrail", "message", "step"))

_R = TypeVar("_R", bound="Recording")


class Recording:
    """One open span. False when nothing is recorded (then every method does nothing)."""

    __slots__ = ("_token", "span")

    def __init__(self, span: Optional[Span], token: Any = None) -> None:
        self.span = span
        self._token = token

    def __bool__(self) -> bool:
        return self.span is not None

    @property
    def wants_content(self) -> bool:
        """Whether messages, arguments and results are kept; hooks need not build them otherwise."""
        return self.span is not None and self.span.run.settings.capture_content

    def set(self, **fields: Any) -> None:
        """Sets fields (`ATTRIBUTES`, `CONTENT`); None means "not known" and changes nothing. Unknown names are kept as attributes."""
        span = self.span
        if span is not None:
            write(span, fields)

    def attribute(self, name: str, value: Any) -> None:
        """Sets one attribute by its name on the wire: text, number, bool or a list of these."""
        if self.span is not None and value is not None:
            self.span.attributes[name] = content.scalar(value)

    def rename(self, name: str) -> None:
        """Gives the span the name that only became known later."""
        if self.span is not None and name:
            self.span.name = str(name)

    def code(self, function: Any) -> None:
        """Says where the code of the agent or tool is defined; `function` may be a function, method, class, or object."""
        if self.span is not None:
            put_code(self.span, location_of(function))

    def first_token(self) -> None:
        """Notes that the first piece of a streamed answer came now."""
        if self.span is not None:
            lifecycle.first_token(self.span)

    def end(self, **fields: Any) -> None:
        """Ends the span, with the last fields. A second end changes nothing."""
        span = self.span
        if span is None:
            return
        if fields:
            write(span, fields)
        token, self._token = self._token, None
        lifecycle.end(span, token)

    def fail(self, error: Union[BaseException, str, None], error_type: Optional[str] = None, **fields: Any) -> None:
        """Ends the span as failed. `error` may be text when the framework gives no exception; `error_type` then names its class."""
        span = self.span
        if span is None:
            return
        if span.error is None:
            span.error = errors.record(error, error_type, span.run.settings)
        self.end(**fields)

    def active(self) -> "Activation":
        """`with recording.active():` makes a detached recording the current one for a while, so that what happens inside is below it."""
        return Activation(self.span)

    def __enter__(self: _R) -> _R:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        if error is None:
            self.end()
        else:
            self.fail(error)


class Supplement(Recording):
    """A second layer's view of a call that is already open: it fills gaps and ends nothing."""

    __slots__ = ("_done", "_fields")

    def __init__(self, span: Span) -> None:
        super().__init__(span)
        self._fields: Dict[str, Any] = {}
        self._done = False
        span.tallies = span.tallies or {}
        span.tallies["open"] = span.tallies.get("open", 0) + 1

    def set(self, **fields: Any) -> None:
        self._fields.update(fields)

    def rename(self, name: str) -> None:
        pass

    def attribute(self, name: str, value: Any) -> None:
        if self.span is not None and name not in self.span.attributes:
            super().attribute(name, value)

    def code(self, function: Any) -> None:
        if self.span is not None and "code.file.path" not in self.span.attributes:
            super().code(function)

    def end(self, **fields: Any) -> None:
        span = self.span
        if span is None or self._done:
            return
        self._done = True
        self._fields.update(fields)
        supplement(span, self._fields)
        if span.tallies is not None:
            span.tallies["open"] = max(0, span.tallies.get("open", 1) - 1)

    def fail(self, error: Union[BaseException, str, None], error_type: Optional[str] = None, **fields: Any) -> None:
        # Whether the call failed is the owner's to say: it may retry, or answer from elsewhere.
        self.end(**fields)


class Activation:
    """Makes a span current between enter and exit, in this context only."""

    __slots__ = ("_span", "_token")

    def __init__(self, span: Optional[Span]) -> None:
        self._span = span
        self._token: Any = None

    def __enter__(self) -> None:
        if self._span is not None:
            self._token = context.enter(self._span)

    def __exit__(self, *_: Any) -> None:
        if self._span is not None and self._token is not None:
            context.leave(self._token, self._span)
            self._token = None


#: Records nothing.
NOTHING = Recording(None)

Parent = Union[Recording, Span, None]


def current() -> Recording:
    """The recording of the innermost open span here; `NOTHING` outside a run. Its `end` must not be called: it has an owner."""
    span = context.enclosing_open()
    return NOTHING if span is None else Recording(span)


def start_model_call(
    *,
    layer: str,
    provider: Optional[str] = None,
    model: Optional[str] = None,
    messages: Any = None,
    system: Any = None,
    tools: Any = None,
    parent: Parent = None,
    detached: bool = False,
    **fields: Any,
) -> Recording:
    """Starts a call of a language model. `layer` names the hook ("langchain", "openai" …)."""
    above = _parent(parent)
    if above is None:
        return NOTHING
    owner = _open_model_call(above, layer)
    if owner is not None:
        extra = Supplement(owner)
        extra.set(provider=provider, model=model, messages=messages, system=system, tools=tools, **fields)
        return extra
    recording = _start(MODEL, model or "model call", above, layer, detached)
    recording.set(provider=provider, model=model, messages=messages, system=system, tools=tools, **fields)
    return recording


def start_tool_call(
    *,
    layer: str,
    name: str,
    arguments: Any = None,
    call_id: Optional[str] = None,
    code: Any = None,
    parent: Parent = None,
    detached: bool = False,
    **fields: Any,
) -> Recording:
    """Starts a call of a tool. `arguments` is an object, or text when the model's were not JSON; `code` is the tool's function."""
    above = _parent(parent)
    if above is None:
        return NOTHING
    owner = above if above.kind == TOOL and not above.ended else None
    if owner is not None and (
        (owner.name == name and owner.layer != layer) or (call_id is not None and owner.attributes.get("gen_ai.tool.call.id") == call_id)
    ):
        recording: Recording = Supplement(owner)
    else:
        recording = _start(TOOL, name, above, layer, detached)
    recording.set(arguments=arguments, call_id=call_id, **fields)
    if code is not None:
        recording.code(code)
    return recording


def start_agent(
    *,
    layer: str,
    name: str,
    input: Any = None,
    subject: Any = None,
    code: Any = None,
    parent: Parent = None,
    detached: bool = False,
    **fields: Any,
) -> Recording:
    """Starts an agent inside the run. `subject` is the framework's agent object, by which an agent wrapped by the user is known again.

    Outside any run this records nothing, except under `arc-eval-tui run`, where it opens the run."""
    above = _parent(parent, implicit=False)
    if above is None:
        run = lifecycle.automatic_run(name, layer)
        if run is None:
            return NOTHING
        run.subject = None if subject is None else id(subject)
        recording = Recording(run, None if detached else context.enter(run))
    else:
        same = above.kind in (AGENT, RUN) and not above.ended
        if same and (
            (subject is not None and above.subject == id(subject)) or (above.name == name and above.layer != layer)
        ):
            recording = Supplement(above)
        else:
            recording = _start(AGENT, name, above, layer, detached)
            if subject is not None and recording.span is not None:
                recording.span.subject = id(subject)
    recording.set(input=input, **fields)
    if code is not None:
        recording.code(code)
    return recording


def start_step(
    *,
    layer: str,
    kind: str,
    name: str,
    input: Any = None,
    parent: Parent = None,
    detached: bool = False,
    **fields: Any,
) -> Recording:
    """Starts a step of another kind (`STEP_KINDS`; others become "step")."""
    above = _parent(parent)
    if above is None:
        return NOTHING
    recording = _start(STEP, name, above, layer, detached)
    recording.attribute("arc.step.kind", kind if kind in STEP_KINDS else "step")
    recording.set(input=input, **fields)
    return recording


def record_tools(tools: Any, parent: Parent = None) -> None:
    """Says which tools the agent has, on the nearest agent or run above here (first word counts)."""
    span = lifecycle.nearest_agent(_parent(parent, implicit=False))
    if span is not None and tools and CONTENT["tools"] not in span.content:
        write(span, {"tools": tools})


class OpenRecordings:
    """Recordings by a framework's own ids, for callbacks. Bounded: of calls that never end, the oldest is ended and forgotten."""

    # No lock: single dictionary operations are atomic, and a lock might be held at a fork.

    def __init__(self, limit: int = 4096) -> None:
        self._limit = limit
        self._open: Dict[Hashable, Recording] = {}

    def put(self, key: Hashable, recording: Recording) -> None:
        """Keeps a recording (also one that records nothing, so that its children are not looked for elsewhere)."""
        self._open[key] = recording
        if len(self._open) > self._limit:
            try:
                self._open.pop(next(iter(self._open)), NOTHING).end()
            except (RuntimeError, StopIteration):
                pass  # another thread just put or took one; the next put tries again

    def get(self, key: Hashable) -> Optional[Recording]:
        """The open recording with this id."""
        return self._open.get(key)

    def take(self, key: Hashable) -> Recording:
        """The recording with this id, no longer kept; `NOTHING` if there is none."""
        return self._open.pop(key, NOTHING)


def _parent(parent: Parent, implicit: bool = True) -> Optional[Span]:
    if parent is None:
        return context.enclosing(implicit)
    return parent.span if isinstance(parent, Recording) else parent


def _start(kind: str, name: str, above: Span, layer: str, detached: bool) -> Recording:
    span = lifecycle.start(kind, str(name), above, layer)
    return Recording(span, None if detached else context.enter(span))


def _open_model_call(above: Span, layer: str) -> Optional[Span]:
    if above.kind == MODEL and not above.ended:
        return above
    return lifecycle.unclaimed_model_call(above, layer)
