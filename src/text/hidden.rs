//! The characters that do not show, and what is done with each.

/// What is done with a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Treatment {
    /// It shows, or joins one that does.
    Keep,
    /// It is left out: it carries nothing a reader misses.
    Drop,
    /// It is replaced by a visible mark, because a reader should know that something was there.
    Mark,
}

/// What is done with a character that is not a control character.
///
/// Marked: what turns the order of text around (embeddings, overrides, isolates) and tag characters, in which whole hidden messages are
/// written. Dropped: the rest of Unicode's `Default_Ignorable_Code_Point`, interlinear annotations, and hieroglyph joiners. That takes in joiners and
/// variation selectors: terminals disagree by a column or more about sequences made with them, and their parts shown side by
/// side are the fallback Unicode names.
pub(super) const fn treatment(character: char) -> Treatment {
    match character {
        ' '..='~' => Treatment::Keep,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}' => Treatment::Mark,
        '\u{ad}'                        // soft hyphen
        | '\u{34f}'                     // combining grapheme joiner
        | '\u{61c}'                     // Arabic letter mark
        | '\u{115f}' | '\u{1160}'       // Hangul fillers
        | '\u{17b4}' | '\u{17b5}'       // Khmer inherent vowels
        | '\u{180b}'..='\u{180f}'       // Mongolian selectors
        | '\u{200b}'..='\u{200f}'       // zero-width space, joiners, direction marks
        | '\u{2060}'..='\u{206f}'       // word joiner, invisible operators, deprecated formatting
        | '\u{3164}'                    // Hangul filler
        | '\u{fe00}'..='\u{fe0f}'       // variation selectors
        | '\u{feff}'                    // byte order mark
        | '\u{ffa0}'                    // half-width Hangul filler
        | '\u{fff0}'..='\u{fffb}'       // unassigned, interlinear annotation
        | '\u{13430}'..='\u{1343f}'     // hieroglyph joiners
        | '\u{1bca0}'..='\u{1bca3}'     // shorthand formatting
        | '\u{1d173}'..='\u{1d17a}'     // musical formatting
        | '\u{e0080}'..='\u{e0fff}'     // more variation selectors, unassigned
        => Treatment::Drop,
        _ => Treatment::Keep,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use regex::Regex;

    use super::*;

    /// Unicode's own tables (in the regex crate) as the judge of ours, over every character there is.
    #[test]
    fn nothing_that_unicode_calls_ignorable_or_bidi_control_is_kept() {
        let invisible = Regex::new(r"^[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Variation_Selector}]$").unwrap();
        for character in '\u{0}'..=char::MAX {
            if invisible.is_match(character.encode_utf8(&mut [0; 4])) {
                assert_ne!(treatment(character), Treatment::Keep, "U+{:04X}", character as u32);
            }
        }
    }

    #[test]
    fn letters_marks_symbols_and_private_use_are_kept() {
        let visible =
            Regex::new(r"^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}\p{Co}--\p{Default_Ignorable_Code_Point}--[\x{13430}-\x{1343f}]]$").unwrap();
        for character in '\u{0}'..=char::MAX {
            if visible.is_match(character.encode_utf8(&mut [0; 4])) {
                assert_eq!(treatment(character), Treatment::Keep, "U+{:04X}", character as u32);
            }
        }
    }
}
