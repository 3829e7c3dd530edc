//! Where a remedy is to be carried out: a definition of a module, and what is around it.

use tree_sitter::Node;

use super::{Context, framework::Framework};
use crate::repair::python::{
    Definition, DefinitionKind, Edit, Installed, Module,
    definition::called,
    draft::{Draft, calls},
    function::Function,
    imports::dotted,
};

/// How a remedy is carried out at a site; `None` where it is not to be.
pub(super) type Carry = fn(&Site<'_>) -> Option<Vec<Edit>>;

/// Frameworks, and clients without one, that changes are made for.
const SUPPORTED: &[&str] =
    &["langchain", "langgraph", "openai-agents", "pydantic-ai", "crewai", "openai", "anthropic", "traceloop", "litellm", "instructor"];

/// A place that a remedy may be carried out at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site<'s> {
    pub(super) context: &'s Context<'s>,
    pub(super) module: &'s Module,
    pub(super) place: &'s Definition,
    pub(super) installed: &'s Installed,
}

impl<'s> Site<'s> {
    pub(super) fn draft(&self) -> Draft<'s> {
        Draft::new(self.module)
    }

    /// The framework to write for; `None` for one that changes are not made for.
    pub(super) fn framework(&self) -> Option<Framework> {
        let name = self.context.framework_name;
        name.is_none_or(|name| SUPPORTED.contains(&name)).then_some(self.context.framework)
    }

    /// The function that is the failing tool, or that the run says it failed in; not a generator, whose result comes bit by bit.
    pub(super) fn tool(&self) -> Option<Function<'s>> {
        let function = Function::at(self.module, self.place)?;
        let tool = self.context.subject.tool();
        let named = |name: &str| tool.is_some_and(|tool| alike(tool, name));
        let located = self.context.subject.call().and_then(|call| call.code.as_ref()).and_then(|code| code.function.as_deref());
        let located = located.and_then(|function| function.rsplit('.').next()) == Some(self.place.name.as_str());
        let is_tool = named(&self.place.name) || self.place.tool_name.as_deref().is_some_and(named) || located;
        (is_tool && !function.is_generator()).then_some(function)
    }

    /// The node of the place.
    pub(super) fn node(&self) -> Option<Node<'s>> {
        self.module.node_of(self.place)
    }

    /// Calls of one of these, in full, in the place; where it has none, in the whole module.
    pub(super) fn calls_of(&self, draft: &Draft<'_>, names: &[&str]) -> Vec<Node<'s>> {
        let of = |node: Node<'s>| -> Vec<Node<'s>> {
            calls(node).filter(|call| draft.callee(*call).is_some_and(|callee| names.contains(&callee.as_str()))).collect()
        };
        let here = self.node().map(of).unwrap_or_default();
        if here.is_empty() { of(self.module.root()) } else { here }
    }

    /// The one call of these, in the place or else in the module; `None` where there are several to choose from.
    pub(super) fn call_of(&self, draft: &Draft<'_>, names: &[&str]) -> Option<Node<'s>> {
        match self.calls_of(draft, names).as_slice() {
            [call] => Some(*call),
            _ => None,
        }
    }

    /// The values of the module made by one of these calls, in full.
    pub(super) fn values_of(&self, draft: &Draft<'_>, names: &[&str]) -> Vec<&'s Definition> {
        let made = |definition: &&Definition| {
            definition.kind == DefinitionKind::Value
                && definition.callee.as_deref().is_some_and(|callee| names.contains(&draft.imports.resolve(callee).as_str()))
        };
        self.module.definitions().iter().filter(made).collect()
    }

    /// The call by which the place is made, where it is a value.
    pub(super) fn made_by(&self) -> Option<Node<'s>> {
        called(self.node().filter(|node| node.kind() == "assignment")?.child_by_field_name("right")?)
    }

    /// Whether a name stands anywhere in the module.
    pub(super) fn is_used(&self, name: &str) -> bool {
        let words = |c: char| !c.is_alphanumeric() && c != '_';
        self.module.text().split(words).any(|word| word == name)
    }
}

/// Whether a call asks a model: `client.chat.completions.create`, `self.llm.responses.create`, `anthropic.messages.create`.
pub(super) fn asks_model(module: &Module, call: Node<'_>) -> Option<Api> {
    let callee = dotted(module, call.child_by_field_name("function")?)?;
    [
        (".chat.completions.create", Api::OpenAi),
        (".chat.completions.parse", Api::OpenAi),
        (".responses.create", Api::OpenAi),
        (".messages.create", Api::Anthropic),
    ]
    .into_iter()
    .find_map(|(ending, api)| callee.ends_with(ending).then_some(api))
}

/// Whose words a model is asked in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Api {
    OpenAi,
    Anthropic,
}

/// Whether two names are one but for case and separators: `get_quote`, `get-quote`, `getQuote`.
pub(super) fn alike(one: &str, other: &str) -> bool {
    let letters = |name: &str| name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    letters(one) == letters(other)
}
