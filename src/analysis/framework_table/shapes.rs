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
            "input.value=*\"additional_kwargs\": {*\"response_metadata\": {*", "input.value=*\"additional_kwargs\":{*\"response_metadata\":{*",
            "input.value=*additional_kwargs={*response_metadata={*", "output.value=*additional_kwargs={*response_metadata={*",
            "output.value=content='*' name='*' tool_call_id='*";
        SpanName: "ChatPromptTemplate", "PromptTemplate", "LLMChain", "AgentExecutor", "StrOutputParser", "*OutputParser",
            "ChatOpenAI", "AzureChatOpenAI", "ChatAnthropic", "ChatGoogleGenerativeAI", "ChatVertexAI", "ChatBedrock*", "ChatMistralAI",
            "ChatOllama", "ChatGroq", "ChatCohere", "VectorStoreRetriever", "*Runnable", "StuffDocumentsChain", "RetrievalQA", "*QAChain",
            "*Middleware.before_*", "*Middleware.after_*";
    }
    "crewai" FrameworkShape {
        SpanName: "*.kickoff", "*._execute_core", "Crew_*", "Flow_*", "*.llm_call" & Attribute "openinference.span.kind=LLM", "ToolUsage.*",
            "Crew Created", "Crew Execution", "Task Created", "Task Execution", "Flow Creation", "Flow Execution";
        AttributeName: "tool.agent_role", "tool.task_name", "tool.run_attempts", "flow.node.type", "flow_id", "tool.result_as_answer", "agent.backstory", "task_expected_output";
        Attribute: "tool.description=Tool Name: *Tool Arguments: *", "output.value=*\"raw\": *\"json_dict\": *", "output.value=*TaskOutput(*";
    }
    "autogen" FrameworkShape {
        SpanName: "*.on_messages_stream", "*.on_messages", "RoundRobinGroupChat.*", "SelectorGroupChat.*", "MagenticOneGroupChat.*",
            "Swarm.run*", "*ChatCompletionClient.create", "*ChatCompletionClient.create_stream";
        AttributeName: "participant_names";
        // Its messages, as they print themselves.
        Attribute: "input.value=*source='*' models_usage=*", "output.value=*source='*' models_usage=*";
    }
    "ag2" FrameworkShape {
        SpanName: "*.generate_reply", "*.a_generate_reply", "*.initiate_chat", "*.a_initiate_chat", "*.initiate_chats";
        // A tool is given the model's own words for its call.
        AttributeName: "tool_call.function.name" & Attribute "openinference.span.kind=TOOL";
    }
    "openai-agents" FrameworkShape {
        SpanName: "Agent workflow", "Agent Workflow", "handoff to *", "conversation.turn", "turn" & SpanName "response",
            "response" & Attribute "openinference.span.kind=LLM", "generation" & Attribute "openinference.span.kind=LLM",
            "OpenAI Agents trace*", "Agent run: '*", "Handoff: * → *",
            "assistant" & AttributeName "output.audio.transcript", "user" & Attribute "openinference.span.kind=USER",
            "invoke_workflow *" & SpanName "invoke_agent *" & SpanName "execute_tool *";
    }
    "pydantic-ai" FrameworkShape {
        AttributeName: "logfire.msg" & Attribute "gen_ai.operation.name=*", "tool_response" & AttributeName "gen_ai.tool.call.id";
        SpanName: "agent run", "running tool", "running * tool", "running * tools", "* run" & SpanName "chat *", "* run" & SpanName "running tool*";
    }
    "smolagents" FrameworkShape {
        SpanName: "ToolCallingAgent.run", "CodeAgent.run", "Step *" & Attribute "openinference.span.kind=CHAIN", "FinalAnswerTool", "SimpleTool",
            "*Model.generate", "*Model.generate_stream";
        SpanName: "*Model.__call__", "PythonInterpreterTool", "VisitWebpageTool";
        Attribute: "input.value=*\"sanitize_inputs_outputs\":*", "input.value=*\"additional_args\":*\"max_steps\":*", "input.value=*ActionStep(*";
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
        SpanName: "DefaultRefineProgram.*", "*LLM.predict", "*LLM.apredict";
        // Its messages and events, as they print themselves, and as JSON.
        Attribute: "input.value=*\"block_type\":*", "output.value=*\"block_type\":*", "input.value=*blocks=[TextBlock(*", "output.value=*blocks=[TextBlock(*",
            "output.value=*NodeWithScore(*", "input.value={\"ev\": \"*Event(*", "input.value={\"ev\":\"*Event(*",
            "output.value={\"tool_calls\": [\"ChatCompletionMessage*";
        // A tool's description begins with its signature.
        Attribute: "tool.description=*(*) -> *\n*", "gen_ai.tool.description=*(*) -> *\n*", "tool.description=*(*)\n*";
    }
    "haystack" FrameworkShape {
        SpanName: "Pipeline.run", "Pipeline.run_async*", "AsyncPipeline.*", "*Generator.run", "*Generator.run_async", "*Builder.run", "*Builder.run_async",
            "ToolInvoker.*", "*Ranker.run", "*Retriever.run", "*Embedder.run", "*Joiner.run", "*Router.run", "DocumentWriter.run",
            "*Splitter.run", "*Converter.run", "OutputAdapter.run", "*WebSearch.run", "*Reader.run",
            "*ChatGenerator", "PromptBuilder", "ChatPromptBuilder", "*TextEmbedder", "*DocumentEmbedder", "*BM25Retriever", "*EmbeddingRetriever";
        // Its messages, as they print themselves.
        Attribute: "input.value=*<ChatRole.*", "output.value=*<ChatRole.*";
    }
    "dspy" FrameworkShape {
        SpanName: "*.forward", "*.aforward", "*LM.__call__", "*Adapter.__call__", "*.acall",
            "ColBERTv2.__call__", "*.__call__" & Attribute "openinference.span.kind=TOOL";
        Attribute: "output.value=Prediction(*";
    }
    "google-adk" FrameworkShape {
        SpanName: "invocation", "invocation [*", "agent_run [*", "call_llm", "invoke_workflow *" & SpanName "generate_content *";
        Attribute: "gen_ai.tool.type=FunctionTool";
    }
    "agno" FrameworkShape {
        SpanName: "OpenAIChat.*", "OpenAIResponses.*", "AwsBedrock.*", "*.invoke_stream", "*.ainvoke_stream", "*.ainvoke", "Claude.invoke",
            "Gemini.invoke", "MistralChat.invoke", "Groq.invoke", "*.run" & AttributeName "graph.node.name", "*.arun" & AttributeName "graph.node.name",
            "*.execute" & AttributeName "graph.node.name", "*.execute_stream" & AttributeName "graph.node.name",
            "*.aexecute" & AttributeName "graph.node.name", "*.aexecute_stream" & AttributeName "graph.node.name", "delegate_task_to_member*";
        Attribute: "input.value=*RunResponse(*", "input.value=*RunOutput(*", "output.value=*RunResponse(*", "output.value=*RunOutput(*";
    }
    "strands" FrameworkShape {
        SpanName: "invoke_agent Strands Agents", "Model invoke" & SpanName "Cycle *";
    }
    "semantic-kernel" FrameworkShape {
        SpanName: "chat.completions *", "text.completions *";
    }
    "agent-framework" FrameworkShape {
        SpanName: "executor.process*", "edge_group.process*", "workflow.build" & SpanName "workflow.run";
        // Reasons in a list, written as text.
        Attribute: "gen_ai.response.finish_reasons=[\"*";
    }
    "beeai" FrameworkShape {
        AttributeName: "metadata.class_name", "metadata.usage.*";
    }
    "claude-agent-sdk" FrameworkShape {
        // The tools it brings.
        Attribute: "tool.name=Bash" & AttributeName "tool.id", "tool.name=mcp__*" & AttributeName "tool.id",
            "tool.name=Agent" & AttributeName "tool.id", "tool.name=Task" & AttributeName "tool.id", "tool.name=Read" & AttributeName "tool.id",
            "tool.name=Write" & AttributeName "tool.id", "tool.name=Edit" & AttributeName "tool.id", "tool.name=Grep" & AttributeName "tool.id",
            "tool.name=Glob" & AttributeName "tool.id", "tool.name=TodoWrite" & AttributeName "tool.id",
            "tool.name=WebFetch" & AttributeName "tool.id", "tool.name=WebSearch" & AttributeName "tool.id";
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
            "Response", "ImagesResponse", "OpenAI-generation", "OpenAI-embedding", "Responses API with *", "openai.chat", "openai.completion", "openai.embeddings", "openai.response", "Chat Completion with *";
    }
    "anthropic" ClientShape {
        SpanName: "Messages", "AsyncMessages", "MessagesStream", "AsyncMessagesStream", "messages.create", "messages.stream", "messages.parse", "completions.create", "beta.messages.*", "anthropic.chat",
            "anthropic.completion", "anthropic.messages.*";
    }
    "mistralai" ClientShape {
        SpanName: "MistralClient.*", "MistralAsyncClient.*", "mistralai.*";
    }
    "google-genai" ClientShape {
        SpanName: "GenerateContent", "AsyncGenerateContent", "GenerateContentStream", "AsyncGenerateContentStream", "EmbedContent",
            "AsyncEmbedContent", "InteractionsResource.*", "AsyncInteractionsResource.*", "gemini.generate_content*";
    }
    "groq" ClientShape {
        SpanName: "Completions" & Attribute "llm.provider=groq", "AsyncCompletions" & Attribute "llm.provider=groq";
    }
    "vertexai" ClientShape {
        SpanName: "PredictionServiceClient.*", "PredictionServiceAsyncClient.*", "GenerativeModel.*", "vertexai.*";
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
