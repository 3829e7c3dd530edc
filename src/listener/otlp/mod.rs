//! OpenTelemetry's protocol (OTLP 1.x) over HTTP and gRPC: how an export request is read and what is answered to it.

pub(super) mod form;
pub(super) mod grpc;
pub(super) mod signal;
