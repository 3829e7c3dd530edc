//! OpenTelemetry over HTTP: spans and log records taken in, metrics counted.

use hyper::StatusCode;

use crate::listener::{
    answer,
    call::Call,
    content,
    endpoints::Reply,
    otlp::{
        form::content_type,
        signal::{LOGS, METRICS, Signal, TRACES},
    },
};

/// `POST /v1/traces`
pub(in crate::listener) fn traces(call: &mut Call) -> Reply<'_> {
    export(call, &TRACES)
}

/// `POST /v1/logs`
pub(in crate::listener) fn logs(call: &mut Call) -> Reply<'_> {
    export(call, &LOGS)
}

/// `POST /v1/metrics`
pub(in crate::listener) fn metrics(call: &mut Call) -> Reply<'_> {
    export(call, &METRICS)
}

fn export<'a>(call: &'a mut Call, signal: &'static Signal) -> Reply<'a> {
    Box::pin(async move {
        call.service.refuse_when_busy()?;
        let encoding = content::telemetry(&call.headers)?;
        let packing = content::encoding(&call.headers)?;
        let mut held = call.engine().reserve();
        let body = call.body.read(&call.service.limits, &mut held).await?;
        let taken = signal.take(&call.service, body, packing, encoding, held).await?;
        Ok(answer::bytes(StatusCode::OK, content_type(encoding), signal.response(&taken, encoding)))
    })
}
