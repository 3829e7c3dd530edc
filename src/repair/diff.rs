//! Unified diffs: made between two texts, and applied again without leeway. Line ends are part of the lines; nothing is guessed.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// What stands where the last line has no line end.
const NO_END: &str = "\\ No newline at end of file";

/// The unified diff from one text to another, with paths under `a/` and `b/`, as `git apply` and `patch -p1` take it; `None` when they are
/// the same.
#[must_use]
pub fn unified(path: &str, before: &str, after: &str) -> Option<String> {
    let (old, new) = (lines(before), lines(after));
    let hunks = group_diff_ops(capture_diff_slices(Algorithm::Myers, &old, &new), CONTEXT);
    if hunks.is_empty() {
        return None;
    }
    let mut diff = format!("--- {}\n+++ {}\n", name("a/", path), name("b/", path));
    for hunk in &hunks {
        let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { continue };
        let spans = (first.old_range().start..last.old_range().end, first.new_range().start..last.new_range().end);
        diff.push_str(&format!("@@ -{} +{} @@\n", span(&spans.0), span(&spans.1)));
        for operation in hunk {
            write(operation, &old, &new, &mut diff);
        }
    }
    Some(diff)
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn write(operation: &DiffOp, old: &[&str], new: &[&str], diff: &mut String) {
    let mut put = |mark: char, lines: Option<&[&str]>| {
        for line in lines.unwrap_or_default() {
            diff.push(mark);
            diff.push_str(line);
            if !line.ends_with('\n') {
                diff.push('\n');
                diff.push_str(NO_END);
                diff.push('\n');
            }
        }
    };
    if let DiffOp::Equal { .. } = operation {
        put(' ', old.get(operation.old_range()));
    } else {
        put('-', old.get(operation.old_range()));
        put('+', new.get(operation.new_range()));
    }
}

/// `12,7`; a span of no lines is said to begin at the line before it.
fn span(range: &Range<usize>) -> String {
    match range.len() {
        0 => format!("{},0", range.start),
        1 => format!("{}", range.start + 1),
        many => format!("{},{many}", range.start + 1),
    }
}

/// A path as it stands in a header: quoted as git does it where it would be misread, ended by a tab where it holds blanks.
fn name(side: &str, path: &str) -> String {
    let odd = |byte: u8| !(b' '..0x7f).contains(&byte) || matches!(byte, b'"' | b'\\');
    if path.bytes().any(odd) {
        let mut quoted = format!("\"{side}");
        for byte in path.bytes() {
            match byte {
                b'"' | b'\\' => quoted.extend(['\\', char::from(byte)]),
                byte if odd(byte) => quoted.push_str(&format!("\\{byte:03o}")),
                byte => quoted.push(char::from(byte)),
            }
        }
        quoted.push('"');
        quoted
    } else if path.contains(' ') {
        format!("{side}{path}\t")
    } else {
        format!("{side}{path}")
    }
}

/// Why a diff does not fit a text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DiffProblem {
    /// It is no unified diff of one file.
    #[error("line {0} of the diff is not of a unified diff of one file")]
    Malformed(usize),
    /// The text is another.
    #[error("the diff does not fit: line {0} is not what it was made for")]
    Misfit(usize),
}

/// One hunk, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// The first line of the old text, from 1; of a hunk without old lines, the line before it.
    pub old_start: usize,
    /// The first line of the new text, likewise.
    pub new_start: usize,
    /// Its lines: the mark, and the line with its own end.
    pub lines: Vec<(char, String)>,
}

/// Reads the hunks of a diff of one file.
pub fn hunks(diff: &str) -> Result<Vec<Hunk>, DiffProblem> {
    let mut hunks: Vec<Hunk> = Vec::new();
    // Lines that the header of the last hunk still promises: old and new.
    let mut owed = (0, 0);
    for (index, line) in diff.split_inclusive('\n').enumerate() {
        let malformed = || DiffProblem::Malformed(index + 1);
        let head = index < 2 && line.starts_with(["--- ", "+++ "][index]);
        if head {
            continue;
        }
        if owed == (0, 0) && line.starts_with("@@ ") {
            let (old, new) = header(line).ok_or_else(malformed)?;
            owed = (old.1, new.1);
            hunks.push(Hunk { old_start: old.0, new_start: new.0, lines: Vec::new() });
            continue;
        }
        let hunk = hunks.last_mut().ok_or_else(malformed)?;
        if line.trim_end() == NO_END {
            let last = hunk.lines.last_mut().ok_or_else(malformed)?;
            last.1.truncate(last.1.strip_suffix('\n').ok_or_else(malformed)?.len());
            continue;
        }
        let mark = line.chars().next().filter(|mark| matches!(mark, ' ' | '-' | '+')).ok_or_else(malformed)?;
        let due = |promised: &mut usize, counts: bool| -> Result<(), DiffProblem> {
            if counts {
                *promised = promised.checked_sub(1).ok_or_else(malformed)?;
            }
            Ok(())
        };
        due(&mut owed.0, mark != '+')?;
        due(&mut owed.1, mark != '-')?;
        hunk.lines.push((mark, line[1..].to_owned()));
    }
    if hunks.is_empty() || owed != (0, 0) { Err(DiffProblem::Malformed(diff.lines().count())) } else { Ok(hunks) }
}

