//! What may come next in a filter that is being typed.

use super::{
    fields::{FIELDS, Field, Kind},
    filter::LENGTH_MAX,
    scan,
};
use crate::model::{failure::FailureCode, grade::Letter};

/// Something that may come next: replace the characters `from..to` of the text by `insert`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// First character replaced, counted from 0.
    pub from: usize,
    /// The one after the last; the cursor.
    pub to: usize,
    /// What stands there instead: a field with its operator, or a value.
    pub insert: String,
    /// What it means, in a few words.
    pub help: &'static str,
}

/// Moments that are often asked for.
const MOMENTS: &[(&str, &str)] = &[
    ("1h", "an hour ago"),
    ("1d", "24 hours ago"),
    ("7d", "seven days ago"),
    ("today", "midnight today"),
    ("yesterday", "midnight yesterday"),
];

/// What may come next at the cursor (in characters from the start of the text), most usual first: fields at the start of a word, values
/// of fields that have few. Nothing inside a word or quotes, and nothing for names, which only the store knows.
#[must_use]
pub fn complete(text: &str, cursor: usize) -> Vec<Completion> {
    if text.len() > LENGTH_MAX {
        return Vec::new();
    }
    let characters: Vec<char> = text.chars().collect();
    let place = Place::of(&characters, cursor);
    let inside_word = characters.get(place.cursor).is_some_and(|next| !next.is_whitespace() && *next != '|');
    if inside_word || place.in_quotes {
        return Vec::new();
    }
    let typed: String = characters[place.start..place.cursor].iter().collect::<String>().to_lowercase();
    let offers = if place.in_value { place.field.map(values).unwrap_or_default() } else { fields(&typed) };
    offers
        .into_iter()
        .filter(|(insert, _)| insert.to_lowercase().starts_with(&typed) && insert.len() > typed.len())
        .map(|(insert, help)| Completion { from: place.start, to: place.cursor, insert, help })
        .collect()
}

/// A name being typed, which only the store can complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePlace {
    /// The field it is a name of.
    pub field: &'static Field,
    /// Its first character in the text, an opening quote included, counted from 0.
    pub from: usize,
    /// The one after the last; the cursor.
    pub to: usize,
    /// What has been typed of it, without the quote.
    pub typed: String,
}

/// The name that is being typed at the cursor; `None` elsewhere, and inside a word.
#[must_use]
pub fn name_at(text: &str, cursor: usize) -> Option<NamePlace> {
    if text.len() > LENGTH_MAX {
        return None;
    }
    let characters: Vec<char> = text.chars().collect();
    let place = Place::of(&characters, cursor);
    let field = place.field.filter(|field| place.in_value && matches!(field.kind, Kind::Name(_)))?;
    let next = characters.get(place.cursor);
    // Of an open quote nobody knows where it will end, so it ends at the end of the text.
    let at_end = if place.in_quotes { next.is_none() } else { next.is_none_or(|next| next.is_whitespace() || *next == '|') };
    let typed: String = characters.get(place.start..place.cursor)?.iter().collect();
    let typed = if place.in_quotes { typed.strip_prefix('"')?.to_owned() } else { typed };
    let closed = !place.in_quotes && typed.starts_with('"');
    (at_end && !closed).then_some(NamePlace { field, from: place.start, to: place.cursor, typed })
}

/// The field whose condition the cursor is in, for its help; `None` in a plain word or an unknown field.
#[must_use]
pub fn field_at(text: &str, cursor: usize) -> Option<&'static Field> {
    if text.len() > LENGTH_MAX {
        return None;
    }
    let characters: Vec<char> = text.chars().collect();
    let place = Place::of(&characters, cursor);
    if place.in_value {
        return place.field;
    }
    let word: String = characters[place.start..].iter().take_while(|c| c.is_ascii_alphabetic() || **c == '_').collect();
    Field::named(&word)
}

/// Every field with its usual operator; a field whose whole name is typed, with each of its operators.
fn fields(typed: &str) -> Vec<(String, &'static str)> {
    let usual = |field: &Field| {
        let example: Vec<char> = field.example.chars().collect();
        scan::prefix(&example, 0).map_or(":", |prefix| prefix.operator.written())
    };
    FIELDS
        .iter()
        .flat_map(|field| {
            let operators = if field.name == typed { field.operators().to_vec() } else { vec![usual(field)] };
            operators.into_iter().map(|operator| (format!("{}{operator}", field.name), field.help))
        })
        .collect()
}

fn values(field: &'static Field) -> Vec<(String, &'static str)> {
    match field.kind {
        Kind::Flag(flags) => flags.iter().map(|flag| (flag.name.to_owned(), flag.help)).collect(),
        Kind::Grade(_) => Letter::SCALE.iter().map(|(_, _, letter)| ((*letter).to_owned(), field.help)).collect(),
        Kind::Pattern(_) => FailureCode::ALL.iter().map(|code| (code.code().to_owned(), code.title())).collect(),
        Kind::Since(_) | Kind::Before(_) => MOMENTS.iter().map(|(moment, help)| ((*moment).to_owned(), *help)).collect(),
        Kind::Sort(keys) => keys.iter().flat_map(|key| [(format!("-{}", key.name), key.help), (key.name.to_owned(), key.help)]).collect(),
        Kind::Name(_) | Kind::Text(_) | Kind::Body(_) | Kind::Number(..) | Kind::Limit => Vec::new(),
    }
}

