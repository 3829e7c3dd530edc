"""Vulnerability desk on LlamaIndex: one function agent, or a front agent that hands over to it."""

import asyncio

from llama_index.core import set_global_tokenizer
from llama_index.core.agent.workflow import AgentWorkflow, FunctionAgent
from llama_index.llms.openai import OpenAI

from . import security_tools

PROMPT = """You answer questions on vulnerable packages. List the packages of the host, find the advisory, open a change for the fixed version. Name only versions and scores that a tool returned."""


async def _answer(question: str, model: str, front_desk: bool) -> str:
    chat = OpenAI(model=model, max_retries=0)
    tools = [security_tools.list_packages, security_tools.find_advisory, security_tools.open_change]
    desk = FunctionAgent(name="vulnerability_agent", description="Answers on vulnerable packages", tools=tools, llm=chat, system_prompt=PROMPT, streaming=False)
    flow = desk
    if front_desk:
        front = FunctionAgent(name="front_agent", description="Routes questions", tools=[], llm=chat, system_prompt="Hand questions on hosts to vulnerability_agent.", can_handoff_to=["vulnerability_agent"], streaming=False)
        flow = AgentWorkflow([front, desk], root_agent="front_agent")
    return str(await flow.run(user_msg=question, max_iterations=6))


def run(question: str, model: str = "gpt-4o-mini", front_desk: bool = False) -> str:
    """Answer one question about a host."""
    set_global_tokenizer(str.split)
    return asyncio.run(_answer(question, model, front_desk))
