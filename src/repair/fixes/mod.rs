//! Mends for failures.
//! STAND-IN.
#![allow(missing_docs)]
use crate::model::{fix::Fix, pattern::PatternReport, trace::Trace, verdict::Verdict};
pub fn propose(_trace: &Trace, _verdict: &Verdict, _patterns: &[PatternReport]) -> Vec<Fix> { Vec::new() }
