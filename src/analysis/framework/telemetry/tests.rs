//! What gives a framework away in a run that came as spans: one small case of each framework with its scope and one stripped of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::{
    analysis::{framework::of, framework_table::NAMES, testing::trace},
    model::trace::Trace,
};

/// A run's telemetry: its scopes, its spans' names, its attributes.
fn run(scopes: &[&str], names: &[&str], attributes: &[(&str, &str)]) -> Trace {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let mut telemetry = Telemetry { scopes: owned(scopes), span_names: owned(names), ..Telemetry::default() };
    for (name, value) in attributes {
        add(&mut telemetry.attributes, name, value);
    }
    trace().build_with(|trace| trace.telemetry = Some(telemetry))
}

fn add(attributes: &mut Vec<(String, Vec<String>)>, name: &str, value: &str) {
    match attributes.iter_mut().find(|(known, _)| known == name) {
        Some((_, values)) => values.push(value.to_owned()),
        None => attributes.push((name.to_owned(), vec![value.to_owned()])),
    }
}

fn found(trace: &Trace) -> (String, String) {
    let (framework, signal) = of(trace);
    (framework.unwrap_or_default(), signal.unwrap_or_default())
}

/// Framework, scope, names of spans, attributes: what a small run of each is like.
type Case = (&'static str, &'static str, &'static [&'static str], &'static [(&'static str, &'static str)]);

const LLM: (&str, &str) = ("openinference.span.kind", "LLM");
const CHAIN: (&str, &str) = ("openinference.span.kind", "CHAIN");
const TOOL: (&str, &str) = ("openinference.span.kind", "TOOL");

