//! Judges runs anew that were judged by other rules than today's, so that no grade mixes versions.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    Engine,
    error::EngineError,
    event::{Event, TraceNews},
    facts::{Anchor, RowQuery},
    feedback::place_of,
    judge::judge_again,
};
use crate::{
    analysis::{Rules, peers::Likeness},
    model::{ids::Sequence, summary::Summary},
    store::{Change, Committed},
};

/// Runs looked at in one step.
const STEP: usize = 256;

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Regraded {
    /// Runs looked at.
    pub looked: u64,
    /// Of those, runs judged anew.
    pub judged: u64,
    /// Runs that cannot be judged any more: their judgements stand.
    pub failed: u64,
    /// Where to go on; `None` when all were looked at.
    pub next: Option<Sequence>,
}

impl Engine {
    /// Judges the outdated ones among the next runs anew, from `from` down to older ones; the newest first without it.
    pub async fn regrade_some(&self, from: Option<Sequence>) -> Result<Regraded, EngineError> {
        let (rows, next) = self
            .on_pool(move |engine, _| {
                let anchor = from.map_or(Anchor::Newest, Anchor::At);
                let window = engine.facts()?.rows(&RowQuery { anchor, before: 0, after: STEP, filter: None })?;
                let next = window.rows.last().filter(|_| window.more_below).and_then(|row| row.sequence.0.checked_sub(1));
                Ok((window.rows, next.map(Sequence)))
            })
            .await?;
        let mut done = Regraded { looked: rows.len() as u64, judged: 0, failed: 0, next };
        for row in rows.into_iter().filter(|row| row.rules != Rules::VERSION) {
            match self.regrade(row).await {
                Ok(judged) => done.judged += u64::from(judged),
                // A body that cannot be read any more keeps what was said of it.
                Err(EngineError::Analysis(error)) => {
                    tracing::warn!(%error, "a run cannot be judged anew");
                    done.failed += 1;
                }
                Err(other) => return Err(other),
            }
        }
        Ok(done)
    }

    /// Judges one run anew; false when it changed meanwhile, and was then judged by the rules of today.
    async fn regrade(&self, row: Summary) -> Result<bool, EngineError> {
        self.carry_out(move |engine| async move {
            let core = Arc::clone(&engine.core);
            // A person's word on it waits, so that it is not overtaken.
            let _turn = match core.judging.get(place_of(&row.trace_id, core.judging.len())) {
                Some(judging) => Some(judging.lock().await),
                None => None,
            };
            let sequence = row.sequence;
            let judged = engine.on_pool(move |engine, tools| {
                let facts = engine.facts()?;
                let Some(stored) = facts.stored(sequence)? else { return Ok(None) };
                let beside = |likeness: &Likeness| facts.agreement(sequence, likeness);
                let feedback = stored.summary.feedback.clone();
                judge_again(&stored, &engine.core.rules, feedback, tools, beside).map(Some).map_err(EngineError::Analysis)
            });
            let Some(record) = judged.await? else { return Ok(false) };
            let news = TraceNews::of(&record.summary);
            match engine.commit(Change::Regrade { sequence, record: Box::new(record) }).await? {
                Committed::Regraded => {
                    let _ = engine.core.events.send(Event::Verdict(Arc::new(news)));
                    Ok(true)
                }
                _ => Ok(false),
            }
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use bytes::Bytes;

    use super::*;
    use crate::engine::{
        delivery::Source,
        options::{EngineOptions, StorePlace},
    };

    #[tokio::test]
    async fn a_run_judged_by_other_rules_is_judged_anew_and_the_others_are_left_alone() {
        let engine = Engine::open(EngineOptions::new(StorePlace::Memory)).unwrap();
        for number in 0..3 {
            let body = format!("{{\"trace_id\":\"t{number}\",\"agent_id\":\"a\",\"success\":true,\"output\":\"x\"}}");
            engine.ingest(Bytes::from(body), Source::File).await;
        }
        let sequence = engine.facts().unwrap().chosen(None).unwrap()[1];
        let outdated = engine.on_pool(move |engine, tools| {
            let stored = engine.facts()?.stored(sequence)?.unwrap();
            let mut record = judge_again(&stored, &engine.core.rules, None, tools, |_| None).map_err(EngineError::Analysis)?;
            record.summary.rules = "2020.1.1".to_owned();
            Ok(record)
        });
        let record = Box::new(outdated.await.unwrap());
        engine.commit(Change::Regrade { sequence, record }).await.unwrap();
        let condition = || engine.facts().unwrap().condition().unwrap();
        assert_eq!((condition().outdated(), condition().judged_by.len()), (1, 2));
        let done = engine.regrade_some(None).await.unwrap();
        assert_eq!(done, Regraded { looked: 3, judged: 1, failed: 0, next: None });
        assert_eq!((condition().outdated(), condition().traces), (0, 3));
        assert_eq!(engine.regrade_some(None).await.unwrap().judged, 0);
        engine.close().await.unwrap();
    }
}
