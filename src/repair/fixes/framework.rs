//! How each framework declares a tool, and how a tool tells the model what went wrong.

use super::{
    context::Context,
    literal::{fill, indented},
};

/// The framework a snippet is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Framework {
    LangChain,
    LangGraph,
    CrewAi,
    OpenAiAgents,
    PydanticAi,
    Smolagents,
    LlamaIndex,
    AutoGen,
    /// None, or one there is no snippet for.
    Plain,
}

impl Framework {
    /// All of them.
    #[cfg(test)]
    pub(super) const ALL: [Self; 9] = [
        Self::LangChain,
        Self::LangGraph,
        Self::CrewAi,
        Self::OpenAiAgents,
        Self::PydanticAi,
        Self::Smolagents,
        Self::LlamaIndex,
        Self::AutoGen,
        Self::Plain,
    ];

    /// The framework of this name, as verdicts name them.
    pub(super) fn named(name: Option<&str>) -> Self {
        match name {
            Some("langchain") => Self::LangChain,
            Some("langgraph") => Self::LangGraph,
            Some("crewai") => Self::CrewAi,
            Some("openai-agents") => Self::OpenAiAgents,
            Some("pydantic-ai") => Self::PydanticAi,
            Some("smolagents") => Self::Smolagents,
            Some("llama-index") => Self::LlamaIndex,
            Some("autogen") => Self::AutoGen,
            _ => Self::Plain,
        }
    }

    /// Its name, as verdicts name it; `None` for plain Python.
    pub(super) const fn name(self) -> Option<&'static str> {
        match self {
            Self::LangChain => Some("langchain"),
            Self::LangGraph => Some("langgraph"),
            Self::CrewAi => Some("crewai"),
            Self::OpenAiAgents => Some("openai-agents"),
            Self::PydanticAi => Some("pydantic-ai"),
            Self::Smolagents => Some("smolagents"),
            Self::LlamaIndex => Some("llama-index"),
            Self::AutoGen => Some("autogen"),
            Self::Plain => None,
        }
    }

    /// What a tool imports to be one; `telling` says whether it has something to tell the model.
    const fn imports(self, telling: bool) -> &'static str {
        match self {
            Self::LangChain | Self::LangGraph if telling => "from langchain_core.tools import ToolException, tool\n",
            Self::LangChain | Self::LangGraph => "from langchain_core.tools import tool\n",
            Self::CrewAi => "from crewai.tools import tool\n",
            Self::OpenAiAgents => "from agents import function_tool\n",
            Self::PydanticAi if telling => "from pydantic_ai import ModelRetry\n",
            Self::Smolagents => "from smolagents import tool\n",
            Self::LlamaIndex => "from llama_index.core.tools import FunctionTool\n",
            Self::AutoGen => "from autogen_core.tools import FunctionTool\n",
            Self::PydanticAi | Self::Plain => "",
        }
    }

    /// What stands before the function; `options` are further arguments of the decorator, each led by a comma.
    const fn decorator(self) -> &'static str {
        match self {
            Self::LangChain | Self::LangGraph | Self::CrewAi => "@tool($NAME$)\n",
            Self::OpenAiAgents => {
                "def explain(_context, error: Exception) -> str:\n    \"\"\"What the model is told.\"\"\"\n    return str(error)\n\n\n@function_tool(name_override=$NAME$, failure_error_function=explain$OPTIONS$)\n"
            }
            Self::PydanticAi => "@agent.tool_plain(name=$NAME$, retries=2$OPTIONS$)\n",
            Self::Smolagents => "@tool\n",
            Self::LlamaIndex | Self::AutoGen | Self::Plain => "",
        }
    }

    /// What stands after the function.
    const fn registration(self, telling: bool) -> &'static str {
        match self {
            Self::LangChain | Self::LangGraph if telling => {
                "\n\n$TOOL$.handle_tool_error = True  # the text of a ToolException goes to the model\n"
            }
            Self::LlamaIndex => "\n\n$TOOL$_tool = FunctionTool.from_defaults(fn=$TOOL$, name=$NAME$)\n",
            Self::AutoGen => "\n\n$TOOL$_tool = FunctionTool($TOOL$, name=$NAME$, description=\"Keep the description it has now.\")\n",
            _ => "",
        }
    }

    /// The statement by which a tool that caught `error` tells the model, instead of ending the run.
    pub(super) fn tell(self, expression: &str) -> String {
        match self {
            Self::LangChain | Self::LangGraph => format!("raise ToolException({expression}) from error"),
            Self::PydanticAi => format!("raise ModelRetry({expression}) from error"),
            // These catch what a tool raises and show its text to the model.
            Self::OpenAiAgents | Self::Smolagents | Self::LlamaIndex | Self::AutoGen => {
                format!("raise ValueError({expression}) from error")
            }
            Self::CrewAi => format!("return \"Error: \" + {expression}"),
            Self::Plain => format!("return {{\"error\": {expression}}}"),
        }
    }

    /// Whether its tool decorator takes a time limit.
    pub(super) const fn limits_tools(self) -> bool {
        matches!(self, Self::OpenAiAgents | Self::PydanticAi)
    }
}

