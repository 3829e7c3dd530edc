//! How an agent of each framework is connected: the lessons that `trace` prints and the empty stream shows.

use serde::Deserialize;

/// The lessons as they are kept.
const LESSONS: &str = include_str!("../../assets/lessons.toml");

/// How an agent of one framework is connected.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    /// The framework, by the name verdicts use.
    pub framework: String,
    /// The framework, as it calls itself.
    pub title: String,
    /// Imports that give it away.
    pub modules: Vec<String>,
    /// What makes the object that is handed to the tracer.
    pub agent: String,
    /// What is installed for OpenTelemetry, beside its SDK and exporter.
    pub packages: Vec<String>,
    /// What is written for OpenTelemetry, beside setting a tracer provider.
    pub telemetry: Vec<String>,
}

#[derive(Deserialize)]
struct Lessons {
    lesson: Vec<Lesson>,
}

/// All lessons. Of two that fit a program the first counts.
///
/// # Errors
/// When the bundled file is damaged, which a test rules out.
pub fn lessons() -> Result<Vec<Lesson>, toml::de::Error> {
    toml::from_str::<Lessons>(LESSONS).map(|lessons| lessons.lesson)
}

/// The lesson for a program that imports these modules.
#[must_use]
pub fn lesson_for<'a>(lessons: &'a [Lesson], imported: &[String]) -> Option<&'a Lesson> {
    let imports = |module: &String| {
        imported.iter().any(|name| name.strip_prefix(module.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
    };
    lessons.iter().find(|lesson| lesson.modules.iter().any(imports))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_framework_has_one_lesson_and_the_more_specific_counts() {
        let lessons = lessons().unwrap();
        let names: BTreeSet<&str> = lessons.iter().map(|lesson| lesson.framework.as_str()).collect();
        assert_eq!(names.len(), lessons.len());
        assert!(lessons.iter().all(|lesson| !lesson.modules.is_empty() && !lesson.agent.is_empty()));
        let of = |modules: &[&str]| {
            let modules: Vec<String> = modules.iter().map(|module| (*module).to_owned()).collect();
            lesson_for(&lessons, &modules).map(|lesson| lesson.framework.clone())
        };
        assert_eq!(of(&["os", "langchain_openai", "langgraph.graph"]).as_deref(), Some("langgraph"));
        assert_eq!(of(&["openai", "agents"]).as_deref(), Some("openai-agents"));
        assert_eq!(of(&["openai.types"]).as_deref(), Some("openai"));
        assert_eq!(of(&["openaint", "agents_of_mine"]), None);
    }
}
