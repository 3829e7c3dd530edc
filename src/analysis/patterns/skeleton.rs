//! A message without what is surely variable: lists of values count as one, and so do repeated groups.

use super::{
    lexer,
    token::{Kind, Piece, Token},
};

/// Most tokens of a skeleton; what comes after does not count. One less than the bits of the set in which templates are matched.
const TOKENS_MAX: usize = 127;

/// Marks between values that make them a list or one compound value: `3, 4, 5`, `10:32:07`, `a/b`.
const BETWEEN_VALUES: &[&str] = &[",", ";", ":", "-", ".", "/", "|", "+", "*", "#", "~", "_", "&", "@", "\\"];

/// Longest group of tokens whose repetition is counted once.
const GROUP_MAX: usize = 6;

/// The skeleton of a message.
pub(super) fn of_message(text: &str) -> Vec<Token> {
    collapse(lexer::message(text))
}

/// Makes `V V` and `V , V` one value, a quantity said twice (`V (V)`) one, and keeps a repeated group that holds a value only once.
pub(super) fn collapse(tokens: Vec<Token>) -> Vec<Token> {
    let mut kept: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        if token.varies() {
            match kept.as_slice() {
                [.., last] if last.varies() => {
                    join(&mut kept, &token);
                    continue;
                }
                [.., value, mark] if value.varies() && mark.text().is_some_and(|text| BETWEEN_VALUES.contains(&text)) => {
                    kept.pop();
                    join(&mut kept, &token);
                    continue;
                }
                _ => {}
            }
        } else if token.text() == Some(")")
            && let [.., first, open, second] = kept.as_slice()
            && first.is_number()
            && open.text() == Some("(")
            && second.is_number()
        {
            kept.truncate(kept.len() - 2);
            continue;
        }
        kept.push(token);
    }
    listed(&mut kept);
    for length in 2..=GROUP_MAX {
        let mut at = 0;
        while at + 2 * length <= kept.len() {
            let (group, next) = (&kept[at..at + length], &kept[at + length..at + 2 * length]);
            if group == next && group.iter().any(Token::varies) {
                kept.drain(at + length..at + 2 * length);
            } else {
                at += 1;
            }
        }
    }
    kept.truncate(TOKENS_MAX);
    kept
}

/// Makes a list of names in brackets one value: `[search, calculate]`.
fn listed(tokens: &mut Vec<Token>) {
    let mut at = 0;
    while at < tokens.len() {
        let is_open = tokens[at].text() == Some("[");
        let inside = &tokens[(at + 1).min(tokens.len())..];
        let length = inside.iter().position(|token| token.text() == Some("]")).unwrap_or(0);
        let is_list = is_open
            && length >= 3
            && length % 2 == 1
            && inside[..length].iter().enumerate().all(|(place, token)| match place % 2 {
                0 => token.is_word() || token.varies(),
                _ => token.text() == Some(","),
            });
        if is_list {
            let spaced = inside[0].spaced;
            tokens.splice(at + 1..at + 1 + length, [Token::value(Kind::Mixed, spaced)]);
        }
        at += 1;
    }
}

/// Lets the last token stand for another value as well.
fn join(kept: &mut [Token], other: &Token) {
    if let Some(last) = kept.last_mut() {
        let spaced = last.spaced;
        *last = both(last, other);
        last.spaced = spaced;
    }
}

