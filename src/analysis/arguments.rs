//! The arguments of judged calls, which a kept verdict leaves to the body where they can be found there again.

use std::collections::{HashMap, VecDeque};

use serde_json::Value;

use crate::model::{
    ids::StepNumber,
    trace::Trace,
    verdict::{ToolVerdict, Verdict},
};

/// Takes the arguments out of a verdict, if [`restore`] will find every one of them again.
pub fn leave_to_body(verdict: &mut Verdict, trace: &Trace) {
    let items = &mut verdict.tools.items;
    let found = in_body(items, trace).into_iter().zip(items.iter()).all(|(found, item)| found == item.input.as_ref());
    if found {
        items.iter_mut().for_each(|item| item.input = None);
    }
}

/// Puts the arguments back into a verdict that was kept without them.
pub fn restore(verdict: &mut Verdict, trace: &Trace) {
    let items = &mut verdict.tools.items;
    if items.iter().all(|item| item.input.is_none()) {
        let found: Vec<Option<Value>> = in_body(items, trace).into_iter().map(Option::<&Value>::cloned).collect();
        items.iter_mut().zip(found).for_each(|(item, found)| item.input = found);
    }
}

/// What the steps of the calls' numbers and names were given, else what a model asked for there: each in order.
fn in_body<'t>(items: &'t [ToolVerdict], trace: &'t Trace) -> Vec<Option<&'t Value>> {
    type Given<'t> = HashMap<(StepNumber, &'t str), VecDeque<Option<&'t Value>>>;
    let (mut ran, mut asked) = (Given::new(), Given::new());
    for step in &trace.steps {
        if let Some(call) = &step.tool {
            ran.entry((step.number, &call.name)).or_default().push_back(call.input.as_ref());
        }
        for request in step.model.iter().flat_map(|model| &model.requested_tools) {
            asked.entry((step.number, &request.name)).or_default().push_back(request.arguments.as_ref());
        }
    }
    let find = |item: &'t ToolVerdict| {
        let key = (item.step, item.name.as_str());
        [&mut ran, &mut asked].into_iter().find_map(|given| given.get_mut(&key)?.pop_front()).flatten()
    };
    items.iter().map(find).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use proptest::prelude::*;

    use crate::analysis::{Rules, analyse, testing::any_trace};

    proptest! {
        #[test]
        fn what_was_judged_is_what_comes_back(trace in any_trace()) {
            let judged = analyse(&trace, &Rules::bundled(), None);
            // Without any arguments there is nothing to come back.
            prop_assume!(judged.tools.items.iter().any(|item| item.input.is_some()));
            let mut kept = judged.clone();
            super::leave_to_body(&mut kept, &trace);
            super::restore(&mut kept, &trace);
            prop_assert_eq!(kept.tools.items, judged.tools.items);
        }
    }
}
