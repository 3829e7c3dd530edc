//! Votes given while the workbench is open: how many today, and the last one taken back.

use std::collections::{HashSet, VecDeque};

use jiff::tz::TimeZone;

use crate::{
    model::{feedback::Feedback, ids::Sequence, time::Timestamp},
    text::human::day,
};

use super::{message::Vote, pane::Subject};

/// Votes that can be taken back one after the other.
const KEPT: usize = 1_000;

/// One vote.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// The run judged.
    pub subject: Subject,
    /// What was said of it before.
    pub before: Option<Feedback>,
    /// When.
    pub at: Timestamp,
}

/// The votes given so far, newest last.
#[derive(Debug, Default)]
pub struct Votes(VecDeque<Given>);

impl Votes {
    /// Notes a vote.
    pub fn note(&mut self, given: Given) {
        self.0.push_back(given);
        if self.0.len() > KEPT {
            self.0.pop_front();
        }
    }

    /// Whether there is none to take back.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes the last vote off the list; answers the run and the vote that brings back what was said of it before.
    pub fn undo(&mut self) -> Option<(Subject, Vote)> {
        let Given { subject, before, .. } = self.0.pop_back()?;
        let vote = before.map_or(Vote::Clear, |said| Vote::Give { correct: said.correct, score: said.score, notes: said.notes });
        Some((subject, vote))
    }

    /// Runs judged on the day of a moment, each once.
    #[must_use]
    pub fn judged_on_the_day_of(&self, now: Timestamp, zone: &TimeZone) -> usize {
        let today = day(now.micros(), zone);
        let runs: HashSet<Sequence> =
            self.0.iter().filter(|given| day(given.at.micros(), zone) == today).map(|given| given.subject.sequence).collect();
        runs.len()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::model::ids::TraceId;

    fn given(run: u64, hour: i64, before: Option<bool>) -> Given {
        let at = Timestamp::from_micros(hour * 3_600_000_000);
        let said = |correct| Feedback { correct: Some(correct), score: None, notes: Some("hm".to_owned()), at };
        let subject = Subject { sequence: Sequence(run), id: TraceId::new(&format!("t{run}")).unwrap(), agent: "a".to_owned() };
        Given { subject, before: before.map(said), at }
    }

    #[test]
    fn undoing_brings_back_what_was_said_before() {
        let mut votes = Votes::default();
        votes.note(given(1, 0, None));
        votes.note(given(2, 1, Some(false)));
        let (subject, vote) = votes.undo().unwrap();
        assert_eq!((subject.sequence.0, vote), (2, Vote::Give { correct: Some(false), score: None, notes: Some("hm".to_owned()) }));
        assert_eq!(votes.undo().unwrap().1, Vote::Clear);
        assert_eq!(votes.undo(), None);
    }

    #[test]
    fn a_day_counts_each_run_once() {
        let mut votes = Votes::default();
        for (run, hour) in [(1, 1), (2, 23), (2, 23), (3, 25)] {
            votes.note(given(run, hour, None));
        }
        let judged = |hour: i64| votes.judged_on_the_day_of(Timestamp::from_micros(hour * 3_600_000_000), &TimeZone::UTC);
        assert_eq!((judged(5), judged(30), judged(80)), (2, 1, 0));
    }
}
