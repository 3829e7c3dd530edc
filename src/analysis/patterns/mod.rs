//! Failures grouped into patterns: the same code, tool or model, framework, and message template.

mod evidence;
mod group;
mod lexer;
mod shapes;
mod skeleton;
mod token;
mod words;

use std::collections::HashMap;

use xxhash_rust::xxh3::Xxh3;

use self::{
    group::{Group, Placed},
    token::{Token, fold},
};
use crate::model::{failure::FailureCode, ids::Fingerprint};

/// Most patterns in all; beyond them a new message goes to the catch-all of its kind, and one of a new kind to that of its code.
const PATTERNS_MAX: usize = 16_384;

/// A pattern as it was stored, to go on from.
#[derive(Debug, Clone, Copy)]
pub struct Known<'p> {
    /// Its fingerprint.
    pub fingerprint: Fingerprint,
    /// The failure.
    pub code: FailureCode,
    /// The tool or model concerned.
    pub subject: Option<&'p str>,
    /// The framework.
    pub framework: Option<&'p str>,
    /// The template.
    pub template: &'p str,
}

/// The pattern a failure belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assigned<'m> {
    /// The pattern's fingerprint.
    pub fingerprint: Fingerprint,
    /// Its template as it now is.
    pub template: &'m str,
    /// The pattern was not known before.
    pub is_new: bool,
    /// Its template was changed by this message; its fingerprint was not.
    pub refined: bool,
}

/// Groups failures into patterns as they come.
///
/// A message is masked (numbers, ids, times, paths, links, addresses, quoted text), then looked for among the templates of its code, subject and
/// framework. If none stands for it, but enough of them differ from it at one place and only there, that place is taken to vary (`<*>`): one of them
/// becomes the template for all, and keeps its fingerprint. Else it is a new pattern.
///
/// Deterministic, bounded in memory, one setting for every source. A fingerprint, once given, stays with its pattern. All that is remembered is the
/// set of patterns, so a miner [`Miner::restore`]d from the stored ones, in any order, assigns as the one that stored them would have.
#[derive(Debug, Clone, Default)]
pub struct Miner {
    groups: HashMap<u64, Group>,
    templates: usize,
}

impl Miner {
    /// A miner that knows no pattern.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A miner that knows these patterns.
    #[must_use]
    pub fn restore<'p>(patterns: impl IntoIterator<Item = Known<'p>>) -> Self {
        let mut miner = Self::new();
        for pattern in patterns {
            let bare = kind_of(pattern.code, None, None);
            // The catch-all of a code was first seen with some subject, but stands for all.
            let of_code = pattern.fingerprint == fingerprint(bare, &[Token::anything(false)]);
            let kind = if of_code { bare } else { kind_of(pattern.code, pattern.subject, pattern.framework) };
            let group = miner.groups.entry(kind).or_default();
            let before = group.len();
            group.restore(pattern.fingerprint, pattern.template);
            miner.templates += group.len() - before;
        }
        miner
    }

    /// The pattern of a failure with this message.
    pub fn assign(&mut self, code: FailureCode, subject: Option<&str>, framework: Option<&str>, message: &str) -> Assigned<'_> {
        let full = self.templates >= PATTERNS_MAX;
        let mut kind = kind_of(code, subject, framework);
        if full && !self.groups.contains_key(&kind) {
            kind = kind_of(code, None, None);
        }
        let group = self.groups.entry(kind).or_default();
        let before = group.len();
        let Placed { at, is_new, refined } = group.place(skeleton::of_message(message), full, |tokens| fingerprint(kind, tokens));
        self.templates += group.len() - before;
        // `place` gives the place of a template that is there.
        let (fingerprint, template) =
            group.template(at).map_or((Fingerprint(kind), ""), |template| (template.fingerprint, template.text.as_str()));
        Assigned { fingerprint, template, is_new, refined }
    }

    /// The pattern that by now stands for the one of this fingerprint: another one, where a more general pattern was found since. A fingerprint
    /// this miner does not know is its own.
    #[must_use]
    pub fn resolve(&self, fingerprint: Fingerprint) -> Fingerprint {
        let mut groups = self.groups.values();
        groups.find_map(|group| group.resolve(fingerprint)).map_or(fingerprint, |template| template.fingerprint)
    }
    pub fn template_of(&self, fingerprint: Fingerprint) -> Option<&str> {
        let mut groups = self.groups.values();
        groups.find_map(|group| group.resolve(fingerprint)).map(|template| template.text.as_str())
    }

    /// How many patterns are known.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.templates
    }

    /// Whether no pattern is known.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.templates == 0
    }
}

