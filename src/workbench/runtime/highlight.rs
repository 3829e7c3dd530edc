//! The highlighter: colours code on a thread of its own. It answers with roles, not colours, so a change of theme costs nothing.

use std::{
    io,
    sync::mpsc::{SyncSender, TrySendError, sync_channel},
    thread,
};

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxSet};
use tokio::sync::mpsc;

use super::screen_loop::Envelope;
use crate::workbench::{
    message::{Msg, Paint, PaintKey},
    theme::Role,
};

/// Texts that may wait; more are asked for again when they are still on the screen.
const WAITING: usize = 8;
/// Longest text that is coloured, in bytes; longer ones stay plain.
const LONGEST: usize = 256 * 1024;

/// Which role a scope has: the first whose prefix fits, the most particular scope of a piece first.
const ROLES: &[(&str, Role)] = &[
    ("comment", Role::CodeComment),
    ("string", Role::CodeString),
    ("constant.character.escape", Role::CodeNumber),
    ("constant", Role::CodeNumber),
    ("keyword", Role::CodeKeyword),
    ("storage", Role::CodeKeyword),
    ("entity.name", Role::CodeName),
    ("support", Role::CodeName),
    ("variable.function", Role::CodeName),
    ("variable.parameter", Role::CodeName),
    ("punctuation", Role::CodePunctuation),
    ("markup.inserted", Role::Added),
    ("markup.deleted", Role::Removed),
];

/// Hands texts to the highlighter, which ends when this is dropped.
pub(super) struct Highlighter {
    jobs: SyncSender<(PaintKey, String)>,
}

impl Highlighter {
    /// Starts the thread. The grammars are read there, at the first text.
    pub(super) fn start(queue: mpsc::Sender<Envelope>) -> io::Result<Self> {
        let (jobs, waiting) = sync_channel::<(PaintKey, String)>(WAITING);
        thread::Builder::new().name("highlight".to_owned()).spawn(move || {
            let mut grammars = None;
            while let Ok((key, text)) = waiting.recv() {
                let grammars = grammars.get_or_insert_with(Grammars::load);
                let lines = grammars.paint(&key.language, &text);
                if queue.blocking_send(Envelope::always(Msg::Highlighted(Paint { key, lines }))).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self { jobs })
    }

    /// Asks for a text to be coloured. When too many wait it stays plain for now.
    pub(super) fn ask(&self, key: PaintKey, text: String) {
        match self.jobs.try_send((key, text)) {
            Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
        }
    }
}

struct Grammars {
    set: SyntaxSet,
    roles: Vec<(Scope, Role)>,
}

impl Grammars {
    fn load() -> Self {
        let roles = ROLES.iter().filter_map(|(prefix, role)| Some((Scope::new(prefix).ok()?, *role))).collect();
        Self { set: SyntaxSet::load_defaults_newlines(), roles }
    }

    /// The text in pieces, line by line; one plain piece a line where the language is not known.
    fn paint(&self, language: &str, text: &str) -> Vec<Vec<(Role, String)>> {
        let syntax = self.set.find_syntax_by_token(language).filter(|_| text.len() <= LONGEST);
        let Some(syntax) = syntax else { return text.lines().map(|line| vec![(Role::Text, line.to_owned())]).collect() };
        let (mut state, mut stack) = (ParseState::new(syntax), ScopeStack::new());
        let with_ends = syntect::util::LinesWithEndings::from(text);
        with_ends.map(|line| self.paint_line(line, &mut state, &mut stack)).collect()
    }

    fn paint_line(&self, line: &str, state: &mut ParseState, stack: &mut ScopeStack) -> Vec<(Role, String)> {
        let changes = state.parse_line(line, &self.set).unwrap_or_default();
        let mut pieces: Vec<(Role, String)> = Vec::new();
        let mut at = 0;
        let mut push = |role: Role, text: &str| {
            let text = text.trim_end_matches(['\n', '\r']);
            match pieces.last_mut() {
                _ if text.is_empty() => {}
                Some((last, joined)) if *last == role => joined.push_str(text),
                _ => pieces.push((role, text.to_owned())),
            }
        };
        for (place, change) in changes {
            push(self.role(stack), line.get(at..place).unwrap_or_default());
            at = place;
            // A grammar that pops what it never pushed leaves the stack as it is.
            let _ = stack.apply(&change);
        }
        push(self.role(stack), line.get(at..).unwrap_or_default());
        pieces
    }

    fn role(&self, stack: &ScopeStack) -> Role {
        let found = stack.as_slice().iter().rev().find_map(|scope| self.roles.iter().find(|(prefix, _)| prefix.is_prefix_of(*scope)));
        found.map_or(Role::Text, |(_, role)| *role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_is_coloured_and_loses_no_letter() {
        let text = "def refund(order):  # pay back\n    return \"ok\", 12\n";
        let lines = Grammars::load().paint("python", text);
        let joined: Vec<String> = lines.iter().map(|line| line.iter().map(|(_, piece)| piece.as_str()).collect()).collect();
        assert_eq!(joined, text.lines().collect::<Vec<_>>());
        let role_of = |wanted: &str| lines.iter().flatten().find(|(_, piece)| piece.contains(wanted)).map(|(role, _)| *role);
        assert_eq!(role_of("def"), Some(Role::CodeKeyword));
        assert_eq!(role_of("refund"), Some(Role::CodeName));
        assert_eq!(role_of("pay back"), Some(Role::CodeComment));
        assert_eq!(role_of("ok"), Some(Role::CodeString));
        assert_eq!(role_of("12"), Some(Role::CodeNumber));
    }

    #[test]
    fn an_unknown_language_stays_plain() {
        assert_eq!(Grammars::load().paint("klingon", "a\nb"), [vec![(Role::Text, "a".to_owned())], vec![(Role::Text, "b".to_owned())]]);
    }
}
