//! The ways a first trace comes, as the empty stream shows them: for any agent, or for one framework after the other.

use crate::{
    sdk::{
        Wheel,
        lesson::{Lesson, lessons},
    },
    text::width::width,
    workbench::shared::Shared,
};

/// The least that makes a trace.
const SHORT: &str = r#"{"agent_id":"me","output":"hi","execution_time":1}"#;

/// What is written into the agent's program.
const WRAP: [&str; 2] = ["from arc_tracer import ArcTracer", "agent = ArcTracer(domain=\"auto\").trace_agent(agent)"];

/// Which ways are shown.
#[derive(Debug)]
pub(super) struct Guide {
    lessons: Vec<Lesson>,
    /// 0: for any agent; else the lesson of this number.
    page: usize,
}

impl Default for Guide {
    fn default() -> Self {
        // A test holds that the bundled lessons can be read.
        Self { lessons: lessons().unwrap_or_default(), page: 0 }
    }
}

impl Guide {
    /// The next framework; after the last, any agent again.
    pub(super) fn next(&mut self) {
        self.page = (self.page + 1) % (self.lessons.len() + 1);
    }

    /// The one before.
    pub(super) fn previous(&mut self) {
        self.page = self.page.checked_sub(1).unwrap_or(self.lessons.len());
    }

    /// The tracer's lines, to be copied.
    pub(super) fn python(&self) -> String {
        WRAP.join("\n")
    }

    /// The command that sends a first trace; `None` while nothing listens.
    pub(super) fn curl(&self, shared: &Shared) -> Option<String> {
        shared.curl(SHORT)
    }

    fn lesson(&self) -> Option<&Lesson> {
        self.page.checked_sub(1).and_then(|place| self.lessons.get(place))
    }

    /// The ways in, for a listener at `url`, in so many columns.
    pub(super) fn lines(&self, url: &str, shared: &Shared, columns: usize) -> Vec<String> {
        let install = format!("pip install {url}/sdk/{}", Wheel::name());
        let mut lines = vec![aside("1  Python, no line changed", "", columns), "   arc-eval-tui run -- python my_agent.py".to_owned()];
        match self.lesson() {
            None => {
                lines.push(aside("2  Python, one line, after what makes your agent", "(y copies)", columns));
                lines.push(format!("   {install}"));
                lines.extend(WRAP.map(|line| format!("   {line}")));
                lines.push("3  OpenTelemetry, any language and vocabulary, over HTTP or gRPC".to_owned());
                lines.push(format!("   export OTEL_EXPORTER_OTLP_ENDPOINT={url}"));
                lines.push(aside("4  Any language: one JSON object a run", "(Y copies)", columns));
                lines.extend(command(&self.curl(shared).unwrap_or_default(), columns.saturating_sub(3)));
                lines.push(format!("[ ]  lessons for {} frameworks: {}, …", self.lessons.len(), self.titles(2)));
            }
            Some(lesson) => {
                lines.push(aside(&format!("2  {}, one line: agent is what {} makes", lesson.title, lesson.agent), "(y copies)", columns));
                lines.push(format!("   {install}"));
                lines.extend(WRAP.map(|line| format!("   {line}")));
                if lesson.telemetry.is_empty() {
                    lines.push("3  OpenTelemetry: it has its own; set a tracer provider and".to_owned());
                } else {
                    lines.push("3  OpenTelemetry, with a tracer provider set".to_owned());
                }
                lines.push(format!("   export OTEL_EXPORTER_OTLP_ENDPOINT={url}"));
                if !lesson.packages.is_empty() {
                    lines.push(format!("   pip install {}", lesson.packages.join(" ")));
                }
                lines.extend(lesson.telemetry.iter().map(|line| format!("   {line}")));
                lines.push(format!("[ ]  lesson {} of {}", self.page, self.lessons.len()));
            }
        }
        lines
    }

    fn titles(&self, most: usize) -> String {
        self.lessons.iter().rev().take(most).map(|lesson| lesson.title.as_str()).collect::<Vec<_>>().join(", ")
    }
}

/// A line with a remark at its right end, where there is room for it.
fn aside(line: &str, remark: &str, columns: usize) -> String {
    let gap = columns.saturating_sub(width(line) + width(remark));
    if gap < 2 { format!("{line}  {remark}") } else { format!("{line}{}{remark}", " ".repeat(gap.min(20))) }
}

/// A command line broken before what it sends where it is too wide, as a shell reads it.
fn command(line: &str, columns: usize) -> Vec<String> {
    match line.split_once(" -d ") {
        Some((head, body)) if width(line) > columns => vec![format!("   {head} \\"), format!("     -d {body}")],
        _ => vec![format!("   {line}")],
    }
}
