//! Ranks a few candidates by how well they fit what was typed: for help, palette and prompts.

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};
use unicode_segmentation::UnicodeSegmentation;

/// The candidates that fit, best first, each with its index and the positions of the matched characters (counted in grapheme clusters,
/// ascending). Every word of the query must fit somewhere; case counts only where the query has a capital. An empty query keeps all candidates in
/// their order; equally good ones keep theirs too.
#[must_use]
pub fn rank<C: AsRef<str>>(query: &str, candidates: impl IntoIterator<Item = C>) -> Vec<(usize, Vec<u32>)> {
    let pattern = Pattern::parse(query, CaseMatching::Smart, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut characters = Vec::new();
    let mut ranked: Vec<(u32, usize, Vec<u32>)> = Vec::new();
    for (index, candidate) in candidates.into_iter().enumerate() {
        let mut positions = Vec::new();
        let text = characters_of(candidate.as_ref(), &mut characters);
        if let Some(score) = pattern.indices(text, &mut matcher, &mut positions) {
            positions.sort_unstable();
            positions.dedup();
            ranked.push((score, index, positions));
        }
    }
    ranked.sort_by_key(|(score, _, _)| std::cmp::Reverse(*score));
    ranked.into_iter().map(|(_, index, positions)| (index, positions)).collect()
}

/// The first character of each cluster. `Utf32Str::new` would fall back to bytes where these are all ASCII, and with them the positions.
fn characters_of<'a>(text: &'a str, buffer: &'a mut Vec<char>) -> Utf32Str<'a> {
    if text.is_ascii() {
        return Utf32Str::Ascii(text.as_bytes());
    }
    buffer.clear();
    buffer.extend(text.graphemes(true).filter_map(|cluster| cluster.chars().next()));
    Utf32Str::Unicode(buffer)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTIONS: [&str; 4] = ["Copy trace id", "Copy fix as patch", "Compare with baseline", "Quit"];

    fn names(query: &str) -> Vec<&'static str> {
        rank(query, ACTIONS).into_iter().map(|(index, _)| ACTIONS[index]).collect()
    }

    #[test]
    fn an_empty_query_keeps_everything_in_order() {
        assert_eq!(names(""), ACTIONS);
    }

    #[test]
    fn only_what_fits_stays_and_the_best_comes_first() {
        assert_eq!(names("copy"), ["Copy trace id", "Copy fix as patch"]);
        assert_eq!(names("patch copy"), ["Copy fix as patch"]);
        assert_eq!(names("zzz"), Vec::<&str>::new());
        assert_eq!(rank("compare", ["c o m p a r e", "compare"]).first().map(|(index, _)| *index), Some(1));
    }

    #[test]
    fn positions_point_at_the_matched_letters() {
        assert_eq!(rank("qt", ["Quit"]), [(0, vec![0, 3])]);
        assert_eq!(rank("b", ["e\u{301}b"]), [(0, vec![1])], "positions count clusters, not code points");
    }
}
