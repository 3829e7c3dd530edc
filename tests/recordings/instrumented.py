"""Runs one agent of the matrix under another OpenTelemetry instrumentation or transport than its own.

    ENVIRONMENT/bin/python instrumented.py <instrumentation> <transport> <agent.py>

What is no line of `INSTRUMENTATIONS` is the instrumentation that the agent's file sets up itself. Beside the agent's `RESULT` line
it prints one `VERSIONS {...}` of what was used. Environment as in the matrix's `desk.py`.
"""

import importlib
import importlib.metadata
import json
import logging
import os
import pathlib
import re
import runpy
import sys
from typing import Any, Callable, Dict, Optional

# Content is off by default in some; a recording without messages would show little.
os.environ.update(OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT="true", HAYSTACK_CONTENT_TRACING_ENABLED="true",
                  SEMANTICKERNEL_EXPERIMENTAL_GENAI_ENABLE_OTEL_DIAGNOSTICS_SENSITIVE="true")

#: (instrumentation, agent): the instrumentor's module and class.
INSTRUMENTATIONS = {
    ("genai", "openai_sdk"): ("opentelemetry.instrumentation.genai.openai", "OpenAIInstrumentor"),
    ("genai", "anthropic_sdk"): ("opentelemetry.instrumentation.genai.anthropic", "AnthropicInstrumentor"),
    ("genai", "langchain_agent"): ("opentelemetry.instrumentation.genai.langchain", "LangChainInstrumentor"),
    ("genai", "langgraph_agent"): ("opentelemetry.instrumentation.genai.langchain", "LangChainInstrumentor"),
    ("genai", "openai_agents"): ("opentelemetry.instrumentation.genai.openai_agents", "OpenAIAgentsInstrumentor"),
    ("genai", "smolagents_agent"): ("opentelemetry.instrumentation.genai.smolagents", "SmolagentsInstrumentor"),
    ("genai", "agno_agent"): ("opentelemetry.instrumentation.genai.agno", "AgnoInstrumentor"),
    ("genai", "dspy_program"): ("opentelemetry.instrumentation.genai.dspy", "DSPyInstrumentor"),
    ("genai", "llama_index_agent"): ("opentelemetry.instrumentation.genai.llama_index", "LlamaIndexInstrumentor"),
    ("openinference", "google_adk_agent"): ("openinference.instrumentation.google_adk", "GoogleADKInstrumentor"),
    ("openai-v2", "openai_sdk"): ("opentelemetry.instrumentation.openai_v2", "OpenAIInstrumentor"),
    ("traceloop", "openai_sdk"): ("opentelemetry.instrumentation.openai", "OpenAIInstrumentor"),
    ("traceloop", "anthropic_sdk"): ("opentelemetry.instrumentation.anthropic", "AnthropicInstrumentor"),
    ("traceloop", "langchain_agent"): ("opentelemetry.instrumentation.langchain", "LangchainInstrumentor"),
    ("traceloop", "langgraph_agent"): ("opentelemetry.instrumentation.langchain", "LangchainInstrumentor"),
    ("traceloop", "openai_agents"): ("opentelemetry.instrumentation.openai_agents", "OpenAIAgentsInstrumentor"),
    ("traceloop", "agno_agent"): ("opentelemetry.instrumentation.agno", "AgnoInstrumentor"),
    ("traceloop", "crewai_crew"): ("opentelemetry.instrumentation.crewai", "CrewAIInstrumentor"),
    ("traceloop", "llama_index_agent"): ("opentelemetry.instrumentation.llamaindex", "LlamaIndexInstrumentor"),
}
#: Agents that only call a vendor's SDK: their user puts a span of their own around the run, else every model call is a trace.
BARE = ("openai_sdk", "anthropic_sdk")
#: Whose messages and results come as log records.
LOGGED = ("openai-v2", "semantic_kernel_agent", "agent_framework_agent", "google_adk_agent")
#: Who speaks the newest conventions, messages on the span, only if asked to.
LATEST = ("genai", "native-latest")
#: What is worth naming in a recording; the rest of an environment does not touch what is sent.
TOLD = re.compile(r"openai|anthropic|langchain|langgraph|crewai|autogen|pydantic-ai|smolagents|llama-index|haystack|dspy|google-(adk|genai)|agno$|"
                  r"strands|semantic-kernel|agent-framework|opentelemetry|openinference|litellm")


