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
