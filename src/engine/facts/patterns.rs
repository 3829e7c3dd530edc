//! Failure patterns as they are shown.

use super::Facts;
use crate::{
    engine::error::EngineError,
    model::{
        ids::Fingerprint,
        pattern::{Pattern, PatternReport, PatternState},
        summary::Summary,
    },
};

impl Facts {
    /// Failure patterns, most runs first.
    pub fn patterns(&self, limit: usize) -> Result<Vec<PatternReport>, EngineError> {
        Ok(self.snapshot.patterns(limit)?.into_iter().map(stand_in).collect())
    }

    /// One failure pattern; `None` when there is none with this fingerprint.
    pub fn pattern(&self, fingerprint: Fingerprint) -> Result<Option<PatternReport>, EngineError> {
        Ok(self.snapshot.pattern(fingerprint)?.map(stand_in))
    }

    /// The newest runs that show a pattern, newest first.
    pub fn pattern_rows(&self, fingerprint: Fingerprint, limit: usize) -> Result<Vec<Summary>, EngineError> {
        Ok(self.snapshot.pattern_rows(fingerprint, None, limit)?)
    }
}

fn stand_in(pattern: Pattern) -> PatternReport {
    PatternReport { state: PatternState::Known, days: vec![], title: String::new(), example_id: None, points: vec![], pattern }
}