def exporter(transport: str, workbench: str) -> Any:
    if transport == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
        return OTLPSpanExporter(endpoint=os.environ["WORKBENCH_GRPC"], insecure=True)
    if transport == "json":
        from opentelemetry.exporter.otlp.json.http.trace_exporter import OTLPSpanExporter
        return OTLPSpanExporter(endpoint=workbench + "/v1/traces")
    from opentelemetry.exporter.otlp.proto.http import Compression
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    packed = Compression.Gzip if transport == "gzip" else Compression.NoCompression
    return OTLPSpanExporter(endpoint=workbench + "/v1/traces", compression=packed)


def provider(transport: str, with_logs: bool) -> Any:
    """OpenTelemetry as a user would set it up, over this transport; its `shutdown` sends the rest."""
    import desk
    from opentelemetry import trace
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    resource = Resource.create({"service.name": "order-desk"})
    made = TracerProvider(resource=resource)
    # A short delay over the usual transport, so that a run comes in several requests, as a long one would.
    delay = 25 if transport == "protobuf" else 5000
    made.add_span_processor(BatchSpanProcessor(exporter(transport, desk.WORKBENCH), schedule_delay_millis=delay))
    trace.set_tracer_provider(made)
    if with_logs:
        from opentelemetry._logs import set_logger_provider
        from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
        from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
        from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
        logs = LoggerProvider(resource=resource)
        logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter(endpoint=desk.WORKBENCH + "/v1/logs")))
        set_logger_provider(logs)
        # Semantic Kernel tells messages through Python's own logging.
        handler = LoggingHandler(logger_provider=logs)
        handler.addFilter(lambda record: record.name.startswith("semantic_kernel"))
        logging.getLogger().addHandler(handler)
        logging.getLogger("semantic_kernel").setLevel(logging.INFO)
        spans = made.shutdown

        def both() -> None:
            logs.shutdown()
            spans()
        made.shutdown = both
    return made


def otel(instrumentation: str, transport: str, agent: str, own: Optional[Callable[[], Any]]) -> Any:
    import desk
    with_logs = instrumentation in LOGGED or agent in LOGGED
    desk.provider = lambda: provider(transport, with_logs)
    if (instrumentation, agent) in INSTRUMENTATIONS:
        made = desk.provider()
        module, name = INSTRUMENTATIONS[instrumentation, agent]
        getattr(importlib.import_module(module), name)().instrument(tracer_provider=made)
        return made
    if (instrumentation, agent) == ("native", "haystack_agent"):
        from haystack import tracing
        from haystack_integrations.tracing.opentelemetry import OpenTelemetryTracer
        made = desk.provider()
        tracing.enable_tracing(OpenTelemetryTracer(made.get_tracer("haystack")))
        return made
    return own() if own else None


def versions() -> Dict[str, str]:
    """What is worth naming of the packages that were used."""
    used = {os.path.realpath(module.__file__) for module in list(sys.modules.values()) if getattr(module, "__file__", None)}
    found: Dict[str, str] = {}
    for one in importlib.metadata.distributions():
        name = one.metadata["Name"] or ""
        if TOLD.match(name.lower()) and any(os.path.realpath(one.locate_file(file)) in used for file in one.files or () if file.suffix == ".py"):
            found.setdefault(name, one.version)
    return dict(sorted(found.items()))


def main() -> None:
    instrumentation, transport, path = sys.argv[1:]
    agent = pathlib.Path(path).stem
    if instrumentation in LATEST:
        os.environ.update(OTEL_SEMCONV_STABILITY_OPT_IN="gen_ai_latest_experimental", OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT="SPAN_ONLY")
    sys.path.insert(0, str(pathlib.Path(path).parent))
    import desk
    plain_go, plain_provider = desk.go, desk.provider

    def go(build: Callable[[], Any], ask: Callable[[Any], Any], own: Optional[Callable[[], Any]] = None) -> None:
        def asked(built: Any) -> Any:
            if desk.DOOR != "otel" or agent not in BARE:
                return ask(built)
            from opentelemetry import trace
            with trace.get_tracer("order-desk").start_as_current_span("order_agent"):
                return ask(built)
        # An agent that sends its framework's own spans hands in the provider as it was before this file touched it.
        start = (lambda: desk.provider()) if own is plain_provider else own
        plain_go(build, asked, lambda: otel(instrumentation, transport, agent, start))
        print("\nVERSIONS " + json.dumps(versions()), flush=True)

    desk.go = go
    sys.argv = [path]
    runpy.run_path(path, run_name="__main__")


if __name__ == "__main__":
    main()
