"""The frameworks of the matrix, one line each: which agent, in which environment, under which name the workbench should know it."""

from typing import NamedTuple, Tuple


class Framework(NamedTuple):
    """One agent of `agents/`, and what has to be installed to run it."""

    agent: str
    environment: str
    #: What the workbench calls it, in lower case without punctuation; the door of OpenTelemetry may only know the SDK.
    known_as: Tuple[str, ...]
    #: What is installed, beside `OTEL` for the third door.
    packages: Tuple[str, ...]
    #: OpenTelemetry's side of it; none where there is no instrumentation to speak of.
    instrumentation: Tuple[str, ...] = ()
    #: False where tools are plain functions that no hook sees: then they show in the messages only.
    sees_tools: bool = True
    #: Model calls in the plain course.
    calls: int = 3


#: The exporter, for the third door.
OTEL = ("opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http")

OPENAI = ("openai==3.54.0",)
OLD_OPENAI = ("openai==2.54.0",)

FRAMEWORKS = (
    Framework("openai_sdk", "bare", ("openai", "openaisdk"), OPENAI + ("anthropic==2.12.0",),
              ("openinference-instrumentation-openai", "openinference-instrumentation-anthropic"), False),
    Framework("anthropic_sdk", "bare", ("anthropic", "anthropicsdk"), OPENAI + ("anthropic==2.12.0",),
              ("openinference-instrumentation-openai", "openinference-instrumentation-anthropic"), False),
    Framework("langchain_agent", "langchain", ("langchain",),
              ("langchain==1.4.7", "langchain-core==1.7.2", "langchain-openai==1.7.3", "langgraph==1.2.22"), ("openinference-instrumentation-langchain",)),
    Framework("langgraph_agent", "langchain", ("langgraph",),
              ("langchain==1.4.7", "langchain-core==1.7.2", "langchain-openai==1.7.3", "langgraph==1.2.22"), ("openinference-instrumentation-langchain",)),
    Framework("openai_agents", "openai-agents", ("openaiagents", "openaiagentssdk"), OPENAI + ("openai-agents==0.24.0",),
              ("openinference-instrumentation-openai-agents",)),
    Framework("pydantic_ai_agent", "pydantic-ai", ("pydanticai",), OPENAI + ("pydantic-ai-slim==2.68.0",), ("opentelemetry-api",)),
    Framework("crewai_crew", "crewai", ("crewai",), ("crewai==1.15.30",),
              ("openinference-instrumentation-crewai", "openinference-instrumentation-openai")),
    Framework("llama_index_agent", "llama-index", ("llamaindex",), OLD_OPENAI + ("llama-index-core==0.14.25", "llama-index-llms-openai==0.8.3"),
              ("openinference-instrumentation-llama-index",)),
    Framework("smolagents_agent", "smolagents", ("smolagents",), OPENAI + ("smolagents==1.26.0",), ("openinference-instrumentation-smolagents",)),
    Framework("google_adk_agent", "google-adk", ("googleadk",), ("google-adk==2.13.0", "google-genai==2.34.0"), ("opentelemetry-api",)),
    Framework("strands_agent", "strands", ("strands", "strandsagents"), OLD_OPENAI + ("strands-agents==1.62.0",), ("opentelemetry-api",)),
    Framework("agno_agent", "agno", ("agno",), OPENAI + ("agno==3.1.10",), ("openinference-instrumentation-agno", "openinference-instrumentation-openai")),
    Framework("autogen_agent", "autogen", ("autogen",), OPENAI + ("autogen-agentchat==0.7.5", "autogen-ext[openai]==0.7.5"),
              ("openinference-instrumentation-autogen-agentchat",)),
    Framework("haystack_agent", "haystack", ("haystack",), OPENAI + ("haystack-ai==3.4.0",), ("openinference-instrumentation-haystack",)),
    Framework("dspy_program", "dspy", ("dspy",), OLD_OPENAI + ("dspy==3.4.1",), ("openinference-instrumentation-dspy",), calls=4),
    Framework("semantic_kernel_agent", "semantic-kernel", ("semantickernel",), OPENAI + ("semantic-kernel==1.45.0",), ("opentelemetry-api",)),
    Framework("agent_framework_agent", "agent-framework", ("agentframework", "microsoftagentframework"),
              OPENAI + ("agent-framework-core==1.23.0", "agent-framework-openai==1.17.0"), ("opentelemetry-api",)),
    Framework("litellm_loop", "litellm", ("litellm",), OLD_OPENAI + ("litellm==1.106.2", "instructor", "mcp"), (), False),
    Framework("instructor_answer", "litellm", ("instructor", "openai", "openaisdk"), OLD_OPENAI + ("litellm==1.106.2", "instructor", "mcp"), (), False, 1),
    Framework("google_genai_sdk", "genai", ("googlegenai",), ("google-genai==2.34.0", "mistralai", "boto3")),
    Framework("mistral_sdk", "genai", ("mistral", "mistralai"), ("google-genai==2.34.0", "mistralai", "boto3"), (), False),
    Framework("bedrock_converse", "genai", ("bedrock", "awsbedrock", "amazonbedrock"), ("google-genai==2.34.0", "mistralai", "boto3"), (), False),
)
