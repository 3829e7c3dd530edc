//! What is measured of a run to tell whether it succeeded: one entry a feature, with the sentence it is shown by.

use super::{
    exchange::{Exchange, Words},
    measures,
};
use crate::model::ids::StepNumber;

/// A measured feature.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measured {
    /// Its value as it is told; not a number where the run does not show it.
    pub(super) value: f64,
    /// The steps that show it.
    pub(super) steps: Vec<StepNumber>,
}

impl Measured {
    /// A value that only the run as a whole shows.
    pub(super) fn of(value: f64) -> Self {
        Self { value, steps: Vec::new() }
    }

    /// Not shown by this run.
    pub(super) fn unknown() -> Self {
        Self::of(f64::NAN)
    }

    /// How many steps show it.
    pub(super) fn count(steps: impl Iterator<Item = StepNumber>) -> Self {
        let steps: Vec<_> = steps.collect();
        Self { value: steps.len() as f64, steps }
    }

    /// Whether it is so, and the step that shows it.
    pub(super) fn flag(is: bool, step: Option<StepNumber>) -> Self {
        Self { value: f64::from(u8::from(is)), steps: step.filter(|_| is).into_iter().collect() }
    }

    /// The same, at the words that show it.
    pub(super) fn flag_at(is: bool, words: Option<&Words<'_>>) -> Self {
        Self::flag(is, words.and_then(|words| words.step))
    }
}

/// How a value is scaled before it is weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    /// As it is.
    Plain,
    /// ln(1 + x): the tenth of a kind says less than the second.
    Log,
}

/// One feature.
pub(super) struct Feature {
    /// Its name, in the model and as evidence.
    pub(super) name: &'static str,
    /// How its value is scaled.
    pub(super) scale: Scale,
    /// Measures it.
    pub(super) measure: fn(&Exchange<'_>) -> Measured,
    /// The fact, with the value in it.
    pub(super) fact: fn(f64) -> String,
    /// What the fact means, by the runs the model was fitted on.
    pub(super) means: &'static str,
}

impl Feature {
    /// The number that the model weighs.
    pub(super) fn scaled(&self, measured: &Measured) -> f64 {
        match self.scale {
            Scale::Plain => measured.value,
            Scale::Log => measured.value.ln_1p(),
        }
    }
}

/// "no search", "1 search", "12 searches".
fn counted(value: f64, one: &str, many: &str) -> String {
    match value as u64 {
        0 => format!("No {one}"),
        1 => format!("1 {one}"),
        more => format!("{more} {many}"),
    }
}

/// One of two sentences.
fn either(value: f64, yes: &str, no: &str) -> String {
    if value > 0.0 { yes.to_owned() } else { no.to_owned() }
}

macro_rules! features {
    ($( $name:ident $scale:ident { fact: $fact:expr, means: $means:expr, } )+) => {
        /// All features, in the order of a model's row. Each is measured by the function of its name.
        pub(super) const FEATURES: &[Feature] = &[ $(
            Feature { name: stringify!($name), scale: Scale::$scale, measure: measures::$name, fact: $fact, means: $means },
        )+ ];
    };
}

features! {
    acts Log {
        fact: |value| counted(value, "message or call", "messages and calls"),
        means: "longer runs fail more",
    }
    user_turns Log {
        fact: |value| counted(value, "message of the user", "messages of the user"),
        means: "the more a user has to say, the more fails",
    }
    said_characters Log {
        fact: |value| format!("{} said by the agent", counted(value, "character", "characters")),
        means: "agents that say much fail more",
    }
    said_at_once Log {
        fact: |value| format!("{} in the agent's average message", counted(value, "character", "characters")),
        means: "agents that say much at once fail more",
    }
    numbers_told Log {
        fact: |value| format!("{} told to the user", counted(value, "number", "numbers")),
        means: "each may be wrong",
    }
    kinds_asked Plain {
        fact: |value| format!("{} asked for", counted(value, "kind of change", "kinds of change")),
        means: "the more kinds, the more fails",
    }
    more_asked Plain {
        fact: |value| format!("{} in what was asked", counted(value, "word like also, both, all", "words like also, both, all")),
        means: "requests with several parts fail more",
    }
    figure_asked Plain {
        fact: |value| either(value, "A figure was asked for", "No figure was asked for"),
        means: "figures are often wrong",
    }
    condition_asked Plain {
        fact: |value| either(value, "The request depends on a condition", "The request depends on no condition"),
        means: "conditional requests fail more",
    }
    searches Log {
        fact: |value| counted(value, "search", "searches"),
        means: "the more a run has to search, the more fails",
    }
    empty_results Log {
        fact: |value| counted(value, "empty result", "empty results"),
        means: "runs that look in vain fail more",
    }
    unanswered Plain {
        fact: |value| either(value, "The user had the last word, and it was no good-bye", "The user's last word was answered"),
        means: "runs that stop before an answer fail more",
    }
    no_answer Plain {
        fact: |value| either(value, "There is no final answer", "There is a final answer"),
        means: "runs without one fail more",
    }
    prose_for_value Plain {
        fact: |value| either(value, "A value was asked for and prose was given", "No prose was given where a value was asked for"),
        means: "prose in place of a value is seldom right",
    }
    value_for_value Plain {
        fact: |value| either(value, "A value was asked for and a bare value was given", "No bare value was given where one was asked for"),
        means: "bare values are right more often",
    }
    still_pending Plain {
        fact: |value| either(value, "The agent's last word still waits for the user", "The agent's last word waits for nothing"),
        means: "runs that end on a question fail more",
    }
    not_done Plain {
        fact: |value| format!("{} asked for and not carried out", counted(value, "kind of change", "kinds of change")),
        means: "what is asked for has mostly to be done",
    }
    unresolved_errors Plain {
        fact: |value| format!("{} of an error and no later success", counted(value, "tool", "tools")),
        means: "errors that nothing made up for end in failure more often",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        let mut names: Vec<_> = FEATURES.iter().map(|feature| feature.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FEATURES.len());
    }

    #[test]
    fn counts_are_said_in_words() {
        assert_eq!(counted(0.0, "search", "searches"), "No search");
        assert_eq!(counted(1.0, "search", "searches"), "1 search");
        assert_eq!(counted(12.0, "search", "searches"), "12 searches");
    }
}
