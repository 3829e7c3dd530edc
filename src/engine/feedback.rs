//! A person's word on a run: the run is judged anew with it, in one commit with the word itself.

use std::sync::Arc;

use super::{
    Engine,
    error::EngineError,
    event::{Event, TraceNews},
    judge::judge_again,
    judgement::{FeedbackInput, FeedbackReceipt},
    pool::PoolError,
};
use crate::{
    analysis::peers::Likeness,
    model::{
        feedback::Feedback,
        grade::Grade,
        ids::{Sequence, TraceId},
        time::Timestamp,
    },
    store::{Change, Committed, Record},
};

/// How often a run that keeps changing is judged anew.
const RETRIES: u32 = 8;

/// Longest comment, in bytes.
const MAX_NOTES: usize = 10_000;

impl FeedbackInput {
    fn into_feedback(self, at: Timestamp) -> Result<Option<Feedback>, EngineError> {
        let Self::Give { correct, score, notes } = self else { return Ok(None) };
        if correct.is_none() && score.is_none() && notes.is_none() {
            return Err(EngineError::Invalid("feedback needs `correct` (true or false), `score` (1 to 5) or `notes` (text)".into()));
        }
        if let Some(score) = score.filter(|score| !(1..=5).contains(score)) {
            return Err(EngineError::Invalid(format!("score: {score} is not between 1 and 5")));
        }
        if let Some(length) = notes.as_ref().map(String::len).filter(|length| *length > MAX_NOTES) {
            return Err(EngineError::Invalid(format!("notes: {length} bytes are more than the {MAX_NOTES} that are kept")));
        }
        Ok(Some(Feedback { correct, score, notes, at }))
    }
}

/// Which of so many locks a run has.
pub(super) fn place_of(run: &TraceId, locks: usize) -> usize {
    xxhash_rust::xxh3::xxh3_64(run.as_str().as_bytes()) as usize % locks.max(1)
}

/// A run judged with other feedback, and how its agent stood before.
struct Rejudged {
    sequence: Sequence,
    record: Record,
    grade_before: Option<Grade>,
}

impl Engine {
    /// Records what a person says about a run (or that they say nothing any more) and judges the run anew; answers when it is on disk.
    pub async fn feedback(&self, id: &TraceId, input: FeedbackInput) -> Result<FeedbackReceipt, EngineError> {
        let feedback = input.into_feedback(self.now())?;
        let id = id.clone();
        self.carry_out(move |engine| async move {
            let core = Arc::clone(&engine.core);
            // One word on a run at a time; only a new body of it can come between.
            let place = place_of(&id, core.judging.len());
            let _turn = match core.judging.get(place) {
                Some(judging) => Some(judging.lock().await),
                None => None,
            };
            for _ in 0..RETRIES {
                let (wanted, said) = (id.clone(), feedback.clone());
                let rejudged = engine.on_pool(move |engine, tools| engine.rejudge(&wanted, said, tools)).await?;
                let Rejudged { sequence, record, grade_before } = rejudged;
                let news = TraceNews::of(&record.summary);
                let agent = record.summary.agent.clone();
                match engine.commit(Change::Regrade { sequence, record: Box::new(record) }).await? {
                    Committed::Stale => continue,
                    Committed::Regraded => {}
                    other => return Err(EngineError::Analysis(format!("the store answered {other:?} to a new judgement"))),
                }
                let _ = engine.core.events.send(Event::Verdict(Arc::new(news)));
                let asked = agent.clone();
                let grade_after = engine.on_pool(move |engine, _| engine.facts()?.grade_of(&asked)).await?;
                return Ok(FeedbackReceipt {
                    sequence,
                    agent,
                    before: grade_before.map(|grade| grade.score),
                    after: grade_after.map(|grade| grade.score),
                    grade_before,
                    grade_after,
                });
            }
            Err(EngineError::Contended(RETRIES))
        })
        .await
    }

    fn rejudge(&self, id: &TraceId, mut feedback: Option<Feedback>, tools: &mut super::pool::Tools) -> Result<Rejudged, EngineError> {
        let facts = self.facts()?;
        let missing = || EngineError::NotFound { what: "trace", name: id.to_string() };
        let sequence = facts.find(id)?.ok_or_else(missing)?;
        let stored = facts.stored(sequence)?.ok_or_else(missing)?;
        if let Some(feedback) = &mut feedback {
            // Spoken when its turn came: the newest word counts, also where the clock was set back since the last.
            let last = stored.summary.feedback.as_ref().map_or(feedback.at, |said| said.at);
            feedback.at = self.now().max(last);
        }
        let grade_before = facts.grade_of(&stored.summary.agent)?;
        let beside = |likeness: &Likeness| facts.agreement(sequence, likeness);
        let record = judge_again(&stored, &self.core.rules, feedback, tools, beside).map_err(EngineError::Analysis)?;
        Ok(Rejudged { sequence, record, grade_before })
    }
}

impl From<PoolError> for EngineError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Full => Self::Busy,
            PoolError::Closed => Self::Closed,
            PoolError::Panicked => Self::Analysis("a worker failed on it".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn give(correct: Option<bool>, score: Option<u8>, notes: Option<String>) -> Result<Option<Feedback>, EngineError> {
        FeedbackInput::Give { correct, score, notes }.into_feedback(Timestamp::from_micros(1))
    }

    #[test]
    fn feedback_has_to_say_something_that_makes_sense() {
        assert!(give(Some(true), None, None).unwrap().is_some());
        assert!(give(None, Some(5), Some("fine".into())).unwrap().is_some());
        assert_eq!(FeedbackInput::Clear.into_feedback(Timestamp::from_micros(1)).unwrap(), None);
        for bad in
            [give(None, None, None), give(None, Some(0), None), give(None, Some(6), None), give(None, None, Some("x".repeat(10_001)))]
        {
            assert!(matches!(bad, Err(EngineError::Invalid(_))), "{bad:?}");
        }
    }
}
