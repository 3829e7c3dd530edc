//! Letters for numbers, and when a letter is only provisional.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::probability::{Interval, Probability};

/// Runs an agent needs before its grade stands.
pub const RUNS_FOR_A_GRADE: u32 = 20;

/// A letter from A+ to F.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Letter {
    /// Below 50.
    F,
    /// 50 and more.
    D,
    /// 63 and more.
    CMinus,
    /// 68 and more.
    C,
    /// 73 and more.
    CPlus,
    /// 78 and more.
    BMinus,
    /// 82 and more.
    B,
    /// 86 and more.
    BPlus,
    /// 90 and more.
    AMinus,
    /// 93 and more.
    A,
    /// 97 and more.
    APlus,
}

impl Letter {
    /// The scale, best first: lowest score out of 100, letter, how it is written.
    pub const SCALE: &'static [(f64, Self, &'static str)] = &[
        (97.0, Self::APlus, "A+"),
        (93.0, Self::A, "A"),
        (90.0, Self::AMinus, "A-"),
        (86.0, Self::BPlus, "B+"),
        (82.0, Self::B, "B"),
        (78.0, Self::BMinus, "B-"),
        (73.0, Self::CPlus, "C+"),
        (68.0, Self::C, "C"),
        (63.0, Self::CMinus, "C-"),
        (50.0, Self::D, "D"),
        (0.0, Self::F, "F"),
    ];

    /// The letter of a score from 0 to 100.
    #[must_use]
    pub fn of_score(score: f64) -> Self {
        Self::SCALE.iter().find(|(least, _, _)| score >= *least).map_or(Self::F, |(_, letter, _)| *letter)
    }

    /// The letter of a probability.
    #[must_use]
    pub fn of(probability: Probability) -> Self {
        Self::of_score(probability.percent())
    }

    /// As written: `B-`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::SCALE.iter().find(|(_, letter, _)| *letter == self).map_or("F", |(_, _, text)| text)
    }

    /// The place of the whole letter, plus and minus not counted: F 0, D 1, C 2, B 3, A 4.
    #[must_use]
    pub const fn whole(self) -> u8 {
        match self {
            Self::F => 0,
            Self::D => 1,
            Self::CMinus | Self::C | Self::CPlus => 2,
            Self::BMinus | Self::B | Self::BPlus => 3,
            Self::AMinus | Self::A | Self::APlus => 4,
        }
    }

    /// The letter as written, back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::SCALE.iter().find(|(_, _, written)| written.eq_ignore_ascii_case(text)).map(|(_, letter, _)| *letter)
    }
}

impl fmt::Display for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Letter {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Letter {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("a letter from A+ to F"))
    }
}

/// A grade of many runs: never a letter alone.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Grade {
    /// The letter of the score.
    pub letter: Letter,
    /// Posterior mean of success × 100.
    pub score: f64,
    /// 90 % credible interval of the score, 0 to 100.
    pub interval: Interval,
    /// Runs it rests on (those whose success is known).
    pub runs: u32,
}

impl Grade {
    /// Whether the grade stands only for now: under [`RUNS_FOR_A_GRADE`] runs, or an interval that reaches over more than two whole letters.
    #[must_use]
    pub fn provisional(&self) -> bool {
        let whole_letters = Letter::of_score(self.interval.high).whole() - Letter::of_score(self.interval.low).whole() + 1;
        self.runs < RUNS_FOR_A_GRADE || whole_letters > 2
    }

    /// How many more runs are needed before the count suffices.
    #[must_use]
    pub const fn missing_runs(&self) -> u32 {
        RUNS_FOR_A_GRADE.saturating_sub(self.runs)
    }
}
