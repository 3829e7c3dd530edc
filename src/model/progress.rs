//! How far a run has come: sent whole, or span by span while it goes on.

use serde::{Deserialize, Serialize};

use super::time::{Elapsed, Timestamp};

/// How a run reached us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    /// In one piece, after its end.
    Whole,
    /// Span by span.
    Spans {
        /// When the newest span arrived.
        heard: Timestamp,
        /// Whether its outermost span has ended.
        ended: bool,
    },
}

/// What a run is at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// More may come.
    Running,
    /// It has ended.
    Done,
    /// Its outermost span never ended and nothing has been heard for long: the process may have died.
    Lost,
}

/// How long is waited for more of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// After its outermost span has ended.
    pub quiet: Elapsed,
    /// Before that.
    pub idle: Elapsed,
}

impl Default for Patience {
    /// Quiet for 5 s: the batch delay of the OpenTelemetry SDKs. Idle for 10 minutes: a model call seldom takes longer.
    fn default() -> Self {
        Self { quiet: Elapsed::from_micros(5_000_000), idle: Elapsed::from_micros(600_000_000) }
    }
}

/// The moment at which it is asked what runs are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moment {
    /// When.
    pub now: Timestamp,
    /// How long is waited for more of a run.
    pub patience: Patience,
}

impl Moment {
    /// What a run of this progress is.
    #[must_use]
    pub fn state_of(self, progress: Progress) -> RunState {
        progress.state(self.now, self.patience)
    }
}

impl Progress {
    /// What the run is at `now`. Nothing is written when a run ends: its state follows from the clock.
    #[must_use]
    pub fn state(self, now: Timestamp, patience: Patience) -> RunState {
        match (self, self.settles(patience)) {
            (Self::Spans { .. }, Some(at)) if now < at => RunState::Running,
            (Self::Spans { ended: false, .. }, _) => RunState::Lost,
            _ => RunState::Done,
        }
    }

    /// When it stops being [`RunState::Running`], if nothing more comes; `None` when it never was.
    #[must_use]
    pub fn settles(self, patience: Patience) -> Option<Timestamp> {
        match self {
            Self::Whole => None,
            Self::Spans { heard, ended } => {
                let wait = if ended { patience.quiet } else { patience.idle };
                Some(Timestamp::from_micros(heard.micros().saturating_add_unsigned(wait.micros())))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_running_until_it_has_been_quiet_and_lost_when_its_end_never_came() {
        let patience = Patience { quiet: Elapsed::from_micros(5), idle: Elapsed::from_micros(100) };
        let at = Timestamp::from_micros;
        let ended = Progress::Spans { heard: at(1_000), ended: true };
        let open = Progress::Spans { heard: at(1_000), ended: false };
        assert_eq!((ended.state(at(1_004), patience), ended.state(at(1_005), patience)), (RunState::Running, RunState::Done));
        assert_eq!((open.state(at(1_099), patience), open.state(at(1_100), patience)), (RunState::Running, RunState::Lost));
        assert_eq!(Progress::Whole.state(at(0), patience), RunState::Done);
    }
}
