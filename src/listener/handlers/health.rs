//! Whether the program is up.

use serde::Serialize;

use crate::listener::{answer, call::Call, endpoints::Reply};

#[derive(Serialize)]
struct Health {
    status: &'static str,
    program: &'static str,
    version: &'static str,
    uptime_seconds: u64,
    traces: u64,
    queued: usize,
    accepting: bool,
    store_error: Option<String>,
}

/// `GET /health`: 200 while the program lives; `status` says `degraded` when the store cannot write.
pub(in crate::listener) fn health(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        let pulse = call.engine().pulse().borrow().clone();
        answer::json(&Health {
            status: if pulse.failing.is_some() { "degraded" } else { "ok" },
            program: "arc-eval-tui",
            version: env!("CARGO_PKG_VERSION"),
            uptime_seconds: call.service.started.elapsed().as_secs(),
            traces: pulse.traces,
            queued: pulse.queued,
            accepting: !call.engine().is_busy(),
            store_error: pulse.failing,
        })
    })
}
