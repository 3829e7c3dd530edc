//! The code that connects one agent in one file to the workbench: exact lines, at an exact place.

use std::fmt;

use serde::Serialize;

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

/// The code that connects an agent, and what else could be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Integration {
    /// The file.
    pub file: String,
    /// The line after which the code stands, from 1.
    pub after_line: u32,
    /// What ends there.
    pub place: &'static str,
    /// The framework the file uses, by the name verdicts use.
    pub framework: Option<String>,
    /// The code, line by line.
    pub lines: Vec<String>,
    /// The command that installs the tracer.
    pub install: String,
    /// The command that needs no line at all.
    pub run: String,
    /// What sends the framework's own telemetry: commands and code, line by line.
    pub telemetry: Vec<String>,
    #[serde(skip)]
    title: String,
    #[serde(skip)]
    url: String,
}

impl Integration {
    /// Works out the code. `lesson` is that of the file's framework.
    ///
    /// # Errors
    /// When the file does not define the agent.
    pub fn of(request: &Request<'_>, lesson: Option<&Lesson>) -> Result<Self, IntegrationError> {
        let outline = PythonSource::read(request.source);
        let name = request.function;
        let found = outline.definition(name).ok_or_else(|| IntegrationError::NotDefined {
            file: request.file.to_owned(),
            function: name.to_owned(),
            known: outline.definitions.iter().map(|definition| definition.name.clone()).take(KNOWN_LISTED).collect(),
        })?;
        let Request { file, domain, url, wheel, .. } = request;
        let packages = |lesson: &Lesson| (!lesson.packages.is_empty()).then(|| format!("pip install {}", lesson.packages.join(" ")));
        Ok(Self {
            file: (*file).to_owned(),
            after_line: found.last,
            place: if found.kind == DefinitionKind::Variable { "where it is made" } else { "where it ends" },
            framework: lesson.map(|lesson| lesson.framework.clone()),
            lines: vec![
                "from arc_tracer import ArcTracer".to_owned(),
                format!("{name} = ArcTracer(domain={}).trace_agent({name})", quoted(domain)),
            ],
            install: format!("pip install {url}/sdk/{wheel}"),
            run: format!("arc-eval-tui run -- python {file}"),
            telemetry: lesson
                .map_or_else(Vec::new, |lesson| packages(lesson).into_iter().chain(lesson.telemetry.iter().cloned()).collect()),
            title: lesson.map_or_else(String::new, |lesson| format!(" ({})", lesson.title)),
            url: (*url).to_owned(),
        })
    }
}

/// As Python that can be pasted: comments say where, and what else could be done.
impl fmt::Display for Integration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# {}{}: after line {}, {}", self.file, self.title, self.after_line, self.place)?;
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))?;
        writeln!(f, "\n# once:        {}", self.install)?;
        write!(f, "# or no line:  {}", self.run)?;
        if !self.telemetry.is_empty() {
            write!(f, "\n# or OpenTelemetry, with OTEL_EXPORTER_OTLP_ENDPOINT={} and a tracer provider set:", self.url)?;
        }
        self.telemetry.iter().try_for_each(|line| write!(f, "\n#     {line}"))
    }
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
        let code = Integration::of(&request("agent"), lesson).unwrap().to_string();
        assert!(code.starts_with(
            "# my_agent.py (LangChain): after line 5, where it is made\nfrom arc_tracer import ArcTracer\nagent = ArcTracer(domain=\"finance\").trace_agent(agent)\n"
        ), "{code}");
        assert!(code.contains("pip install http://127.0.0.1:8000/sdk/arc_tracer-0.1.0-py3-none-any.whl"), "{code}");
        assert!(code.contains("LangChainInstrumentor().instrument()"), "{code}");
    }

    #[test]
    fn a_method_is_wrapped_where_its_class_holds_it() {
        let code = Integration::of(&request("Desk.ask"), None).unwrap().to_string();
        assert!(
            code.contains("after line 10, where it ends")
                && code.contains("Desk.ask = ArcTracer(domain=\"finance\").trace_agent(Desk.ask)")
        );
    }

    #[test]
    fn a_name_that_is_not_there_is_answered_with_those_that_are() {
        let error = Integration::of(&request("agnet"), None).unwrap_err();
        assert_eq!(error.to_string(), "my_agent.py defines no `agnet`; it defines agent, Desk, Desk.ask");
    }
}
