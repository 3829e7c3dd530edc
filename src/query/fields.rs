//! The one table of fields: parser, completion, help and documentation all come from it.

pub use super::quantity::Unit;
use super::sort::{SORT_KEYS, SortKey};
use crate::model::{
    facets::Facets,
    feedback::Feedback,
    grade::Letter,
    money::Money,
    probability::Probability,
    progress::{Moment, RunState},
    summary::FailureMark,
    time::Timestamp,
    verdict::OutcomeState,
};

/// A run as filters read it.
pub type Row<'a> = dyn Facets + 'a;

/// Shows the texts of a field, one by one, to a test; true when one passes.
pub type AnyText = fn(&Row<'_>, &mut dyn FnMut(&str) -> bool) -> bool;

/// The same with a run's failures.
pub type AnyFailure = fn(&Row<'_>, &mut dyn FnMut(&FailureMark) -> bool) -> bool;

/// A field of the filter language.
#[derive(Debug)]
pub struct Field {
    /// Its name; empty only for [`ANYWHERE`].
    pub name: &'static str,
    /// What it takes and how it is read from a row.
    pub kind: Kind,
    /// What it means, in a few words.
    pub help: &'static str,
    /// A condition with it, as a user would write it.
    pub example: &'static str,
}

/// What a field takes, and how it is read from a row.
#[derive(Debug)]
pub enum Kind {
    /// A name, compared whole.
    Name(AnyText),
    /// A text, looked for anywhere within.
    Text(AnyText),
    /// The same; where it is not in these texts, it is looked for in the run's body.
    Body(AnyText),
    /// A number, compared; `None` when unknown.
    Number(Unit, fn(&Row<'_>) -> Option<i128>),
    /// A letter, compared; `None` when unknown.
    Grade(fn(&Row<'_>) -> Option<Letter>),
    /// A failure's code or a pattern's fingerprint.
    Pattern(AnyFailure),
    /// The run is at this moment or after it.
    Since(fn(&Row<'_>) -> Timestamp),
    /// The run is before this moment.
    Before(fn(&Row<'_>) -> Timestamp),
    /// One of a few words.
    Flag(&'static [Flag]),
    /// Not a condition: the order.
    Sort(&'static [SortKey]),
    /// Not a condition: how many at most.
    Limit,
}

/// A word that is true of a run or not.
#[derive(Debug)]
pub struct Flag {
    /// The word.
    pub name: &'static str,
    /// What it means.
    pub help: &'static str,
    /// Whether it is true of a run.
    pub read: fn(&Row<'_>, Moment) -> bool,
    /// Whether it can change by time alone.
    pub passes: bool,
}

/// All fields, in the order of help and completion.
pub static FIELDS: &[Field] = &[
    Field {
        name: "grade",
        kind: Kind::Grade(|row| row.probability().map(Letter::of)),
        help: "letter of the run, from F to A+",
        example: "grade<C",
    },
    Field { name: "score", kind: Kind::Number(Unit::Points, score_millionths), help: "score of the run, 0 to 100", example: "score>=80" },
    Field { name: "agent", kind: Kind::Name(|row, test| test(row.agent())), help: "name of the agent", example: "agent:refund*" },
    Field {
        name: "framework",
        kind: Kind::Name(|row, test| row.framework().is_some_and(test)),
        help: "framework the agent is built with",
        example: "framework:crewai",
    },
    Field {
        name: "domain",
        kind: Kind::Name(|row, test| row.domain().is_some_and(test)),
        help: "subject domain",
        example: "domain:finance",
    },
    Field { name: "model", kind: Kind::Name(|row, test| row.any_model(test)), help: "a model the run called", example: "model:gpt-4o*" },
    Field { name: "tool", kind: Kind::Name(|row, test| row.any_tool(test)), help: "a tool the run called", example: "tool:issue_refund" },
    Field {
        name: "cost",
        kind: Kind::Number(Unit::Dollars, |row| row.cost().map(Money::pico)),
        help: "what the run cost",
        example: "cost>$0.01",
    },
    Field {
        name: "tokens",
        kind: Kind::Number(Unit::Count, |row| row.usage().map(|usage| i128::from(usage.total()))),
        help: "tokens of all its model calls",
        example: "tokens>5k",
    },
    Field {
        name: "took",
        kind: Kind::Number(Unit::Time, |row| row.took().map(|took| i128::from(took.micros()))),
        help: "how long the run took",
        example: "took>2s",
    },
    Field {
        name: "steps",
        kind: Kind::Number(Unit::Count, |row| Some(i128::from(row.steps()))),
        help: "how many steps it has",
        example: "steps>10",
    },
    Field { name: "since", kind: Kind::Since(|row| row.time()), help: "runs from this moment on", example: "since:1h" },
    Field { name: "before", kind: Kind::Before(|row| row.time()), help: "runs before this moment", example: "before:2026-11-01" },
    Field { name: "is", kind: Kind::Flag(FLAGS), help: "how the run ended, and what is known of it", example: "is:failed" },
    Field {
        name: "pattern",
        kind: Kind::Pattern(|row, test| row.any_failure(test)),
        help: "a failure's code or a pattern's fingerprint",
        example: "pattern:tool.timeout",
    },
    Field {
        name: "text",
        kind: Kind::Body(|row, test| row.error().is_some_and(test)),
        help: "words anywhere in the run: its error, messages, arguments, results",
        example: "text:\"must be a number\"",
    },
    Field {
        name: "session",
        kind: Kind::Name(|row, test| row.session().is_some_and(test)),
        help: "conversation the run belongs to",
        example: "session:user-42*",
    },
    Field {
        name: "project",
        kind: Kind::Name(|row, test| row.project().is_some_and(test)),
        help: "project the run belongs to",
        example: "project:shop",
    },
    Field { name: "id", kind: Kind::Name(|row, test| test(row.trace_id())), help: "trace id", example: "id:01J9*" },
    Field { name: "sort", kind: Kind::Sort(SORT_KEYS), help: "order, with - for largest first", example: "sort:-cost" },
    Field { name: "limit", kind: Kind::Limit, help: "how many runs at most", example: "limit:500" },
];

/// A word without a field.
pub static ANYWHERE: Field = Field {
    name: "",
    kind: Kind::Text(|row, test| test(row.agent()) || row.any_tool(test) || row.error().is_some_and(test)),
    help: "words in agent, tools or error",
    example: "refund",
};

/// The words of `is:`.
pub static FLAGS: &[Flag] = &[
    Flag { name: "failed", help: "did not do its task", read: |row, _| row.outcome().state == OutcomeState::Failed, passes: false },
    Flag { name: "ok", help: "did its task", read: |row, _| row.outcome().state == OutcomeState::Ok, passes: false },
    Flag { name: "doubtful", help: "reported ok, but looks failed", read: |row, _| row.is_doubtful(), passes: false },
    Flag {
        name: "unknown",
        help: "nothing tells how it ended",
        read: |row, _| row.outcome().state == OutcomeState::Unknown,
        passes: false,
    },
    Flag {
        name: "running",
        help: "more of it may come",
        read: |row, moment| moment.state_of(row.progress()) == RunState::Running,
        passes: true,
    },
    Flag {
        name: "lost",
        help: "its end never came; the process may have died",
        read: |row, moment| moment.state_of(row.progress()) == RunState::Lost,
        passes: true,
    },
    Flag { name: "partial", help: "the trace lacks something a complete one has", read: |row, _| row.is_incomplete(), passes: false },
    Flag { name: "incomplete", help: "the same as partial", read: |row, _| row.is_incomplete(), passes: false },
    Flag { name: "voted", help: "a person gave feedback", read: |row, _| row.feedback().is_some(), passes: false },
    Flag {
        name: "wrong",
        help: "a person said it was wrong",
        read: |row, _| verdict_of_a_person(row) == Some(Probability::DENIED),
        passes: false,
    },
    Flag {
        name: "right",
        help: "a person said it was right",
        read: |row, _| verdict_of_a_person(row) == Some(Probability::CONFIRMED),
        passes: false,
    },
    Flag { name: "leaking", help: "sensitive data was seen in it", read: |row, _| row.leaks() > 0, passes: false },
];

fn verdict_of_a_person(row: &Row<'_>) -> Option<Probability> {
    row.feedback().and_then(Feedback::decides)
}

/// The score in millionths of a point.
pub(super) fn score_millionths(row: &Row<'_>) -> Option<i128> {
    row.probability().map(|probability| (probability.percent() * 1e6).round() as i128)
}

impl Field {
    /// The field of that name; case does not count.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        FIELDS.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// The operators it takes, as written.
    #[must_use]
    pub const fn operators(&self) -> &'static [&'static str] {
        match self.kind {
            Kind::Number(..) | Kind::Grade(_) => &["<", "<=", ">", ">=", ":"],
            _ => &[":"],
        }
    }
}

/// Fields are told apart by their names.
impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Field {}

/// Flags are told apart by their names.
impl PartialEq for Flag {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Flag {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::HashSet;

    use super::*;
    use crate::query::{Filter, complete, field_at};

    #[test]
    fn every_field_has_help_and_an_example_that_parses_to_it() {
        for field in FIELDS {
            assert!(!field.help.is_empty() && !field.help.ends_with('.'), "{}", field.name);
            assert!(field.example.starts_with(field.name), "{}", field.name);
            let filter = Filter::parse(field.example, Timestamp::default()).unwrap();
            assert_eq!(filter.to_string(), field.example);
            assert_eq!(field_at(field.example, field.example.chars().count() - 1), Some(field), "{}", field.name);
        }
        assert_eq!(Filter::parse(ANYWHERE.example, Timestamp::default()).unwrap().to_string(), ANYWHERE.example);
    }

    #[test]
    fn every_field_is_offered() {
        let offered: HashSet<String> = complete("", 0).into_iter().map(|completion| completion.insert).collect();
        for field in FIELDS {
            assert!(offered.iter().any(|insert| insert.starts_with(field.name)), "{}", field.name);
        }
    }

    #[test]
    fn names_are_unique_and_of_letters_only() {
        let names: Vec<_> = FIELDS.iter().map(|field| field.name).collect();
        for list in [names, FLAGS.iter().map(|flag| flag.name).collect(), SORT_KEYS.iter().map(|key| key.name).collect()] {
            assert_eq!(list.iter().collect::<HashSet<_>>().len(), list.len());
            assert!(list.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase())), "{list:?}");
        }
    }

    #[test]
    fn every_word_and_key_has_help_and_parses() {
        for flag in FLAGS {
            assert!(!flag.help.is_empty());
            assert!(Filter::parse(&format!("is:{}", flag.name), Timestamp::default()).is_ok(), "{}", flag.name);
        }
        for key in SORT_KEYS {
            assert!(!key.help.is_empty());
            assert!(Filter::parse(&format!("sort:-{}", key.name), Timestamp::default()).is_ok(), "{}", key.name);
        }
    }
}
