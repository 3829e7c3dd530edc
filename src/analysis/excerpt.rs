//! Cutting long texts of a run to the part that a sentence can carry.

/// Longest excerpt inside a sentence, in characters.
const SENTENCE_CHARACTERS: usize = 160;

/// Longest name kept of an agent, a tool, a model, in characters: what is longer is no name, and rows and patterns carry them.
const NAME_CHARACTERS: usize = 200;

/// The beginning of a text, at most `bytes` long, cut between characters.
pub(crate) fn head(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// The end of a text, at most `bytes` long, cut between characters.
pub(crate) fn tail(text: &str, bytes: usize) -> &str {
    &text[text.ceil_char_boundary(text.len().saturating_sub(bytes))..]
}

/// The first characters of a text.
pub(crate) fn characters(text: &str, most: usize) -> &str {
    // No character is longer than four bytes.
    let text = head(text, most.saturating_mul(4));
    text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end])
}

/// A name as verdicts and rows keep it.
pub(crate) fn name(text: &str) -> &str {
    characters(text, NAME_CHARACTERS)
}

/// The first line of a text, at most `characters` long; an ellipsis stands for what was left out.
pub(crate) fn line(text: &str, characters: usize) -> String {
    let text = text.trim();
    let first = text.lines().next().unwrap_or_default().trim_end();
    match first.char_indices().nth(characters) {
        Some((cut, _)) => format!("{}…", first[..cut].trim_end()),
        None if first.len() < text.len() => format!("{first} …"),
        None => first.to_owned(),
    }
}

/// The beginning of a text, its lines run together, short enough to stand inside a sentence.
pub(crate) fn quoted(text: &str) -> String {
    // What is cut from a text of nothing but spaces does not matter.
    let start = head(text.trim_start(), SENTENCE_CHARACTERS * 8);
    let mut said = String::with_capacity(SENTENCE_CHARACTERS);
    for word in start.split_whitespace() {
        if !said.is_empty() {
            said.push(' ');
        }
        said.push_str(word);
    }
    let whole = start.len() == text.trim_start().len();
    match said.char_indices().nth(SENTENCE_CHARACTERS) {
        Some((cut, _)) => format!("{}…", said[..cut].trim_end()),
        None if !whole => format!("{said} …"),
        None => said,
    }
}

/// Items in a sentence: `a, b, c and 4 more`.
pub(crate) fn list<T: std::fmt::Display>(items: impl ExactSizeIterator<Item = T>, most: usize) -> String {
    let more = items.len().saturating_sub(most);
    let shown: Vec<String> = items.take(most).map(|item| item.to_string()).collect();
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_between_characters() {
        assert_eq!(head("aé", 2), "a");
        assert_eq!(tail("éa", 2), "a");
        assert_eq!(head("short", 100), "short");
        assert_eq!(tail("short", 100), "short");
    }

    #[test]
    fn counts_characters_not_bytes() {
        assert_eq!(characters("ééééé", 3), "ééé");
        assert_eq!(characters("éé", 3), "éé");
        assert_eq!(name(&"é".repeat(500)).chars().count(), NAME_CHARACTERS);
    }

    #[test]
    fn a_line_says_when_something_was_left_out() {
        assert_eq!(line("one", 10), "one");
        assert_eq!(line("one\ntwo", 10), "one …");
        assert_eq!(line("ééééé", 3), "ééé…");
    }

    #[test]
    fn a_quotation_runs_lines_together() {
        assert_eq!(
            quoted("1 validation error for Payment\n  id\n    Field required\n"),
            "1 validation error for Payment id Field required"
        );
        assert_eq!(quoted(&"é".repeat(500)).chars().count(), SENTENCE_CHARACTERS + 1);
        assert!(quoted(&format!("a{}b", " ".repeat(5_000))).ends_with('…'));
    }

    #[test]
    fn a_list_counts_what_it_leaves_out() {
        assert_eq!(list([1, 2, 3].iter(), 3), "1, 2, 3");
        assert_eq!(list([1, 2, 3, 4].iter(), 2), "1, 2 and 2 more");
    }
}
