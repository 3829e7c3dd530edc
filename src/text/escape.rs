//! Recognises terminal escape sequences, so that they can be removed whole.

pub(super) const ESCAPE: char = '\u{1b}';

/// Whether a terminal may take this character as the start of a sequence: ESC, or an 8-bit introducer
/// (DCS, SOS, CSI, OSC, PM, APC) in its UTF-8 form, which many terminals obey.
pub(super) const fn introduces(character: char) -> bool {
    matches!(character, ESCAPE | '\u{90}' | '\u{98}' | '\u{9b}' | '\u{9d}'..='\u{9f}')
}

/// Length in bytes of the complete sequence that `text` starts with; `None` when it is broken off or malformed.
///
/// The forms are those of ECMA-48 (control sequences, control strings) and ECMA-35 (ESC with intermediates). A control string
/// hides its content, so it must end on its own line: what is longer is shown as text instead of swallowed. The scan stops at
/// anything that could start another sequence, so scanning a whole text stays linear.
pub(super) fn sequence_length(text: &str) -> Option<usize> {
    let mut characters = text.chars();
    let first = characters.next()?;
    let (kind, start) = if first == ESCAPE { (characters.next()?, 2) } else { (seven_bit_form(first)?, first.len_utf8()) };
    match kind {
        '[' => control_sequence(text, start),
        ']' | 'P' | 'X' | '^' | '_' => control_string(text, start),
        ' '..='/' => intermediates(text, start),
        '0'..='~' => Some(start),
        _ => None,
    }
}

/// The character that follows ESC in the 7-bit form of an 8-bit introducer.
const fn seven_bit_form(introducer: char) -> Option<char> {
    match introducer {
        '\u{90}' => Some('P'),
        '\u{98}' => Some('X'),
        '\u{9b}' => Some('['),
        '\u{9d}' => Some(']'),
        '\u{9e}' => Some('^'),
        '\u{9f}' => Some('_'),
        _ => None,
    }
}

/// Parameters, intermediates, one final byte: colours, cursor moves, modes.
fn control_sequence(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let parameters = count_while(bytes.get(start..)?, 0x30..=0x3f);
    let intermediates = count_while(bytes.get(start + parameters..)?, 0x20..=0x2f);
    let end = start + parameters + intermediates;
    matches!(bytes.get(end), Some(0x40..=0x7e)).then_some(end + 1)
}

/// ESC, intermediates, one final byte: character sets and the like.
fn intermediates(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let end = start + count_while(bytes.get(start..)?, 0x20..=0x2f);
    matches!(bytes.get(end), Some(0x30..=0x7e)).then_some(end + 1)
}

/// Titles, hyperlinks, clipboard writes, device strings: anything up to BEL or ST.
fn control_string(text: &str, start: usize) -> Option<usize> {
    let rest = text.get(start..)?;
    for (at, character) in rest.char_indices() {
        match character {
            '\u{07}' | '\u{9c}' => return Some(start + at + character.len_utf8()),
            ESCAPE => return rest[at + 1..].starts_with('\\').then_some(start + at + 2),
            '\n' | '\r' | '\u{18}' | '\u{1a}' | '\u{80}'..='\u{9f}' => return None,
            _ => {}
        }
    }
    None
}

fn count_while(bytes: &[u8], range: std::ops::RangeInclusive<u8>) -> usize {
    bytes.iter().take_while(|byte| range.contains(byte)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_sequences_are_measured_and_what_follows_is_not() {
        for (sequence, name) in [
            ("\x1b[31;1m", "colour"),
            ("\x1b[?1049h", "private mode"),
            ("\x1b[2 q", "cursor shape, with an intermediate"),
            ("\u{9b}2J", "8-bit CSI"),
            ("\x1b]0;title\x07", "title ended by BEL"),
            ("\x1b]8;;http://x\x1b\\", "hyperlink ended by ST"),
            ("\u{9d}52;c;aGk=\u{9c}", "8-bit OSC and ST"),
            ("\x1bPq#0;2;0\x1b\\", "device string"),
            ("\x1b_application\x1b\\", "APC"),
            ("\x1b^private\x1b\\", "PM"),
            ("\x1bXstring\x1b\\", "SOS"),
            ("\x1b(B", "character set"),
            ("\x1bc", "reset"),
        ] {
            assert_eq!(sequence_length(&format!("{sequence}rest")), Some(sequence.len()), "{name}");
        }
    }

    #[test]
    fn a_sequence_that_is_broken_off_is_none() {
        for text in [
            "\x1b",
            "\x1b[",
            "\x1b[31",
            "\x1b[31\n",
            "\x1b]0;title",
            "\x1b]0;two\nlines\x07",
            "\x1b]0;\x1b[0m",
            "\x1bP\x18",
            "\x1b\u{e9}",
            "\x1b(",
        ] {
            assert_eq!(sequence_length(text), None, "{text:?}");
        }
    }
}
