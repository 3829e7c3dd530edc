"""Google's Agent Development Kit. One line: runner = ArcTracer("orders").trace_agent(runner)"""

import desk
from google.adk.agents import LlmAgent
from google.adk.models.google_llm import Gemini
from google.adk.runners import Runner
from google.adk.sessions import InMemorySessionService
from google.genai import types


def find_order(number: str) -> dict:
    """What an order cost, in EUR."""
    return {"total": desk.order_total(number)}


async def refund_amount(total: float, percent: float) -> dict:
    """So many percent of a total."""
    return {"refund": desk.share(total, percent)}


def build():
    model = Gemini(model="gemini-2.5-flash", base_url=desk.MODEL_URL)
    agent = LlmAgent(name="order_agent", model=model, instruction=desk.SYSTEM, tools=[find_order, refund_amount])
    return Runner(app_name="orders", agent=agent, session_service=InMemorySessionService())


async def ask(runner):
    await runner.session_service.create_session(app_name="orders", user_id="ann", session_id="s1")
    question = types.Content(role="user", parts=[types.Part(text=desk.QUESTION)])
    answer = ""
    async for event in runner.run_async(user_id="ann", session_id="s1", new_message=question):
        if event.is_final_response() and event.content:
            answer = "".join(part.text or "" for part in event.content.parts)
    return answer


desk.go(build, ask, desk.provider)
