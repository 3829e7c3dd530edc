"""Model release on Pydantic AI: tools and a typed result."""

from openai import AsyncOpenAI
from pydantic import BaseModel
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.usage import UsageLimits

from . import ml_tools

PROMPT = """You decide on model releases. Read the training run, evaluate it on the dataset of the question, and promote it to staging if it reaches 0.80. Report only figures that a tool returned."""


class Release(BaseModel):
    """The decision on one training run."""

    run_id: str
    score: float
    promoted: bool


def run(question: str, model: str = "gpt-4.1-mini") -> dict:
    """Decide on one training run."""
    provider = OpenAIProvider(openai_client=AsyncOpenAI(max_retries=0))
    tools = [ml_tools.get_training_run, ml_tools.evaluate_on, ml_tools.promote_model]
    agent = Agent(OpenAIChatModel(model, provider=provider), instructions=PROMPT, name="model_release", output_type=Release, tools=tools, retries=1)
    return agent.run_sync(question, usage_limits=UsageLimits(request_limit=6)).output.model_dump()
