//! What happened to an agent that may explain a change of its grade: baselines that were set, fixes that were accepted.

use super::Facts;
use crate::{
    engine::error::EngineError,
    model::{
        agent::{HistoryKind, HistoryMark},
        baseline::Baseline,
        pattern::Pattern,
        time::Timestamp,
    },
};

/// Accepted fixes that are looked at: the newest.
const MOST_FIXES: usize = 100;

/// Fixes that were accepted, each with the pattern it is for. Read once for all agents.
pub(super) struct AcceptedFixes(Vec<(Timestamp, Pattern)>);

impl Facts {
    /// The newest accepted fixes.
    pub(super) fn accepted_fixes(&self) -> Result<AcceptedFixes, EngineError> {
        let decisions = self.snapshot.decisions()?;
        let mut accepted: Vec<_> = decisions
            .iter()
            .filter(|(subject, decision)| subject.starts_with("fix:") && decision.choice.stands())
            .filter_map(|(_, decision)| Some((decision.at, decision.pattern?)))
            .collect();
        accepted.sort_unstable_by_key(|(at, ..)| std::cmp::Reverse(*at));
        let mut fixes = Vec::new();
        for (at, fingerprint) in accepted.into_iter().take(MOST_FIXES) {
            fixes.extend(self.snapshot.pattern(fingerprint)?.map(|pattern| (at, pattern)));
        }
        Ok(AcceptedFixes(fixes))
    }
}

/// What happened to an agent since a moment.
pub(super) fn marks(agent: &str, since: Timestamp, baselines: &[Baseline], fixes: &AcceptedFixes) -> Vec<HistoryMark> {
    let set = baselines.iter().filter(|baseline| baseline.agent.as_deref() == Some(agent)).map(|baseline| HistoryMark {
        at: baseline.at,
        kind: HistoryKind::Baseline,
        name: baseline.name.clone().unwrap_or_default(),
    });
    let of_agent = |pattern: &Pattern| pattern.agents.iter().any(|(name, _)| name == agent);
    let accepted = fixes.0.iter().filter(|(_, pattern)| of_agent(pattern)).map(|(at, pattern)| HistoryMark {
        at: *at,
        kind: HistoryKind::Fix,
        name: pattern
            .subject
            .as_ref()
            .map_or_else(|| pattern.code.title().to_owned(), |subject| format!("{}: {subject}", pattern.code.title())),
    });
    set.chain(accepted).filter(|mark| mark.at >= since).collect()
}
