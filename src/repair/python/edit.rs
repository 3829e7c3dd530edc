//! Changes to a text, as byte ranges.

use std::ops::Range;

/// One change: the bytes of `range` become `text`. An empty range inserts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Bytes of the module's text, on character boundaries.
    pub range: Range<usize>,
    /// What stands there then.
    pub text: String,
}

/// The text with all edits made, or `None` where they overlap, leave the text, or cut a character. Edits at one place stay in their order.
#[must_use]
pub fn apply(text: &str, edits: &[Edit]) -> Option<String> {
    let mut ordered: Vec<&Edit> = edits.iter().collect();
    ordered.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut edited = String::with_capacity(text.len() + edits.iter().map(|edit| edit.text.len()).sum::<usize>());
    let mut at = 0;
    for edit in ordered {
        edited.push_str(text.get(at..edit.range.start)?);
        text.get(edit.range.clone())?;
        edited.push_str(&edit.text);
        at = edit.range.end;
    }
    edited.push_str(text.get(at..)?);
    Some(edited)
}
