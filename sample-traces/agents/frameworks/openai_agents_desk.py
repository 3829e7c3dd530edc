"""Treasury desk on the OpenAI Agents SDK: a front agent hands over to a payments agent."""

from openai import AsyncOpenAI

from agents import Agent, Runner, function_tool, set_default_openai_api, set_default_openai_client, set_tracing_disabled

from . import finance_tools

PROMPT = """You are the payments agent of the treasury desk. Read the invoice, convert the amount if another currency is asked for, schedule the payment, and say what you scheduled. Never guess an amount."""
FRONT = """You are the front of the treasury desk. Hand everything about invoices to payments_agent."""


def run(question: str, model: str = "gpt-4o", front_desk: bool = False) -> str:
    """Answer one question, with or without the front desk."""
    set_tracing_disabled(True)
    set_default_openai_client(AsyncOpenAI(max_retries=0), use_for_tracing=False)
    set_default_openai_api("chat_completions")
    functions = (finance_tools.get_invoice, finance_tools.get_exchange_rate, finance_tools.schedule_payment)
    tools = [function_tool(function, failure_error_function=None) for function in functions]
    desk = Agent(name="payments_agent", instructions=PROMPT, model=model, tools=tools)
    start = Agent(name="front_desk", instructions=FRONT, model=model, handoffs=[desk]) if front_desk else desk
    return Runner.run_sync(start, question, max_turns=7).final_output
