//! Exact money: whole pico-dollars, so that sums of token prices never drift.

use std::{
    iter::Sum,
    ops::{Add, AddAssign, Neg, Sub, SubAssign},
};

use serde::{Deserialize, Serialize};

const PICO: f64 = 1e12;

/// An amount of US dollars in whole pico-dollars (10⁻¹² USD): one token at $0.01 a million is 10,000 of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(i128);

impl Money {
    /// No money. A price that is not known is `None`, never this.
    pub const ZERO: Self = Self(0);

    /// From whole pico-dollars.
    #[must_use]
    pub const fn from_pico(pico: i128) -> Self {
        Self(pico)
    }

    /// From dollars as a sender logs them, rounded to the nearest pico-dollar; `None` when not finite, negative or over a billion.
    #[must_use]
    pub fn from_usd(usd: f64) -> Option<Self> {
        (usd.is_finite() && (0.0..=1e9).contains(&usd)).then(|| Self((usd * PICO).round() as i128))
    }

    /// Whole pico-dollars.
    #[must_use]
    pub const fn pico(self) -> i128 {
        self.0
    }

    /// Dollars, for showing and for ratios; never sum these.
    #[must_use]
    pub fn usd(self) -> f64 {
        self.0 as f64 / PICO
    }

    /// `count` times this amount.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(i128::from(count)))
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

/// In JSON money is a number of dollars; in the store's rows, whole pico-dollars.
impl Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.serialize_f64(self.usd()) } else { serializer.serialize_i128(self.0) }
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let usd = f64::deserialize(deserializer)?;
            if usd.is_finite() {
                Ok(Self((usd * PICO).round() as i128))
            } else {
                Err(serde::de::Error::custom("money is a finite number of dollars"))
            }
        } else {
            i128::deserialize(deserializer).map(Self)
        }
    }
}