const CASES: &[Case] = &[
    (
        "langgraph",
        "openinference.instrumentation.langchain",
        &["triage", "route", "ChatOpenAI"],
        &[("metadata", "{\"tier\": 1}"), ("metadata", "{\"ls_integration\": \"langgraph\", \"langgraph_node\": \"route\"}")],
    ),
    (
        "langgraph",
        "opentelemetry.instrumentation.langchain",
        &["triage.workflow", "ChatOpenAI.chat"],
        &[("traceloop.association.properties.langgraph_step", "1"), ("traceloop.workflow.name", "triage")],
    ),
    (
        "langgraph",
        "opentelemetry.instrumentation.genai.langchain",
        &["invoke_workflow triage", "chat gpt-4o"],
        &[("gen_ai.operation.name", "invoke_workflow"), ("gen_ai.provider.name", "openai")],
    ),
    (
        "langchain",
        "openinference.instrumentation.langchain",
        &["RunnableSequence", "ChatPromptTemplate", "ChatOpenAI"],
        &[CHAIN, ("metadata", "{\"ls_provider\": \"openai\"}")],
    ),
    (
        "langchain",
        "opentelemetry.instrumentation.genai.langchain",
        &["invoke_agent clerk", "chat gpt-4o"],
        &[
            ("gen_ai.provider.name", "openai"),
            ("gen_ai.output.messages", "[{\"role\":\"assistant\",\"parts\":[],\"finish_reason\":\"\",\"name\":\"clerk\"}]"),
        ],
    ),
    ("crewai", "openinference.instrumentation.crewai", &["crew.kickoff", "Writer._execute_core", "search.run"], &[("crew_key", "1")]),
    (
        "crewai",
        "opentelemetry.instrumentation.crewai.instrumentation",
        &["crewai.workflow", "Writer.agent"],
        &[("crewai.agent.role", "Writer"), ("gen_ai.provider.name", "crewai")],
    ),
    ("autogen", "openinference.instrumentation.autogen_agentchat", &["clerk.on_messages_stream"], &[TOOL]),
    ("autogen", "autogen SingleThreadedAgentRuntime", &["autogen process clerk_1-A"], &[("gen_ai.system", "autogen")]),
    ("ag2", "openinference.instrumentation.ag2", &["clerk.initiate_chat"], &[("ag2.recipient.name", "clerk")]),
    ("openai-agents", "openinference.instrumentation.openai_agents", &["Agent workflow", "clerk", "turn", "response"], &[LLM]),
    (
        "openai-agents",
        "opentelemetry.instrumentation.genai.openai_agents",
        &["invoke_workflow desk", "invoke_agent clerk", "execute_tool look_up"],
        &[("gen_ai.operation.name", "invoke_workflow")],
    ),
    ("openai", "openinference.instrumentation.openai", &["ChatCompletion"], &[LLM, ("llm.system", "openai")]),
    ("openai", "opentelemetry.instrumentation.openai.v1", &["openai.chat"], &[("gen_ai.provider.name", "openai")]),
    ("openai", "opentelemetry.instrumentation.openai_v2", &["chat gpt-4o"], &[("gen_ai.system", "openai")]),
    ("anthropic", "openinference.instrumentation.anthropic", &["messages.create"], &[LLM, ("llm.provider", "anthropic")]),
    ("anthropic", "com.anthropic.sdk.python", &["anthropic.messages.create"], &[("anthropic.message.stop_reason", "end_turn")]),
    ("pydantic-ai", "pydantic-ai", &["invoke_agent clerk", "chat gpt-4o"], &[("pydantic_ai.all_messages", "[]")]),
    ("smolagents", "openinference.instrumentation.smolagents", &["CodeAgent.run", "Step 1", "OpenAIModel.generate"], &[CHAIN]),
    ("llama-index", "openinference.instrumentation.llama_index", &["FunctionAgent.run", "OpenAI.achat"], &[CHAIN]),
    (
        "llama-index",
        "opentelemetry.instrumentation.genai.llama_index",
        &["invoke_agent clerk", "execute_tool look_up"],
        &[("gen_ai.tool.description", "look_up(name: str) -> str\nFinds somebody.")],
    ),
    ("haystack", "my own tracer", &["haystack.pipeline.run"], &[("haystack.component.name", "llm")]),
    ("haystack", "openinference.instrumentation.haystack", &["Pipeline.run", "OpenAIGenerator.run"], &[LLM]),
    ("dspy", "openinference.instrumentation.dspy", &["ReAct.forward", "LM.__call__"], &[LLM]),
    ("google-adk", "gcp.vertex.agent", &["invocation", "call_llm"], &[("gcp.vertex.agent.invocation_id", "e-1")]),
    ("google-genai", "openinference.instrumentation.google_genai", &["GenerateContent"], &[LLM, ("llm.provider", "google")]),
    ("agno", "openinference.instrumentation.agno", &["Clerk.run", "OpenAIChat.invoke"], &[("agno.run.id", "1")]),
    ("agno", "opentelemetry.instrumentation.agno", &["clerk.agent"], &[("gen_ai.system", "agno"), ("traceloop.entity.name", "clerk")]),
    ("strands", "strands.telemetry.tracer", &["invoke_agent clerk", "execute_event_loop_cycle"], &[("gen_ai.system", "strands-agents")]),
    (
        "semantic-kernel",
        "semantic_kernel.functions.kernel_function",
        &["execute_tool Desk-look_up"],
        &[("sk.available_functions", "Desk-look_up")],
    ),
    ("agent-framework", "agent_framework", &["invoke_agent clerk"], &[("gen_ai.provider.name", "microsoft.agent_framework")]),
    ("beeai", "openinference.instrumentation.beeai", &["OpenAIChatModel"], &[LLM, ("metadata.class_name", "OpenAIChatModel")]),
    ("litellm", "openinference.instrumentation.litellm", &["acompletion"], &[LLM, ("llm.provider", "openai")]),
    ("instructor", "openinference.instrumentation.instructor", &["instructor.patch"], &[TOOL, ("llm.provider", "openai")]),
    ("mistralai", "openinference.instrumentation.mistralai", &["MistralClient.chat"], &[LLM]),
    ("bedrock", "openinference.instrumentation.bedrock", &["bedrock.converse"], &[LLM]),
    ("bedrock", "opentelemetry.instrumentation.botocore.bedrock-runtime", &["chat claude"], &[("gen_ai.system", "aws.bedrock")]),
    ("claude-agent-sdk", "openinference.instrumentation.claude_agent_sdk", &["ClaudeAgentSDK.query", "Bash"], &[LLM]),
    (
        "vercel-ai-sdk",
        "ai",
        &["ai.generateText", "ai.generateText.doGenerate"],
        &[("ai.model.id", "gpt-4o"), ("gen_ai.system", "openai.chat")],
    ),
    ("mcp", "opentelemetry.instrumentation.mcp", &["tools/call look_up"], &[("mcp.method.name", "tools/call")]),
    (
        "traceloop",
        "traceloop.tracer",
        &["desk.workflow", "openai.chat"],
        &[("traceloop.workflow.name", "desk"), ("gen_ai.system", "openai")],
    ),
    ("groq", "openinference.instrumentation.groq", &["Completions"], &[LLM, ("llm.provider", "groq")]),
    ("vertexai", "openinference.instrumentation.vertexai", &["PredictionServiceClient.generate_content"], &[LLM]),
    ("portkey", "openinference.instrumentation.portkey", &["completions"], &[LLM, ("llm.provider", "portkey")]),
    ("guardrails", "openinference.instrumentation.guardrails", &["guard_parse", "runner.step", "post_validation"], &[LLM]),
    ("promptflow", "promptflow", &["flow"], &[("framework", "promptflow")]),
    ("pipecat", "pipecat", &["conversation", "turn", "stt", "llm", "tts"], &[("metrics.ttfb", "0.2")]),
    ("livekit", "livekit-agents", &["agent_session", "agent_turn", "llm_node"], &[("lk.response.ttft", "0.2")]),
    ("mastra", "@mastra/otel", &["agent run: 'clerk'"], &[("mastra.span.type", "agent_run")]),
    ("koog", "ai.koog.agents", &["node.__start__", "node.nodeCallLLM"], &[("koog.node.name", "nodeCallLLM")]),
    ("spring-ai", "org.springframework.ai", &["spring_ai chat_client", "chat gpt-4o"], &[("spring.ai.kind", "chat_client")]),
];

