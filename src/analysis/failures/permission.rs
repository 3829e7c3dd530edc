//! A tool refused for lack of permission: a call whose error tells of a missing right or an unknown caller.

use super::grouped;
use crate::{
    analysis::run::Run,
    model::failure::{Failure, FailureCode},
};

/// One failure for each tool and error text.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    grouped::of_code(run, FailureCode::ToolPermission, "A tool", "was refused for lack of permission")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{
        analysis::testing::{find_in, found, trace},
        model::{failure::FailureCode, ids::StepNumber},
    };

    #[test]
    fn found_with_step_and_subject() {
        let trace = trace()
            .tool("read_file", json!({"path": "/etc/shadow"}))
            .fails("PermissionError: [Errno 13] Permission denied: '/etc/shadow'")
            .failed();
        let failure = found(&trace.build(), FailureCode::ToolPermission);
        assert_eq!((failure.step, failure.subject.as_deref()), (Some(StepNumber(1)), Some("read_file")));
    }

    #[test]
    fn not_found_where_it_only_looks_so() {
        let trace = trace().tool("ask", json!({})).fails("the permission of the customer is needed").failed();
        assert!(find_in(&trace.build()).iter().all(|failure| failure.code != FailureCode::ToolPermission));
    }
}
