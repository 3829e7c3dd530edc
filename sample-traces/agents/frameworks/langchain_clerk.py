"""Invoice clerk on LangChain: create_agent with three tools, its last message parsed as JSON."""

from langchain.agents import create_agent
from langchain_core.output_parsers import JsonOutputParser
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI

from . import finance_tools

PROMPT = """You are the invoice clerk. Read the invoice, convert its amount if the question asks for another currency, and schedule the payment.
Never guess an amount. Close with one JSON object: {"invoice_id": string, "amount": number, "currency": string, "payment_id": string}."""


def run(question: str, model: str = "gpt-4o-mini") -> dict:
    """Answer one question about an invoice."""
    tools = [tool(finance_tools.get_invoice), tool(finance_tools.get_exchange_rate), tool(finance_tools.schedule_payment)]
    agent = create_agent(ChatOpenAI(model=model, max_retries=0), tools=tools, system_prompt=PROMPT, name="invoice_clerk")
    state = agent.invoke({"messages": [{"role": "user", "content": question}]}, {"recursion_limit": 14})
    return JsonOutputParser().invoke(state["messages"][-1])