#[test]
fn an_agent_of_unknown_make_is_not_called_by_its_models_client() {
    let attributes = [("gen_ai.operation.name", "invoke_agent"), ("gen_ai.operation.name", "chat"), ("gen_ai.provider.name", "openai")];
    let (framework, _) = found(&run(&[], &["invoke_agent clerk", "chat gpt-4o"], &attributes));
    assert_eq!(framework, "");
    let (framework, _) = found(&run(&[], &["chat gpt-4o"], &attributes[1..]));
    assert_eq!(framework, "openai");
}

#[test]
fn every_framework_is_known_by_its_scope_and_without_it() {
    for (framework, scope, names, attributes) in CASES {
        let (with_scope, signal) = found(&run(&[scope], names, attributes));
        assert_eq!(with_scope, *framework, "{scope}: {signal}");
        let (stripped, signal) = found(&run(&["tracer"], names, attributes));
        assert_eq!(stripped, *framework, "without {scope}: {signal}");
        assert!(!signal.starts_with("scope"), "{signal}");
    }
    for (name, _) in NAMES {
        assert!(CASES.iter().any(|(framework, ..)| framework == name), "no case of {name}");
    }
}

/// What a pattern could have been written for.
fn sample(pattern: &str) -> String {
    pattern.replace('*', "x")
}

/// A run with nothing but what a row asks for.
fn run_of(row: &Signal) -> Trace {
    let mut telemetry = Telemetry::default();
    let clues = std::iter::once((row.place, row.text)).chain(row.with.iter().copied());
    let mut metadata = serde_json::Map::new();
    let mut made = trace();
    for (place, text) in clues {
        let text = sample(text);
        let (name, value) = text.split_once('=').unwrap_or_default();
        match place {
            Place::Scope => telemetry.scopes.push(text),
            Place::Resource => telemetry.resource.push((name.to_owned(), value.to_owned())),
            Place::Attribute => add(&mut telemetry.attributes, name, value),
            Place::AttributeName => add(&mut telemetry.attributes, &text, ""),
            Place::SpanName => telemetry.span_names.push(text),
            Place::EventName => telemetry.event_names.push(text),
            Place::MetadataKey => drop(metadata.insert(format!("{text}x"), 1.into())),
            Place::MetadataValue => drop(metadata.insert("about".to_owned(), format!("{text} 1.0").into())),
            Place::Module => made = made.ends_with(&format!("{text}.Broken"), ""),
            Place::Exception => made = made.ends_with(&text, ""),
            Place::StepName => made = made.tool(&text, serde_json::json!({})),
            Place::ResponseId => made = made.model("m").answers(serde_json::json!({"id": format!("{text}1")})),
        }
    }
    made.build_with(|trace| {
        trace.telemetry = Some(telemetry);
        trace.framework_metadata = Some(metadata.into());
    })
}

#[test]
fn every_row_alone_gives_its_framework_away_and_says_how() {
    for row in table::rows() {
        let (framework, signal) = found(&run_of(row));
        assert_eq!(framework, row.framework, "{row:?}: {signal}");
        assert!(signal.starts_with(row.place.says()) || row.place == Place::Module, "{row:?}: {signal}");
    }
}

#[test]
fn a_signal_quotes_what_tells() {
    let (_, scope) = found(&run(&["openinference.instrumentation.langchain"], &[], &[]));
    assert_eq!(scope, "scope openinference.instrumentation.langchain");
    let (_, name) = found(&run(&[], &[], &[("gcp.vertex.agent.invocation_id", "e-1")]));
    assert_eq!(name, "attribute gcp.vertex.agent.invocation_id");
    let (_, value) = found(&run(&[], &[], &[("metadata", "{\"tenant\": \"a very long name of somebody\", \"langgraph_step\": 3}")]));
    assert_eq!(value, "attribute metadata = \"langgraph_step\": 3}");
}

