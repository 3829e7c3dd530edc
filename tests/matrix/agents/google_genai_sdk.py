"""Google's genai SDK, which calls the tools itself. One line: agent = ArcTracer("orders").trace_agent(agent)"""

import desk
from google import genai
from google.genai import types


def find_order(number: str) -> float:
    """What an order cost, in EUR."""
    return desk.order_total(number)


def refund_amount(total: float, percent: float) -> float:
    """So many percent of a total."""
    return desk.share(total, percent)


def build():
    client = genai.Client(api_key="none", http_options=types.HttpOptions(base_url=desk.MODEL_URL))

    def order_agent(question):
        config = types.GenerateContentConfig(tools=[find_order, refund_amount], system_instruction=desk.SYSTEM)
        if desk.STREAM:
            return "".join(part.text or "" for part in client.models.generate_content_stream(model="gemini-2.5-flash", contents=question, config=config))
        return client.models.generate_content(model="gemini-2.5-flash", contents=question, config=config).text
    return order_agent


desk.go(build, lambda agent: agent(desk.QUESTION))
