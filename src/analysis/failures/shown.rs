//! Failures that show in the form of a run rather than in an error's words.

use super::severity;
use crate::{
    analysis::{excerpt, run::Run},
    model::{
        failure::{Failure, FailureCode},
        ids::StepNumber,
    },
};

/// What was seen.
pub(super) struct Shown<'a> {
    /// The failure it is.
    pub(super) code: FailureCode,
    /// The step that shows it; `None` for the run as a whole.
    pub(super) step: Option<StepNumber>,
    /// The tool or model concerned.
    pub(super) subject: Option<&'a str>,
    /// Whether something made up for it, or nothing was spoilt.
    pub(super) recovered: bool,
}

impl Shown<'_> {
    /// The failure, with its evidence in one sentence.
    pub(super) fn says(self, run: &Run<'_>, says: String) -> Failure {
        Failure {
            code: self.code,
            severity: severity::of(self.code, self.recovered, false, run.ended),
            step: self.step,
            says,
            subject: self.subject.map(|subject| excerpt::name(subject).to_owned()),
            message: String::new(),
            recovered: self.recovered,
            fingerprint: None,
        }
    }
}
