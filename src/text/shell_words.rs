//! A command line cut into words as a shell would, without a shell: nothing in it is run, expanded or looked up.

/// Why a line cannot be cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// A quote is opened and not closed.
    #[error("the quote {0} is not closed")]
    Unclosed(char),
    /// It ends in a backslash.
    #[error("it ends in a backslash")]
    Backslash,
}

/// The words of a line: apart by blanks; `'…'` is taken as it is, in `"…"` a backslash spares `"`, `\`, `$` and `` ` ``, elsewhere whatever
/// follows it. `$NAME`, `~`, `*` and `;` mean nothing.
pub fn split(line: &str) -> Result<Vec<String>, WordsError> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut rest = line.chars();
    while let Some(character) = rest.next() {
        match character {
            _ if character.is_whitespace() => words.extend(word.take()),
            '\'' => loop {
                let word = word.get_or_insert_default();
                match rest.next() {
                    Some('\'') => break,
                    Some(inside) => word.push(inside),
                    None => return Err(WordsError::Unclosed('\'')),
                }
            },
            '"' => quoted(&mut rest, word.get_or_insert_default())?,
            '\\' => word.get_or_insert_default().push(rest.next().ok_or(WordsError::Backslash)?),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    Ok(words)
}

/// The inside of double quotes, up to the closing one.
fn quoted(rest: &mut std::str::Chars<'_>, word: &mut String) -> Result<(), WordsError> {
    loop {
        match rest.next() {
            Some('"') => return Ok(()),
            Some('\\') => match rest.next() {
                Some(spared @ ('"' | '\\' | '$' | '`')) => word.push(spared),
                Some(other) => word.extend(['\\', other]),
                None => return Err(WordsError::Unclosed('"')),
            },
            Some(inside) => word.push(inside),
            None => return Err(WordsError::Unclosed('"')),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_quotes_and_backslashes_are_as_in_a_shell() {
        let cut = |line: &str| split(line).unwrap();
        assert_eq!(cut("nvim"), ["nvim"]);
        assert_eq!(cut("  code  --wait -n "), ["code", "--wait", "-n"]);
        assert_eq!(cut("'/opt/my editor/ed' \"a b\"c"), ["/opt/my editor/ed", "a bc"]);
        assert_eq!(cut(r#"a\ b "c\"d\e" 'f\g' ''"#), ["a b", r#"c"d\e"#, r"f\g", ""]);
        assert_eq!(cut("$(rm) ~ * ; `x`"), ["$(rm)", "~", "*", ";", "`x`"], "nothing is run or expanded");
        assert_eq!(cut(""), Vec::<String>::new());
    }

    #[test]
    fn what_is_not_closed_is_said() {
        assert_eq!(split("ed 'x"), Err(WordsError::Unclosed('\'')));
        assert_eq!(split("ed \"x\\"), Err(WordsError::Unclosed('"')));
        assert_eq!(split("ed \\"), Err(WordsError::Backslash));
    }

    proptest! {
        #[test]
        fn words_put_in_quotes_come_back(words in prop::collection::vec(any::<String>(), 0..6)) {
            let line: Vec<String> = words.iter().map(|word| format!("'{}'", word.replace('\'', r"'\''"))).collect();
            prop_assert_eq!(split(&line.join(" ")).unwrap(), words);
        }

        #[test]
        fn any_line_is_cut_or_refused(line in any::<String>()) {
            let _ = split(&line);
        }
    }
}
