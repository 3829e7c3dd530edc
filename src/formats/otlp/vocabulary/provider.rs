//! Who serves a model, told from who wraps it.

/// Names that frameworks put where the provider's belongs, in lower case without punctuation.
const FRAMEWORKS: &[&str] = &[
    "ag2",
    "agentframework",
    "agno",
    "autogen",
    "beeai",
    "crewai",
    "dspy",
    "googleadk",
    "haystack",
    "instructor",
    "langchain",
    "langgraph",
    "litellm",
    "llamaindex",
    "mcp",
    "microsoftagentframework",
    "microsoftsemantickernel",
    "openaiagents",
    "pydanticai",
    "semantickernel",
    "smolagents",
    "strands",
    "strandsagents",
    "traceloop",
    "vercel",
];

/// The provider's name in lower case; `None` where it is a framework's. Vercel's SDK adds the interface: `openai.chat`.
pub(super) fn read(said: &str) -> Option<String> {
    let bare: String = said.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
    if bare.is_empty() || bare == "unknown" || FRAMEWORKS.binary_search(&bare.as_str()).is_ok() {
        return None;
    }
    let name = said.trim().to_lowercase();
    let interface = [".chat", ".responses", ".completion", ".messages", ".embedding", ".generative-ai"].iter();
    Some(interface.fold(name, |name, tail| name.strip_suffix(tail).map(str::to_owned).unwrap_or(name)))
}
