//! The framework an agent was built with: as sent, else from plain signals, else not known.

use serde_json::Value;

use super::{
    excerpt,
    framework_table::{NAMES, Place, SIGNALS, Signal},
};
use crate::model::trace::Trace;

/// Steps whose names and errors are looked at.
const STEPS_LOOKED_AT: usize = 200;

/// Values looked at in the framework's own metadata.
const METADATA_VALUES: usize = 200;

/// How deep the metadata is followed.
const METADATA_DEPTH: usize = 4;

/// Folders of installed packages looked at in a traceback.
const FRAMES_LOOKED_AT: usize = 64;

/// The framework and what gave it away: `sent`, or the signal. Of several signals the most specific counts: a framework before the model
/// client it uses, a framework built on another before that.
pub(crate) fn of(trace: &Trace) -> (Option<String>, Option<String>) {
    if let Some(sent) = trace.framework.as_deref().map(str::trim).filter(|sent| !sent.is_empty() && !sent.eq_ignore_ascii_case("auto")) {
        return (Some(normalised(sent)), Some("sent".to_owned()));
    }
    let mut best = Best::default();
    if let Some(metadata) = &trace.framework_metadata {
        let mut room = METADATA_VALUES;
        best.metadata(metadata, &mut room, 0);
    }
    if let Some(error) = &trace.error {
        error.kind.iter().for_each(|kind| best.exception(kind));
        error.traceback.iter().for_each(|traceback| best.traceback(traceback));
    }
    for step in trace.steps.iter().take(STEPS_LOOKED_AT) {
        best.see(Place::StepName, &step.name);
        if let Some(error) = &step.error {
            best.exception(error);
            best.traceback(error);
        }
        if let Some(id) = step.model.as_ref().and_then(|model| model.output.as_ref()?.get("id")?.as_str()) {
            best.see(Place::ResponseId, id);
        }
    }
    best.0.map_or((None, None), |(signal, seen)| (Some(signal.framework.to_owned()), Some(seen)))
}

/// A framework's name as this program writes it; a name it does not know stays as it is.
pub(crate) fn normalised(name: &str) -> String {
    known(name).map_or_else(|| excerpt::name(name.trim()).to_owned(), str::to_owned)
}

/// The framework that goes by this name, however it is spelled.
fn known(name: &str) -> Option<&'static str> {
    let name = excerpt::head(name, 100);
    let same = |other: &str| letters(other).eq(letters(name));
    NAMES.iter().find(|(framework, others)| same(framework) || others.iter().any(|other| same(other))).map(|(framework, _)| *framework)
}

/// The letters and digits of a name, lower case.
fn letters(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase())
}

/// The most specific signal so far, and what was seen of it.
#[derive(Default)]
struct Best(Option<(&'static Signal, String)>);

impl Best {
    /// Looks at one text; of equally specific signals the first seen stays.
    fn see(&mut self, place: Place, text: &str) {
        let least = self.0.as_ref().map_or(0, |(signal, _)| signal.rank);
        let better = SIGNALS.iter().filter(|signal| signal.place == place && signal.rank > least && signal.fits(text));
        if let Some(signal) = better.max_by_key(|signal| signal.rank) {
            self.0 = Some((signal, format!("{} {}", place.says(), excerpt::line(text, 60))));
        }
    }

    fn metadata(&mut self, value: &Value, room: &mut usize, depth: usize) {
        if *room == 0 || depth > METADATA_DEPTH {
            return;
        }
        *room -= 1;
        match value {
            Value::String(text) => self.see(Place::MetadataValue, text),
            Value::Array(items) => items.iter().for_each(|item| self.metadata(item, room, depth + 1)),
            Value::Object(entries) => {
                for (key, item) in entries {
                    self.see(Place::MetadataKey, key);
                    if let (true, Some(framework)) =
                        (matches!(key.as_str(), "framework" | "framework_name" | "name" | "library"), item.as_str().and_then(known))
                    {
                        self.named(framework, key);
                    }
                    self.metadata(item, room, depth + 1);
                }
            }
            _ => {}
        }
    }

    /// The metadata says it outright.
    fn named(&mut self, framework: &'static str, key: &str) {
        let row = SIGNALS.iter().find(|signal| signal.place == Place::Named && signal.framework == framework);
        if let Some(row) = row.filter(|row| self.0.as_ref().is_none_or(|(signal, _)| signal.rank < row.rank)) {
            self.0 = Some((row, format!("framework_metadata.{key}")));
        }
    }

    /// The exception type a text begins with, or is: `langgraph.errors.GraphRecursionError`.
    fn exception(&mut self, text: &str) {
        let text = text.trim_start();
        let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(text.len());
        let name = &text[..end];
        if let Some((_, last)) = name.rsplit_once('.') {
            self.see(Place::Module, name);
            self.see(Place::Exception, last);
        } else {
            self.see(Place::Exception, name);
        }
    }

    /// Packages in the frames of a traceback: `…/site-packages/langgraph/pregel/main.py`.
    fn traceback(&mut self, text: &str) {
        for (at, folder) in text.match_indices("-packages").take(FRAMES_LOOKED_AT) {
            let Some(path) = text.get(at + folder.len() + 1..) else { continue };
            let end = path.find(['"', '\n', ',']).unwrap_or(path.len());
            self.see(Place::Module, excerpt::head(&path[..end], 200));
        }
    }
}

impl Signal {
    fn fits(&self, text: &str) -> bool {
        match self.place {
            Place::Named => false,
            Place::Exception => text == self.text,
            Place::MetadataKey | Place::ResponseId => text.starts_with(self.text),
            Place::StepName => text == self.text || self.text.strip_prefix('*').is_some_and(|ending| text.ends_with(ending)),
            Place::MetadataValue => {
                let begins = text.get(..self.text.len()).is_some_and(|start| start.eq_ignore_ascii_case(self.text));
                begins && text[self.text.len()..].chars().next().is_none_or(|next| !next.is_alphanumeric())
            }
            // A path of modules, with dots or slashes.
            Place::Module => {
                let mut rest = text;
                let inside = self.text.split('.').all(|part| match rest.strip_prefix(part) {
                    Some(after) if after.is_empty() || after.starts_with(['.', '/', '\\']) => {
                        rest = after.get(1..).unwrap_or_default();
                        true
                    }
                    _ => false,
                });
                inside && !self.text.is_empty()
            }
        }
    }
}

#[cfg(test)]
mod tests {
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
}
