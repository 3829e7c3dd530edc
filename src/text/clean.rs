//! Makes hostile text harmless: what comes out cannot steer a terminal, reorder a line, or hide in it.
//!
//! | what | becomes |
//! |---|---|
//! | complete escape sequences (CSI, OSC, DCS, APC, PM, SOS, ESC and final) | nothing |
//! | other control characters, broken sequences' introducers, bidi overrides, embeddings and isolates, tag characters | `�`, one for a run |
//! | zero-width characters, direction marks, soft hyphens, joiners, variation selectors, fillers, annotations | nothing |
//! | CR LF, CR, VT, FF, NEL, line and paragraph separators | a line break |
//! | combining marks without a base, or more than [`MARKS_MAX`] on one | nothing |
//! | a cluster of more than [`CLUSTER_MAX`] characters | its beginning and `�` |

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

use super::{
    escape,
    hidden::{Treatment, treatment},
    width::character_width,
};

/// Combining marks one base may carry. Burmese and Tibetan syllables need five; floods ("zalgo") have dozens.
pub const MARKS_MAX: u8 = 6;

/// Characters one grapheme cluster may have. Devanagari conjuncts reach ten; endless ones overflow what a terminal keeps in a cell.
pub const CLUSTER_MAX: usize = 32;

const MARK: char = '\u{fffd}';
const TAB: &str = "    ";

/// Makes a text harmless for a place of one line: see [`clean_line`].
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    clean_line(text)
}

/// Makes a text harmless and one line long: line breaks and tabs become a space each.
/// Borrows when there is nothing to do; clean text comes back unchanged.
#[must_use]
pub fn clean_line(text: &str) -> Cow<'_, str> {
    clean_as(text, Form::Line)
}

/// Makes a text harmless and keeps its lines: every kind of line break becomes `\n`, a tab four spaces.
/// Borrows when there is nothing to do; clean text comes back unchanged.
#[must_use]
pub fn clean_block(text: &str) -> Cow<'_, str> {
    clean_as(text, Form::Block)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Line,
    Block,
}

fn clean_as(text: &str, form: Form) -> Cow<'_, str> {
    let plain = |byte: u8| matches!(byte, b' '..=b'~') || (byte == b'\n' && form == Form::Block);
    let Some(first) = text.bytes().position(|byte| !plain(byte)) else {
        return Cow::Borrowed(text);
    };
    let has_base = first > 0 && text.as_bytes()[first - 1] != b'\n';
    let mut page = Page { source: text, form, written: None, marks: if has_base { 0 } else { MARKS_MAX }, just_marked: false };
    let mut at = first;
    while let Some(character) = text[at..].chars().next() {
        at = page.take(character, at);
    }
    match page.written {
        None => cap_clusters(text).map_or(Cow::Borrowed(text), Cow::Owned),
        Some(written) => Cow::Owned(cap_clusters(&written).unwrap_or(written)),
    }
}

/// What has been written so far.
struct Page<'a> {
    source: &'a str,
    form: Form,
    /// `None` as long as nothing differs from the source.
    written: Option<String>,
    /// Marks on the last base; [`MARKS_MAX`] where there is no base.
    marks: u8,
    /// Whether the last thing done was to write [`MARK`].
    just_marked: bool,
}

impl Page<'_> {
    /// Deals with the character at byte `at` of the source; returns where the next one is.
    fn take(&mut self, character: char, at: usize) -> usize {
        let next = at + character.len_utf8();
        if escape::introduces(character)
            && let Some(length) = escape::sequence_length(&self.source[at..])
        {
            self.change(at);
            return at + length;
        }
        match character {
            '\r' if self.source[next..].starts_with('\n') => {
                self.change(at);
            }
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => self.line_break(character, at),
            '\t' => {
                let spaces = if self.form == Form::Block { TAB } else { " " };
                self.change(at).push_str(spaces);
                self.has_base();
            }
            _ if character.is_control() => self.mark(at),
            _ => match treatment(character) {
                Treatment::Mark => self.mark(at),
                Treatment::Drop => {
                    self.change(at);
                }
                Treatment::Keep if character_width(character) > 0 => {
                    self.keep(character);
                    self.has_base();
                }
                Treatment::Keep if self.marks < MARKS_MAX => {
                    self.keep(character);
                    self.marks += 1;
                    self.just_marked = false;
                }
                Treatment::Keep => {
                    self.change(at);
                }
            },
        }
        next
    }

    fn keep(&mut self, character: char) {
        if let Some(written) = &mut self.written {
            written.push(character);
        }
    }

    /// From byte `at` of the source on, the output differs from it.
    fn change(&mut self, at: usize) -> &mut String {
        self.written.get_or_insert_with(|| self.source[..at].to_owned())
    }

    fn mark(&mut self, at: usize) {
        let repeated = self.just_marked;
        let written = self.change(at);
        if !repeated {
            written.push(MARK);
        }
        self.has_base();
        self.just_marked = true;
    }

    fn line_break(&mut self, character: char, at: usize) {
        match self.form {
            Form::Block if character == '\n' => self.keep(character),
            Form::Block => self.change(at).push('\n'),
            Form::Line => self.change(at).push(' '),
        }
        self.has_base();
        if self.form == Form::Block {
            self.marks = MARKS_MAX;
        }
    }

    fn has_base(&mut self) {
        self.marks = 0;
        self.just_marked = false;
    }
}

/// Cuts clusters of more than [`CLUSTER_MAX`] characters; `None` when there is none. The mark in place of the rest also keeps what follows
/// from joining the cut cluster.
fn cap_clusters(text: &str) -> Option<String> {
    let too_long = |cluster: &str| cluster.len() > CLUSTER_MAX && cluster.chars().count() > CLUSTER_MAX;
    // A cluster has at most one character from ASCII; of the others, which take two bytes or more, half stand on one side of it.
    let has_room = text.as_bytes().split(u8::is_ascii).any(|run| run.len() >= CLUSTER_MAX);
    if !has_room || !text.graphemes(true).any(too_long) {
        return None;
    }
    let mut capped = String::with_capacity(text.len());
    for cluster in text.graphemes(true) {
        if too_long(cluster) {
            capped.extend(cluster.chars().take(CLUSTER_MAX - 1));
            capped.push(MARK);
        } else {
            capped.push_str(cluster);
        }
    }
    Some(capped)
}

#[cfg(test)]
mod tests;
