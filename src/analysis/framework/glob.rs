//! Patterns of the signal table: text in which `*` stands for anything, also nothing.

/// Whether the whole of a text fits a pattern.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(start) else { return false };
    // The last piece must stand at the end, those between anywhere in their order.
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    for piece in middle.split('*').filter(|piece| !piece.is_empty()) {
        match text.split_once(piece) {
            Some((_, after)) => text = after,
            None => return false,
        }
    }
    text.ends_with(end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, text, expected) in [
            ("LangGraph", "LangGraph", true),
            ("LangGraph", "LangGraph2", false),
            ("crewai.*", "crewai.crew.id", true),
            ("crewai.*", "my.crewai.x", false),
            ("*.kickoff", "desk.kickoff", true),
            ("*.kickoff", ".kickoff", true),
            ("*", "", true),
            ("*a*b*", "xaxbx", true),
            ("*a*b*", "xbxax", false),
            ("ab*ba", "aba", false),
            ("*Model.generate*", "OpenAIModel.generate_stream", true),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }

    proptest! {
        #[test]
        fn what_a_pattern_is_made_from_fits_it(pieces in prop::collection::vec("[a-c.é]{0,4}", 1..5), between in "[a-c.é]{0,4}") {
            prop_assert!(fits(&pieces.join("*"), &pieces.join(&between)));
        }
    }
}
