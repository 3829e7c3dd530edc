//! What a snippet is written about: the run's own tool, arguments, model and figures, made safe for code.

use serde_json::Value;

use super::{framework::Framework, literal};
use crate::{
    model::{step::StepKind, time::Elapsed},
    repair::subject::Subject,
};

/// Most arguments written out; a tool with more takes them as they come.
const ARGUMENTS_MAX: usize = 8;

/// Names that the snippets use themselves; a tool with such an argument takes its arguments as they come.
const OURS: &[&str] = &[
    "agent",
    "arguments",
    "attempt",
    "error",
    "explain",
    "number",
    "passing",
    "random",
    "required",
    "result",
    "text",
    "time",
    "tool",
    "within",
];

/// One argument of the failing call.
#[derive(Debug, Clone)]
pub(super) struct Argument<'r> {
    /// Its name, an identifier.
    pub(super) name: &'r str,
    /// Its value in the run.
    pub(super) value: &'r Value,
}

/// What a fix is written about.
#[derive(Debug, Clone)]
pub struct Context<'r> {
    pub(super) subject: Subject<'r>,
    pub(super) framework: Framework,
    /// The framework's name, as the verdict has it; also where there is no snippet for it.
    pub(super) framework_name: Option<&'r str>,
    /// The tool's name as an identifier.
    pub(super) tool: String,
    /// The tool's name as a literal.
    pub(super) tool_literal: String,
    /// Its arguments; empty where they are not known or cannot be written as parameters.
    pub(super) arguments: Vec<Argument<'r>>,
    /// The model's name as a literal.
    pub(super) model_literal: String,
}

impl<'r> Context<'r> {
    /// What a fix for this failure is about, in a framework as verdicts name it.
    #[must_use]
    pub fn new(subject: Subject<'r>, framework: Option<&'r str>) -> Self {
        let name = subject.tool().unwrap_or("tool");
        Self {
            framework: Framework::named(framework),
            framework_name: framework,
            tool: literal::identifier(name),
            tool_literal: literal::text(name),
            arguments: arguments(&subject),
            model_literal: literal::text(subject.model().or_else(|| any_model(&subject)).unwrap_or("your-model")),
            subject,
        }
    }

    /// The failure it is about.
    #[must_use]
    pub const fn subject(&self) -> &Subject<'r> {
        &self.subject
    }

    /// The parameters of the tool, with their types; `loose` names one that may come as text or as a number.
    pub(super) fn parameters(&self, loose: Option<&str>) -> String {
        if self.arguments.is_empty() {
            return "**arguments".to_owned();
        }
        let typed = |argument: &Argument<'_>| if loose == Some(argument.name) { "float | str" } else { self.kind(argument) };
        self.arguments.iter().map(|argument| format!("{}: {}", argument.name, typed(argument))).collect::<Vec<_>>().join(", ")
    }

    /// The Python type of an argument: by the tool's schema, where the run sent it, else by the value in the run.
    pub(super) fn kind(&self, argument: &Argument<'_>) -> &'static str {
        match self.schema_type(argument) {
            Some("string") => "str",
            Some("boolean") => "bool",
            Some("integer") => "int",
            Some("number") => "float",
            Some("array") => "list",
            Some("object") => "dict",
            _ => literal::annotation(argument.value),
        }
    }

    /// The type the tool's schema gives an argument, where the run sent it.
    pub(super) fn schema_type(&self, argument: &Argument<'_>) -> Option<&'r str> {
        let parameters = self.subject.definition()?.parameters.as_ref()?;
        parameters.get("properties")?.get(argument.name)?.get("type")?.as_str()
    }

    /// The call of the function as it is now, with the arguments passed on.
    pub(super) fn call(&self) -> String {
        if self.arguments.is_empty() {
            return format!("_{}(**arguments)", self.tool);
        }
        let passed = self.arguments.iter().map(|argument| format!("{0}={0}", argument.name)).collect::<Vec<_>>().join(", ");
        format!("_{}({passed})", self.tool)
    }

    /// The arguments passed on, after a first one: `, order=order`.
    pub(super) fn passed_on(&self) -> String {
        if self.arguments.is_empty() {
            return ", **arguments".to_owned();
        }
        self.arguments.iter().map(|argument| format!(", {0}={0}", argument.name)).collect()
    }

    /// The arguments as a literal, for a comment or a message.
    pub(super) fn arguments_literal(&self) -> String {
        self.subject.call().and_then(|call| call.input.as_ref()).map_or_else(|| "{}".to_owned(), literal::value)
    }

    /// The argument at fault: that which the error names, else the first.
    pub(super) fn suspect(&self) -> Option<&Argument<'r>> {
        let message = self.subject.message();
        let words: Vec<&str> = message.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        let by_name = self.arguments.iter().find(|argument| words.contains(&argument.name));
        let by_value = || {
            let holds = |value: &Value| value.as_str().is_some_and(|text| text.chars().count() >= 3 && message.contains(text));
            self.arguments.iter().find(|argument| holds(argument.value))
        };
        by_name.or_else(by_value).or_else(|| self.arguments.first())
    }

    /// How long the tool took in this run where it went well: the longest such call.
    pub(super) fn typical(&self) -> Option<Elapsed> {
        let tool = self.subject.tool()?;
        let calls = self.subject.trace.steps.iter().filter(|step| step.kind == StepKind::ToolCall && !step.failed());
        calls.filter(|step| step.tool.as_ref().is_some_and(|call| call.name == tool)).filter_map(|step| step.duration).max()
    }
}

fn arguments<'r>(subject: &Subject<'r>) -> Vec<Argument<'r>> {
    let Some(Value::Object(fields)) = subject.call().and_then(|call| call.input.as_ref()) else { return Vec::new() };
    let writable =
        fields.len() <= ARGUMENTS_MAX && fields.keys().all(|name| literal::is_identifier(name) && !OURS.contains(&name.as_str()));
    if writable { fields.iter().map(|(name, value)| Argument { name, value }).collect() } else { Vec::new() }
}

fn any_model<'r>(subject: &Subject<'r>) -> Option<&'r str> {
    subject.trace.steps.iter().rev().filter_map(|step| step.model.as_ref()).find_map(|call| call.model.as_deref())
}
