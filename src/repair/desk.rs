//! STAND-IN.
#![allow(missing_docs)]
use crate::{
    engine::{error::EngineError, facts::Facts},
    model::{fix::Fix, ids::TraceId, scenario::Scenario},
};
pub fn scenarios_of(facts: &Facts, id: &TraceId) -> Result<Option<Vec<Scenario>>, EngineError> {
    Ok(facts.find(id)?.map(|_| vec![]))
}
pub fn fixes_of(facts: &Facts, id: &TraceId) -> Result<Option<Vec<Fix>>, EngineError> {
    Ok(facts.find(id)?.map(|_| vec![]))
}

pub fn scenarios(_facts: &Facts, _limit: usize) -> Result<Vec<Scenario>, EngineError> {
    Ok(vec![])
}
pub fn fixes(_facts: &Facts, _limit: usize) -> Result<Vec<Fix>, EngineError> {
    Ok(vec![])
}
pub fn scenarios_for_pattern(_facts: &Facts, _f: crate::model::ids::Fingerprint) -> Result<Vec<Scenario>, EngineError> {
    Ok(vec![])
}
pub fn fixes_for_pattern(_facts: &Facts, _f: crate::model::ids::Fingerprint) -> Result<Vec<Fix>, EngineError> {
    Ok(vec![])
}
