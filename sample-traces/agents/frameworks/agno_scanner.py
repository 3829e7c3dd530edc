"""Host scanner on Agno: one agent with three tools."""

import os

from agno.agent import Agent
from agno.models.openai import OpenAIChat

from . import security_tools

PROMPT = """You answer questions on vulnerable packages. List the packages of the host, find the advisory, open a change for the fixed version. Name only versions and scores that a tool returned."""


def run(question: str, model: str = "gpt-4o-mini") -> str:
    """Answer one question about a host."""
    chat = OpenAIChat(id=model, base_url=os.environ["OPENAI_BASE_URL"], max_retries=0)
    tools = [security_tools.list_packages, security_tools.find_advisory, security_tools.open_change]
    agent = Agent(model=chat, name="host_scanner", tools=tools, instructions=PROMPT, tool_call_limit=8, telemetry=False)
    return str(agent.run(question).content)