/// What the cursor is in.
struct Place {
    /// The cursor, brought into the text.
    cursor: usize,
    /// Where the field's name or the value starts.
    start: usize,
    /// The field of the condition, if it is known.
    field: Option<&'static Field>,
    /// Whether the cursor is behind an operator.
    in_value: bool,
    /// Whether it is within quotes.
    in_quotes: bool,
}

impl Place {
    /// Walks to the cursor the way the parser would, but without minding errors.
    fn of(text: &[char], cursor: usize) -> Self {
        let cursor = cursor.min(text.len());
        let mut place = Self { cursor, start: 0, field: None, in_value: false, in_quotes: false };
        let mut at = 0;
        // Behind a field's operator everything is value, colons included; behind `|` a field may stand again.
        let mut may_be_field = true;
        while at < cursor {
            match text[at] {
                '"' if at == place.start => match scan::quoted(text, at).filter(|(_, end)| *end <= cursor) {
                    Some((_, end)) => at = end,
                    None => {
                        place.in_quotes = true;
                        return place;
                    }
                },
                '|' => {
                    at += 1;
                    place.start = at;
                    may_be_field = true;
                }
                character if character.is_whitespace() => {
                    at += 1;
                    may_be_field = true;
                    place = Self { start: at, field: None, in_value: false, ..place };
                }
                '-' if at == place.start && !place.in_value => {
                    at += 1;
                    place.start = at;
                }
                _ => {
                    let prefix = scan::prefix(text, at).filter(|prefix| may_be_field && at == place.start && prefix.value_at <= cursor);
                    if let Some(prefix) = prefix {
                        at = prefix.value_at;
                        may_be_field = false;
                        place = Self { start: at, field: Field::named(&prefix.name), in_value: true, ..place };
                    } else {
                        at += 1;
                    }
                }
            }
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is offered where the text has a `^`.
    fn offered(text: &str) -> Vec<String> {
        let cursor = text.chars().position(|character| character == '^').unwrap_or_default();
        complete(&text.replace('^', ""), cursor).into_iter().map(|completion| completion.insert).collect()
    }

    #[test]
    fn fields_at_the_start_of_a_word() {
        assert_eq!(offered("to^"), ["tool:", "tokens>", "took>"]);
        assert_eq!(offered("agent:x -to^"), ["tool:", "tokens>", "took>"]);
        assert_eq!(offered("agent:x | sin^"), ["since:"]);
        assert_eq!(offered("GRA^"), ["grade<"]);
        assert_eq!(offered("took^"), ["took<", "took<=", "took>", "took>=", "took:"]);
        assert_eq!(offered("zzz^"), [""; 0]);
    }

    #[test]
    fn values_where_there_are_few() {
        assert_eq!(offered("is:w^"), ["wrong"]);
        assert_eq!(offered("is:ok|un^"), ["unknown"]);
        assert_eq!(offered("sort:-c^"), ["-cost"]);
        assert_eq!(offered("grade>=B^"), ["B+", "B-"]);
        assert_eq!(offered("pattern:tool.r^"), ["tool.rate_limit"]);
        assert!(offered("since:^").contains(&"1h".to_owned()));
        assert_eq!(offered("agent:^"), [""; 0]);
        assert_eq!(offered("agent:is:^"), [""; 0], "a value may hold a colon");
    }

    #[test]
    fn nothing_inside_words_or_quotes() {
        assert_eq!(offered("gr^ade<C"), [""; 0]);
        assert_eq!(offered("text:\"must ^be\""), [""; 0]);
        assert_eq!(offered("\"is:^"), [""; 0]);
        assert_eq!(offered("text:\"done\" i^"), ["is:", "id:"]);
    }

    #[test]
    fn the_replaced_part_is_what_was_typed() {
        let completion = &complete("größe gra", 9)[0];
        assert_eq!((completion.from, completion.to), (6, 9));
    }

    #[test]
    fn a_name_being_typed_is_found_with_its_place() {
        let named = |text: &str| {
            let cursor = text.chars().position(|character| character == '^').unwrap_or_default();
            name_at(&text.replace('^', ""), cursor).map(|place| (place.field.name, place.from, place.to, place.typed))
        };
        assert_eq!(named("agent:che^"), Some(("agent", 6, 9, "che".to_owned())));
        assert_eq!(named("is:ok -tool:a|b^ x"), Some(("tool", 14, 15, "b".to_owned())));
        assert_eq!(named("agent:\"my ag^"), Some(("agent", 6, 12, "my ag".to_owned())));
        assert_eq!(named("model:^"), Some(("model", 6, 6, String::new())));
        for text in ["agent:c^he", "is:fa^", "che^", "agent:\"x\"^", "agent:\"x^ y", "cost>1^"] {
            assert_eq!(named(text), None, "{text}");
        }
    }

    #[test]
    fn the_field_under_the_cursor() {
        let name = |text: &str, cursor| field_at(text, cursor).map(|field| field.name);
        assert_eq!(name("grade<C took>2s", 3), Some("grade"));
        assert_eq!(name("grade<C took>2s", 15), Some("took"));
        assert_eq!(name("grade<C text:\"a b\"", 15), Some("text"));
        assert_eq!(name("refund", 3), None);
    }

    proptest! {
        #[test]
        fn no_text_and_no_cursor_panics(text in "[a-z:<>=|\"\\\\ -]{0,40}|\\PC{0,40}", cursor in 0usize..60) {
            for completion in complete(&text, cursor) {
                prop_assert!(completion.from <= completion.to && completion.to <= text.chars().count());
            }
            let _ = field_at(&text, cursor);
            let _ = name_at(&text, cursor);
        }
    }
}
