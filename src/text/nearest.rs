//! The known name nearest to a mistyped one, for "did you mean".

/// Longest word that is compared; what is longer is no slip of a known name.
const LONGEST: usize = 32;

/// The name at most two slips away (a letter added, missing, wrong, or two swapped), and fewer than half its letters; the first of
/// equally near ones. Case does not count.
#[must_use]
pub fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.chars().take(LONGEST + 1).flat_map(char::to_lowercase).collect();
    if word.len() > LONGEST {
        return None;
    }
    names
        .into_iter()
        .filter_map(|name| {
            let letters: Vec<char> = name.chars().flat_map(char::to_lowercase).collect();
            let slips = distance(&word, &letters);
            (slips <= 2 && slips * 2 < letters.len()).then_some((slips, name))
        })
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, name)| name)
}

/// Damerau–Levenshtein distance in its restricted form (no letter is edited twice), row by row.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (i, from) in left.iter().enumerate() {
        let mut row = Vec::with_capacity(right.len() + 1);
        row.push(i + 1);
        for (j, to) in right.iter().enumerate() {
            let mut least = (last[j] + usize::from(from != to)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && left[i - 1] == *to && right[j - 1] == *from {
                least = least.min(before_last[j - 1] + 1);
            }
            row.push(least);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 5] = ["agent", "grade", "tokens", "is", "framework"];

    #[test]
    fn slips_are_forgiven() {
        for (word, name) in [("agnt", "agent"), ("gradee", "grade"), ("garde", "grade"), ("TOKEN", "tokens"), ("framwrok", "framework")] {
            assert_eq!(nearest(word, NAMES), Some(name), "{word}");
        }
    }

    #[test]
    fn strangers_are_not_guessed() {
        for word in ["", "http", "it", "xyzzy", &"agent".repeat(1_000)] {
            assert_eq!(nearest(word, NAMES), None, "{word}");
        }
    }

    #[test]
    fn distances_are_counted() {
        let count = |left: &str, right: &str| distance(&left.chars().collect::<Vec<_>>(), &right.chars().collect::<Vec<_>>());
        assert_eq!(count("", "abc"), 3);
        assert_eq!(count("abc", ""), 3);
        assert_eq!(count("ab", "ba"), 1);
        assert_eq!(count("kitten", "sitting"), 3);
    }
}
