//! Which key means what: the defaults of the action table, with the user's `keys.toml` over them.
//!
//! A line of the file that cannot be is left out and told with its number; the others hold. That way a file of an older version still
//! works when a new action has come to have a key the file uses.

use std::collections::HashMap;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    action::ActionId,
    chord::Chord,
    key_problem::{KeyError, KeyProblem},
    table::{Entry, entries},
};
use crate::text::nearest::nearest;

/// Which key means what. One key has one meaning everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyMap {
    meanings: HashMap<Chord, ActionId>,
    keys: HashMap<ActionId, Vec<Chord>>,
}

/// Keys that mean the same wherever one is, so that nobody gets stuck: their actions keep them, and no other action gets them.
const FIXED: [(&str, &str, &str); 2] = [("back", "Esc", "goes one step back"), ("interrupt", "Ctrl-c", "quits when pressed twice")];

/// Keys a terminal sends as another one, with that other one.
const SAME: [(&str, &str); 3] = [("Ctrl-i", "Tab"), ("Ctrl-m", "Enter"), ("Ctrl-[", "Esc")];

/// The keys a file gives one action.
struct Own {
    chords: Vec<Chord>,
    line: usize,
}

/// A key with two meanings.
struct Clash {
    /// The action whose line is in the wrong.
    wrong: Option<ActionId>,
    error: KeyError,
}

impl KeyMap {
    /// The keys of the action table.
    pub fn defaults() -> Result<Self, KeyError> {
        Self::build(&HashMap::new()).map_err(|clash| clash.error)
    }

    /// The keys of the action table, with those of a `keys.toml` in their place: `copy = ["y", "Ctrl-c"]`, `quit = "Q"`, `demo = []`.
    /// The first mistake refuses all of it.
    pub fn with(text: &str) -> Result<Self, KeyError> {
        let (map, problems) = Self::read(text)?;
        problems.into_iter().next().map_or(Ok(map), Err)
    }

    /// The same with the lines that cannot be left out, and what is wrong with each, in order. A text that is no TOML at all leaves
    /// nothing but defaults.
    pub fn read(text: &str) -> Result<(Self, Vec<KeyError>), KeyError> {
        let (mut own, mut problems) = read(text);
        loop {
            match Self::build(&own) {
                Ok(map) => {
                    problems.sort_by_key(|problem| problem.line);
                    return Ok((map, problems));
                }
                // Were it a default that cannot be, leaving lines out would mend nothing.
                Err(clash) if clash.wrong.is_some_and(|action| own.remove(&action).is_some()) => problems.push(clash.error),
                Err(clash) => return Err(clash.error),
            }
        }
    }

    /// The map with these lines over the defaults; or the line that cannot be, and why.
    fn build(own: &HashMap<ActionId, Own>) -> Result<Self, Box<Clash>> {
        let mut map = Self { meanings: HashMap::new(), keys: HashMap::new() };
        for entry in entries() {
            let id = entry.action.id;
            if map.keys.contains_key(&id) {
                continue;
            }
            let chords = match own.get(&id) {
                Some(own) => own.chords.clone(),
                None => defaults_of(&entry).map_err(|problem| Box::new(Clash { wrong: None, error: KeyError { line: 0, problem } }))?,
            };
            for chord in &chords {
                if let Some(other) = map.meanings.insert(*chord, id).filter(|other| *other != id) {
                    let line = |id: &ActionId| own.get(id).map(|own| own.line);
                    // The one whose line comes later is in the wrong; a default never is.
                    let wrong = if line(&other) > line(&id) { other } else { id };
                    let problem = twice(*chord, if wrong == id { other } else { id }, wrong);
                    let error = KeyError { line: line(&wrong).unwrap_or(0), problem };
                    return Err(Box::new(Clash { wrong: Some(wrong), error }));
                }
            }
            map.keys.insert(id, chords);
        }
        Ok(map)
    }

    /// What a key means.
    #[must_use]
    pub fn meaning(&self, chord: Chord) -> Option<ActionId> {
        self.meanings.get(&chord).copied()
    }

