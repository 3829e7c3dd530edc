"""Run comparison on smolagents: a tool-calling agent."""

import os

from smolagents import OpenAIModel, ToolCallingAgent, tool

from . import ml_tools

PROMPT = """Compare training runs with the tools. Report only figures that a tool returned."""


def run(question: str, model: str = "gpt-4o-mini") -> str:
    """Answer one question about training runs."""
    chat = OpenAIModel(model, api_base=os.environ["OPENAI_BASE_URL"], api_key=os.environ["OPENAI_API_KEY"], client_kwargs={"max_retries": 0}, retry=False)
    tools = [tool(ml_tools.get_training_run), tool(ml_tools.evaluate_on), tool(ml_tools.promote_model)]
    agent = ToolCallingAgent(tools, chat, instructions=PROMPT, max_steps=6, verbosity_level=0)
    return agent.run(question)
