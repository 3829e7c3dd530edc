//! What is measured of a run to tell whether it succeeded: one entry a feature, with the sentence it is shown by.

use super::{
    exchange::{Exchange, Words},
    measures,
};
use crate::model::ids::StepNumber;

/// Steps kept of one feature.
pub(super) const MOST_STEPS: usize = 8;

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
        Self::sum(steps.map(|step| (Some(step), 1)))
    }

    /// A sum over steps, and those of them that add to it.
    pub(super) fn sum(parts: impl Iterator<Item = (Option<StepNumber>, usize)>) -> Self {
        let (mut value, mut steps) = (0.0, Vec::new());
        for (step, part) in parts.filter(|(_, part)| *part > 0) {
            value += part as f64;
            if steps.len() < MOST_STEPS {
                steps.extend(step);
            }
        }
        Self { value, steps }
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
    /// The fact, with the value in it; only asked of what is there.
    pub(super) fact: fn(f64) -> String,
    /// What the fact means, by the runs the model was fitted on.
    pub(super) means: &'static str,
    /// What is lacking where the value is 0, after "no".
    pub(super) lack: &'static str,
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

/// "1 search", "12 searches".
fn counted(value: f64, one: &str, many: &str) -> String {
    if value == 1.0 { format!("1 {one}") } else { format!("{value:.0} {many}") }
}

macro_rules! features {
    ($( $name:ident $scale:ident { fact: $fact:expr, means: $means:expr, lack: $lack:expr, } )+) => {
        /// All features, in the order of a model's row. Each is measured by the function of its name.
        pub(super) const FEATURES: &[Feature] = &[ $(
            Feature { name: stringify!($name), scale: Scale::$scale, measure: measures::$name, fact: $fact, means: $means, lack: $lack },
        )+ ];
    };
}

features! {
    figure_asked Plain {
        fact: |_| "A figure was asked for".to_owned(),
        means: "requests for one fail more often",
        lack: "figure asked for",
    }
    condition_asked Plain {
        fact: |_| "The request depends on a condition".to_owned(),
        means: "conditional requests fail more often",
        lack: "condition to depend on",
    }
    more_asked Plain {
        fact: |value| format!("{} in what was asked", counted(value, "word like also, both, all", "words like also, both, all")),
        means: "requests with several parts fail more often",
        lack: "word like also, both, all",
    }
    best_asked Log {
        fact: |value| format!("{} in what was asked", counted(value, "word like cheapest, latest, most", "words like cheapest, latest, most")),
        means: "the best is found only by who looks at everything",
        lack: "word like cheapest, latest, most",
    }
    parts_listed Log {
        fact: |value| format!("{} in what the user said", counted(value, "comma", "commas")),
        means: "the more is listed, the more is left out or mixed up",
        lack: "list in what was asked",
    }
    searches Log {
        fact: |value| counted(value, "search", "searches"),
        means: "runs that have to search often fail more often",
        lack: "search",
    }
    said_at_once Log {
        fact: |value| format!("{} in the agent's average message", counted(value, "character", "characters")),
        means: "agents that say much at once fail more often",
        lack: "word said",
    }
    numbers_told Log {
        fact: |value| format!("{} told to the user", counted(value, "number", "numbers")),
        means: "each may be wrong",
        lack: "number told",
    }
    lines_listed Log {
        fact: |value| format!("{} laid out to the user", counted(value, "listed line", "listed lines")),
        means: "runs that lay out much fail more often",
        lack: "list laid out",
    }
    questions_put Log {
        fact: |value| format!("{} put to the user", counted(value, "question", "questions")),
        means: "runs that have to ask back fail more often",
        lack: "question put to the user",
    }
    values_created Log {
        fact: |value| format!("{} given for what was newly created", counted(value, "value", "values")),
        means: "each was chosen freely and may be wrong",
        lack: "new thing created",
    }
    handed_over_after_change Plain {
        fact: |_| "Handed over to a person after something had been changed".to_owned(),
        means: "what is handed over half done is seldom right",
        lack: "work handed over half done",
    }
    unanswered Plain {
        fact: |_| "The user had the last word, and it was no good-bye".to_owned(),
        means: "runs that stop before an answer fail more often",
        lack: "user left without an answer",
    }
    still_pending Plain {
        fact: |_| "The agent's last word waits for the user".to_owned(),
        means: "runs that end waiting fail more often",
        lack: "question left open",
    }
    no_answer Plain {
        fact: |_| "There is no final answer".to_owned(),
        means: "runs without one fail more often",
        lack: "lack of an answer",
    }
    prose_for_value Plain {
        fact: |_| "Values were asked for and the answer holds prose".to_owned(),
        means: "prose in the place of a value is seldom right",
        lack: "prose in the place of a value",
    }
    ended_on_error Plain {
        fact: |_| "The last call failed".to_owned(),
        means: "runs that end on an error fail more often",
        lack: "last call that failed",
    }
    numbers_of_its_own Log {
        fact: |value| format!("{} told that neither the user nor a tool had given", counted(value, "number", "numbers")),
        means: "what is worked out in the head or invented is often wrong",
        lack: "number of its own making",
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
        assert_eq!(counted(1.0, "search", "searches"), "1 search");
        assert_eq!(counted(12.0, "search", "searches"), "12 searches");
    }
}
