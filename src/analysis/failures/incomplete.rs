//! An answer cut off: a model's reply ended at its limit of length.

use super::shown::Shown;
use crate::{
    analysis::{
        excerpt,
        run::{Ended, Run},
        turn::Stop,
    },
    model::failure::{Failure, FailureCode},
};

/// One failure, at the last reply that was cut. It is made up for by a later reply that ended as it should.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    stopped(run, Stop::Cut, FailureCode::Incomplete, |turn| format!("The answer of {turn} was cut off at its limit of length"))
}

/// One failure for all replies that stopped this way, at the last.
pub(super) fn stopped(run: &Run<'_>, stop: Stop, code: FailureCode, says: impl Fn(&str) -> String) -> Vec<Failure> {
    let Some((index, turn)) = run.turns.iter().enumerate().rev().find(|(_, turn)| turn.stop == stop) else { return Vec::new() };
    let recovered = run.ended == Ended::Right || run.turns.iter().skip(index + 1).any(|later| later.stop == Stop::Fine && !later.erred);
    let times = run.turns.iter().filter(|turn| turn.stop == stop).count();
    let often = if times > 1 { format!(", {times} times in all") } else { String::new() };
    vec![
        Shown { code, step: Some(turn.step), subject: Some(turn.name), recovered }
            .says(run, format!("{} at step {}{often}", says(&excerpt::line(turn.name, 60)), turn.step)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        analysis::testing::{find_in, found, trace},
        model::{failure::Severity, ids::StepNumber},
    };

    #[test]
    fn the_last_reply_was_cut() {
        let failure = found(&trace().model("gpt-4o").stops("stop").model("gpt-4o").stops("length").ok().build(), FailureCode::Incomplete);
        assert_eq!((failure.step, failure.subject.as_deref(), failure.severity), (Some(StepNumber(2)), Some("gpt-4o"), Severity::High));
    }

    #[test]
    fn a_later_reply_makes_up_for_it() {
        assert!(
            found(&trace().model("gpt-4o").stops("max_tokens").model("gpt-4o").stops("stop").build(), FailureCode::Incomplete).recovered
        );
    }

    #[test]
    fn replies_that_ended_are_not_cut() {
        assert!(find_in(&trace().model("gpt-4o").stops("tool_calls").model("gpt-4o").stops("stop").model("gpt-4o").build()).is_empty());
    }
}
