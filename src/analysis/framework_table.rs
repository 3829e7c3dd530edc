//! The one table of framework signals: what to look for, where, and how specific it is.

/// Where a signal is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A key of the framework's metadata begins with the text.
    MetadataKey,
    /// A value in the metadata begins with the text as a word, whatever its case.
    MetadataValue,
    /// The metadata names the framework outright.
    Named,
    /// An exception's type, or a file in a traceback, lies in this module.
    Module,
    /// An exception's type has this name.
    Exception,
    /// A step has this name; `*` stands for any beginning.
    StepName,
    /// The id of a model's reply begins with the text.
    ResponseId,
}

impl Place {
    /// The place in a signal's wording.
    pub(crate) const fn says(self) -> &'static str {
        match self {
            Self::MetadataKey => "framework_metadata key",
            Self::MetadataValue => "framework_metadata value",
            Self::Named => "framework_metadata",
            Self::Module => "module",
            Self::Exception => "exception",
            Self::StepName => "step",
            Self::ResponseId => "response id",
        }
    }
}

/// One row.
#[derive(Debug)]
pub(crate) struct Signal {
    /// Where to look.
    pub(crate) place: Place,
    /// What for.
    pub(crate) text: &'static str,
    /// What it gives away.
    pub(crate) framework: &'static str,
    /// How specific it is, from 1.
    pub(crate) rank: u8,
}

/// A model client: used by agents of their own making and inside every framework.
const CLIENT: u8 = 2;
/// A framework.
const FRAMEWORK: u8 = 5;
/// A framework built on another, whose signals it carries too.
const ON_TOP: u8 = 6;

macro_rules! signals {
    ($( $framework:literal $rank:ident { $( $place:ident : $($text:literal),+ );* $(;)? } )+) => {
        /// All rows.
        pub(crate) const SIGNALS: &[Signal] = &[ $(
            Signal { place: Place::Named, text: "", framework: $framework, rank: $rank + 2 },
            $( $( Signal { place: Place::$place, text: $text, framework: $framework, rank: $rank }, )+ )*
        )+ ];
    };
}

