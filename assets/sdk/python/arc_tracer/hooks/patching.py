"""Replacing a framework's function by one that records and then does what it always did."""

from __future__ import annotations

import functools
import importlib
import inspect
from typing import Any, Callable, Optional, Tuple

from .. import errors
from ..recording import NOTHING, Recording

#: Marks our wrappers, so that nothing is wrapped twice.
MARK = "__arc_tracer_hook__"

#: Called as `begin(args, kwargs)` before the function; gives the recording of the call.
Begin = Callable[[Tuple[Any, ...], Any], Recording]
#: Called as `finish(recording, result)` when it succeeded; has to end the recording.
Finish = Callable[[Recording, Any], None]


def replace(module: str, path: str, make: Callable[[Any], Any]) -> bool:
    """Replaces `module`'s function or method at `path` ("Class.method") by `make(original)`. False if there is no such thing,
    or if it is replaced already."""
    try:
        owner: Any = importlib.import_module(module)
    except ImportError:
        return False
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent, None)
        if owner is None:
            return False
    return replace_in(owner, name, make)


def replace_in(owner: Any, name: str, make: Callable[[Any], Any]) -> bool:
    """Replaces one function of a module, or a method that the class itself defines."""
    static = vars(owner).get(name)
    if static is None:
        return False
    original = static.__func__ if isinstance(static, (staticmethod, classmethod)) else static
    if not callable(original) or getattr(original, MARK, False):
        return False
    made = functools.wraps(original)(make(original))
    setattr(made, MARK, True)
    setattr(owner, name, type(static)(made) if isinstance(static, (staticmethod, classmethod)) else made)
    return True


def around(
    begin: Begin,
    finish: Optional[Finish] = None,
    each: Optional[Callable[[Recording, Any], None]] = None,
    cause: Callable[[BaseException], BaseException] = lambda error: error,
    outlasts: Callable[[Recording, Any], bool] = lambda recording, result: False,
) -> Callable[[Any], Any]:
    """Makes a wrapper that records each call of a function, of whatever kind it is: plain, coroutine, generator or async generator,
    or a plain one that gives back one of these.

    `begin` starts a *detached* recording (the wrapper makes it current while the function's own code runs), `finish` ends it with the
    result, which for a generator is None; `each` sees a generator's items, `cause` gives the exception to record for one that a plain function raised, and `outlasts`
    may keep a plain function's recording open beyond the call: then it has seen to its end. What raises in them costs the
    recording, never the call.
    """

    def start(args: Tuple[Any, ...], kwargs: Any) -> Recording:
        try:
            return begin(args, kwargs)
        except Exception as error:
            errors.swallow(begin, error)
            return NOTHING

    def done(recording: Recording, result: Any) -> None:
        try:
            if finish is not None:
                finish(recording, result)
        except Exception as error:
            errors.swallow(finish, error)
        recording.end()

    def make(original: Any) -> Any:
        if inspect.iscoroutinefunction(original):

            async def on_coroutine(*args: Any, **kwargs: Any) -> Any:
                recording = start(args, kwargs)
                return await _awaited(original(*args, **kwargs), recording, done, each) if recording else await original(*args, **kwargs)

            return on_coroutine
        if inspect.isasyncgenfunction(original):

            async def on_async_generator(*args: Any, **kwargs: Any) -> Any:
                recording = start(args, kwargs)
                items = original(*args, **kwargs)
                if recording:
                    items = _async_items(items, recording, done, each)
                try:
                    async for item in items:
                        yield item
                finally:
                    await items.aclose()

            return on_async_generator
        if inspect.isgeneratorfunction(original):

            def on_generator(*args: Any, **kwargs: Any) -> Any:
                recording = start(args, kwargs)
                if recording:
                    return (yield from _items(original(*args, **kwargs), recording, done, each))
                return (yield from original(*args, **kwargs))

            return on_generator

        def on_call(*args: Any, **kwargs: Any) -> Any:
            recording = start(args, kwargs)
            if not recording:
                return original(*args, **kwargs)
            try:
                with recording.active():
                    result = original(*args, **kwargs)
            except BaseException as error:
                recording.fail(cause(error))
                raise
            if inspect.iscoroutine(result):
                return _awaited(result, recording, done, each)
            if inspect.isasyncgen(result):
                return _async_items(result, recording, done, each)
            if inspect.isgenerator(result):
                return _items(result, recording, done, each)
            if not errors.guarded(outlasts)(recording, result):
                done(recording, result)
            return result

        return on_call

    return make


#: Where what a call gives back at once keeps the task that does the work.
_TASKS = ("_result_task", "run_loop_task", "_run_impl_task")


def task_of(result: Any) -> Any:
    """The task behind what a call gave back at once (a future, LlamaIndex's handler, a streamed result of OpenAI's), or None."""
    for task in (result, *(getattr(result, name, None) for name in _TASKS)):
        if hasattr(task, "add_done_callback") and hasattr(task, "exception"):
            return task
    return None


