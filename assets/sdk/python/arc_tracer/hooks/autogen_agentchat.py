"""AutoGen AgentChat: the runs of agents and teams, and each agent's turn in a team."""

from __future__ import annotations

from typing import Any

from ..recording import Recording, start_agent
from . import entry, patching, shapes
from .shapes import get

LAYER = "autogen_agentchat"
FRAMEWORK = "autogen"


def install() -> None:
    from autogen_agentchat.agents import BaseChatAgent

    for module, cls in (("autogen_agentchat.agents", "BaseChatAgent"), ("autogen_agentchat.teams", "BaseGroupChat")):
        entry.patch(
            LAYER,
            module,
            (f"{cls}.run", f"{cls}.run_stream"),
            given=_task,
            answer=_answer,
            framework=lambda _: FRAMEWORK,
            each=lambda recording, item: recording.set(output=_answer(item)) if get(item, "messages") else None,
        )
    patching.every_subclass(BaseChatAgent, "on_messages_stream", patching.around(_begin_turn, None, _reply))


def _task(args: Any, kwargs: Any) -> Any:
    task = kwargs.get("task")
    if isinstance(task, (list, tuple)):
        return [get(one, "content") for one in task]
    return task if isinstance(task, str) else get(task, "content")


def _answer(result: Any) -> Any:
    messages = shapes.items(get(result, "messages"))
    return shapes.plain(get(messages[-1], "content")) if messages else None


def _begin_turn(args: Any, kwargs: Any) -> Recording:
    agent = args[0]
    return start_agent(layer=LAYER, name=shapes.text(get(agent, "name")) or "agent", subject=agent, detached=True, framework=FRAMEWORK)


def _reply(recording: Recording, item: Any) -> None:
    answer = get(get(item, "chat_message"), "content")
    if answer is not None:
        recording.set(output=shapes.plain(answer))
