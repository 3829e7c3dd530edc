//! Which key means what: the defaults of the action table, with the user's `keys.toml` over them.

use std::collections::HashMap;

use super::{
    action::ActionId,
    chord::{Chord, ChordError},
    table::entries,
};

/// Which key means what. One key has one meaning everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyMap {
    meanings: HashMap<Chord, ActionId>,
    keys: HashMap<ActionId, Vec<Chord>>,
}

/// What is wrong with `keys.toml`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is not TOML, or not of the expected shape.
    #[error("keys.toml: {0}")]
    Syntax(String),
    /// There is no such action.
    #[error("keys.toml: there is no action `{0}`; `arc-eval-tui keys` lists them")]
    UnknownAction(String),
    /// A text names no key.
    #[error("keys.toml, action `{action}`: {error}")]
    Key {
        /// The action.
        action: String,
        /// What is wrong with the key.
        error: ChordError,
    },
    /// Two actions have the same key.
    #[error("keys.toml: the key {key} means both `{first}` and `{second}`; give one of them another key, or [] for none")]
    Twice {
        /// The key.
        key: String,
        /// An action.
        first: String,
        /// Another action.
        second: String,
    },
}

impl KeyMap {
    /// The keys of the action table.
    pub fn defaults() -> Result<Self, KeyError> {
        Self::build(&HashMap::new())
    }

    /// The keys of the action table, with those of a `keys.toml` in their place: `copy = ["y", "Ctrl-c"]`, `quit = "Q"`, `demo = []`.
    pub fn with(text: &str) -> Result<Self, KeyError> {
        let table: toml::Table = toml::from_str(text).map_err(|error| KeyError::Syntax(error.to_string().trim().to_owned()))?;
        let known = entries();
        let mut own = HashMap::new();
        for (name, value) in table {
            let entry = known.iter().find(|entry| entry.action.id.0 == name).ok_or_else(|| KeyError::UnknownAction(name.clone()))?;
            let shape = || KeyError::Syntax(format!("`{name}` must be a key such as \"y\", or a list of keys such as [\"y\", \"Ctrl-y\"]"));
            let keys: Vec<String> = match value {
                toml::Value::String(key) => vec![key],
                toml::Value::Array(keys) => {
                    keys.iter().map(|key| key.as_str().map(str::to_owned)).collect::<Option<_>>().ok_or_else(shape)?
                }
                _ => return Err(shape()),
            };
            own.insert(entry.action.id, keys);
        }
        Self::build(&own)
    }

    fn build(own: &HashMap<ActionId, Vec<String>>) -> Result<Self, KeyError> {
        let mut map = Self { meanings: HashMap::new(), keys: HashMap::new() };
        for entry in entries() {
            let id = entry.action.id;
            if map.keys.contains_key(&id) {
                continue;
            }
            let texts = own.get(&id).cloned().unwrap_or_else(|| entry.action.keys.iter().map(|key| (*key).to_owned()).collect());
            let mut chords = Vec::with_capacity(texts.len());
            for text in texts {
                let chord = Chord::parse(&text).map_err(|error| KeyError::Key { action: id.0.to_owned(), error })?;
                if let Some(other) = map.meanings.insert(chord, id).filter(|other| *other != id) {
                    return Err(KeyError::Twice { key: chord.to_string(), first: other.0.to_owned(), second: id.0.to_owned() });
                }
                chords.push(chord);
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
}