/// What stands for both of two varying tokens: an open place if either is one, else a value, of their kind if it is one kind.
pub(super) fn both(one: &Token, other: &Token) -> Token {
    match (&one.piece, &other.piece) {
        (Piece::Value(kind), Piece::Value(second)) => Token::value(if kind == second { *kind } else { Kind::Mixed }, one.spaced),
        _ => Token::anything(one.spaced),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::analysis::patterns::token::{fold, read, write};

    fn shape(message: &str) -> String {
        write(&of_message(message))
    }

    #[test]
    fn values_are_masked_by_what_they_look_like() {
        for (message, expected) in [
            ("order A-1182 not found", "order <id> not found"),
            ("amount must be a number, got \"12,50\"", "amount must be a number, got <text>"),
            ("amount must be a number, got \"\"", "amount must be a number, got <text>"),
            ("Connection to 10.0.0.7:5432 refused", "Connection to <value> refused"),
            ("timed out after 30.5 s", "timed out after <number>"),
            ("timed out after 30 seconds", "timed out after <number>"),
            ("wrote 1314 bytes (1.28 KB) to /var/tmp/x", "wrote <number> to <path>"),
            ("No such file or directory: 'report.csv'", "No such file or directory: <text>"),
            ("cannot open C:\\Users\\bob\\a.txt", "cannot open <path>"),
            ("GET https://api.example.com/v1/orders?id=3 failed", "GET <url> failed"),
            ("user bob@example.com is locked", "user <address> is locked"),
            ("at 2026-11-22T10:00:00Z: lost", "at <value>: lost"),
            ("at Nov 22, 10:00:00: lost", "at <value>: lost"),
            ("request 550e8400-e29b-41d4-a716-446655440000 failed", "request <id> failed"),
            ("object at 0x7f3a9c is gone", "object at <id> is gone"),
            ("commit deadbeef is unknown", "commit <id> is unknown"),
            ("peer fe80::1ff:fe23:4567:890a left", "peer <address> left"),
            ("state=running, retries = 3", "state=<value>, retries = <value>"),
            ("items 3, 4, 5 are missing", "items <number> are missing"),
            ("cannot resolve db.internal", "cannot resolve <address>"),
            ("cannot reach redis:6379", "cannot reach redis:<number>"),
            ("cannot connect to redis:6379", "cannot connect to <value>"),
        ] {
            assert_eq!(shape(message), expected, "{message}");
        }
    }

    #[test]
    fn what_is_no_value_stays() {
        for message in [
            "ToolError: amount must be a number",
            "and/or is not supported",
            "it's the model's fault",
            "HTTP 404 Not Found",
            "Error code: 429",
            "function get_order() is missing",
        ] {
            assert_eq!(shape(message), message);
        }
    }

    #[test]
    fn the_message_inside_a_structured_error_is_read() {
        let quota = shape(r#"Error code: 400 - {"error": {"message": "quota of 50 exceeded", "param": "x1"}}"#);
        let model = shape(r#"Error code: 400 - {"error": {"message": "no such model", "param": "x1"}}"#);
        assert!(quota.contains("quota of <number> exceeded"), "{quota}");
        assert_ne!(quota, model);
    }

    #[test]
    fn repeated_groups_count_once() {
        assert_eq!(shape("queue a=1 b=2"), "queue a=<value> b=<value>");
        assert_eq!(of_message("x <1> <2> <3> end").len(), of_message("x <1> <2> end").len());
        assert_eq!(fold(&of_message("ids 1 2 3")), fold(&of_message("ids 7")));
    }

    #[test]
    fn scripts_other_than_latin_have_words_too() {
        assert_eq!(of_message("注文が見つかりません").len(), 1);
        assert_eq!(shape("Bestellung Ärger nicht gefunden"), "Bestellung Ärger nicht gefunden");
    }

    proptest! {
        #[test]
        fn a_template_reads_back_as_itself(message in "\\PC{0,120}") {
            let tokens = of_message(&message);
            prop_assert_eq!(fold(&read(&write(&tokens))), fold(&tokens), "{}", write(&tokens));
            prop_assert!(tokens.len() <= TOKENS_MAX);
        }

        #[test]
        fn messages_of_the_usual_alphabet_read_back_too(message in "([a-z]{1,8}|[0-9]{1,5}|[A-Z]-[0-9]{2,4}|/usr/[a-z]{1,5}|'[a-z ]{1,9}'|<number>|<[*]>|[.,:;()<>\\[\\]=*-]| ){0,24}") {
            let tokens = of_message(&message);
            prop_assert_eq!(fold(&read(&write(&tokens))), fold(&tokens), "{}", write(&tokens));
        }
    }
}