/// Starts and lengths of a header like `@@ -12,7 +12,9 @@`.
fn header(line: &str) -> Option<((usize, usize), (usize, usize))> {
    let (old, rest) = line.strip_prefix("@@ -")?.split_once(" +")?;
    let (new, _) = rest.split_once(" @@")?;
    let pair = |text: &str| -> Option<(usize, usize)> {
        match text.split_once(',') {
            Some((start, length)) => Some((start.parse().ok()?, length.parse().ok()?)),
            None => Some((text.parse().ok()?, 1)),
        }
    };
    Some((pair(old)?, pair(new)?))
}

/// The text after the change. Every line that the diff names must be there, exactly, at its place.
pub fn apply(text: &str, diff: &str) -> Result<String, DiffProblem> {
    let old = lines(text);
    let mut result = String::with_capacity(text.len() + diff.len());
    let mut at = 0;
    for hunk in hunks(diff)? {
        let has_old = hunk.lines.iter().any(|(mark, _)| *mark != '+');
        let start = if has_old { hunk.old_start.saturating_sub(1) } else { hunk.old_start };
        let between = old.get(at..start).ok_or(DiffProblem::Misfit(start + 1))?;
        between.iter().for_each(|line| result.push_str(line));
        at = start;
        for (mark, line) in &hunk.lines {
            if *mark != '+' {
                if old.get(at) != Some(&line.as_str()) {
                    return Err(DiffProblem::Misfit(at + 1));
                }
                at += 1;
            }
            if *mark != '-' {
                result.push_str(line);
            }
        }
    }
    old.get(at..).unwrap_or_default().iter().for_each(|line| result.push_str(line));
    Ok(result)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_change_shows_three_lines_around_it() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let after = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n";
        let diff = unified("shop/x.py", before, after).unwrap();
        assert_eq!(diff, "--- a/shop/x.py\n+++ b/shop/x.py\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
        assert_eq!(unified("x.py", before, before), None);
    }

    #[test]
    fn line_ends_are_kept_and_a_missing_one_is_marked() {
        let diff = unified("x.py", "a\r\nb", "a\r\nb\r\nc").unwrap();
        assert!(diff.contains("-b\n\\ No newline at end of file\n+b\r\n+c\n\\ No newline at end of file\n"), "{diff}");
        assert_eq!(apply("a\r\nb", &diff).unwrap(), "a\r\nb\r\nc");
        assert_eq!(apply("a\nb", &diff), Err(DiffProblem::Misfit(1)));
    }

    #[test]
    fn odd_names_are_quoted_as_git_does_it() {
        assert_eq!(name("a/", "x y.py"), "a/x y.py\t");
        assert_eq!(name("b/", "é\".py"), "\"b/\\303\\251\\\".py\"");
    }

    #[test]
    fn nonsense_is_named_by_its_line() {
        assert_eq!(apply("a\n", "--- a/x\n+++ b/x\n@@ nonsense\n"), Err(DiffProblem::Malformed(3)));
        assert_eq!(apply("a\n", "--- a/x\n+++ b/x\n@@ -1 +1 @@\n a\n-b\n"), Err(DiffProblem::Malformed(5)));
        assert!(apply("a\n", "").is_err());
        assert!(apply("a\n", "--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@\n a\n").is_err());
        assert_eq!(apply("a\n", "--- a/x\n+++ b/x\n@@ -7 +7 @@\n-a\n+b\n"), Err(DiffProblem::Misfit(7)));
    }

    fn text() -> impl Strategy<Value = String> {
        (
            prop::collection::vec(prop::sample::select(vec!["a", "b", "", "-- c", "++ d", "@@ e", "\\ f", "é\t"]), 0..12),
            any::<bool>(),
            any::<bool>(),
        )
            .prop_map(|(lines, crlf, ended)| {
                let end = if crlf { "\r\n" } else { "\n" };
                lines.join(end) + if ended { end } else { "" }
            })
    }

    proptest! {
        #[test]
        fn what_a_diff_says_is_what_applying_it_does(before in text(), after in text()) {
            match unified("x.py", &before, &after) {
                Some(diff) => prop_assert_eq!(apply(&before, &diff), Ok(after)),
                None => prop_assert_eq!(before, after),
            }
        }

        #[test]
        fn any_diff_is_borne(text in "(?s).{0,60}", diff in "(--- a\n\\+\\+\\+ b\n)?(@@ -[0-9]{1,3}(,[0-9])? \\+[0-9](,[0-9])? @@\n)?([ +-].{0,3}\n){0,4}") {
            let _ = apply(&text, &diff);
        }
    }
}
