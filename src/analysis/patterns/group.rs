//! The templates of one kind of failure: which of them a message belongs to, and when two become one.
//!
//! The group has no memory but its templates. What a message belongs to follows from the set of them alone, in whatever order they were put there, so a
//! group restored from the store goes on exactly as the one that was lost.

use std::collections::HashMap;

use super::{
    evidence::{Place, SPAN_MAX, can_fill, count_words, matches, needed, shared},
    skeleton::{both, collapse},
    token::{Token, exactly, read, write},
};
use crate::model::ids::Fingerprint;

/// Most templates of a group; messages that fit none of them then go to the group's catch-all.
pub(super) const TEMPLATES_MAX: usize = 512;

/// Answers remembered for each template, so that known messages cost one look-up.
const REMEMBERED_EACH: usize = 8;

/// Most places found to vary on behalf of one message.
const UNIONS_MAX: usize = 4;

/// One template.
#[derive(Debug, Clone)]
pub(super) struct Template {
    pub(super) fingerprint: Fingerprint,
    pub(super) text: String,
    tokens: Vec<Token>,
    words: usize,
}

impl Template {
    fn new(fingerprint: Fingerprint, tokens: Vec<Token>) -> Self {
        Self { fingerprint, text: write(&tokens), words: count_words(&tokens), tokens }
    }

    /// Bytes it takes in memory, about: its words stand in it twice, as text and in its tokens.
    fn bytes(&self) -> usize {
        size_of::<Self>() + self.tokens.len() * size_of::<Token>() + 2 * self.text.len()
    }

    /// The catch-all is nothing but an open place; it stands for what no other template has room for, and is not matched.
    fn is_catch_all(&self) -> bool {
        matches!(self.tokens.as_slice(), [only] if only.is_anything())
    }
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Placed {
    /// The template's place.
    pub(super) at: usize,
    /// It is new.
    pub(super) is_new: bool,
    /// Its text changed.
    pub(super) refined: bool,
}

/// The templates of one kind of failure.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    templates: Vec<Template>,
    /// Answers already worked out, by skeleton; forgotten whenever a template changes.
    remembered: HashMap<u64, usize>,
    /// Bytes of all templates.
    bytes: usize,
    /// Some templates may have another that stands for them.
    may_shrink: bool,
}

impl Group {
    pub(super) fn len(&self) -> usize {
        self.templates.len()
    }