signals! {
    "langgraph" ON_TOP {
        MetadataKey: "langgraph_";
        MetadataValue: "langgraph";
        Module: "langgraph";
        Exception: "GraphRecursionError", "InvalidUpdateError";
        StepName: "LangGraph";
    }
    "langchain" FRAMEWORK {
        MetadataKey: "langchain", "lc_agent_name", "ls_integration";
        MetadataValue: "langchain", "openinference.instrumentation.langchain", "opentelemetry.instrumentation.langchain";
        Module: "langchain", "langchain_core", "langchain_community", "langchain_openai", "langchain_anthropic", "langchain_classic";
        Exception: "OutputParserException";
        StepName: "RunnableSequence", "RunnableLambda", "ChatPromptTemplate", "AgentExecutor", "ChatOpenAI", "ChatAnthropic", "StrOutputParser";
    }
    "crewai" FRAMEWORK {
        MetadataKey: "crew_", "crewai";
        MetadataValue: "crewai", "openinference.instrumentation.crewai";
        Module: "crewai", "crewai_tools";
        StepName: "*.kickoff", "*._execute_core";
    }
    "autogen" FRAMEWORK {
        MetadataKey: "autogen";
        MetadataValue: "autogen", "autogen-core", "openinference.instrumentation.autogen_agentchat";
        Module: "autogen_agentchat", "autogen_core", "autogen_ext";
    }
    "ag2" FRAMEWORK {
        MetadataKey: "ag2";
        MetadataValue: "ag2", "openinference.instrumentation.ag2";
    }
    "openai-agents" FRAMEWORK {
        MetadataKey: "openai_agents";
        MetadataValue: "openai-agents", "openai_agents", "openinference.instrumentation.openai_agents";
        Module: "agents.exceptions", "agents.run", "agents._run_impl", "agents.tool";
        Exception: "MaxTurnsExceeded", "ModelBehaviorError", "InputGuardrailTripwireTriggered", "OutputGuardrailTripwireTriggered";
    }
    "pydantic-ai" FRAMEWORK {
        MetadataKey: "pydantic_ai", "pydantic-ai";
        MetadataValue: "pydantic-ai", "pydantic_ai";
        Module: "pydantic_ai";
        Exception: "UnexpectedModelBehavior", "UsageLimitExceeded", "ModelRetry";
    }
    "smolagents" FRAMEWORK {
        MetadataKey: "smolagents";
        MetadataValue: "smolagents", "openinference.instrumentation.smolagents";
        Module: "smolagents";
        Exception: "AgentGenerationError", "AgentParsingError", "AgentMaxStepsError", "AgentExecutionError", "AgentToolExecutionError";
    }
    "llama-index" FRAMEWORK {
        MetadataKey: "llama_index", "llamaindex";
        MetadataValue: "llama-index", "llama_index", "llamaindex", "openinference.instrumentation.llama_index";
        Module: "llama_index", "workflows.errors";
        Exception: "WorkflowRuntimeError", "WorkflowTimeoutError", "WorkflowValidationError";
        StepName: "FunctionAgent.run", "ReActAgent.run", "AgentWorkflow.run";
    }
    "haystack" FRAMEWORK {
        MetadataKey: "haystack";
        MetadataValue: "haystack", "haystack-ai";
        Module: "haystack", "haystack_integrations";
        Exception: "PipelineRuntimeError", "PipelineMaxComponentRuns";
        StepName: "haystack.pipeline.run", "haystack.agent.run", "haystack.agent.step.llm", "haystack.agent.step.tool";
    }
    "dspy" FRAMEWORK {
        MetadataKey: "dspy";
        MetadataValue: "dspy", "openinference.instrumentation.dspy";
        Module: "dspy";
        Exception: "AdapterParseError", "LMTransportError", "LMRateLimitError";
        StepName: "ReAct.forward", "ChainOfThought.forward", "Predict.forward", "LM.__call__";
    }
    "google-adk" FRAMEWORK {
        MetadataKey: "gcp.vertex.agent", "google_adk";
        MetadataValue: "google-adk", "google_adk", "gcp.vertex.agent";
        Module: "google.adk";
        Exception: "LlmCallsLimitExceededError";
    }
    "agno" FRAMEWORK {
        MetadataKey: "agno";
        MetadataValue: "agno", "openinference.instrumentation.agno";
        Module: "agno";
        Exception: "ModelProviderError";
    }
    "strands" FRAMEWORK {
        MetadataKey: "strands", "event_loop.cycle_id";
        MetadataValue: "strands", "strands-agents", "strands.telemetry.tracer";
        Module: "strands";
        Exception: "ModelThrottledException", "EventLoopException", "MaxTokensReachedException";
        StepName: "execute_event_loop_cycle";
    }
    "semantic-kernel" FRAMEWORK {
        MetadataKey: "sk.", "semantic_kernel";
        MetadataValue: "semantic-kernel", "semantic_kernel";
        Module: "semantic_kernel";
        Exception: "KernelInvokeException", "KernelFunctionNotFoundError", "ServiceResponseException";
        StepName: "AutoFunctionInvocationLoop";
    }
    "agent-framework" FRAMEWORK {
        MetadataKey: "agent_framework";
        MetadataValue: "agent-framework", "agent_framework", "microsoft.agent_framework";
        Module: "agent_framework", "agent_framework_openai";
        Exception: "ChatClientException";
    }
    "beeai" FRAMEWORK {
        MetadataKey: "beeai";
        MetadataValue: "beeai", "openinference.instrumentation.beeai";
        Module: "beeai_framework";
    }
    "claude-agent-sdk" FRAMEWORK {
        MetadataKey: "claude_agent_sdk";
        MetadataValue: "claude-agent-sdk", "claude_agent_sdk";
        Module: "claude_agent_sdk";
        Exception: "CLINotFoundError", "CLIJSONDecodeError";
    }
    "vercel-ai-sdk" FRAMEWORK {
        MetadataKey: "ai.settings", "ai.telemetry";
        MetadataValue: "vercel-ai-sdk";
        Exception: "AI_NoSuchToolError", "AI_InvalidToolArgumentsError", "AI_InvalidToolInputError", "AI_NoObjectGeneratedError", "AI_APICallError", "AI_RetryError";
        StepName: "ai.generateText", "ai.streamText", "ai.generateObject", "ai.streamObject", "ai.toolCall";
    }
    "instructor" FRAMEWORK {
        MetadataValue: "instructor", "openinference.instrumentation.instructor";
        Module: "instructor";
        Exception: "InstructorRetryException";
    }
    "traceloop" CLIENT {
        MetadataKey: "traceloop.";
        MetadataValue: "traceloop", "traceloop-sdk";
        Module: "traceloop";
    }
    "litellm" CLIENT {
        MetadataKey: "litellm";
        MetadataValue: "litellm", "openinference.instrumentation.litellm";
        Module: "litellm";
    }
    "openai" CLIENT {
        MetadataValue: "openinference.instrumentation.openai", "opentelemetry.instrumentation.openai";
        Module: "openai";
        ResponseId: "chatcmpl-", "resp_";
    }
    "anthropic" CLIENT {
        MetadataValue: "openinference.instrumentation.anthropic", "opentelemetry.instrumentation.anthropic", "com.anthropic.sdk.python";
        Module: "anthropic";
        ResponseId: "msg_";
    }
    "mistralai" CLIENT {
        MetadataValue: "openinference.instrumentation.mistralai", "mistralai";
        Module: "mistralai";
    }
    "google-genai" CLIENT {
        MetadataValue: "google-genai", "openinference.instrumentation.google_genai";
        Module: "google.genai";
    }
    "bedrock" CLIENT {
        MetadataValue: "openinference.instrumentation.bedrock", "bedrock-runtime";
    }
    "mcp" CLIENT {
        MetadataValue: "openinference.instrumentation.mcp";
        Module: "mcp";
        Exception: "McpError";
    }
}

