//! Two runs beside each other, made ready to look at: marked, asked for, cleaned.

use crate::model::{run_comparison::RunComparison, summary::Summary, trace::Trace};

use super::{
    action::{ActionId, verbs},
    effects::{Order, Orders, OverlayKind},
    pane::{Handled, Subject},
    shared::Shared,
};

/// Two runs and how their steps stand to each other.
#[derive(Debug, Clone, PartialEq)]
pub struct RunPair {
    /// The run compared with.
    pub left: OneRun,
    /// The run asked about.
    pub right: OneRun,
    /// Why the left one was chosen, in words; `None` where a person marked it.
    pub chosen: Option<&'static str>,
    /// Their steps.
    pub comparison: RunComparison,
}

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub struct OneRun {
    /// Its row, cleaned.
    pub summary: Summary,
    /// The run as sent; what is shown of it is cleaned where it is drawn.
    pub trace: Trace,
}

impl OneRun {
    /// It, as what links speak of.
    #[must_use]
    pub fn subject(&self) -> Subject {
        subject(&self.summary)
    }
}

fn subject(row: &Summary) -> Subject {
    Subject { sequence: row.sequence, id: row.trace_id.clone(), agent: row.agent.clone() }
}

/// Carries out marking and comparing on a run, the same in every pane that offers them; [`Handled::No`] for any other action.
pub fn act(id: ActionId, row: &Summary, shared: &Shared, orders: &mut Orders) -> Handled {
    let run = subject(row);
    match id {
        _ if id == verbs::MARK.id => orders.push(Order::Mark((shared.marked.as_ref() != Some(&run)).then_some(run))),
        _ if id == verbs::COMPARE.id => {
            let marked = shared.marked.as_ref().filter(|marked| **marked != run).map(|marked| marked.sequence);
            orders.push(Order::Overlay(OverlayKind::CompareRuns { left: marked, right: run.sequence }));
        }
        _ => return Handled::No,
    }
    Handled::Yes
}
