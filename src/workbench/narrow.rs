//! Quick filters: the condition on one field of a filter, put in and taken out by name, everything else left as it is.

use crate::{
    model::time::Timestamp,
    query::{Filter, LENGTH_MAX, quote},
};

use super::need::NameKind;

/// The kinds of names one can narrow to: the field that asks for them, and what they are called together.
pub const KINDS: &[(NameKind, &str, &str)] = &[
    (NameKind::Agent, "agent", "agents"),
    (NameKind::Project, "project", "projects"),
    (NameKind::Model, "model", "models"),
    (NameKind::Tool, "tool", "tools"),
    (NameKind::Session, "session", "sessions"),
];

/// The field that asks for a kind of names.
#[must_use]
pub fn field(kind: NameKind) -> &'static str {
    KINDS.iter().find(|(known, ..)| *known == kind).map_or("agent", |(_, field, _)| field)
}

/// The kind of names a field asks for; `None` when nobody lists them.
#[must_use]
pub fn kind(field: &str) -> Option<NameKind> {
    KINDS.iter().find(|(_, known, _)| *known == field).map(|(kind, ..)| *kind)
}

/// Whether a filter asks for this name, by itself or among others.
#[must_use]
pub fn has(filter: Option<&str>, field: &str, name: &str) -> bool {
    let wanted = quote(name);
    read(filter).is_ok_and(|filter| filter.terms().filter_map(|term| values(&term, field)).flatten().any(|value| value == wanted))
}

/// The filter with only this name asked for, or without it when it was the only one. With `also` it is put beside the others, or
/// taken from among them. `None` when nothing is left to ask.
///
/// # Errors
/// A sentence why the name cannot be asked for.
pub fn toggled(filter: Option<&str>, field: &str, name: &str, also: bool) -> Result<Option<String>, String> {
    if name.trim().is_empty() {
        return Err("it has no name to ask by".to_owned());
    }
    let filter = read(filter)?;
    let (mut asked, mut places) = (Vec::new(), Vec::new());
    for (place, term) in filter.terms().enumerate() {
        if let Some(values) = values(&term, field) {
            asked.extend(values);
            places.push(place);
        }
    }
    let rest = places.iter().rev().fold(filter, |filter, place| filter.without(*place));
    let wanted = quote(name);
    let there = asked.contains(&wanted);
    asked = match (also, there) {
        (true, true) => asked.into_iter().filter(|value| *value != wanted).collect(),
        (true, false) => asked.into_iter().chain([wanted]).collect(),
        (false, true) if asked.len() == 1 => Vec::new(),
        (false, _) => vec![wanted],
    };
    let condition = if asked.is_empty() { String::new() } else { format!("{field}:{}", asked.join("|")) };
    let text = format!("{condition} {rest}").trim().to_owned();
    if text.len() > LENGTH_MAX {
        return Err("with this name the filter is too long".to_owned());
    }
    Ok((!text.is_empty()).then_some(text))
}

/// Times in a filter stay as they are written, whatever the moment.
fn read(filter: Option<&str>) -> Result<Filter, String> {
    Filter::parse(filter.unwrap_or_default(), Timestamp::default()).map_err(|error| error.to_string())
}

/// The values of a condition on this field alone, each as written; `None` for any other condition.
fn values(term: &str, field: &str) -> Option<Vec<String>> {
    let mut rest = term.strip_prefix(field)?.strip_prefix(':')?;
    let mut values = Vec::new();
    loop {
        let end = end_of_value(rest)?;
        let (value, after) = rest.split_at(end);
        values.push(value.to_owned());
        match after.strip_prefix('|') {
            Some(next) => rest = next,
            // A space is an or between whole conditions.
            None => return after.is_empty().then_some(values),
        }
    }
}

/// Where the value ends that starts here.
fn end_of_value(text: &str) -> Option<usize> {
    if !text.starts_with('"') {
        return Some(text.find(['|', ' ']).unwrap_or(text.len()));
    }
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;
    use crate::{
        model::progress::Moment,
        workbench::testing::{NOON, figures::run_of},
    };

    fn only(filter: &str, name: &str) -> Option<String> {
        toggled(Some(filter), "agent", name, false).unwrap()
    }

    fn also(filter: &str, name: &str) -> Option<String> {
        toggled(Some(filter), "agent", name, true).unwrap()
    }

    #[test]
    fn a_name_is_asked_for_alone_and_given_up_by_the_same_key() {
        assert_eq!(toggled(None, "agent", "checkout", false).unwrap().as_deref(), Some("agent:checkout"));
        assert_eq!(only("agent:checkout", "checkout"), None);
        assert_eq!(only("is:failed agent:refund* sort:-cost", "my agent").as_deref(), Some("agent:\"my agent\" is:failed sort:-cost"));
        assert_eq!(only("agent:\"my agent\" is:failed sort:-cost", "my agent").as_deref(), Some("is:failed sort:-cost"));
    }

    #[test]
    fn names_can_stand_beside_one_another() {
        assert_eq!(also("agent:a", "b c").as_deref(), Some("agent:a|\"b c\""));
        assert_eq!(also("agent:a|\"b c\"", "a").as_deref(), Some("agent:\"b c\""));
        assert_eq!(only("agent:a|b", "a").as_deref(), Some("agent:a"), "one of several becomes the only one");
        assert!(has(Some("agent:a|\"b c\" is:ok"), "agent", "b c") && !has(Some("agent:a"), "tool", "a"));
    }

    #[test]
    fn other_conditions_are_left_alone() {
        assert_eq!(only("-agent:x agent:y | is:ok since:1h", "z").as_deref(), Some("agent:z -agent:x agent:y | is:ok since:1h"));
        assert!(toggled(None, "agent", "  ", false).is_err() && toggled(None, "agent", &"x".repeat(LENGTH_MAX), false).is_err());
    }

    proptest! {
        #[test]
        fn twice_is_as_before_and_the_name_is_taken_literally(name in "\\PC{1,20}", before in prop_oneof![Just("is:ok"), Just("-tool:a sort:cost"), Just("limit:9")]) {
            if let Ok(Some(text)) = toggled(Some(before), "agent", &name, false) {
                let filter = Filter::parse(&text, NOON).unwrap();
                prop_assert!(has(Some(&text), "agent", &name));
                let again = toggled(Some(&text), "agent", &name, false).unwrap();
                prop_assert_eq!(again.as_deref(), Some(before));
                let asked = Filter::parse(&toggled(None, "agent", &name, false).unwrap().unwrap(), NOON).unwrap();
                prop_assert!(asked.matches(&run_of(&name), Moment::default()) && filter.terms().len() >= asked.terms().len());
            }
        }
    }
}
