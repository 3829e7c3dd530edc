//! The stretches of time a report can look at.

use serde::{Deserialize, Serialize};

use crate::{model::time::Timestamp, store::Resolution};

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

/// Most runs of an agent that [`Window::Auto`] takes.
pub const AUTO_RUNS: usize = 200;

/// Most runs of an agent that any window opens one by one: enough for medians and shares, few enough to read while a person waits. What is summed counts
/// all runs of the window.
pub const WINDOW_RUNS: usize = 500;

/// A stretch of time that ends now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// An agent's last 200 runs or 7 days, whichever is fewer; the days end at its newest run, so that an agent which rests keeps its grade.
    #[default]
    Auto,
    /// The last hour.
    Hour,
    /// The last 24 hours.
    Day,
    /// The last 7 days.
    Week,
    /// The last 14 days.
    Fortnight,
    /// Everything stored.
    All,
}

impl Window {
    /// Every window, narrowest first, `Auto` at the head: the order in which `[` and `]` go through them.
    pub const ALL: &'static [Self] = &[Self::Auto, Self::Hour, Self::Day, Self::Week, Self::Fortnight, Self::All];

    /// Its name in the HTTP interface and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Fortnight => "fortnight",
            Self::All => "all",
        }
    }

    /// How a title says it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Auto => "last 200 runs or 7 d",
            Self::Hour => "last hour",
            Self::Day => "last 24 h",
            Self::Week => "last 7 d",
            Self::Fortnight => "last 14 d",
            Self::All => "all runs",
        }
    }

    /// The window of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|window| window.name() == name)
    }

    /// Its length in microseconds; `None` for [`Window::All`].
    #[must_use]
    pub const fn micros(self) -> Option<i64> {
        match self {
            Self::Hour => Some(HOUR),
            Self::Day => Some(DAY),
            Self::Auto | Self::Week => Some(7 * DAY),
            Self::Fortnight => Some(14 * DAY),
            Self::All => None,
        }
    }

    /// Where it starts when it ends at `end`; `None` for [`Window::All`].
    #[must_use]
    pub fn start(self, end: Timestamp) -> Option<Timestamp> {
        self.micros().map(|micros| Timestamp::from_micros(end.micros().saturating_sub(micros)))
    }

    /// Most runs of one agent it takes.
    #[must_use]
    pub const fn run_limit(self) -> usize {
        if matches!(self, Self::Auto) { AUTO_RUNS } else { WINDOW_RUNS }
    }

    /// The buckets of a reliability chart over it.
    #[must_use]
    pub const fn trend_resolution(self) -> Resolution {
        match self {
            Self::Hour => Resolution::Minute,
            Self::Day | Self::Auto | Self::Week => Resolution::Hour,
            Self::Fortnight | Self::All => Resolution::Day,
        }
    }

    /// The buckets of a cost chart over it.
    #[must_use]
    pub const fn cost_resolution(self) -> Resolution {
        match self {
            Self::Hour => Resolution::Minute,
            Self::Day => Resolution::Hour,
            Self::Auto | Self::Week | Self::Fortnight | Self::All => Resolution::Day,
        }
    }
}
