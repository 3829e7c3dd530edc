"""Payables crew on CrewAI: one worker, or a lead who delegates to it."""

import os

from crewai import LLM, Agent, Crew, Task
from crewai.tools import tool

from . import finance_tools

BACKSTORY = "You pay suppliers on time and never guess an amount: you read the invoice, convert if asked, and schedule the payment."


def run(question: str, model: str = "gpt-4o-mini", front_desk: bool = False) -> str:
    """Handle one invoice."""
    chat = LLM(model=f"openai/{model}", base_url=os.environ["OPENAI_BASE_URL"], api_key=os.environ["OPENAI_API_KEY"], max_retries=0)
    functions = (finance_tools.get_invoice, finance_tools.get_exchange_rate, finance_tools.schedule_payment)
    tools = [tool(function.__name__)(function) for function in functions]
    worker = Agent(role="Payables clerk", goal="Pay the invoice", backstory=BACKSTORY, tools=tools, llm=chat, max_iter=5, max_retry_limit=0, verbose=False)
    agents = [worker]
    if front_desk:
        agents = [Agent(role="Payables lead", goal="Delegate", backstory="You lead the payables team.", llm=chat, allow_delegation=True, verbose=False), worker]
    task = Task(description=question, expected_output="One sentence on what was scheduled", agent=agents[0])
    return Crew(name="payables", agents=agents, tasks=[task], verbose=False).kickoff().raw
