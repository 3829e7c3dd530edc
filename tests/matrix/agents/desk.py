"""What the small agents of the matrix share: the tools' real work, where the model is, and the door their trace goes through.

Environment: MODEL_URL (the mock model's root for this run), SCENARIO (ok | tool_raises), DOOR (tracer | run | otel | none),
WORKBENCH (where traces go). Every agent prints one line, `RESULT {…}`, with what really happened.
"""

import asyncio
import inspect
import json
import os
import sys
import traceback
from typing import Any, Callable, Optional

MODEL_URL = os.environ.get("MODEL_URL", "http://127.0.0.1:18090/ok/desk")
BASE_URL = MODEL_URL + "/v1"
WORKBENCH = os.environ.get("WORKBENCH", "http://127.0.0.1:8000")
DOOR = os.environ.get("DOOR", "none")
STREAM = os.environ.get("STREAM") == "1"
MODEL = "gpt-4.1-mini"
QUESTION = "What do we refund for order A-17 if a quarter of it was damaged? Use the tools."
SYSTEM = "You work at an order desk. Look orders up with find_order, compute with refund_amount, and never guess."

for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY", "MISTRAL_API_KEY"):
    os.environ.setdefault(name, "none")
# None of these programs may phone home from a test.
os.environ.update(LITELLM_LOCAL_MODEL_COST_MAP="True", CREWAI_DISABLE_TELEMETRY="true", CREWAI_TRACING_ENABLED="false", CREWAI_TESTING="true",
                  HAYSTACK_TELEMETRY_ENABLED="false", AGNO_TELEMETRY="false", ANONYMIZED_TELEMETRY="false")

did = []


class NoSuchOrder(LookupError):
    """The order desk knows no order of that number."""


def order_total(number: str) -> float:
    """What an order cost, in EUR; `B-404` is the one that does not exist."""
    did.append(["find_order", {"number": number}])
    if number == "B-404":
        raise NoSuchOrder(f"no order {number}")
    return 80.0


def share(total: float, percent: float) -> float:
    """So many percent of a total."""
    did.append(["refund_amount", {"total": float(total), "percent": float(percent)}])
    return round(float(total) * float(percent) / 100, 2)


def provider() -> Any:
    """OpenTelemetry as a user would set it up: OTLP over HTTP to the workbench."""
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    made = TracerProvider(resource=Resource.create({"service.name": "order-desk"}))
    made.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=WORKBENCH + "/v1/traces")))
    trace.set_tracer_provider(made)
    return made


def spanned(agent: Callable[[str], Any]) -> Callable[[str], Any]:
    """An agent of one's own in a span of one's own: an SDK's instrumentation sees calls, but not what they belong to."""
    if DOOR != "otel":
        return agent
    from opentelemetry import trace

    def order_agent(question: str) -> Any:
        with trace.get_tracer("order-desk").start_as_current_span("order_agent"):
            return agent(question)
    return order_agent


def go(build: Callable[[], Any], ask: Callable[[Any], Any], otel: Optional[Callable[[], Any]] = None) -> None:
    """Builds the agent, sends it through the door asked for, asks it the question and says what happened."""
    answer, error, flush = None, None, None
    if DOOR == "otel":
        if otel is None:
            print("RESULT " + json.dumps({"skipped": "no OpenTelemetry for this one"}))
            return
        made = otel()
        flush = getattr(made, "shutdown", None)
    agent = build()
    if DOOR == "tracer":
        from arc_tracer import ArcTracer
        agent = ArcTracer("orders", endpoint=WORKBENCH).trace_agent(agent)
    try:
        answer = ask(agent)
        if inspect.isawaitable(answer):
            async def wait() -> Any:
                return await answer
            answer = asyncio.run(wait())
    except Exception as raised:  # noqa: BLE001 - what an agent raises is part of what is compared
        error = f"{type(raised).__module__}.{type(raised).__name__}: {raised}"[:400]
        if os.environ.get("SHOW_ERRORS"):
            traceback.print_exc()
    if flush:
        flush()
    print("\nRESULT " + json.dumps({"answer": None if answer is None else str(answer)[:400], "error": error, "did": did, "python": sys.version.split()[0]}), flush=True)
