"""The groq SDK: the same generated client and the same chat completions as OpenAI's."""

from __future__ import annotations

from . import openai_sdk, stainless


def install() -> None:
    stainless.install("groq", "groq", (openai_sdk.CHAT, openai_sdk.EMBEDDINGS))
