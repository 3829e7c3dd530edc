//! Frameworks by the look of the names and values their instrumentation gives: for runs whose scopes were stripped or renamed.

use super::{Place, Rank, Signal, signals};

signals! {
    "langgraph" FrameworkShape {
        Attribute: "gen_ai.operation.name=invoke_workflow" & SpanName "chat *";
    }
    "langchain" FrameworkShape {
        // What its agents answer in the conventions' words: why they stopped is not known.
        Attribute: "gen_ai.output.messages=*\"finish_reason\":\"\",\"name\":*" & SpanName "invoke_agent *",
            "llm.invocation_parameters=*\"_type\": \"*", "output.value={\"generations\": [[*", "output.value={\"generations\":[[*",
            "output.value=*\"additional_kwargs\": {*\"response_metadata\": {*", "output.value=*\"additional_kwargs\":{*\"response_metadata\":{*",
            "input.value=*\"additional_kwargs\": {*\"response_metadata\": {*", "input.value=*\"additional_kwargs\":{*\"response_metadata\":{*";
        SpanName: "ChatPromptTemplate", "PromptTemplate", "LLMChain", "AgentExecutor", "StrOutputParser", "*OutputParser",
            "ChatOpenAI", "AzureChatOpenAI", "ChatAnthropic", "ChatGoogleGenerativeAI", "ChatVertexAI", "ChatBedrock*", "ChatMistralAI",
            "ChatOllama", "ChatGroq", "ChatCohere", "VectorStoreRetriever", "*Runnable", "StuffDocumentsChain", "RetrievalQA", "*QAChain",
            "*Middleware.before_*", "*Middleware.after_*";
    }
    "crewai" FrameworkShape {
        SpanName: "*.kickoff", "*._execute_core", "Crew_*", "Flow_*", "*.llm_call" & Attribute "openinference.span.kind=LLM",
            "Crew Created", "Crew Execution", "Task Created", "Task Execution", "Flow Creation", "Flow Execution";
        AttributeName: "flow.node.type", "flow_id", "tool.result_as_answer", "agent.backstory", "task_expected_output";
        Attribute: "tool.description=Tool Name: *Tool Arguments: *";
    }
    "autogen" FrameworkShape {
        SpanName: "*.on_messages_stream", "*.on_messages", "RoundRobinGroupChat.*", "SelectorGroupChat.*", "MagenticOneGroupChat.*",
            "Swarm.run*", "*ChatCompletionClient.create", "*ChatCompletionClient.create_stream";
        AttributeName: "participant_names";
    }
    "ag2" FrameworkShape {
        SpanName: "*.generate_reply", "*.a_generate_reply", "*.initiate_chat", "*.a_initiate_chat", "*.initiate_chats";
        // A tool is given the model's own words for its call.
        AttributeName: "tool_call.function.name" & Attribute "openinference.span.kind=TOOL";
    }
    "openai-agents" FrameworkShape {
        SpanName: "Agent workflow", "Agent Workflow", "handoff to *", "conversation.turn", "turn" & SpanName "response",
            "invoke_workflow *" & SpanName "invoke_agent *" & SpanName "execute_tool *";
    }
    "pydantic-ai" FrameworkShape {
        AttributeName: "logfire.msg" & Attribute "gen_ai.operation.name=*", "tool_response" & AttributeName "gen_ai.tool.call.id";
        SpanName: "agent run", "running tool", "running * tool", "running * tools", "* run" & SpanName "chat *", "* run" & SpanName "running tool*";
    }
    "smolagents" FrameworkShape {
        SpanName: "ToolCallingAgent.run", "CodeAgent.run", "Step *" & Attribute "openinference.span.kind=CHAIN", "FinalAnswerTool", "SimpleTool",
            "*Model.generate", "*Model.generate_stream";
        Attribute: "input.value=*\"sanitize_inputs_outputs\":*";
    }
    "llama-index" FrameworkShape {
        SpanName: "*._prepare_chat_with_tools", "*.astructured_predict", "*.structured_predict", "*.predict_and_call", "*.apredict_and_call",
            "*LLM.chat", "*LLM.achat", "*.astream_chat", "*.stream_chat", "*.astream_complete", "*.stream_complete", "*.achat", "*.acomplete",
            "OpenAI.chat", "OpenAI.complete", "AzureOpenAI.chat", "Anthropic.chat", "Anthropic.complete", "Bedrock*.chat", "Gemini.chat",
            "GoogleGenAI.chat", "Groq.chat", "MistralAI.chat", "Ollama.chat", "LiteLLM.chat",
            "*Retriever.retrieve", "*Retriever.aretrieve", "*Retriever._retrieve", "*Retriever._aretrieve",
            "*QueryEngine.query", "*QueryEngine.aquery", "*QueryEngine._query", "*QueryEngine._aquery", "*ChatEngine.chat",
            "*.synthesize", "*.asynthesize", "*.get_response", "*.aget_response",
            "*Embedding.get_*", "*Embedding._get_*", "*Splitter.split_text*", "*Parser.get_nodes_*", "VectorStoreIndex.*",
            "QueryPipeline.*", "AgentRunner.*", "*AgentWorker.*", "*Workflow.run";
        // A tool's description begins with its signature.
        Attribute: "tool.description=*(*) -> *\n*", "gen_ai.tool.description=*(*) -> *\n*", "tool.description=*(*)\n*";
    }
    "haystack" FrameworkShape {
        SpanName: "Pipeline.run", "Pipeline.run_async*", "AsyncPipeline.*", "*Generator.run", "*Generator.run_async", "*Builder.run", "*Builder.run_async",
            "ToolInvoker.*", "*Ranker.run", "*Retriever.run", "*Embedder.run", "*Joiner.run", "*Router.run", "DocumentWriter.run",
            "*Splitter.run", "*Converter.run", "OutputAdapter.run", "*WebSearch.run", "*Reader.run";
    }
    "dspy" FrameworkShape {
        SpanName: "*.forward", "*.aforward", "*LM.__call__", "*Adapter.__call__", "*.acall",
            "ColBERTv2.__call__";
    }
    "google-adk" FrameworkShape {
        SpanName: "invocation", "invocation [*", "agent_run [*", "call_llm", "invoke_workflow *" & SpanName "generate_content *";
        Attribute: "gen_ai.tool.type=FunctionTool";
    }
    "agno" FrameworkShape {
        SpanName: "OpenAIChat.*", "OpenAIResponses.*", "AwsBedrock.*", "*.invoke_stream", "*.ainvoke_stream", "*.ainvoke", "Claude.invoke",
            "Gemini.invoke", "MistralChat.invoke", "Groq.invoke", "*.run" & AttributeName "graph.node.name", "*.arun" & AttributeName "graph.node.name";
    }
    "agent-framework" FrameworkShape {
        SpanName: "executor.process*", "edge_group.process*";
        // Reasons in a list, written as text.
        Attribute: "gen_ai.response.finish_reasons=[\"*";
    }
    "beeai" FrameworkShape {
        AttributeName: "metadata.class_name", "metadata.usage.*";
    }
    "claude-agent-sdk" FrameworkShape {
        Attribute: "tool.name=Bash" & AttributeName "tool.id", "tool.name=mcp__*" & AttributeName "tool.id";
    }
    "instructor" FrameworkShape {
        SpanName: "handle_response_model", "handle_response_model_async";
    }
    // It names a model with its provider in front, and passes that on.
    "litellm" RouterShape {
        Attribute: "llm.invocation_parameters=*\"model\": \"anthropic/*" & SpanName "messages.create",
            "embedding.invocation_parameters=*\"model\": \"*/*" & SpanName "CreateEmbeddings";
        SpanName: "completion" & AttributeName "openinference.span.kind", "acompletion" & AttributeName "openinference.span.kind",
            "completion_with_retries", "aresponses", "atext_completion", "aembedding";
    }
    "openai" ClientShape {
        SpanName: "ChatCompletion", "AsyncChatCompletion", "ParsedChatCompletion", "Completion", "CreateEmbeddings", "CreateEmbeddingResponse",
            "Response", "ImagesResponse", "openai.chat", "openai.completion", "openai.embeddings", "openai.response", "Chat Completion with *";
    }
    "anthropic" ClientShape {
        SpanName: "messages.create", "messages.stream", "messages.parse", "completions.create", "beta.messages.*", "anthropic.chat",
            "anthropic.completion", "anthropic.messages.*";
    }
    "mistralai" ClientShape {
        SpanName: "MistralClient.*", "MistralAsyncClient.*", "mistralai.*";
    }
    "google-genai" ClientShape {
        SpanName: "GenerateContent", "AsyncGenerateContent", "GenerateContentStream", "AsyncGenerateContentStream", "EmbedContent",
            "AsyncEmbedContent", "InteractionsResource.*", "AsyncInteractionsResource.*", "gemini.generate_content*";
    }
    "bedrock" ClientShape {
        SpanName: "bedrock.*", "bedrock_agent.*";
    }
    "mcp" ClientShape {
        SpanName: "tools/call *", "MCP request*", "*.mcp";
    }
    "openai" Provider {
        Attribute: "server.address=api.openai.com", "http.url=https://api.openai.com/*", "url.full=https://api.openai.com/*";
    }
    "anthropic" Provider {
        Attribute: "server.address=api.anthropic.com", "http.url=https://api.anthropic.com/*", "url.full=https://api.anthropic.com/*";
    }
}
