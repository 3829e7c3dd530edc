//! Names sets of runs to compare with later.

use std::collections::HashSet;

use super::{
    Engine,
    error::EngineError,
    facts::{Facts, PERIODS},
    judgement::BaselineChoice,
    window::Window,
};
use crate::{
    model::{
        baseline::Baseline,
        ids::{Sequence, TraceId},
        summary::Summary,
    },
    store::Change,
};

/// Most runs of a baseline.
const MAX_RUNS: usize = 10_000;

/// Longest name, in characters.
const MAX_NAME: usize = 200;

impl Engine {
    /// Names a set of runs to compare with later; answers when it is on disk.
    pub async fn set_baseline(&self, name: Option<String>, which: BaselineChoice) -> Result<Baseline, EngineError> {
        let name = name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        if let Some(name) = &name {
            if PERIODS.iter().any(|(period, _)| period == name) {
                return Err(EngineError::Invalid(format!("name: {name:?} means a stretch of time in comparisons; choose another name")));
            }
            if name.chars().count() > MAX_NAME {
                return Err(EngineError::Invalid(format!("name: longer than {MAX_NAME} characters")));
            }
        }
        self.carry_out(move |engine| async move {
            let baseline = engine
                .on_pool(move |engine, _| {
                    let rows = chosen(&engine.facts()?, &which)?;
                    let agents: HashSet<&str> = rows.iter().map(|row| row.agent.as_str()).collect();
                    Ok(Baseline {
                        id: uuid::Uuid::now_v7().to_string(),
                        name,
                        agent: agents.iter().next().filter(|_| agents.len() == 1).map(|agent| (*agent).to_owned()),
                        at: engine.now(),
                        runs: rows.iter().map(|row| row.sequence).collect(),
                    })
                })
                .await?;
            engine.commit(Change::Baseline(baseline.clone())).await?;
            Ok(baseline)
        })
        .await
    }
}

fn chosen(facts: &Facts, which: &BaselineChoice) -> Result<Vec<Summary>, EngineError> {
    let rows = match which {
        BaselineChoice::Ids(ids) => by_id(facts, ids)?,
        BaselineChoice::Matching(filter) => facts.matching(filter, MAX_RUNS)?,
        BaselineChoice::Agent(agent) => facts.agent_rows(agent, Window::Auto, MAX_RUNS)?,
    };
    if rows.is_empty() {
        let what = match which {
            BaselineChoice::Ids(_) => "no trace ids were given".to_owned(),
            BaselineChoice::Matching(_) => "the filter matches no run".to_owned(),
            BaselineChoice::Agent(agent) => return Err(EngineError::NotFound { what: "agent", name: agent.clone() }),
        };
        return Err(EngineError::Invalid(format!("{what}; a baseline needs at least one run")));
    }
    Ok(rows)
}

fn by_id(facts: &Facts, ids: &[TraceId]) -> Result<Vec<Summary>, EngineError> {
    if ids.len() > MAX_RUNS {
        return Err(EngineError::Invalid(format!("{} ids are more than the {MAX_RUNS} runs a baseline can hold", ids.len())));
    }
    let mut seen: HashSet<Sequence> = HashSet::new();
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        let row = match facts.find(id)? {
            Some(sequence) => facts.summary(sequence)?,
            None => None,
        };
        let row = row.ok_or_else(|| EngineError::NotFound { what: "trace", name: id.to_string() })?;
        if seen.insert(row.sequence) {
            rows.push(row);
        }
    }
    Ok(rows)
}