def around_task(begin: Begin, finish: Callable[[Recording, Any, Any], None]) -> Callable[[Any], Any]:
    """As `around`, for functions that start a task and return at once: recorded until the task is done. `finish` sees what the
    function returned and what the task gave."""

    def make(original: Any) -> Any:
        def start_task(*args: Any, **kwargs: Any) -> Any:
            recording = errors.guarded(begin)(args, kwargs)
            if not recording:
                return original(*args, **kwargs)
            try:
                with recording.active():
                    result = original(*args, **kwargs)
            except BaseException as error:
                recording.fail(error)
                raise

            def ended(task: Any) -> None:
                try:
                    error = None if task.cancelled() else task.exception()
                    if error is not None:
                        recording.fail(error)
                    elif not task.cancelled():
                        finish(recording, result, task.result())
                except Exception as raised:
                    errors.swallow(finish, raised)
                recording.end()

            task = task_of(result)
            if task is None:
                recording.end()
            else:
                task.add_done_callback(ended)
            return result

        return start_task

    return make


def around_context(begin: Begin, finish: Optional[Finish] = None) -> Callable[[Any], Any]:
    """As `around`, for functions that give an async context manager: recorded is the time inside it. `begin` starts an ordinary
    (not detached) recording, so that the body of the `async with` is below it; `finish` sees what the manager gave to the body."""

    def make(original: Any) -> Any:
        def open_context(*args: Any, **kwargs: Any) -> Any:
            return _Context(original(*args, **kwargs), begin, finish, args, kwargs)

        return open_context

    return make


class _Context:
    """An async context manager with a recording around it."""

    def __init__(self, inner: Any, begin: Begin, finish: Optional[Finish], args: Any, kwargs: Any) -> None:
        self._inner = inner
        self._begin = begin
        self._finish = finish
        self._call = (args, kwargs)
        self._recording: Recording = NOTHING
        self._value: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def __aenter__(self) -> Any:
        try:
            self._recording = self._begin(*self._call)
        except Exception as error:
            errors.swallow(self._begin, error)
        try:
            self._value = await self._inner.__aenter__()
        except BaseException as error:
            self._recording.fail(error)
            raise
        return self._value

    async def __aexit__(self, kind: Any, error: Any, trace: Any) -> Any:
        try:
            suppressed = await self._inner.__aexit__(kind, error, trace)
        except BaseException as raised:
            self._recording.fail(raised)
            raise
        if error is not None and not suppressed:
            self._recording.fail(error)
            return suppressed
        try:
            if self._finish is not None and self._recording:
                self._finish(self._recording, self._value)
        except Exception as raised:
            errors.swallow(self._finish, raised)
        self._recording.end()
        return suppressed


def every_subclass(base: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Replaces a method in a class and wherever its subclasses override it, also in those still to be defined."""
    pending = [base]
    while pending:
        cls = pending.pop()
        replace_in(cls, name, make)
        pending += cls.__subclasses__()

    own = vars(base).get("__init_subclass__")

    def __init_subclass__(cls: Any, **kwargs: Any) -> None:
        if own is None:
            super(base, cls).__init_subclass__(**kwargs)
        else:
            own.__func__(cls, **kwargs)
        try:
            replace_in(cls, name, make)
        except Exception as error:
            errors.swallow(name, error)

    base.__init_subclass__ = classmethod(__init_subclass__)


async def _awaited(coroutine: Any, recording: Recording, done: Finish, each: Any) -> Any:
    try:
        with recording.active():
            result = await coroutine
    except BaseException as error:
        recording.fail(error)
        raise
    if inspect.isasyncgen(result):
        return _async_items(result, recording, done, each)
    done(recording, result)
    return result


def _seen(each: Optional[Callable[[Recording, Any], None]], recording: Recording, item: Any) -> None:
    if each is not None:
        try:
            each(recording, item)
        except Exception as error:
            errors.swallow(each, error)


def _items(items: Any, recording: Recording, done: Finish, each: Any) -> Any:
    """A generator's items, its recording current only while the generator itself runs: between them it is the caller's turn."""
    sent: Any = None
    try:
        while True:
            try:
                with recording.active():
                    item = items.send(sent)
            except StopIteration as stop:
                done(recording, stop.value)
                return stop.value
            _seen(each, recording, item)
            sent = yield item
    except GeneratorExit:
        with recording.active():
            items.close()
        done(recording, None)
        raise
    except BaseException as error:
        recording.fail(error)
        raise


async def _async_items(items: Any, recording: Recording, done: Finish, each: Any) -> Any:
    try:
        while True:
            try:
                with recording.active():
                    item = await items.__anext__()
            except StopAsyncIteration:
                break
            _seen(each, recording, item)
            yield item
    except GeneratorExit:
        with recording.active():
            await items.aclose()
        done(recording, None)
        raise
    except BaseException as error:
        recording.fail(error)
        raise
    done(recording, None)


def argument(args: Tuple[Any, ...], kwargs: Any, position: int, name: str, default: Any = None) -> Any:
    """An argument given by position (`self` is 0) or by name."""
    return kwargs[name] if name in kwargs else args[position] if len(args) > position else default
