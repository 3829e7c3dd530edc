//! What only the runs themselves tell of a cost, by tool and by step: the newest runs of the window are opened, and kept until there are newer ones.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{Facts, axis::Axis};
use crate::{
    analysis::cost::{CallPart, parts_of},
    engine::{error::EngineError, judge::decode_stored, window::Window},
    model::{
        budget::Budget,
        cost_report::{Breakdown, CostSample, CostShare},
        ids::Sequence,
        money::Money,
        time::Timestamp,
    },
};

/// Runs of the window that are opened: its newest.
const RUNS: usize = 300;

/// Bytes of runs that are opened.
const BYTES: u64 = 16 << 20;

/// What was found is kept this long even when there are newer runs, in microseconds.
const AGAIN_AFTER: i64 = 30_000_000;

/// Model calls of a run that are told apart; later ones are one step together.
const STEPS_APART: u32 = 12;

/// Where a model call asked for no tool.
const NO_TOOL: &str = "(no tool asked for)";

/// What reads of costs have in common: the budgets, and what was found by window and breakdown.
pub(in crate::engine) struct CostDesk {
    budgets: Vec<Budget>,
    found: Mutex<HashMap<(Window, Breakdown), Found>>,
}

#[derive(Clone)]
struct Found {
    at: Timestamp,
    newest: Option<Sequence>,
    parts: Arc<(Vec<CostShare>, CostSample)>,
}

impl CostDesk {
    pub(in crate::engine) fn new(budgets: Vec<Budget>) -> Self {
        Self { budgets, found: Mutex::default() }
    }

    /// What may be spent.
    pub(super) fn budgets(&self) -> &[Budget] {
        &self.budgets
    }

    fn found(&self) -> MutexGuard<'_, HashMap<(Window, Breakdown), Found>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Facts {
    /// The cost of the newest runs of a window by tool or by step, largest first, and on how many runs that rests.
    pub(super) fn cost_parts(
        &self,
        axis: &Axis,
        window: Window,
        breakdown: Breakdown,
    ) -> Result<Arc<(Vec<CostShare>, CostSample)>, EngineError> {
        let newest = self.snapshot.counts()?.last;
        let key = (window, breakdown);
        if let Some(known) = self.costs.found().get(&key)
            && (known.newest == newest || self.now.micros().saturating_sub(known.at.micros()) < AGAIN_AFTER)
        {
            return Ok(Arc::clone(&known.parts));
        }
        let parts = Arc::new(self.open_parts(axis, breakdown)?);
        self.costs.found().insert(key, Found { at: self.now, newest, parts: Arc::clone(&parts) });
        Ok(parts)
    }

    fn open_parts(&self, axis: &Axis, breakdown: Breakdown) -> Result<(Vec<CostShare>, CostSample), EngineError> {
        let rows = self.snapshot.time_rows(Some(axis.from), None, RUNS)?;
        let (mut bytes, mut opened) = (0_u64, 0_u32);
        let mut shares = Shares::new(axis);
        for row in rows.iter().filter(|row| row.calls_models()) {
            bytes = bytes.saturating_add(u64::from(row.body_bytes));
            if bytes > BYTES && opened > 0 {
                break;
            }
            let Some(stored) = self.stored(row.sequence)? else { continue };
            // A body that cannot be read any more is passed over.
            let Ok(trace) = decode_stored(&stored.body, &stored.summary.trace_id) else { continue };
            opened += 1;
            for part in parts_of(&trace, &self.desk.rules().prices) {
                match breakdown {
                    Breakdown::Tool => shares.by_tool(&part, row.time),
                    _ => shares.by_step(&row.agent, &part, row.time),
                }
            }
        }
        Ok((shares.finish(), CostSample { runs: opened }))
    }
}

/// The shares while they are summed.
struct Shares<'a> {
    axis: &'a Axis,
    by_name: BTreeMap<String, CostShare>,
}

impl<'a> Shares<'a> {
    const fn new(axis: &'a Axis) -> Self {
        Self { axis, by_name: BTreeMap::new() }
    }

