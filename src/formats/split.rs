//! A request body as the traces in it: one object, an array, or one on each line. Bad ones stay apart from good ones.

use super::{
    cut::{Cut, Cutter},
    error::{FormatError, FormatErrorKind},
    text,
};

/// Most traces in one body.
pub const MAX_TRACES: usize = 100_000;

/// How a body holds its traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One trace by itself.
    One,
    /// A JSON array, of whatever length.
    Array,
    /// Several, one after the other: JSON lines.
    Lines,
}

/// One trace of a body, as sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item<'a> {
    /// Its place among all, from 0; bad ones count.
    pub index: usize,
    /// The line it begins on, from 1.
    pub line: u64,
    /// Its bytes; not necessarily sound JSON.
    pub bytes: &'a [u8],
}

/// The traces of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch<'a> {
    /// How they came.
    pub shape: Shape,
    /// In the order sent.
    pub items: Vec<Item<'a>>,
}

impl Batch<'_> {
    /// Whether the body is one trace by itself, which is answered as such.
    #[must_use]
    pub fn is_single(&self) -> bool {
        self.shape == Shape::One
    }
}

/// Splits a body. What is not JSON spoils only the item it is in, as long as its brackets close.
///
/// # Errors
/// An empty body, an array that is cut off, more than [`MAX_TRACES`] traces.
pub fn split(body: &[u8]) -> Result<Batch<'_>, FormatError> {
    // Most bodies are one object on one line. What else may stand on that line makes it one broken trace.
    let trimmed = body.trim_ascii();
    if trimmed.starts_with(b"{") && !trimmed.contains(&b'\n') {
        let before = &body[..body.len() - body.trim_ascii_start().len()];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count() as u64;
        return Ok(Batch { shape: Shape::One, items: vec![Item { index: 0, line, bytes: trimmed }] });
    }
    let mut cutter = Cutter::new();
    let mut items = Vec::new();
    loop {
        match cutter.next(body, true) {
            Cut::Item(..) if items.len() == MAX_TRACES => {
                let message = format!("the body holds more than {MAX_TRACES} traces; send them in several requests");
                return Err(FormatError::new(FormatErrorKind::TooLarge, message));
            }
            Cut::Item(range, line) => items.push(Item { index: items.len(), line, bytes: &body[range] }),
            Cut::Unclosed => {
                let message =
                    format!("the array is cut off after {} whole traces: its closing bracket is missing; send it whole", items.len());
                return Err(FormatError::new(FormatErrorKind::Syntax, message));
            }
            Cut::More | Cut::End => break,
        }
    }
    if items.is_empty() && !cutter.is_array() {
        return Err(text::empty());
    }
    let shape = match items.len() {
        _ if cutter.is_array() => Shape::Array,
        1 => Shape::One,
        _ => Shape::Lines,
    };
    Ok(Batch { shape, items })
}

#[cfg(test)]
mod tests;
