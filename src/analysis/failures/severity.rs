//! How much a failure mattered, by its effect on the run.

use crate::{
    analysis::run::Ended,
    model::failure::{FailureCode, Severity},
};

/// The severity of a failure.
///
/// - Low: it cost only time or money, a person judged the run right all the same, or a tool took arguments that do not fit.
/// - Medium: it was made up for; or nothing tells how the run ended; or it may be how things are (an empty result) or how the run came to its
///   end without spoiling it (a loop that ended).
/// - High: nothing made up for it, in a run that failed or that claims to be ok.
pub(super) fn of(code: FailureCode, recovered: bool, harmless: bool, ended: Ended) -> Severity {
    if code.family() == "efficiency" || ended == Ended::Right || harmless {
        return Severity::Low;
    }
    if recovered || ended == Ended::Unknown || code == FailureCode::ToolEmptyResult {
        return Severity::Medium;
    }
    // In a run that claims to be ok, only what shows in the answer or the last acts speaks against the claim.
    let says_little = matches!(code, FailureCode::Loop | FailureCode::IgnoredFeedback | FailureCode::Unclassified);
    if ended == Ended::Ok && says_little { Severity::Medium } else { Severity::High }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severity_follows_effect() {
        let of = |code, recovered, ended| of(code, recovered, false, ended);
        assert_eq!(of(FailureCode::ToolTimeout, false, Ended::Failed), Severity::High);
        assert_eq!(of(FailureCode::ToolTimeout, false, Ended::Ok), Severity::High);
        assert_eq!(of(FailureCode::ToolTimeout, true, Ended::Failed), Severity::Medium);
        assert_eq!(of(FailureCode::ToolTimeout, false, Ended::Unknown), Severity::Medium);
        assert_eq!(of(FailureCode::ToolTimeout, true, Ended::Right), Severity::Low);
        assert_eq!(of(FailureCode::RedundantCalls, false, Ended::Failed), Severity::Low);
    }
}
