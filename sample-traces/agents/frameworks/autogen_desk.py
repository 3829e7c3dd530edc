"""Release desk on AutoGen: one assistant with three tools."""

import asyncio
import os

from autogen_agentchat.agents import AssistantAgent
from autogen_ext.models.openai import OpenAIChatCompletionClient

from . import ml_tools

PROMPT = """You decide on model releases. Read the training run, evaluate it, and promote it to staging if it reaches 0.80. Report only figures that a tool returned."""


async def _answer(question: str, model: str) -> str:
    chat = OpenAIChatCompletionClient(model=model, base_url=os.environ["OPENAI_BASE_URL"], max_retries=0)
    tools = [ml_tools.get_training_run, ml_tools.evaluate_on, ml_tools.promote_model]
    agent = AssistantAgent("release_desk", chat, tools=tools, system_message=PROMPT, max_tool_iterations=6)
    return str((await agent.run(task=question)).messages[-1].content)


def run(question: str, model: str = "gpt-4.1-mini") -> str:
    """Decide on one training run."""
    return asyncio.run(_answer(question, model))
