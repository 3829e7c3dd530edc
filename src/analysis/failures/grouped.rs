//! From errors to failures: the same error of the same tool, met again and again, is one failure.

use std::collections::HashMap;

use super::severity;
use crate::{
    analysis::{
        excerpt,
        fault::Fault,
        identity,
        run::{Ended, Run},
    },
    model::{
        failure::{Failure, FailureCode},
        ids::StepNumber,
    },
};

/// Further steps named in a sentence.
const STEPS_NAMED: usize = 3;

/// One error, as often as it came.
struct Group<'r, 'a> {
    /// The first that nothing made up for, else the first.
    chosen: &'r Fault<'a>,
    /// The steps of all, in order.
    steps: Vec<Option<StepNumber>>,
}

/// The failures with this code: `subject` is who is meant where the run does not name one, `what` what happened to it, in the past tense.
pub(super) fn of_code(run: &Run<'_>, code: FailureCode, subject: &str, what: &str) -> Vec<Failure> {
    of_code_with(run, code, subject, what, |_| None)
}

/// The same, with what else is to be said of an error.
pub(super) fn of_code_with(
    run: &Run<'_>,
    code: FailureCode,
    subject: &str,
    what: &str,
    more: impl Fn(&Fault<'_>) -> Option<String>,
) -> Vec<Failure> {
    let mut groups: Vec<Group<'_, '_>> = Vec::new();
    let mut by_words: HashMap<u64, usize> = HashMap::new();
    for fault in run.faults.iter().filter(|fault| fault.code == code) {
        let key = identity::both(identity::of_text(fault.subject.unwrap_or_default()), identity::of_text(&fault.message));
        match by_words.get(&key).and_then(|at| groups.get_mut(*at)) {
            Some(group) => {
                group.steps.push(fault.step);
                if group.chosen.recovered && !fault.recovered {
                    group.chosen = fault;
                }
            }
            None => {
                by_words.insert(key, groups.len());
                groups.push(Group { chosen: fault, steps: vec![fault.step] });
            }
        }
    }
    groups.iter().map(|group| group.failure(run.ended, code, &format!("{} {what}", group.who(subject)), more(group.chosen))).collect()
}

impl Group<'_, '_> {
    fn who(&self, otherwise: &str) -> String {
        self.chosen.subject.map_or_else(|| otherwise.to_owned(), |name| excerpt::line(name, 60))
    }

    fn failure(&self, ended: Ended, code: FailureCode, what: &str, more: Option<String>) -> Failure {
        let fault = self.chosen;
        let mut says = what.to_owned();
        if let Some(step) = fault.step {
            says.push_str(&format!(" at step {step}"));
        }
        let others: Vec<StepNumber> = self.steps.iter().flatten().copied().filter(|step| Some(*step) != fault.step).collect();
        if !others.is_empty() {
            says.push_str(&format!(", and at {}", excerpt::list(others.iter(), STEPS_NAMED)));
        }
        if !fault.message.is_empty() {
            says.push_str(&format!(": {}", excerpt::quoted(&fault.message)));
        }
        if let Some(more) = more {
            says.push_str(&format!("; {more}"));
        }
        if fault.harmless {
            says.push_str(" (the tool answered all the same)");
        }
        Failure {
            code,
            severity: severity::of(code, fault.recovered, fault.harmless, ended),
            step: fault.step,
            says,
            subject: fault.subject.map(|subject| excerpt::name(subject).to_owned()),
            message: fault.message.clone().into_owned(),
            recovered: fault.recovered,
            fingerprint: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{
        analysis::testing::{find_in, trace},
        model::{failure::FailureCode, ids::StepNumber},
    };

    #[test]
    fn the_same_error_again_is_one_failure() {
        let trace = trace()
            .tool("get", json!({"n": 1}))
            .fails("no such thing")
            .tool("get", json!({"n": 2}))
            .fails("no such thing")
            .tool("put", json!({"n": 1}))
            .fails("no such thing");
        let found = find_in(&trace.build());
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].says, "get failed at step 1, and at 2: no such thing");
        assert_eq!(found[1].subject.as_deref(), Some("put"));
    }

    #[test]
    fn the_one_that_nothing_made_up_for_is_shown() {
        let trace = trace()
            .tool("get", json!({"n": 1}))
            .fails("no such thing")
            .tool("get", json!({"n": 2}))
            .returns(json!(1))
            .tool("get", json!({"n": 3}))
            .fails("no such thing");
        let found = find_in(&trace.build());
        assert_eq!((found[0].code, found[0].step, found[0].recovered), (FailureCode::ToolError, Some(StepNumber(3)), false));
    }
}