    /// Bytes of all templates, about.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn template(&self, at: usize) -> Option<&Template> {
        self.templates.get(at)
    }

    /// The template of this fingerprint and the one that by now stands for it: itself, or a more general one.
    pub(super) fn resolve(&self, fingerprint: Fingerprint) -> Option<&Template> {
        let of_old = self.templates.iter().find(|template| template.fingerprint == fingerprint)?;
        self.find(&of_old.tokens).and_then(|at| self.template(at)).or(Some(of_old))
    }

    /// Puts back a template as it was written.
    pub(super) fn restore(&mut self, fingerprint: Fingerprint, text: &str) {
        if self.templates.iter().all(|template| template.fingerprint != fingerprint) {
            self.push(Template::new(fingerprint, read(text)));
            self.remembered.clear();
            self.may_shrink = true;
        }
    }

    /// Finds the template of a message, or makes one; `name` gives the fingerprint of a new template, and `full` says that no more may be made.
    pub(super) fn place(&mut self, message: Vec<Token>, full: bool, name: impl Fn(&[Token]) -> Fingerprint) -> Placed {
        let key = exactly(&message);
        if let Some(at) = self.remembered.get(&key).copied() {
            let refined = self.widen_kinds(at, &message);
            return Placed { at, is_new: false, refined };
        }
        let placed = self.work_out(message, full, name);
        if placed.is_new || placed.refined || self.remembered.len() >= REMEMBERED_EACH * self.templates.len() {
            self.remembered.clear();
        }
        self.remembered.insert(key, placed.at);
        placed
    }

    fn work_out(&mut self, message: Vec<Token>, full: bool, name: impl Fn(&[Token]) -> Fingerprint) -> Placed {
        if let Some(at) = self.find(&message) {
            let refined = self.widen_kinds(at, &message);
            return Placed { at, is_new: false, refined };
        }
        let mut general = message;
        let mut carrier = None;
        for _ in 0..UNIONS_MAX {
            let Some((siblings, united)) = self.union(&general, carrier) else { break };
            // The template that already says this, if there is one; else the sibling of the lowest fingerprint, whose fingerprint lives on.
            let found = self.find(&united);
            let lowest = siblings.into_iter().chain(carrier).min_by_key(|at| self.templates.get(*at).map(|template| template.fingerprint));
            carrier = found.or(lowest);
            general = united;
            if found.is_some() {
                break;
            }
        }
        if let Some(at) = carrier {
            let Some(template) = self.templates.get_mut(at) else { return Placed { at, is_new: false, refined: false } };
            let refined = !matches(&template.tokens, &general);
            if refined {
                let general = Template::new(template.fingerprint, general);
                self.bytes = (self.bytes + general.bytes()).saturating_sub(template.bytes());
                *template = general;
                self.may_shrink = true;
            }
            return Placed { at, is_new: false, refined };
        }
        if full || self.templates.len() >= TEMPLATES_MAX {
            self.shrink();
            // What is full as a whole has room again only for the next message.
            if full || self.templates.len() >= TEMPLATES_MAX {
                return self.catch_all(name);
            }
        }
        Placed { at: self.push(Template::new(name(&general), general)), is_new: true, refined: false }
    }

    fn push(&mut self, template: Template) -> usize {
        self.bytes += template.bytes();
        self.templates.push(template);
        self.templates.len() - 1
    }

    /// Forgets the templates for which others stand.
    fn shrink(&mut self) {
        if !std::mem::take(&mut self.may_shrink) {
            return;
        }
        let stand: Vec<bool> = self
            .templates
            .iter()
            .enumerate()
            .map(|(at, template)| template.is_catch_all() || self.find(&template.tokens) == Some(at))
            .collect();
        let mut stands = stand.iter();
        self.templates.retain(|_| stands.next().copied().unwrap_or(true));
        self.bytes = self.templates.iter().map(Template::bytes).sum();
        self.remembered.clear();
    }

    /// The template that a message belongs to: of those that stand for it the most general (fewest words), then the one of the lowest fingerprint.
    fn find(&self, message: &[Token]) -> Option<usize> {
        let standing =
            self.templates.iter().enumerate().filter(|(_, template)| !template.is_catch_all() && matches(&template.tokens, message));
        standing.min_by_key(|(_, template)| (template.words, template.fingerprint)).map(|(at, _)| at)
    }

    /// The first place of a message at which it and enough templates differ, and only there: those templates, and what stands for all of them.
    fn union(&self, message: &[Token], except: Option<usize>) -> Option<(Vec<usize>, Vec<Token>)> {
        let near: Vec<(usize, usize, usize)> = self
            .templates
            .iter()
            .enumerate()
            .filter(|(at, template)| Some(*at) != except && !template.is_catch_all())
            .filter_map(|(at, template)| {
                let (front, back) = shared(message, &template.tokens);
                let differs = message.len().max(template.tokens.len()) - front - back;
                (differs <= SPAN_MAX && front + back > 0).then_some((at, front, back))
            })
            .collect();
        let mut places: Vec<Place> = near.iter().map(|(_, front, back)| Place { start: *front, end: message.len() - back }).collect();
        places.sort_unstable();
        places.dedup();
        places.into_iter().filter(|place| place.start < place.end && can_fill(&message[place.start..place.end])).find_map(|place| {
            let after = message.len() - place.end;
            let mut siblings = Vec::new();
            let mut fillers = vec![&message[place.start..place.end]];
            for (at, front, back) in &near {
                let Some(template) = self.templates.get(*at) else { continue };
                let fits = *front >= place.start && *back >= after && template.tokens.len() > place.start + after;
                let Some(filler) = fits.then(|| &template.tokens[place.start..template.tokens.len() - after]) else { continue };
                if can_fill(filler) {
                    siblings.push(*at);
                    if !fillers.contains(&filler) {
                        fillers.push(filler);
                    }
                }
            }
            (fillers.len() >= needed(message, place, &fillers)?).then(|| {
                let open = Token::anything(message[place.start].spaced);
                let united = message[..place.start].iter().cloned().chain([open]).chain(message[place.end..].iter().cloned());
                (siblings, collapse(united.collect()))
            })
        })
    }

    /// Lets the values of a template say that they are of several kinds, when a message shows it; true when its text changed by that.
    fn widen_kinds(&mut self, at: usize, message: &[Token]) -> bool {
        let Some(template) = self.templates.get_mut(at) else { return false };
        if template.tokens.len() != message.len() {
            return false;
        }
        for (known, seen) in template.tokens.iter_mut().zip(message) {
            if known.varies() && !known.is_anything() && seen.varies() {
                let spaced = known.spaced;
                *known = both(known, seen);
                known.spaced = spaced;
            }
        }
        let text = write(&template.tokens);
        let changed = text != template.text;
        template.text = text;
        changed
    }

    fn catch_all(&mut self, name: impl Fn(&[Token]) -> Fingerprint) -> Placed {
        if let Some(at) = self.templates.iter().position(Template::is_catch_all) {
            return Placed { at, is_new: false, refined: false };
        }
        let tokens = vec![Token::anything(false)];
        Placed { at: self.push(Template::new(name(&tokens), tokens)), is_new: true, refined: false }
    }
}
