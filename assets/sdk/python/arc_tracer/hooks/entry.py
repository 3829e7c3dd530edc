"""Entry points: the methods by which a framework's agents are run. Inside a run they are agents in it; outside any, under
`arc-eval-tui run`, they open one."""

from __future__ import annotations

from typing import Any, Callable, Iterable, Optional

from ..recording import NOTHING, Recording, start_agent
from . import adopted, patching, shapes


def patch(
    layer: str,
    module: str,
    paths: Iterable[str],
    name: Callable[[Any], Any] = lambda agent: getattr(agent, "name", None),
    given: Callable[[Any, Any], Any] = lambda args, kwargs: first_argument(args, kwargs),
    answer: Callable[[Any], Any] = shapes.plain,
    agent_of: Callable[[Any, Any], Any] = lambda args, kwargs: args[0],
    tools: Optional[Callable[[Any], Any]] = None,
    framework: Optional[Callable[[Any], str]] = None,
    each: Optional[Callable[[Recording, Any], None]] = None,
    outlasts: Callable[[Recording, Any], bool] = lambda recording, result: False,
) -> bool:
    """Records the calls of the methods at `paths` ("Class.method") as agents. `name`, `tools` read the agent object, `given` and
    `answer` the call's input and output, `each` the items of one that streams; `outlasts` as in `patching.around`. False if there is
    none of them."""

    def begin(args: Any, kwargs: Any) -> Recording:
        agent = agent_of(args, kwargs)
        if agent is None:
            return NOTHING
        recording = adopted.open_run(agent, layer) or start_agent(
            layer=layer, name=shapes.text(name(agent)) or type(agent).__name__, subject=agent, detached=True
        )
        if recording:
            recording.set(
                input=given(args, kwargs),
                framework=layer if framework is None else framework(agent),
                tools=tools(agent) if tools is not None else None,
            )
            if framework is not None and recording.span is not None:
                # Of the same agent, but told by its class alone (LangChain's agents are LangGraph's graphs): the hook knows better.
                recording.span.attributes["arc.framework"] = framework(agent)
        return recording

    def finish(recording: Recording, result: Any) -> None:
        if result is not None and recording.wants_content:
            recording.set(output=answer(result))

    # Each path is tried, whether or not another is there.
    return any([patching.replace(module, path, patching.around(begin, finish, each, outlasts=outlasts)) for path in paths])


def first_argument(args: Any, kwargs: Any) -> Any:
    """The call's first argument beside `self`, else its keywords."""
    return args[1] if len(args) > 1 else dict(kwargs) or None
