//! Tells what was committed; and notices failure patterns that nobody has been told of yet.

use std::{
    collections::{HashSet, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    Core,
    event::{Event, PatternNews, TraceNews},
};
use crate::{
    model::{
        ids::{Fingerprint, Sequence, TraceId},
        summary::Summary,
    },
    store::{Arrival, Pending, Snapshot, StoreError},
};

/// Most failing runs that wait to be looked at for new patterns; older ones are passed over.
const MAX_UNSEEN: usize = 4_096;

/// Most patterns remembered as told; the store's miner keeps far fewer.
const MAX_TOLD: usize = 100_000;

/// A trace that the writer has, and what to tell when it is on disk.
pub(super) struct Submitted {
    /// The writer's answer.
    pub(super) pending: Option<Pending>,
    news: TraceNews,
}

impl Submitted {
    /// Not yet with the writer.
    pub(super) fn of(summary: &Summary) -> Self {
        Self { pending: None, news: TraceNews::of(summary) }
    }

    /// The trace.
    pub(super) fn trace_id(&self) -> &TraceId {
        &self.news.trace_id
    }
}

/// Which patterns are known, and which failing runs were not looked at yet.
#[derive(Default)]
pub(super) struct PatternWatch(Mutex<Watch>);

#[derive(Default)]
struct Watch {
    told: HashSet<Fingerprint>,
    unseen: VecDeque<Sequence>,
    looking: bool,
}

impl PatternWatch {
    /// Knows what the store knows at the start.
    pub(super) fn knowing(snapshot: &dyn Snapshot) -> Result<Self, StoreError> {
        let told = snapshot.patterns(MAX_TOLD)?.into_iter().map(|pattern| pattern.fingerprint).collect();
        Ok(Self(Mutex::new(Watch { told, ..Watch::default() })))
    }

    /// Notes a failing run; true when somebody has to start looking.
    fn note(&self, sequence: Sequence) -> bool {
        let mut watch = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        watch.unseen.push_back(sequence);
        if watch.unseen.len() > MAX_UNSEEN {
            watch.unseen.pop_front();
        }
        !std::mem::replace(&mut watch.looking, true)
    }

    /// The runs to look at; the looker goes home when there are none.
    fn next(&self) -> Option<Vec<Sequence>> {
        let mut watch = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        watch.looking = !watch.unseen.is_empty();
        watch.looking.then(|| watch.unseen.drain(..).collect())
    }

    /// Nobody looks for now; the next failing run asks again.
    fn stop_looking(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).looking = false;
    }

    /// Whether a pattern is new.
    fn is_new(&self, fingerprint: Fingerprint) -> bool {
        let mut watch = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        watch.told.len() < MAX_TOLD && watch.told.insert(fingerprint)
    }
}

impl Core {
    /// Tells that a trace is on disk.
    pub(super) fn tell(self: &Arc<Self>, submitted: Submitted, sequence: Sequence, arrival: Arrival) {
        if arrival == Arrival::Unchanged {
            return;
        }
        let failing = submitted.news.failure.is_some();
        let news = TraceNews { sequence, revised: arrival == Arrival::Revised, ..submitted.news };
        // Without anybody listening there is nobody to tell.
        let _ = self.events.send(Event::Trace(Arc::new(news)));
        if failing {
            self.notice(sequence);
        }
    }

    /// Tells that more has come of a run, and that it is judged otherwise.
    pub(super) fn tell_again(self: &Arc<Self>, submitted: Submitted, sequence: Sequence) {
        let news = TraceNews { sequence, ..submitted.news };
        let failing = news.failure.is_some();
        let _ = self.events.send(Event::Verdict(Arc::new(news)));
        if failing {
            self.notice(sequence);
        }
    }

    /// Looks, soon, whether a failing run shows a pattern nobody was told of.
    fn notice(self: &Arc<Self>, sequence: Sequence) {
        if self.patterns.note(sequence) {
            let core = Arc::clone(self);
            if self.pool.try_run(move |_| core.look_for_patterns()).is_err() {
                // The pool is full of more urgent work; the next failing run tries again.
                self.patterns.stop_looking();
            }
        }
    }

    fn look_for_patterns(&self) {
        while let Some(sequences) = self.patterns.next() {
            if let Err(error) = self.look_at(&sequences) {
                tracing::warn!(%error, "cannot look for new failure patterns");
            }
        }
    }

    fn look_at(&self, sequences: &[Sequence]) -> Result<(), StoreError> {
        let snapshot = self.store.snapshot()?;
        for sequence in sequences {
            let Some(summary) = snapshot.summary(*sequence)? else { continue };
            for fingerprint in summary.failures.iter().filter_map(|mark| mark.fingerprint) {
                if !self.patterns.is_new(fingerprint) {
                    continue;
                }
                let Some(pattern) = snapshot.pattern(fingerprint)? else { continue };
                let news = PatternNews {
                    fingerprint,
                    code: pattern.code,
                    subject: pattern.subject,
                    template: pattern.template,
                    agent_id: summary.agent.clone(),
                    trace_id: summary.trace_id.clone(),
                };
                let _ = self.events.send(Event::Pattern(Arc::new(news)));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_looker_at_a_time_sees_every_noted_run() {
        let watch = PatternWatch::default();
        assert!(watch.note(Sequence(1)), "the first starts looking");
        assert!(!watch.note(Sequence(2)), "the second need not");
        assert_eq!(watch.next(), Some(vec![Sequence(1), Sequence(2)]));
        assert!(!watch.note(Sequence(3)), "still looking");
        assert_eq!(watch.next(), Some(vec![Sequence(3)]));
        assert_eq!(watch.next(), None);
        assert!(watch.note(Sequence(4)), "nobody looks any more");
    }

    #[test]
    fn a_pattern_is_new_once() {
        let watch = PatternWatch::default();
        assert!(watch.is_new(Fingerprint(7)));
        assert!(!watch.is_new(Fingerprint(7)));
        assert!(watch.is_new(Fingerprint(8)));
    }
}