/// How frameworks are written here, and what else they are called: letters and digits only, lower case.
pub(crate) const NAMES: &[(&str, &[&str])] = &[
    ("langchain", &["lc", "langchaincore", "langchainjs", "langchainclassic", "langchainpython"]),
    ("langgraph", &["langgraphjs", "langchainlanggraph"]),
    ("crewai", &["crew", "crewaiagents"]),
    ("autogen", &["autogenagentchat", "autogencore", "microsoftautogen", "pyautogen"]),
    ("openai-agents", &["openaiagentssdk", "openaiagentsdk", "agentssdk", "openaiagentspython", "openaiagent"]),
    ("openai", &["openaisdk", "openaipython"]),
    ("anthropic", &["anthropicsdk", "anthropicpython"]),
    ("pydantic-ai", &["pydantic", "pydanticaislim"]),
    ("smolagents", &["smolagent", "huggingfacesmolagents"]),
    ("llama-index", &["llamaindexcore", "gptindex", "llamaindexworkflows"]),
    ("haystack", &["haystackai", "deepsethaystack"]),
    ("dspy", &["dspyai"]),
    ("google-adk", &["adk", "googleagentdevelopmentkit", "agentdevelopmentkit"]),
    ("google-genai", &["genai", "googlegenerativeai", "googlegenaisdk"]),
    ("agno", &["phidata"]),
    ("strands", &["strandsagents", "strandsagentssdk"]),
    ("semantic-kernel", &["sk", "microsoftsemantickernel"]),
    ("agent-framework", &["microsoftagentframework", "msagentframework"]),
    ("beeai", &["beeaiframework"]),
    ("litellm", &[]),
    ("instructor", &[]),
    ("mistralai", &["mistral", "mistralsdk"]),
    ("bedrock", &["awsbedrock", "amazonbedrock", "bedrockruntime"]),
    ("claude-agent-sdk", &["claudeagents", "claudecodesdk", "claudeagent"]),
    ("vercel-ai-sdk", &["vercelai", "aisdk", "vercelaisdk"]),
    ("mcp", &["modelcontextprotocol", "fastmcp"]),
    ("traceloop", &["traceloopsdk", "openllmetry"]),
    ("ag2", &[]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signal_leads_to_a_known_name() {
        for signal in SIGNALS {
            assert!(NAMES.iter().any(|(name, _)| *name == signal.framework), "{}", signal.framework);
        }
    }

    #[test]
    fn other_names_are_bare_letters() {
        for (_, others) in NAMES {
            for other in *others {
                assert!(other.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "{other}");
            }
        }
    }
}
