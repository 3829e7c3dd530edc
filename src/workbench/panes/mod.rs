//! The panes, one file each and one line each here, in the order of their digits.

pub mod cost;
pub mod failures;
pub mod fixes;
pub mod grade;
pub mod scenarios;
pub mod stream;
pub mod trace;

use super::pane::Registration;

/// All panes.
pub const PANES: &[Registration] = &[
    Registration { spec: &stream::SPEC, actions: stream::ACTIONS, make: || Box::new(stream::Stream::default()) },
    Registration { spec: &grade::SPEC, actions: grade::ACTIONS, make: || Box::new(grade::Reliability::default()) },
    Registration { spec: &cost::SPEC, actions: cost::ACTIONS, make: || Box::new(cost::Spending::default()) },
    Registration { spec: &failures::SPEC, actions: failures::ACTIONS, make: || Box::new(failures::Failures::default()) },
    Registration { spec: &scenarios::SPEC, actions: scenarios::ACTIONS, make: || Box::new(scenarios::Scenarios::default()) },
    Registration { spec: &fixes::SPEC, actions: fixes::ACTIONS, make: || Box::new(fixes::Fixes::default()) },
    Registration { spec: &trace::SPEC, actions: trace::ACTIONS, make: || Box::new(trace::TracePane::default()) },
];
