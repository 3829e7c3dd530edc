//! Decoded messages, of HTTP or gRPC, to spans and log records.

use opentelemetry_proto::tonic::{
    collector::{logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest, trace::v1::ExportTraceServiceRequest},
    metrics::v1::{Metric, metric::Data},
};

use super::{
    super::{
        messages,
        span::{LogRecord, Span},
    },
    export::{Export, Shared},
};

/// The spans of a decoded request.
#[must_use]
pub fn traces_from(request: ExportTraceServiceRequest) -> Export<Span> {
    let mut export = Export::default();
    traces_into(request, &mut Shared::default(), &mut export);
    export
}

/// The log records of a decoded request.
#[must_use]
pub fn logs_from(request: ExportLogsServiceRequest) -> Export<LogRecord> {
    let mut export = Export::default();
    logs_into(request, &mut Shared::default(), &mut export);
    export
}

/// How many data points a decoded request holds.
#[must_use]
pub fn metrics_from(request: &ExportMetricsServiceRequest) -> usize {
    let points = |metric: &Metric| match &metric.data {
        None => 0,
        Some(Data::Gauge(data)) => data.data_points.len(),
        Some(Data::Sum(data)) => data.data_points.len(),
        Some(Data::Histogram(data)) => data.data_points.len(),
        Some(Data::ExponentialHistogram(data)) => data.data_points.len(),
        Some(Data::Summary(data)) => data.data_points.len(),
    };
    request.resource_metrics.iter().flat_map(|group| &group.scope_metrics).flat_map(|group| &group.metrics).map(points).sum()
}

/// Adds the spans of one request to those of others.
pub(in crate::formats::otlp) fn traces_into(request: ExportTraceServiceRequest, shared: &mut Shared, export: &mut Export<Span>) {
    for group in request.resource_spans {
        let resource = shared.resource(messages::resource(group.resource));
        for group in group.scope_spans {
            let scope = shared.scope(messages::scope(group.scope));
            export.items.reserve(group.spans.len().min(super::MAX_ITEMS));
            for span in group.spans {
                export.take(messages::span(span, &resource, &scope));
            }
        }
    }
}

/// Adds the log records of one request to those of others.
pub(in crate::formats::otlp) fn logs_into(request: ExportLogsServiceRequest, shared: &mut Shared, export: &mut Export<LogRecord>) {
    for group in request.resource_logs {
        let resource = shared.resource(messages::resource(group.resource));
        for group in group.scope_logs {
            let scope = shared.scope(messages::scope(group.scope));
            for record in group.log_records {
                take_log(export, messages::log(record, &resource, &scope));
            }
        }
    }
}

/// Keeps a log record, or counts it as outside of any trace.
pub(super) fn take_log(export: &mut Export<LogRecord>, record: Result<Option<LogRecord>, messages::BadId>) {
    match record.transpose() {
        Some(record) => export.take(record),
        None => export.outside += 1,
    }
}
