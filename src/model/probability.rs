//! Probabilities and intervals: numbers between 0 and 1 that say so.

use serde::{Deserialize, Serialize};

/// A number from 0 to 1, never NaN.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Probability(f64);

impl Probability {
    /// What a person's "right" sets a run to.
    pub const CONFIRMED: Self = Self(0.98);
    /// What a person's "wrong" sets a run to.
    pub const DENIED: Self = Self(0.02);

    /// Brings a number into range; NaN becomes `None`.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        (!value.is_nan()).then(|| Self(value.clamp(0.0, 1.0)))
    }

    /// As above, for values known to be numbers: NaN, which cannot come from a count, becomes 0.
    #[must_use]
    pub fn clamped(value: f64) -> Self {
        Self::new(value).unwrap_or(Self(0.0))
    }

    /// From 0 to 1.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }

    /// From 0 to 100.
    #[must_use]
    pub fn percent(self) -> f64 {
        self.0 * 100.0
    }
}

/// A credible interval; its level (90 % unless said otherwise) is that of the figure it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end, at least `low`.
    pub high: f64,
}
