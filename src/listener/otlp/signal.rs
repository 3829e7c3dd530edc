//! The three kinds of telemetry: where each is sent to, how it is read, and what is answered.

use std::sync::{Arc, atomic::Ordering};

use bytes::Bytes;
use prost::Message as _;
use serde_json::json;

use crate::{
    engine::{
        Reservation, SpansRead,
        delivery::{Delivery, Source},
        receipt::SpansTaken,
    },
    formats::{
        FormatError,
        decompress::Encoding as Packing,
        otlp::wire::{self, Encoding},
    },
    listener::{problem::Problem, service::Service},
};

/// One kind of telemetry.
#[derive(Debug)]
pub(in crate::listener) struct Signal {
    /// Its path over HTTP, behind any prefix.
    path: &'static str,
    /// Its path over gRPC.
    method: &'static str,
    /// What the count of refused items is called in JSON.
    rejected: &'static str,
    /// Reads a request; of metrics, only how many data points there are.
    read: fn(&[u8], Encoding) -> Result<Read, FormatError>,
}

/// What an export request holds.
enum Read {
    Runs(SpansRead),
    DataPoints(usize),
}

/// Spans.
pub(in crate::listener) static TRACES: Signal = Signal {
    path: "/v1/traces",
    method: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    rejected: "rejectedSpans",
    read: |body, encoding| {
        let export = wire::traces(body, encoding)?;
        let (spans, rejected, reasons) = (export.items, export.rejected, export.reasons);
        Ok(Read::Runs(SpansRead { spans, logs: Vec::new(), rejected, reasons }))
    },
};

/// Log records.
pub(in crate::listener) static LOGS: Signal = Signal {
    path: "/v1/logs",
    method: "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
    rejected: "rejectedLogRecords",
    read: |body, encoding| {
        let export = wire::logs(body, encoding)?;
        let (logs, rejected, reasons) = (export.items, export.rejected, export.reasons);
        Ok(Read::Runs(SpansRead { spans: Vec::new(), logs, rejected, reasons }))
    },
};

/// Metrics, which are counted and otherwise of no use here.
pub(in crate::listener) static METRICS: Signal = Signal {
    path: "/v1/metrics",
    method: "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
    rejected: "rejectedDataPoints",
    read: |body, encoding| wire::metrics(body, encoding).map(Read::DataPoints),
};

/// All of them.
static SIGNALS: [&Signal; 3] = [&TRACES, &LOGS, &METRICS];

/// The answer to any export request: the messages of the three differ in names alone.
#[derive(Clone, PartialEq, prost::Message)]
struct Response {
    #[prost(message, optional, tag = "1")]
    partial_success: Option<PartialSuccess>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct PartialSuccess {
    #[prost(int64, tag = "1")]
    rejected: i64,
    #[prost(string, tag = "2")]
    error_message: String,
}

impl Signal {
    /// The signal sent to an HTTP path, whatever stands before it.
    pub(in crate::listener) fn at(path: &str) -> Option<&'static Self> {
        SIGNALS.into_iter().find(|signal| path.ends_with(signal.path))
    }

    /// The signal of a gRPC method.
    pub(in crate::listener) fn of_method(path: &str) -> Option<&'static Self> {
        SIGNALS.into_iter().find(|signal| path == signal.method)
    }

    /// Takes an export request; what it holds is on disk when this returns. `held` counts the bytes in work.
    pub(in crate::listener) async fn take(
        &'static self,
        service: &Arc<Service>,
        body: Bytes,
        packing: Packing,
        encoding: Encoding,
        held: Reservation,
    ) -> Result<SpansTaken, Problem> {
        let delivery = Delivery { body, encoding: packing, source: Source::Spans, reservation: Some(held) };
        let counting = Arc::clone(service);
        let read = move |body: &[u8]| match (self.read)(body, encoding)? {
            Read::Runs(read) => Ok(read),
            Read::DataPoints(count) => {
                counting.data_points.fetch_add(count as u64, Ordering::Relaxed);
                Ok(SpansRead::default())
            }
        };
        Ok(service.engine.export(delivery, read).await?)
    }

    /// What is answered to an export request that was taken.
    pub(in crate::listener) fn response(&self, taken: &SpansTaken, encoding: Encoding) -> Vec<u8> {
        if taken.rejected == 0 {
            // By the specification nothing is said of a full success.
            return if encoding == Encoding::Json { b"{}".to_vec() } else { Vec::new() };
        }
        let error_message = taken.reasons.join("; ");
        match encoding {
            // A count of 64 bits is text in the JSON of protobuf.
            Encoding::Json => json!({"partialSuccess": {self.rejected: taken.rejected.to_string(), "errorMessage": error_message}})
                .to_string()
                .into_bytes(),
            Encoding::Protobuf => {
                let rejected = i64::try_from(taken.rejected).unwrap_or(i64::MAX);
                Response { partial_success: Some(PartialSuccess { rejected, error_message }) }.encode_to_vec()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn each_signal_has_its_paths() {
        for (path, found) in [
            ("/v1/traces", Some("rejectedSpans")),
            ("/p/shop/v1/traces", Some("rejectedSpans")),
            ("/r/a/b/c/v1/logs", Some("rejectedLogRecords")),
            ("/v1/metrics", Some("rejectedDataPoints")),
            ("/v1/tracesx", None),
            ("/v1/traces/", None),
            ("/xv1/traces", None),
            ("/v1development/profiles", None),
        ] {
            assert_eq!(Signal::at(path).map(|signal| signal.rejected), found, "{path}");
        }
        for signal in SIGNALS {
            assert!(std::ptr::eq(Signal::of_method(signal.method).unwrap(), signal));
        }
        assert!(Signal::of_method("/v1/traces").is_none());
    }

    #[test]
    fn a_full_success_says_nothing_and_a_partial_one_how_many_and_why() {
        let full = SpansTaken::default();
        assert_eq!(TRACES.response(&full, Encoding::Protobuf), b"");
        assert_eq!(TRACES.response(&full, Encoding::Json), b"{}");
        let partial = SpansTaken { rejected: 3, reasons: vec!["no id".to_owned()], ..SpansTaken::default() };
        for (signal, name) in [(&TRACES, "rejectedSpans"), (&LOGS, "rejectedLogRecords"), (&METRICS, "rejectedDataPoints")] {
            let json: serde_json::Value = serde_json::from_slice(&signal.response(&partial, Encoding::Json)).unwrap();
            assert_eq!(json, json!({"partialSuccess": {name: "3", "errorMessage": "no id"}}));
        }
        // The generated message of the specification reads what ours wrote.
        let sent = TRACES.response(&partial, Encoding::Protobuf);
        let read = opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse::decode(sent.as_slice()).unwrap();
        let read = read.partial_success.unwrap();
        assert_eq!((read.rejected_spans, read.error_message.as_str()), (3, "no id"));
    }
}
