//! Counters and gauges as Prometheus text. Nothing in it grows with traces or agents.

use std::{fmt::Write as _, sync::atomic::Ordering};

use hyper::StatusCode;

use crate::listener::{answer, call::Call, endpoints::Reply};

/// `GET /metrics`
pub(in crate::listener) fn metrics(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        let counts = call.read(|facts| facts.overview()).await?;
        let engine = call.engine();
        let (pulse, refusals) = (engine.pulse().borrow().clone(), engine.refusals());
        let mut text = Text::default();
        text.counter("traces_accepted_total", "Traces received and on disk since start.", refusals.accepted);
        text.counter("refused_total", "Requests and batch items refused since start, busy ones not counted.", refusals.refused);
        text.counter("busy_total", "Requests and batch items turned away as busy since start.", refusals.busy);
        text.counter(
            "otlp_data_points_total",
            "Data points of OpenTelemetry metrics sent here since start; they are not kept.",
            call.service.data_points.load(Ordering::Relaxed),
        );
        text.counter("commits_total", "Commits to disk since start.", pulse.commits);
        text.head("http_responses_total", "counter", "Answers by class of status since start.");
        for (class, count) in call.service.answered.iter().enumerate().skip(1) {
            text.line(&format!("http_responses_total{{class=\"{class}xx\"}}"), count.load(Ordering::Relaxed));
        }
        text.gauge("connections", "Open connections.", call.service.registry.len());
        text.gauge("event_streams", "Open event streams.", call.service.streams.load(Ordering::Relaxed));
        text.gauge("bytes_in_flight", "Bytes of bodies in work.", engine.bytes_in_flight());
        text.gauge("queued", "Changes waiting for the store.", pulse.queued);
        text.gauge("store_failing", "1 while the store cannot write.", u8::from(pulse.failing.is_some()));
        text.gauge("stored_traces", "Traces in the store.", counts.traces);
        text.gauge("stored_agents", "Agents in the store.", counts.agents);
        text.gauge("stored_patterns", "Failure patterns in the store.", counts.patterns);
        text.gauge("store_bytes", "Size of the store on disk.", counts.store_bytes);
        text.gauge("store_live_bytes", "Compressed bytes of bodies and verdicts alive.", counts.live_bytes);
        text.gauge("uptime_seconds", "Seconds since start.", call.service.started.elapsed().as_secs());
        text.head("build_info", "gauge", "The program's version.");
        text.line(&format!("build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION")), 1);
        Ok(answer::bytes(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", text.0))
    })
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.head(name, "counter", help);
        self.line(name, value);
    }

    fn gauge(&mut self, name: &str, help: &str, value: impl std::fmt::Display) {
        self.head(name, "gauge", help);
        self.line(name, value);
    }

    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "# HELP arc_eval_{name} {help}\n# TYPE arc_eval_{name} {kind}");
    }

    fn line(&mut self, name: &str, value: impl std::fmt::Display) {
        let _ = writeln!(self.0, "arc_eval_{name} {value}");
    }
}
