//! Reads: everything people are told, computed from one consistent view of the store. Every method may block on disk.

mod advice;
mod agents;
mod axis;
mod body_text;
mod budgets;
mod cancel;
mod chosen;
mod compare;
mod condition;
mod cost_parts;
mod costs;
mod figures;
mod history;
mod hits;
mod memory;
mod overview;
mod patterns;
mod rows;
mod run_comparison;
mod search;
mod sessions;
mod sorted;
mod sweep;
mod traces;
mod types;
mod votes;
mod watch;

use std::{collections::BTreeMap, sync::Arc};

use jiff::tz::TimeZone;

use super::{error::EngineError, peers::agreement_in};
pub(super) use advice::AdviceDesk;
pub use cancel::{Cancel, Wanted};
pub use chosen::{AgentRuns, Chosen};
pub(super) use compare::PERIODS;
pub use condition::StoreCondition;
pub(super) use cost_parts::CostDesk;
pub use figures::FiguresOf;
pub(super) use memory::Memory;
pub use run_comparison::RunsCompared;
pub use types::{
    AgentTrend, Anchor, Counted, NameKind, Overview, RowQuery, RowWindow, SessionPage, SessionQuery, Total, TraceBody, TraceDetail,
};

use crate::{
    analysis::peers::Likeness,
    model::{
        baseline::Baseline,
        decision::Decision,
        ids::Sequence,
        progress::{Moment, Patience, RunState},
        summary::Summary,
        time::Timestamp,
        verdict::Agreement,
    },
    store::Snapshot,
};

/// One consistent view of everything that was committed when it was taken. Take one a question: it keeps what is deleted from being reused.
pub struct Facts {
    snapshot: Box<dyn Snapshot>,
    now: Timestamp,
    patience: Patience,
    zone: TimeZone,
    desk: Arc<AdviceDesk>,
    memory: Arc<Memory>,
    costs: Arc<CostDesk>,
}

impl Facts {
    pub(super) fn new(
        snapshot: Box<dyn Snapshot>,
        now: Timestamp,
        patience: Patience,
        zone: TimeZone,
        desk: Arc<AdviceDesk>,
        memory: Arc<Memory>,
        costs: Arc<CostDesk>,
    ) -> Self {
        Self { snapshot, now, patience, zone, desk, memory, costs }
    }

    /// The moment windows end at.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The moment by which runs are running, done or lost: now, and how long is waited for more.
    #[must_use]
    pub const fn moment(&self) -> Moment {
        Moment { now: self.now, patience: self.patience }
    }

    /// What a run is at this moment.
    #[must_use]
    pub fn state(&self, row: &Summary) -> RunState {
        self.moment().state_of(row.progress)
    }

    /// How a run agrees with others about the same subject; `None` as well where that cannot be read.
    pub(super) fn agreement(&self, own: Sequence, likeness: &Likeness) -> Option<Agreement> {
        agreement_in(self.snapshot.as_ref(), Some(own), likeness).ok()?
    }

    /// Baselines, newest first.
    pub fn baselines(&self) -> Result<Vec<Baseline>, EngineError> {
        Ok(self.snapshot.baselines()?)
    }

    /// The newest decision on each subject.
    pub fn decisions(&self) -> Result<BTreeMap<String, Decision>, EngineError> {
        Ok(self.snapshot.decisions()?)
    }

    /// Start of the calendar day a moment falls in, in the user's zone.
    fn day_start(&self, moment: Timestamp) -> Timestamp {
        let zoned = moment.to_jiff().to_zoned(self.zone.clone());
        // A day that cannot be told (the ends of the calendar) is a day of UTC.
        zoned.start_of_day().map_or_else(
            |_| crate::store::Resolution::Day.start_of(moment),
            |start| Timestamp::from_micros(start.timestamp().as_microsecond()),
        )
    }
}
