//! The code that connects one agent in one file to the workbench: exact lines, at an exact place.

use std::fmt::Write as _;

use super::{
    lesson::Lesson,
    python_source::{DefinitionKind, PythonSource},
};

/// What is to be connected.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The file, as the user named it.
    pub file: &'a str,
    /// Its text.
    pub source: &'a str,
    /// The function, class, method (`Class.method`) or variable that is the agent.
    pub function: &'a str,
    /// The subject domain; `auto` leaves it to the workbench.
    pub domain: &'a str,
    /// Where the workbench listens, `http://127.0.0.1:8000`.
    pub url: &'a str,
    /// The name of the tracer's wheel.
    pub wheel: &'a str,
}

/// Why there is no code to print.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntegrationError {
    /// The file makes no such name.
    #[error("{file} defines no `{function}`{}", hint(.known))]
    NotDefined {
        /// The file.
        file: String,
        /// The name that was asked for.
        function: String,
        /// What it does define.
        known: Vec<String>,
    },
}

fn hint(known: &[String]) -> String {
    match known {
        [] => ": it defines nothing at its top level".to_owned(),
        known => format!("; it defines {}", known.join(", ")),
    }
}

/// Most names listed when the wanted one is not there.
const KNOWN_LISTED: usize = 12;

/// The code, as Python that can be pasted: comments say where and what else could be done. `lesson` is that of the file's framework.
///
/// # Errors
/// When the file does not define the agent.
pub fn integration(request: &Request<'_>, lesson: Option<&Lesson>) -> Result<String, IntegrationError> {
    let outline = PythonSource::read(request.source);
    let name = request.function;
    let found = outline.definition(name).ok_or_else(|| IntegrationError::NotDefined {
        file: request.file.to_owned(),
        function: name.to_owned(),
        known: outline.definitions.iter().map(|definition| definition.name.clone()).take(KNOWN_LISTED).collect(),
    })?;
    let mut code = String::new();
    let place = match found.kind {
        DefinitionKind::Variable => "where it is made",
        DefinitionKind::Function | DefinitionKind::Class => "where it ends",
    };
    let framework = lesson.map_or_else(String::new, |lesson| format!(" ({})", lesson.title));
    let Request { file, domain, url, wheel, .. } = request;
    let _ = writeln!(code, "# {file}{framework}: after line {}, {place}", found.last);
    let _ = writeln!(code, "from arc_tracer import ArcTracer");
    let _ = writeln!(code, "{name} = ArcTracer(domain={}).trace_agent({name})", quoted(domain));
    let _ = writeln!(code);
    let _ = writeln!(code, "# once:        pip install {url}/sdk/{wheel}");
    let _ = writeln!(code, "# or no line:  arc-eval-tui run -- python {file}");
    if let Some(lesson) = lesson.filter(|lesson| !lesson.telemetry.is_empty()) {
        let _ = writeln!(code, "# or OpenTelemetry, with OTEL_EXPORTER_OTLP_ENDPOINT={url} and a tracer provider set:");
        if !lesson.packages.is_empty() {
            let _ = writeln!(code, "#     pip install {}", lesson.packages.join(" "));
        }
        for line in &lesson.telemetry {
            let _ = writeln!(code, "#     {line}");
        }
    }
    Ok(code)
}

/// A text as a Python string.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::sdk::lesson::{lesson_for, lessons};

    const SOURCE: &str = "from langchain.agents import create_agent\n\nagent = create_agent(\n    'gpt-4o',\n)\n\n\nclass Desk:\n    def ask(self):\n        return 1\n";

    fn request(function: &'static str) -> Request<'static> {
        let (file, domain, url) = ("my_agent.py", "finance", "http://127.0.0.1:8000");
        Request { file, source: SOURCE, function, domain, url, wheel: "arc_tracer-0.1.0-py3-none-any.whl" }
    }

    #[test]
    fn the_line_stands_after_what_makes_the_agent() {
        let lessons = lessons().unwrap();
        let lesson = lesson_for(&lessons, &PythonSource::read(SOURCE).modules);
        let code = integration(&request("agent"), lesson).unwrap();
        assert!(code.starts_with(
            "# my_agent.py (LangChain): after line 5, where it is made\nfrom arc_tracer import ArcTracer\nagent = ArcTracer(domain=\"finance\").trace_agent(agent)\n"
        ), "{code}");
        assert!(code.contains("pip install http://127.0.0.1:8000/sdk/arc_tracer-0.1.0-py3-none-any.whl"), "{code}");
        assert!(code.contains("LangChainInstrumentor().instrument()"), "{code}");
    }

    #[test]
    fn a_method_is_wrapped_where_its_class_holds_it() {
        let code = integration(&request("Desk.ask"), None).unwrap();
        assert!(
            code.contains("after line 10, where it ends")
                && code.contains("Desk.ask = ArcTracer(domain=\"finance\").trace_agent(Desk.ask)")
        );
    }

    #[test]
    fn a_name_that_is_not_there_is_answered_with_those_that_are() {
        let error = integration(&request("agnet"), None).unwrap_err();
        assert_eq!(error.to_string(), "my_agent.py defines no `agnet`; it defines agent, Desk, Desk.ask");
    }
}