#[test]
fn an_agent_made_by_langchain_is_no_graph_of_the_users() {
    let node = "{\"ls_integration\": \"langchain_create_agent\", \"langgraph_step\": 1, \"langgraph_node\": \"model\"}";
    let agent = run(
        &["openinference.instrumentation.langchain"],
        &["clerk", "model", "ChatOpenAI"],
        &[
            ("metadata", "{\"ls_integration\": \"langchain_create_agent\"}"),
            ("metadata", node),
            ("exception.type", "langgraph.errors.GraphRecursionError"),
        ],
    );
    assert_eq!(found(&agent).0, "langchain");
    // Also where its own span has not arrived yet.
    assert_eq!(found(&run(&["openinference.instrumentation.langchain"], &["model"], &[("metadata", node)])).0, "langchain");
    // A graph of the user's with such an agent in it is a graph.
    let graph = run(
        &["openinference.instrumentation.langchain"],
        &["desk", "clerk", "model"],
        &[("metadata", "{\"langgraph_step\": 1, \"langgraph_node\": \"clerk\"}"), ("metadata", node)],
    );
    assert_eq!(found(&graph).0, "langgraph");
}

#[test]
fn a_framework_stands_before_the_clients_inside_it_and_the_outermost_before_others() {
    let scopes =
        ["openinference.instrumentation.openai", "openinference.instrumentation.crewai", "openinference.instrumentation.llama_index"];
    assert_eq!(found(&run(&scopes, &["ChatCompletion"], &[])).0, "crewai");
    let routed = ["openinference.instrumentation.openai", "openinference.instrumentation.litellm"];
    assert_eq!(found(&run(&routed, &[], &[])).0, "litellm");
    let served = ["opentelemetry.instrumentation.mcp", "openinference.instrumentation.anthropic"];
    assert_eq!(found(&run(&served, &[], &[])).0, "anthropic");
}

#[test]
fn the_look_of_names_counts_only_where_no_scope_tells() {
    let names = ["Agent workflow", "Pipeline.run", "Step 1", "ChatCompletion"];
    assert_eq!(found(&run(&["my-agent", "openinference.instrumentation.openai"], &names, &[LLM])).0, "openai");
    assert_ne!(found(&run(&["my-agent"], &names, &[LLM])).0, "openai");
    // What only a framework says counts always: Haystack's scope has the name the user gave it.
    let haystack = run(&["my-agent", "openinference.instrumentation.openai"], &[], &[("haystack.component.name", "llm")]);
    assert_eq!(found(&haystack).0, "haystack");
}

#[test]
fn an_instrumentation_not_known_here_names_what_it_is_for() {
    let guardrails = found(&run(&["openinference.instrumentation.guardrails"], &[], &[]));
    assert_eq!(guardrails, ("guardrails".to_owned(), "scope openinference.instrumentation.guardrails".to_owned()));
    assert_eq!(found(&run(&["opentelemetry.instrumentation.groq"], &[], &[])).0, "groq");
    assert_eq!(found(&run(&["opentelemetry.instrumentation.fastapi"], &["GET /"], &[])).0, "");
    assert_eq!(found(&run(&["openinference.instrumentation."], &[], &[])).0, "");
}

#[test]
fn our_own_tracer_says_what_it_wrapped() {
    let wrapped = run(&["arc_tracer"], &["clerk", "chat gpt-4o"], &[("gen_ai.provider.name", "openai"), ("arc.framework", "pydantic_ai")]);
    assert_eq!(found(&wrapped), ("pydantic-ai".to_owned(), "attribute arc.framework = pydantic_ai".to_owned()));
    // An agent of LangChain's is a graph beneath, and where it raises the traceback shows that.
    let frames = "  File \"/v/lib/python3.11/site-packages/langgraph/pregel/main.py\", line 3, in invoke\n";
    let raised = run(&["arc_tracer"], &["clerk"], &[("arc.framework", "langchain"), ("exception.stacktrace", frames)]);
    assert_eq!(found(&raised).0, "langchain");
    // A client is not what an agent is built with: something else may say more.
    let called = run(&["arc_tracer", "pydantic-ai"], &["clerk"], &[("arc.framework", "openai")]);
    assert_eq!(found(&called).0, "pydantic-ai");
}

#[test]
fn an_error_a_span_recorded_tells_too() {
    let frames =
        "Traceback (most recent call last):\n  File \"/v/lib/python3.11/site-packages/dspy/primitives/module.py\", line 3, in __call__\n";
    let by_frames = run(&["tracer"], &["x"], &[("exception.type", "ValueError"), ("exception.stacktrace", frames)]);
    assert_eq!(found(&by_frames).0, "dspy");
    assert_eq!(found(&run(&["tracer"], &["x"], &[("error.type", "smolagents.utils.AgentParsingError")])).0, "smolagents");
}

#[test]
fn content_and_common_names_give_nothing_away() {
    let said = run(
        &["my-app"],
        &["agent", "search", "GET /v1/things", "main"],
        &[("input.value", "compare crewai and LangGraph"), ("output.value", "langchain"), ("service.name", "desk"), ("tool.name", "dspy")],
    );
    assert_eq!(of(&said), (None, None));
    assert_eq!(of(&run(&[], &[], &[])), (None, None));
}
