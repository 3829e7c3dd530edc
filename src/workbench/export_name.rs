//! Names for files that are written: from a title, in characters that every file system takes.

/// Longest part that comes from the title.
const LONGEST: usize = 48;

/// `empty amount`, id `9f3a66…`, `json` → `empty-amount-9f3a66.json`. The id keeps two of the same title apart, and gives the same
/// thing the same name again.
#[must_use]
pub fn of(title: &str, id: &str, extension: &str) -> String {
    let title = plain(title, LONGEST);
    let id = plain(id, 8);
    let stem = [title, id].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    format!("{}.{extension}", if stem.is_empty() { "export" } else { &stem })
}

/// Letters and digits of ASCII in lower case, everything between them one `-`.
fn plain(text: &str, longest: usize) -> String {
    let mut name = String::new();
    for letter in text.chars() {
        if name.len() >= longest {
            break;
        }
        if letter.is_ascii_alphanumeric() {
            name.push(letter.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    name.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn titles_become_names() {
        assert_eq!(of("Empty amount, again!", "9f3a66b0c1d2", "json"), "empty-amount-again-9f3a66b0.json");
        assert_eq!(of("空の金額", "", "json"), "export.json");
        assert_eq!(of("../../etc/passwd", "1", "py"), "etc-passwd-1.py");
    }

    proptest! {
        #[test]
        fn no_name_leaves_its_folder(title in any::<String>(), id in any::<String>()) {
            let name = of(&title, &id, "json");
            prop_assert!(name.len() < 70 && name.ends_with(".json") && !name.starts_with(['.', '-']));
            prop_assert!(name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '.'));
        }
    }
}
