"""Instructor, on the openai SDK. One line: agent = ArcTracer("orders").trace_agent(agent)"""

import desk
import instructor
import openai
from pydantic import BaseModel


class Refund(BaseModel):
    """What is paid back."""

    answer: str


def build():
    client = instructor.from_openai(openai.OpenAI(base_url=desk.BASE_URL, max_retries=0), mode=instructor.Mode.JSON)

    def order_agent(question):
        return client.chat.completions.create(model=desk.MODEL, response_model=Refund, max_retries=0,
                                              messages=[{"role": "system", "content": desk.SYSTEM}, {"role": "user", "content": question}]).answer
    return order_agent


desk.go(build, lambda agent: agent(desk.QUESTION))
