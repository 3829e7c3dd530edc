//! One binding in the text of a `keys.toml`, read, changed or taken out; everything else in it stays as its author wrote it.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::{action::ActionId, key_problem::KeyError, keymap::KeyMap};

/// A binding in a text: the bytes of `name = value`, those of the value, and the keys it gives.
struct Found {
    whole: Range<usize>,
    value: Range<usize>,
    keys: Vec<String>,
}

/// The keys the text gives an action; `None` when it says nothing of it.
#[must_use]
pub fn binding(text: &str, id: ActionId) -> Option<Vec<String>> {
    find(text, id).map(|found| found.keys)
}

/// The text with these keys for an action; `None` takes its line out, so that it has the usual ones. What comes out is checked: a key
/// that is taken refuses the change.
pub fn rebound(text: &str, id: ActionId, keys: Option<&[String]>) -> Result<String, KeyError> {
    // A file that is broken already is mended first, by its author.
    KeyMap::with(text)?;
    let after = match (find(text, id), keys) {
        (Some(found), Some(keys)) => replaced(text, found.value, &value(keys)),
        (Some(found), None) => without(text, found.whole),
        (None, Some(keys)) => added(text, id, &value(keys)),
        (None, None) => text.to_owned(),
    };
    KeyMap::with(&after)?;
    Ok(after)
}

fn find(text: &str, id: ActionId) -> Option<Found> {
    let table = DeTable::parse(text).ok()?;
    let (key, value) = table.get_ref().iter().find(|(key, _)| key.get_ref().as_ref() == id.0)?;
    let keys = match value.get_ref() {
        DeValue::String(key) => vec![key.to_string()],
        DeValue::Array(keys) => keys.iter().filter_map(|key| key.get_ref().as_str().map(str::to_owned)).collect(),
        _ => return None,
    };
    Some(Found { whole: key.span().start..value.span().end, value: value.span(), keys })
}

/// One key as a text, several or none as a list.
fn value(keys: &[String]) -> String {
    let text = |key: &String| toml::Value::String(key.clone());
    match keys {
        [one] => text(one).to_string(),
        keys => toml::Value::Array(keys.iter().map(text).collect()).to_string(),
    }
}

fn replaced(text: &str, range: Range<usize>, with: &str) -> String {
    format!("{}{with}{}", text.get(..range.start).unwrap_or_default(), text.get(range.end..).unwrap_or_default())
}

/// Without a binding: its whole line goes, unless a comment stands behind it.
fn without(text: &str, range: Range<usize>) -> String {
    let rest = text.get(range.end..).unwrap_or_default();
    let tail = rest.split('\n').next().unwrap_or_default();
    let end = if tail.trim().is_empty() { range.end + tail.len() + 1 } else { range.end + (tail.len() - tail.trim_start().len()) };
    replaced(text, range.start..end.min(text.len()), "")
}

/// With a new line: under the line of the sample that speaks of the action, else at the end.
fn added(text: &str, id: ActionId, value: &str) -> String {
    let ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let line = format!("{} = {value}{ending}", id.0);
    let sample = |line: &str| {
        let after = line.trim_start().strip_prefix('#').and_then(|line| line.trim_start().strip_prefix(id.0));
        after.is_some_and(|after| after.trim_start().starts_with('='))
    };
    let mut at = 0;
    for old in text.split_inclusive('\n') {
        at += old.len();
        if sample(old) {
            break;
        }
    }
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let gap = if before.is_empty() || before.ends_with('\n') { "" } else { ending };
    format!("{before}{gap}{line}{after}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use crate::workbench::documents;

    use super::*;

    const COPY: ActionId = ActionId("copy");

    fn changed(text: &str, keys: Option<&[&str]>) -> String {
        let keys: Option<Vec<String>> = keys.map(|keys| keys.iter().map(|key| (*key).to_owned()).collect());
        rebound(text, COPY, keys.as_deref()).unwrap()
    }

    #[test]
    fn only_the_value_changes_and_every_comment_stays() {
        let text = "# mine\nquit = \"Q\"   # as ever\n\n  copy = [\"y\",\n    \"Ctrl-y\"] # both\n# end";
        assert_eq!(changed(text, Some(&["F5"])), "# mine\nquit = \"Q\"   # as ever\n\n  copy = \"F5\" # both\n# end");
        assert_eq!(changed(text, None), "# mine\nquit = \"Q\"   # as ever\n\n  # both\n# end", "what was said of it stays");
        assert_eq!(changed("copy = []\nquit = \"Q\"\n", None), "quit = \"Q\"\n");
        assert_eq!(changed("quit = \"Q\"\ncopy = []", None), "quit = \"Q\"\n");
        assert_eq!(binding(text, COPY), Some(vec!["y".to_owned(), "Ctrl-y".to_owned()]));
        assert_eq!(binding("# copy = \"F5\"", COPY), None);
    }

    #[test]
    fn a_new_line_goes_under_the_sample_or_to_the_end() {
        assert_eq!(changed("", Some(&["F5"])), "copy = \"F5\"\n");
        assert_eq!(changed("quit = \"Q\"", Some(&["F5", "y"])), "quit = \"Q\"\ncopy = [\"F5\", \"y\"]\n");
        assert_eq!(changed("quit = \"Q\"\r\n", Some(&[])), "quit = \"Q\"\r\ncopy = []\r\n");
        let sample = documents::keys_toml();
        let after = changed(&sample, Some(&["F5"]));
        let lines: Vec<&str> = after.lines().collect();
        let at = lines.iter().position(|line| *line == "copy = \"F5\"").unwrap();
        assert!(lines[at - 1].starts_with("# copy = "), "{}", lines[at - 1]);
        assert_eq!(changed(&after, None), sample, "and back");
    }

    #[test]
    fn a_key_that_is_taken_and_a_broken_file_are_refused() {
        let refused = |text: &str, key: &str| rebound(text, COPY, Some(&[key.to_owned()])).unwrap_err().to_string();
        assert!(refused("\n", "q").contains("the key q means both `quit`"));
        assert!(refused("quit = \"F5\"", "F5").contains("the key F5 means both `quit`"));
        assert!(refused("nonsense", "F5").starts_with("keys.toml, line 1"));
    }
}
