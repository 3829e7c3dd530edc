//! Frameworks by what only they say: their scopes, attributes, metadata, modules and exceptions.

use super::{Place, Rank, Signal, signals};

signals! {
    "langgraph" OnTop {
        // The chat model inside a graph says `langchain_chat_model`, the graph itself `langgraph`.
        Attribute: "metadata=*\"langgraph_*", "metadata=*\"ls_integration\": \"langgraph\"*", "metadata=*\"ls_integration\":\"langgraph\"*",
            "traceloop.association.properties.ls_integration=langgraph", "langsmith.metadata.ls_integration=langgraph";
        AttributeName: "traceloop.association.properties.langgraph_*", "langsmith.metadata.langgraph_*",
            "langfuse.observation.metadata.langgraph_*", "langfuse.trace.metadata.langgraph_*", "gen_ai.workflow.nodes";
        Scope: "*.langgraph", "*-langgraph";
        // The instrumentation of LangChain calls a graph a workflow, and what `create_agent` made an agent.
        SpanName: "invoke_workflow *" & Scope "opentelemetry.instrumentation.genai.langchain", "LangGraph", "LangGraph.*";
        MetadataKey: "langgraph_";
        MetadataValue: "langgraph";
        Module: "langgraph";
        Exception: "GraphRecursionError", "InvalidUpdateError";
        StepName: "LangGraph";
    }
    // An agent of LangChain's is a graph inside, and carries what graphs carry: the outermost span decides, and on one span this.
    "langchain" OnTop {
        Attribute: "metadata=*\"ls_integration\": \"langchain_create_agent\"*", "metadata=*\"ls_integration\":\"langchain_create_agent\"*",
            "traceloop.association.properties.ls_integration=langchain_create_agent",
            "langsmith.metadata.ls_integration=langchain_create_agent";
        SpanName: "invoke_workflow Runnable*";
        MetadataValue: "langchain_create_agent";
    }
    "langchain" Framework {
        Scope: "*.langchain", "*.langchain.*", "*-langchain";
        Attribute: "metadata=*\"ls_*", "metadata=*\"lc_agent_name\":*",
            "traceloop.association.properties.ls_integration=langchain*", "error.type=langchain*",
            "input.value=*{\"lc\": 1, \"type\": \"*", "input.value=*{\"lc\":1,\"type\":\"*",
            "output.value=*{\"lc\": 1, \"type\": \"*", "output.value=*{\"lc\":1,\"type\":\"*";
        AttributeName: "traceloop.association.properties.lc_agent_name", "traceloop.association.properties.ls_*",
            "langsmith.metadata.lc_agent_name";
        SpanName: "RunnableSequence", "RunnableLambda", "RunnableParallel<*", "RunnableAssign<*", "RunnablePassthrough",
            "RunnableSequence.*", "ChatPromptTemplate.*", "ChatOpenAI.*", "ChatAnthropic.*";
        MetadataKey: "langchain", "lc_agent_name", "ls_integration";
        MetadataValue: "langchain", "openinference.instrumentation.langchain", "opentelemetry.instrumentation.langchain";
        Module: "langchain", "langchain_core", "langchain_community", "langchain_openai", "langchain_anthropic", "langchain_classic";
        Exception: "OutputParserException";
        StepName: "RunnableSequence", "RunnableLambda", "ChatPromptTemplate", "AgentExecutor", "ChatOpenAI", "ChatAnthropic", "StrOutputParser";
    }
    "crewai" Framework {
        Scope: "*.crewai", "*.crewai.*", "*-crewai", "crewai.*";
        Resource: "service.name=crewAI-telemetry";
        AttributeName: "crewai.*", "crew_key", "crew_id", "crew_agents", "crew_tasks", "task_key", "kickoff_id",
            "tool.description_updated", "tool.cache_function";
        SpanName: "crewai.workflow";
        MetadataKey: "crew_", "crewai";
        MetadataValue: "crewai", "openinference.instrumentation.crewai";
        Module: "crewai", "crewai_tools";
        StepName: "*.kickoff", "*._execute_core";
    }
    "autogen" Framework {
        Scope: "autogen-*", "autogen *", "*.autogen", "*.autogen_agentchat";
        AttributeName: "sender_agent_class", "recipient_agent_class";
        SpanName: "autogen create *", "autogen publish *", "autogen process *", "autogen send *", "autogen ack";
        MetadataKey: "autogen";
        MetadataValue: "autogen", "autogen-core", "openinference.instrumentation.autogen_agentchat";
        Module: "autogen_agentchat", "autogen_core", "autogen_ext";
    }
    "ag2" Framework {
        Scope: "*.ag2", "ag2";
        AttributeName: "ag2.*";
        MetadataKey: "ag2";
        MetadataValue: "ag2", "openinference.instrumentation.ag2";
    }
    "openai-agents" Framework {
        Scope: "*.openai_agents", "*.openai_agents_v2", "*.openai_agents.*", "*-openai-agents";
        MetadataKey: "openai_agents";
        MetadataValue: "openai-agents", "openai_agents", "openinference.instrumentation.openai_agents";
        Module: "agents.exceptions", "agents.run", "agents._run_impl", "agents.tool";
        Exception: "MaxTurnsExceeded", "ModelBehaviorError", "InputGuardrailTripwireTriggered", "OutputGuardrailTripwireTriggered";
    }
    "pydantic-ai" Framework {
        Scope: "pydantic-ai", "pydantic_ai", "*.pydantic_ai", "*-pydantic-ai";
        AttributeName: "pydantic_ai.*", "model_request_parameters", "gen_ai.aggregated_usage.*";
        MetadataKey: "pydantic_ai", "pydantic-ai";
        MetadataValue: "pydantic-ai", "pydantic_ai";
        Module: "pydantic_ai";
        Exception: "UnexpectedModelBehavior", "UsageLimitExceeded", "ModelRetry";
    }
    "smolagents" Framework {
        Scope: "*.smolagents", "*-smolagents", "smolagents";
        AttributeName: "smolagents.*";
        MetadataKey: "smolagents";
        MetadataValue: "smolagents", "openinference.instrumentation.smolagents";
        Module: "smolagents";
        Exception: "AgentGenerationError", "AgentParsingError", "AgentMaxStepsError", "AgentExecutionError", "AgentToolExecutionError";
    }
    "llama-index" Framework {
        Scope: "*.llama_index", "*.llamaindex", "*-llamaindex", "*-llama-index", "llamaindex.*", "llama_index.*";
        SpanName: "BaseWorkflowAgent.*", "FunctionAgent.*", "AgentWorkflow.*", "ReActAgent.*", "CodeActAgent.*", "FunctionTool.*";
        MetadataKey: "llama_index", "llamaindex";
        MetadataValue: "llama-index", "llama_index", "llamaindex", "openinference.instrumentation.llama_index";
        Module: "llama_index", "workflows.errors";
        Exception: "WorkflowRuntimeError", "WorkflowTimeoutError", "WorkflowValidationError";
        StepName: "FunctionAgent.run", "ReActAgent.run", "AgentWorkflow.run";
    }
    "haystack" Framework {
        Scope: "haystack", "haystack.*", "*.haystack", "*-haystack";
        AttributeName: "haystack.*";
        SpanName: "haystack.*", "haystack_pipeline.workflow";
        MetadataKey: "haystack";
        MetadataValue: "haystack", "haystack-ai";
        Module: "haystack", "haystack_integrations";
        Exception: "PipelineRuntimeError", "PipelineMaxComponentRuns";
        StepName: "haystack.pipeline.run", "haystack.agent.run", "haystack.agent.step.llm", "haystack.agent.step.tool";
    }
    "dspy" Framework {
        Scope: "*.dspy", "*-dspy", "dspy";
        AttributeName: "dspy.*";
        SpanName: "invoke_agent dspy.*";
        MetadataKey: "dspy";
        MetadataValue: "dspy", "openinference.instrumentation.dspy";
        Module: "dspy";
        Exception: "AdapterParseError", "LMTransportError", "LMRateLimitError";
        StepName: "ReAct.forward", "ChainOfThought.forward", "Predict.forward", "LM.__call__";
    }
    "google-adk" Framework {
        Scope: "gcp.vertex.agent", "*.google_adk", "*-google-adk";
        AttributeName: "gcp.vertex.agent.*";
        // The ids it gives calls whose model gave none.
        Attribute: "gen_ai.tool.call.id=adk-*";
        SpanName: "execute_tool (merged)";
        MetadataKey: "gcp.vertex.agent", "google_adk";
        MetadataValue: "google-adk", "google_adk", "gcp.vertex.agent";
        Module: "google.adk";
        Exception: "LlmCallsLimitExceededError";
    }
    "agno" Framework {
        Scope: "*.agno", "*-agno", "agno";
        AttributeName: "agno.*";
        MetadataKey: "agno";
        MetadataValue: "agno", "openinference.instrumentation.agno";
        Module: "agno";
        Exception: "ModelProviderError";
    }
    "strands" Framework {
        Scope: "strands.*", "strands-agents*", "*.strands", "*.strands_agents";
        AttributeName: "event_loop.cycle_id", "event_loop.parent_cycle_id", "gen_ai.event.start_time";
        SpanName: "execute_event_loop_cycle", "execute_event_loop_cycle *";
        MetadataKey: "strands", "event_loop.cycle_id";
        MetadataValue: "strands", "strands-agents", "strands.telemetry.tracer";
        Module: "strands";
        Exception: "ModelThrottledException", "EventLoopException", "MaxTokensReachedException";
        StepName: "execute_event_loop_cycle";
    }
    "semantic-kernel" Framework {
        Scope: "semantic_kernel.*", "Microsoft.SemanticKernel*", "*.semantic_kernel";
        AttributeName: "sk.*", "semantic_kernel.*";
        Attribute: "gen_ai.response.finish_reason=FinishReason.*";
        SpanName: "AutoFunctionInvocationLoop";
        MetadataKey: "sk.", "semantic_kernel";
        MetadataValue: "semantic-kernel", "semantic_kernel";
        Module: "semantic_kernel";
        Exception: "KernelInvokeException", "KernelFunctionNotFoundError", "ServiceResponseException";
        StepName: "AutoFunctionInvocationLoop";
    }
    "agent-framework" Framework {
        Scope: "agent_framework*", "*Microsoft.Agents.AI*", "*.agent_framework", "*.microsoft_agent_framework";
        AttributeName: "agent_framework.*";
        MetadataKey: "agent_framework";
        MetadataValue: "agent-framework", "agent_framework", "microsoft.agent_framework";
        Module: "agent_framework", "agent_framework_openai";
        Exception: "ChatClientException";
    }
    "beeai" Framework {
        Scope: "*.beeai", "*-beeai", "beeai*";
        // Events carry the path of the emitter in its event system.
        EventName: "* (backend.*", "* (agent.*", "* (tool.*", "* (workflow.*";
        MetadataKey: "beeai";
        MetadataValue: "beeai", "openinference.instrumentation.beeai";
        Module: "beeai_framework";
    }
    "claude-agent-sdk" Framework {
        Scope: "*.claude_agent_sdk", "*-claude-agent-sdk", "com.anthropic.claude_code*", "claude_agent_sdk*";
        AttributeName: "claude_code.*", "claude_agent_sdk.*";
        SpanName: "ClaudeAgentSDK.*", "ClaudeAgent.*", "claude_code.*";
        MetadataKey: "claude_agent_sdk";
        MetadataValue: "claude-agent-sdk", "claude_agent_sdk";
        Module: "claude_agent_sdk";
        Exception: "CLINotFoundError", "CLIJSONDecodeError";
    }
    "vercel-ai-sdk" Framework {
        Scope: "ai", "@ai-sdk/*", "@arizeai/openinference-vercel";
        AttributeName: "ai.operationId", "ai.model.*", "ai.settings.*", "ai.telemetry.*", "ai.prompt*", "ai.response.*", "ai.usage.*", "ai.toolCall.*";
        SpanName: "ai.generateText*", "ai.streamText*", "ai.generateObject*", "ai.streamObject*", "ai.toolCall*", "ai.embed*";
        MetadataKey: "ai.settings", "ai.telemetry";
        MetadataValue: "vercel-ai-sdk";
        Exception: "AI_NoSuchToolError", "AI_InvalidToolArgumentsError", "AI_InvalidToolInputError", "AI_NoObjectGeneratedError", "AI_APICallError", "AI_RetryError";
        StepName: "ai.generateText", "ai.streamText", "ai.generateObject", "ai.streamObject", "ai.toolCall";
    }
    "instructor" Framework {
        Scope: "*.instructor", "*-instructor";
        SpanName: "instructor.patch", "instructor.async_patch", "instructor.*";
        MetadataValue: "instructor", "openinference.instrumentation.instructor";
        Module: "instructor";
        Exception: "InstructorRetryException";
    }
    "guardrails" Framework {
        Scope: "*.guardrails", "guardrails*";
        SpanName: "guard_parse", "post_validation", "runner.step";
        MetadataValue: "guardrails-ai";
        Module: "guardrails";
    }
    "promptflow" Framework {
        Scope: "promptflow*";
        Attribute: "framework=promptflow";
        Module: "promptflow";
    }
    "pipecat" Framework {
        Scope: "pipecat*", "*.pipecat";
        AttributeName: "metrics.ttfb", "turn.was_interrupted";
        SpanName: "pipecat.*", "turn" & SpanName "stt", "turn" & SpanName "tts";
        MetadataValue: "pipecat";
        Module: "pipecat";
    }
    "livekit" Framework {
        Scope: "livekit*";
        AttributeName: "lk.*";
        SpanName: "agent_session", "agent_turn", "user_turn", "start_agent_activity", "drain_agent_activity", "llm_node", "tts_node", "llm_request_run";
        MetadataValue: "livekit-agents";
        Module: "livekit.agents";
    }
    "mastra" Framework {
        Scope: "mastra*", "@mastra/*";
        AttributeName: "mastra.*";
        SpanName: "mastra.*", "agent run: '*", "workflow run: '*";
        MetadataKey: "mastra";
        MetadataValue: "mastra";
    }
    "koog" Framework {
        Scope: "ai.koog*";
        AttributeName: "koog.*";
        SpanName: "node.nodeCallLLM*", "node.nodeExecuteTool*", "node.nodeSendToolResult*", "node.__start__";
    }
    "spring-ai" Framework {
        Scope: "org.springframework.ai*";
        AttributeName: "spring.ai.*", "spring_ai.*";
        SpanName: "spring_ai *";
    }
    "traceloop" Decorator {
        Scope: "traceloop.tracer", "@traceloop/node-server-sdk*";
        AttributeName: "traceloop.workflow.name", "traceloop.entity.*";
        MetadataKey: "traceloop.";
        MetadataValue: "traceloop", "traceloop-sdk";
        Module: "traceloop";
    }
}
