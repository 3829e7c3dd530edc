//! Reviewing: runs in the order in which votes teach most, one after the other.

use crate::{model::time::Timestamp, query::Filter, workbench::shared::Shared};

/// The order of a review, as after `sort:`.
const ORDER: &str = "informative";

/// The filter with the order of a review; without, where it has it.
pub(super) fn turned(filter: Option<&str>) -> Option<String> {
    // Times in the filter stay as they are written, whatever the moment.
    let filter = Filter::parse(filter.unwrap_or_default(), Timestamp::default()).unwrap_or_default();
    let text = filter.in_order((!ordered(&filter)).then_some(ORDER)).to_string();
    (!text.is_empty()).then_some(text)
}

/// Whether a review is on.
pub(super) fn is_on(shared: &Shared) -> bool {
    let filter = shared.filter.as_deref().and_then(|filter| Filter::parse(filter, Timestamp::default()).ok());
    filter.is_some_and(|filter| ordered(&filter))
}

fn ordered(filter: &Filter) -> bool {
    filter.sort().is_some_and(|sort| sort.key.name == ORDER)
}

/// How far it has come: `REVIEW, 7 judged today`.
pub(super) fn standing(shared: &Shared) -> String {
    format!("REVIEW, {} judged today", shared.votes.judged_on_the_day_of(shared.now, &shared.zone))
}
