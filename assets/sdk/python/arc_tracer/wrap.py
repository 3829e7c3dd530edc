"""Functions that are traced: each shape (plain, generator, coroutine, async generator) gets a wrapper of the same shape."""

from __future__ import annotations

import functools
import inspect
from typing import Any, Callable, Optional

from .generators import async_generator, deliver, generator
from .plan import Plan, open_call

_MARK = "__arc_traced__"
PlanOf = Callable[[tuple], Optional[Plan]]


def is_traced(function: Any) -> bool:
    """Whether this is a wrapper of ours."""
    return getattr(function, _MARK, False) is True


def wrap_function(function: Callable[..., Any], plan: Optional[Plan], plan_of: Optional[PlanOf] = None) -> Callable[..., Any]:
    """`function` traced: same signature, name, docstring and kind. `plan_of` chooses the plan by the call's positional
    arguments (None: this call is not traced) where one function serves many objects."""
    if inspect.isasyncgenfunction(function):

        @functools.wraps(function)
        async def traced_async_generator(*args: Any, **kwargs: Any) -> Any:
            chosen = plan if plan_of is None else plan_of(args)
            call = None if chosen is None else open_call(chosen, args, kwargs)
            inner = function(*args, **kwargs)
            if call is not None:
                call.pause()
                inner = async_generator(inner, call)
            # An `async for` would hide what is sent and thrown in; this passes it on.
            step, value = inner.asend, None
            try:
                while True:
                    item = await step(value)
                    try:
                        value = yield item
                        step = inner.asend
                    except GeneratorExit:
                        await inner.aclose()
                        raise
                    except BaseException as error:
                        step, value = inner.athrow, error
            except StopAsyncIteration:
                return

        wrapper: Callable[..., Any] = traced_async_generator
    elif inspect.isgeneratorfunction(function):

        @functools.wraps(function)
        def traced_generator(*args: Any, **kwargs: Any) -> Any:
            chosen = plan if plan_of is None else plan_of(args)
            call = None if chosen is None else open_call(chosen, args, kwargs)
            inner = function(*args, **kwargs)
            if call is not None:
                call.pause()
                inner = generator(inner, call)
            return (yield from inner)

        wrapper = traced_generator
    elif inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def traced_coroutine(*args: Any, **kwargs: Any) -> Any:
            chosen = plan if plan_of is None else plan_of(args)
            call = None if chosen is None else open_call(chosen, args, kwargs)
            if call is None:
                return await function(*args, **kwargs)
            try:
                result = await function(*args, **kwargs)
            except BaseException as error:
                call.fail(error)
                raise
            call.finish(result)
            return result

        wrapper = traced_coroutine
    else:

        @functools.wraps(function)
        def traced(*args: Any, **kwargs: Any) -> Any:
            chosen = plan if plan_of is None else plan_of(args)
            call = None if chosen is None else open_call(chosen, args, kwargs)
            if call is None:
                return function(*args, **kwargs)
            try:
                result = function(*args, **kwargs)
            except BaseException as error:
                call.fail(error)
                raise
            return delivered(result, call)

        wrapper = traced
    setattr(wrapper, _MARK, True)
    return wrapper


def delivered(result: Any, call: Any) -> Any:
    """`deliver`, with a quick way for what is surely finished."""
    kind = type(result)
    if kind is str or kind is dict or kind is int or kind is list or result is None:
        call.finish(result)
        return result
    return deliver(result, call)
