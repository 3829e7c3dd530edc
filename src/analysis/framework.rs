//! The framework an agent was built with: as sent, else from plain signals, else not known.

mod glob;
mod telemetry;

use serde_json::Value;

use super::{
    excerpt,
    framework_table::{self as table, NAMES, Place, Rank, Signal},
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
    if let Some(telemetry) = &trace.telemetry {
        telemetry::look(telemetry, &mut best);
    }
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
    best.0.map_or((None, None), |found| (Some(found.framework), Some(found.says)))
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

/// What the best signal so far gives away.
struct Found {
    framework: String,
    rank: Rank,
    /// The signal, in words.
    says: String,
}

/// The most specific signal so far; of equally specific ones the first.
#[derive(Default)]
struct Best(Option<Found>);

impl Best {
    /// Whether a signal of this rank would change anything.
    fn wants(&self, rank: Rank) -> bool {
        self.0.as_ref().is_none_or(|found| found.rank < rank)
    }

    /// Takes a signal if it is the most specific so far.
    fn take(&mut self, framework: &str, rank: Rank, says: impl FnOnce() -> String) {
        if self.wants(rank) {
            self.0 = Some(Found { framework: framework.to_owned(), rank, says: says() });
        }
    }

    /// Looks at one text.
    fn see(&mut self, place: Place, text: &str) {
        let better = table::rows().filter(|signal| signal.place == place && self.wants(signal.rank) && signal.fits(text));
        if let Some(signal) = better.max_by_key(|signal| signal.rank) {
            self.take(signal.framework, signal.rank, || format!("{} {}", place.says(), excerpt::line(text, 60)));
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
                        self.take(framework, Rank::Named, || format!("framework_metadata.{key}"));
                    }
                    self.metadata(item, room, depth + 1);
                }
            }
            _ => {}
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
            Place::Exception => text == self.text,
            Place::MetadataKey | Place::ResponseId => text.starts_with(self.text),
            Place::Scope | Place::SpanName | Place::EventName | Place::AttributeName | Place::StepName => glob::fits(self.text, text),
            // They have a name and a value; the reader of telemetry looks at both.
            Place::Attribute | Place::Resource => false,
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
mod tests;
