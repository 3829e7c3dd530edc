//! What gives a framework away in a run that did not come as spans.

use serde_json::json;

use super::*;
use crate::analysis::testing::trace;

fn found(trace: &Trace) -> (Option<String>, Option<String>) {
    of(trace)
}

#[test]
fn names_are_written_one_way() {
    for (sent, written) in [
        ("LangChain", "langchain"),
        ("crew_ai", "crewai"),
        ("CrewAI", "crewai"),
        ("LlamaIndex", "llama-index"),
        ("llama_index", "llama-index"),
        ("OpenAI Agents SDK", "openai-agents"),
        ("pydantic_ai", "pydantic-ai"),
        ("autogen-agentchat", "autogen"),
        ("my own loop", "my own loop"),
    ] {
        assert_eq!(normalised(sent), written);
    }
}

#[test]
fn what_was_sent_stands() {
    let trace =
        trace().ends_with("langgraph.errors.GraphRecursionError", "x").build_with(|trace| trace.framework = Some("CrewAI".to_owned()));
    assert_eq!(found(&trace), (Some("crewai".to_owned()), Some("sent".to_owned())));
}

#[test]
fn exceptions_and_tracebacks_give_it_away() {
    let by_type = trace().ends_with("langgraph.errors.GraphRecursionError", "Recursion limit of 12 reached").build();
    assert_eq!(found(&by_type), (Some("langgraph".to_owned()), Some("module langgraph.errors.GraphRecursionError".to_owned())));
    let by_frames = trace().ends_with("KeyError", "'x'").build_with(|trace| {
        let frames = "Traceback (most recent call last):\n  File \"/v/lib/python3.11/site-packages/smolagents/agents.py\", line 3, in run\nKeyError: 'x'";
        trace.error.get_or_insert_default().traceback = Some(frames.to_owned());
    });
    assert_eq!(found(&by_frames).0.as_deref(), Some("smolagents"));
}

#[test]
fn the_most_specific_signal_counts() {
    let trace = trace()
        .model("gpt-4o")
        .answers(json!({"id": "chatcmpl-9x", "choices": []}))
        .build_with(|trace| trace.framework_metadata = Some(json!({"ls_provider": "openai", "run": {"langgraph_step": 3}})));
    assert_eq!(found(&trace), (Some("langgraph".to_owned()), Some("framework_metadata key langgraph_step".to_owned())));
}

#[test]
fn metadata_may_name_it_outright() {
    let trace = trace().build_with(|trace| trace.framework_metadata = Some(json!({"framework": "Haystack"})));
    assert_eq!(found(&trace), (Some("haystack".to_owned()), Some("framework_metadata.framework".to_owned())));
}

#[test]
fn a_response_id_speaks_of_the_client_only_when_nothing_else_does() {
    let trace = trace().model("gpt-4o").answers(json!({"id": "chatcmpl-9x"})).build();
    assert_eq!(found(&trace), (Some("openai".to_owned()), Some("response id chatcmpl-9x".to_owned())));
}

#[test]
fn words_alone_give_nothing_away() {
    let trace = trace()
        .tool("langchain_docs_search", json!({"q": "crewai"}))
        .says("use LangGraph")
        .ends_with("ValueError", "langchain is not installed")
        .build();
    assert_eq!(found(&trace), (None, None));
}