/// The parts of a tool's snippet. All are templates of ours; what comes from a trace goes in through `values` alone.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ToolParts<'p> {
    /// Import lines.
    pub(super) imports: &'p str,
    /// What stands before the tool.
    pub(super) helpers: &'p str,
    /// The tool's code.
    pub(super) body: &'p str,
    /// Further arguments of the decorator, each led by a comma, for frameworks that take some.
    pub(super) options: &'p str,
    /// What stands at the top; as it stands, the note that says what the underscored name is.
    pub(super) head: Option<&'p str>,
    /// The argument that may come as text or as a number.
    pub(super) loose: Option<&'p str>,
    /// What fills the places of these templates.
    pub(super) values: &'p [(&'p str, &'p str)],
}

/// A tool of the framework at hand, which calls the function as it is now under another name.
pub(super) fn tool(context: &Context<'_>, parts: ToolParts<'_>) -> String {
    let framework = context.framework;
    let helpers = if parts.helpers.is_empty() { String::new() } else { format!("{}\n\n\n", parts.helpers.trim_end()) };
    let docstring = match framework {
        // smolagents reads the arguments from the docstring.
        Framework::Smolagents if !context.arguments.is_empty() => "\"\"\"Keep the description it has now.\n\nArgs:\n$DESCRIBED$\n\"\"\"\n",
        _ => "\"\"\"Keep the description it has now.\"\"\"\n",
    };
    let telling = parts.body.contains("raise ToolException") || parts.body.contains("raise ModelRetry");
    let returns = if framework == Framework::Smolagents { " -> object" } else { "" };
    let decorator = framework.decorator().replace("$OPTIONS$", parts.options);
    let template = format!(
        "{}{}\n\n{helpers}{decorator}def $TOOL$($PARAMETERS$){returns}:\n{}{}{}",
        parts.imports,
        framework.imports(telling),
        indented(docstring),
        indented(parts.body),
        framework.registration(telling)
    );
    let described: Vec<String> =
        context.arguments.iter().map(|argument| format!("    {}: as it is described now.", argument.name)).collect();
    let described = described.join("\n    ");
    let (parameters, call, passed_on) = (context.parameters(parts.loose), context.call(), context.passed_on());
    let mut values = vec![
        ("TOOL", context.tool.as_str()),
        ("NAME", context.tool_literal.as_str()),
        ("PARAMETERS", parameters.as_str()),
        ("CALL", call.as_str()),
        ("PASSED_ON", passed_on.as_str()),
        ("DESCRIBED", described.as_str()),
    ];
    values.extend_from_slice(parts.values);
    let mut filled = fill(&template, &values);
    while let Some(at) = filled.find("\n\n\n\n") {
        filled.remove(at);
    }
    let note = format!("# _{} is your function as it is now, under another name.", context.tool);
    format!("{}\n{}", parts.head.unwrap_or(&note), filled.trim_start())
}
