//! What an attribute can tell of a span.

/// The things the dialects' tables map attribute names to. Values are read leniently; one that cannot be read is passed over for the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Field {
    /// What the span stands for, by the dialect's own table.
    Kind,
    /// Name of the agent.
    Agent,
    /// Name of a part of an application, which is an agent's only on an agent's span.
    Part,
    /// Id of the agent.
    AgentId,
    /// Conversation or user session.
    Session,
    /// Subject domain.
    Domain,
    /// Project.
    Project,
    /// What was given.
    Input,
    /// What came out.
    Output,
    /// JSON object of extras, which may hold session and agent.
    Metadata,

    /// The model that answered.
    Model,
    /// Who serves it, or a framework's name.
    Provider,
    /// Prompt tokens.
    InputTokens,
    /// Generated tokens.
    OutputTokens,
    /// Prompt tokens read from a cache.
    CachedTokens,
    /// Prompt tokens written to a cache.
    CacheWriteTokens,
    /// Generated tokens spent on thinking.
    ReasoningTokens,
    /// Prompt tokens that are sound.
    AudioInputTokens,
    /// Generated tokens that are sound.
    AudioOutputTokens,
    /// How the call was served, as the provider says.
    ServiceTier,
    /// A provider's usage object.
    Usage,
    /// Prompt tokens of all calls inside.
    TotalInputTokens,
    /// Generated tokens of all calls inside.
    TotalOutputTokens,
    /// Prompt tokens of all calls inside that were read from a cache.
    TotalCachedTokens,
    /// Generated tokens of all calls inside spent on thinking.
    TotalReasoningTokens,
    /// Cost in dollars.
    Cost,
    /// The provider's id of the reply.
    ResponseId,
    /// Why the model stopped.
    Finish,
    /// Instructions that go before the messages.
    Instructions,
    /// Messages sent.
    InputMessages,
    /// Messages answered.
    OutputMessages,
    /// Tool calls of the answer, where they stand apart from its messages.
    OutputCalls,
    /// Thoughts of the answer, where they stand apart from its messages.
    OutputReasoning,
    /// Tools that could be called.
    Tools,

    /// Name of the tool called.
    Tool,
    /// What the tool is said to do.
    ToolDescription,
    /// Id of the call.
    ToolCallId,
    /// Arguments of the call.
    ToolArguments,
    /// Either the arguments of the call or the schema they follow: senders differ.
    ToolParameters,
    /// Result of the call.
    ToolResult,
    /// Documents fetched.
    Documents,

    /// Type of what went wrong.
    ErrorType,
    /// Words for what went wrong.
    ErrorMessage,
    /// True or `error` where something went wrong.
    ErrorFlag,
    /// Where it went wrong; named only where it did.
    ErrorStage,

    /// File of the user's code.
    CodeFile,
    /// Line in it.
    CodeLine,
    /// Function there.
    CodeFunction,
    /// Module or class of that function.
    CodeNamespace,

    /// Known to a dialect's own code, which decides what it tells.
    Own,
    /// Known, and tells nothing that others do not: a sum, a media type.
    Redundant,
}