/// A number for a kind of failure. Absent and empty are told apart, and no two texts run into one.
fn kind_of(code: FailureCode, subject: Option<&str>, framework: Option<&str>) -> u64 {
    let mut hash = Xxh3::new();
    hash.update(code.code().as_bytes());
    for part in [subject, framework] {
        match part {
            Some(text) => {
                hash.update(&[1]);
                hash.update(&(text.len() as u64).to_le_bytes());
                hash.update(text.as_bytes());
            }
            None => hash.update(&[0]),
        }
    }
    hash.digest()
}

/// The fingerprint of a new pattern: its kind and its first template.
fn fingerprint(kind: u64, tokens: &[Token]) -> Fingerprint {
    let mut hash = Xxh3::new();
    hash.update(&kind.to_le_bytes());
    hash.update(&fold(tokens).to_le_bytes());
    Fingerprint(hash.digest())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    const CODE: FailureCode = FailureCode::ToolError;

    fn assign(miner: &mut Miner, message: &str) -> (Fingerprint, String) {
        let assigned = miner.assign(CODE, Some("lookup"), Some("langchain"), message);
        (assigned.fingerprint, assigned.template.to_owned())
    }

    #[test]
    fn messages_that_differ_in_values_are_one_pattern() {
        let mut miner = Miner::new();
        let (first, template) = assign(&mut miner, "order A-1182 not found");
        assert_eq!(template, "order <id> not found");
        assert_eq!(assign(&mut miner, "order B-77 not found").0, first);
        let (number, _) = assign(&mut miner, "amount must be a number, got \"12,50\"");
        assert_eq!(assign(&mut miner, "amount must be a number, got \"\"").0, number);
        assert_ne!(first, number);
        assert_eq!(miner.len(), 2);
    }

    #[test]
    fn patterns_are_apart_by_code_subject_and_framework() {
        let mut miner = Miner::new();
        let mut seen = Vec::new();
        for code in [FailureCode::ToolError, FailureCode::ToolTimeout] {
            for subject in [None, Some(""), Some("a"), Some("b")] {
                for framework in [None, Some("a")] {
                    seen.push(miner.assign(code, subject, framework, "it failed").fingerprint);
                }
            }
        }
        let count = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), count);
    }

    #[test]
    fn a_place_that_keeps_varying_is_opened_and_the_fingerprint_stays() {
        let mut miner = Miner::new();
        let mut given = Vec::new();
        for name in ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta"] {
            let message = format!("could not reserve a seat for guest {name} on this flight");
            let assigned = miner.assign(CODE, None, None, &message);
            given.push((assigned.fingerprint, assigned.is_new, assigned.refined, assigned.template.to_owned()));
        }
        let opened = given.iter().position(|(_, _, refined, _)| *refined).unwrap();
        assert_eq!(opened, 3, "with eight words agreeing the fourth name is enough");
        let (fingerprint, _, _, template) = &given[opened];
        assert_eq!(template, "could not reserve a seat for guest <*> on this flight");
        assert!(given[..opened].iter().any(|(earlier, ..)| earlier == fingerprint), "one of the earlier patterns lives on");
        assert!(given[opened..].iter().all(|(later, is_new, ..)| later == fingerprint && !is_new));
        let back = miner.assign(CODE, None, None, "could not reserve a seat for guest alpha on this flight");
        assert_eq!(back.fingerprint, *fingerprint);
    }

    #[test]
    fn few_words_are_no_ground_to_unite() {
        let mut miner = Miner::new();
        for word in ["timeout", "refused", "denied", "expired"] {
            assert!(miner.assign(CODE, None, None, &format!("connection {word}")).is_new, "{word}");
        }
    }

    #[test]
    fn a_message_of_nothing_is_a_pattern_too() {
        let mut miner = Miner::new();
        let first = miner.assign(FailureCode::Unclassified, None, None, "").fingerprint;
        assert_eq!(miner.assign(FailureCode::Unclassified, None, None, " \n\t").fingerprint, first);
        assert_eq!(miner.len(), 1);
    }

    #[test]
    fn the_same_messages_give_the_same_fingerprints_in_every_process() {
        let mut miner = Miner::new();
        let found = miner.assign(FailureCode::ToolTimeout, Some("fetch_order"), Some("langchain"), "timed out after 30 s").fingerprint;
        assert_eq!(found.to_string(), "cb9bb3e382eabfbe");
    }

    #[test]
    fn what_has_no_room_goes_to_the_catch_all_of_its_kind() {
        let mut miner = Miner::new();
        let word = |n: usize| -> String { format!("{n:04}").bytes().map(|digit| char::from(b'a' + digit - b'0')).collect() };
        // Every message differs from every other in two places, so that none are united.
        for n in 0..3_000 {
            let word = word(n);
            miner.assign(CODE, None, None, &format!("{word} of the {word} failed"));
        }
        assert!(miner.len() <= group::TEMPLATES_MAX + 1);
        let assigned = miner.assign(CODE, None, None, "something else entirely came to pass");
        assert_eq!((assigned.template, assigned.is_new), ("<*>", false));
        assert_ne!(miner.assign(CODE, None, None, "aaab of the aaab failed").template, "<*>", "what was known stays known");
        assert!(
            miner.assign(CODE, Some("other"), None, "something else entirely came to pass").is_new,
            "other kinds have room of their own"
        );
    }

    #[test]
    fn a_full_miner_still_gives_every_failure_a_fingerprint() {
        let mut miner = Miner::new();
        for kind in 0..PATTERNS_MAX + 50 {
            miner.assign(CODE, Some(&kind.to_string()), None, "it failed");
        }
        assert!(miner.len() <= PATTERNS_MAX + 1);
        let kept = miner.assign(CODE, Some("99999"), None, "it failed").fingerprint;
        let stored = Known { fingerprint: kept, code: CODE, subject: Some("20000"), framework: None, template: "<*>" };
        assert_eq!(kept, fingerprint(kind_of(CODE, None, None), &[Token::anything(false)]));
        assert!(Miner::restore([stored]).groups.contains_key(&kind_of(CODE, None, None)), "it goes back where it came from");
    }

    fn known<'p>((fingerprint, template): (&'p Fingerprint, &'p String)) -> Known<'p> {
        Known { fingerprint: *fingerprint, code: CODE, subject: Some("lookup"), framework: Some("langchain"), template }
    }

    fn messages() -> impl Strategy<Value = Vec<String>> {
        let word = prop_oneof![
            Just("order"),
            Just("user"),
            Just("bob"),
            Just("eve"),
            Just("ann"),
            Just("zed"),
            Just("kim"),
            Just("file.txt"),
            Just("<*>")
        ];
        let value = prop_oneof![Just("17".to_owned()), Just("'x'".to_owned()), Just("/tmp/a".to_owned()), Just("A-1".to_owned())];
        let filler = prop_oneof![3 => word.prop_map(str::to_owned), 1 => value];
        let message =
            (filler.clone(), filler).prop_map(|(one, other)| format!("the guest {one} could not be moved to the room of {other} today"));
        let free = "[a-c]{1,2}( [a-c]{1,2}){0,5}";
        proptest::collection::vec(prop_oneof![4 => message, 1 => free.prop_map(String::from)], 1..120)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_restored_miner_goes_on_as_the_lost_one(before in messages(), after in messages()) {
            let mut miner = Miner::new();
            let mut stored: BTreeMap<Fingerprint, String> = BTreeMap::new();
            for message in &before {
                let (fingerprint, template) = assign(&mut miner, message);
                stored.insert(fingerprint, template);
            }
            let mut upward = Miner::restore(stored.iter().map(known));
            let mut downward = Miner::restore(stored.iter().rev().map(known));
            prop_assert_eq!(upward.len(), miner.len());
            for message in &after {
                let expected = assign(&mut miner, message);
                prop_assert_eq!(assign(&mut upward, message), expected.clone());
                prop_assert_eq!(assign(&mut downward, message), expected);
            }
        }

        #[test]
        fn any_message_finds_a_pattern_and_finds_it_again(messages in proptest::collection::vec("\\PC{0,80}", 1..20)) {
            let mut miner = Miner::new();
            for message in &messages {
                let (fingerprint, _) = assign(&mut miner, message);
                prop_assert_eq!(assign(&mut miner, message).0, fingerprint);
            }
        }
    }
}