    /// The keys of an action, the one to show first.
    #[must_use]
    pub fn keys(&self, id: ActionId) -> &[Chord] {
        self.keys.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The key to show for an action; `None` when it has none.
    #[must_use]
    pub fn shown(&self, id: ActionId) -> Option<String> {
        self.keys(id).first().map(Chord::to_string)
    }

    /// The keys of an action when this one takes the place of the one shown, as written in `keys.toml`; or why it cannot.
    pub fn rebound(&self, id: ActionId, chord: Chord) -> Result<Vec<String>, KeyProblem> {
        reserved(id, chord)?;
        if let Some(other) = self.meaning(chord).filter(|other| *other != id) {
            return Err(twice(chord, other, id));
        }
        let fixed = FIXED.iter().find(|(action, ..)| *action == id.0).map(|(_, key, _)| *key);
        let kept = self.keys(id).iter().enumerate().filter(|(place, old)| {
            // The one shown goes, unless the action must keep it.
            **old != chord && (*place > 0 || fixed == Some(old.to_string().as_str()))
        });
        Ok(std::iter::once(chord).chain(kept.map(|(_, old)| *old)).map(|chord| chord.to_string()).collect())
    }
}

fn defaults_of(entry: &Entry) -> Result<Vec<Chord>, KeyProblem> {
    let parse = |key: &&str| Chord::parse(key).map_err(|error| KeyProblem::Key { action: entry.action.id.0.to_owned(), error });
    entry.action.keys.iter().map(parse).collect()
}

/// The help of an action, in the words of the first place that has it.
fn help_of(id: ActionId) -> String {
    entries().into_iter().find(|entry| entry.action.id == id).map(|entry| entry.help).unwrap_or_default()
}

fn twice(chord: Chord, first: ActionId, second: ActionId) -> KeyProblem {
    KeyProblem::Twice { key: chord.to_string(), first: first.0, first_help: help_of(first), second: second.0, second_help: help_of(second) }
}

/// Whether an action may have a key at all, whoever else has it.
fn reserved(id: ActionId, chord: Chord) -> Result<(), KeyProblem> {
    let (key, action) = (chord.to_string(), id.0.to_owned());
    if let Some((_, same)) = SAME.iter().find(|(name, _)| *name == key) {
        return Err(KeyProblem::Same { key, same, action });
    }
    if let Some((owner, _, means)) = FIXED.iter().find(|(_, fixed, _)| *fixed == key)
        && *owner != id.0
    {
        return Err(KeyProblem::Reserved { key, means, action });
    }
    Ok(())
}

/// What each line of a file gives, and what is wrong with the others.
fn read(text: &str) -> (HashMap<ActionId, Own>, Vec<KeyError>) {
    let line_at = |at: usize| text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(error) => {
            let line = line_at(error.span().map_or(0, |span| span.start));
            let problem = KeyProblem::Syntax(error.message().lines().collect::<Vec<_>>().join("; "));
            return (HashMap::new(), vec![KeyError { line, problem }]);
        }
    };
    let known = entries();
    let (mut own, mut problems) = (HashMap::new(), Vec::new());
    for (key, value) in table.get_ref() {
        let line = line_at(key.span().start);
        match line_of(key.get_ref(), value, &known) {
            Ok((id, chords)) => {
                own.insert(id, Own { chords, line });
            }
            Err(problem) => problems.push(KeyError { line, problem }),
        }
    }
    (own, problems)
}

/// One line: an action and its keys.
fn line_of(name: &str, value: &Spanned<DeValue<'_>>, known: &[Entry]) -> Result<(ActionId, Vec<Chord>), KeyProblem> {
    let texts = match value.get_ref() {
        DeValue::Table(_) => return Err(KeyProblem::Table(name.to_owned())),
        _ if !known.iter().any(|entry| entry.action.id.0 == name) => {
            let near = nearest(name, known.iter().map(|entry| entry.action.id.0));
            return Err(KeyProblem::UnknownAction { name: name.to_owned(), near });
        }
        DeValue::String(key) => vec![key.as_ref()],
        DeValue::Array(keys) => {
            keys.iter().map(|key| key.get_ref().as_str().ok_or_else(|| shape(name, key.get_ref()))).collect::<Result<_, _>>()?
        }
        other => return Err(shape(name, other)),
    };
    let id = known.iter().map(|entry| entry.action.id).find(|id| id.0 == name).unwrap_or(ActionId(""));
    let mut chords = Vec::with_capacity(texts.len());
    for text in texts {
        let chord = Chord::parse(text).map_err(|error| KeyProblem::Key { action: name.to_owned(), error })?;
        reserved(id, chord)?;
        if !chords.contains(&chord) {
            chords.push(chord);
        }
    }
    match FIXED.iter().find(|(action, ..)| *action == name) {
        Some((_, key, means)) if !chords.iter().any(|chord| chord.to_string() == *key) => {
            Err(KeyProblem::Needed { action: name.to_owned(), key, means })
        }
        _ => Ok((id, chords)),
    }
}

fn shape(action: &str, value: &DeValue<'_>) -> KeyProblem {
    let found = match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list in a list",
        DeValue::Table(_) => "a table",
    };
    KeyProblem::Shape { action: action.to_owned(), found }
}

#[cfg(test)]
#[path = "keymap_tests.rs"]
mod tests;
