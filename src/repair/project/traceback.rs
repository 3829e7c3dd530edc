//! The frames of a Python traceback, read from its text. What it names is a claim to be held against the project, never a path to open.

/// Longest traceback read, in bytes: its end, where the innermost frames are.
const LONGEST: usize = 256 * 1024;
/// Most frames read, innermost first.
const FRAMES_MAX: usize = 200;

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    /// The path as sent.
    pub(super) file: String,
    /// The line, from 1.
    pub(super) line: u32,
    /// The function; `None` where the traceback does not say.
    pub(super) function: Option<String>,
}

/// The frames of a text, innermost first. Of several tracebacks in one text (causes), those of the last come first.
pub(super) fn frames(text: &str) -> Vec<Frame> {
    let mut start = text.len().saturating_sub(LONGEST);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    text[start..].lines().rev().filter_map(frame).take(FRAMES_MAX).collect()
}

/// `File "shop/tools.py", line 12, in refund`
fn frame(line: &str) -> Option<Frame> {
    let rest = line.trim().trim_start_matches(['|', ' ', '+', '-']).strip_prefix("File \"")?;
    let (file, rest) = rest.split_once("\", line ")?;
    let (number, rest) = rest.split_at(rest.find(|one: char| !one.is_ascii_digit()).unwrap_or(rest.len()));
    let function = rest.strip_prefix(", in ").map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    Some(Frame { file: file.to_owned(), line: number.parse().ok().filter(|line| *line > 0)?, function })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_innermost_frame_comes_first() {
        let text = "Traceback (most recent call last):\n  File \"/srv/app/main.py\", line 40, in <module>\n    agent.run()\n  \
                    File \"/srv/app/tools/refund.py\", line 7, in issue_refund\n    raise ToolError(x)\nToolError: no\n";
        let found = frames(text);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], Frame { file: "/srv/app/tools/refund.py".into(), line: 7, function: Some("issue_refund".into()) });
        assert_eq!(found[1].function.as_deref(), Some("<module>"));
    }

    #[test]
    fn frames_of_groups_are_read_and_of_nonsense_none() {
        assert_eq!(frames("  | File \"a.py\", line 3, in f\n")[0].line, 3);
        assert_eq!(frames("  File \"a.py\", line 3\n")[0].function, None);
        for text in ["File \"a.py\", line 0, in f", "File \"a.py\", line 99999999999, in f", "File a.py, line 3", "", "File \"", "line 3"] {
            assert!(frames(text).is_empty(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_borne(text in "(?s).{0,400}") {
            frames(&text);
        }
    }
}