    /// A call that asked for several tools is shared between them.
    fn by_tool(&mut self, part: &CallPart, at: Timestamp) {
        let count = i128::try_from(part.tools.len().max(1)).unwrap_or(1);
        let whole = part.cost.map(Money::pico);
        let names = if part.tools.is_empty() { vec![NO_TOOL.to_owned()] } else { part.tools.clone() };
        for (place, name) in (0_i128..).zip(names) {
            // What does not divide goes to the first, so that the sum stays exact.
            let cost = whole.map(|whole| Money::from_pico(whole / count + if place == 0 { whole % count } else { 0 }));
            let tokens = part.tokens / u64::try_from(count).unwrap_or(1);
            self.add(name, None, cost, tokens, at);
        }
    }

    fn by_step(&mut self, agent: &str, part: &CallPart, at: Timestamp) {
        let name = match part.ordinal {
            ordinal if ordinal <= STEPS_APART => format!("{agent}: call {ordinal}, {}", part.model),
            _ => format!("{agent}: later calls, {}", part.model),
        };
        self.add(name, Some(agent), part.cost, part.tokens, at);
    }

    fn add(&mut self, name: String, agent: Option<&str>, cost: Option<Money>, tokens: u64, at: Timestamp) {
        let share = self.by_name.entry(name).or_insert_with_key(|name| CostShare {
            name: name.clone(),
            agent: agent.map(str::to_owned),
            count: 0,
            tokens: 0,
            cost: Money::ZERO,
            share: 0.0,
            unpriced: 0,
            estimated: false,
            series: vec![Money::ZERO; self.axis.len()],
        });
        share.count += 1;
        share.tokens = share.tokens.saturating_add(tokens);
        match cost {
            Some(cost) => {
                share.cost += cost;
                if let Some(point) = share.series.get_mut(self.axis.place(at)) {
                    *point += cost;
                }
            }
            None => share.unpriced += 1,
        }
    }

    fn finish(self) -> Vec<CostShare> {
        let mut shares: Vec<CostShare> = self.by_name.into_values().collect();
        let total: Money = shares.iter().map(|share| share.cost).sum();
        for share in &mut shares {
            share.share = if total > Money::ZERO { share.cost.usd() / total.usd() } else { 0.0 };
        }
        shares.sort_by_key(|share| Reverse((share.cost, share.count)));
        shares
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Resolution;

    fn part(ordinal: u32, tools: &[&str], pico: Option<i128>) -> CallPart {
        let tools = tools.iter().map(|name| (*name).to_owned()).collect();
        CallPart { ordinal, model: "m".to_owned(), tools, cost: pico.map(Money::from_pico), tokens: 10 }
    }

    #[test]
    fn a_call_for_several_tools_is_shared_between_them_and_nothing_is_lost() {
        let now = Timestamp::from_micros(3_600_000_000);
        let axis = Axis::over(Window::Hour, Resolution::Minute, now, None);
        let mut shares = Shares::new(&axis);
        for part in [part(1, &["a", "b", "c"], Some(100)), part(2, &["a"], Some(7)), part(3, &[], Some(50)), part(4, &["b"], None)] {
            shares.by_tool(&part, now);
        }
        let found = shares.finish();
        assert_eq!(found.iter().map(|share| share.cost.pico()).sum::<i128>(), 157);
        let told: Vec<_> = found.iter().map(|share| (share.name.as_str(), share.cost.pico(), share.count, share.unpriced)).collect();
        assert_eq!(told, [(NO_TOOL, 50, 1, 0), ("a", 41, 2, 0), ("b", 33, 2, 1), ("c", 33, 1, 0)]);
    }

    #[test]
    fn later_calls_of_a_long_run_are_one_step() {
        let now = Timestamp::from_micros(3_600_000_000);
        let axis = Axis::over(Window::Hour, Resolution::Minute, now, None);
        let mut shares = Shares::new(&axis);
        (1..=20).for_each(|ordinal| shares.by_step("bot", &part(ordinal, &[], Some(1)), now));
        let found = shares.finish();
        assert_eq!((found.len(), found[0].name.as_str(), found[0].count), (13, "bot: later calls, m", 8));
        assert_eq!(found[0].agent.as_deref(), Some("bot"));
    }
}
