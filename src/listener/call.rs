//! One request on its way through a handler.

use std::sync::Arc;

use bytes::Bytes;
use hyper::HeaderMap;
use serde::de::DeserializeOwned;

use super::{
    body::RequestBody,
    content,
    parameters::Parameters,
    problem::{Kind, Problem},
    service::Service,
};
use crate::{
    engine::{Engine, Reservation, error::EngineError, facts::Facts},
    formats::decompress::{DecompressError, Encoding, decompress},
    model::ids::TraceId,
};

/// Most bytes of a body that is not a trace.
const SMALL_BODY: usize = 1024 * 1024;

/// One request on its way through a handler.
pub(super) struct Call {
    pub(super) service: Arc<Service>,
    pub(super) headers: HeaderMap,
    /// The parts of the path that the pattern leaves open, decoded, in order.
    pub(super) segments: Vec<String>,
    pub(super) parameters: Parameters,
    pub(super) body: RequestBody,
}

impl Call {
    pub(super) fn engine(&self) -> &Engine {
        &self.service.engine
    }

    /// The open part of the path at this place.
    pub(super) fn segment(&self, place: usize) -> &str {
        self.segments.get(place).map_or("", String::as_str)
    }

    /// The trace id in the path.
    pub(super) fn trace_id(&self) -> Result<TraceId, Problem> {
        Ok(TraceId::new(self.segment(0))?)
    }

    /// The body as it comes, with how it is packed and the bytes it holds.
    pub(super) async fn delivery(&mut self) -> Result<(Bytes, Encoding, Reservation), Problem> {
        content::check_type(&self.headers)?;
        let encoding = content::encoding(&self.headers)?;
        let mut held = self.service.engine.reserve();
        let body = self.body.read(&self.service.limits, &mut held).await?;
        Ok((body, encoding, held))
    }

    /// The body as JSON; `None` when there is none.
    pub(super) async fn json<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Problem> {
        let (body, encoding, _held) = self.delivery().await?;
        let body = if encoding == Encoding::Identity {
            body
        } else {
            let unpacked = tokio::task::spawn_blocking(move || decompress(&body, encoding, SMALL_BODY)).await;
            let unpacked = unpacked.map_err(|error| Problem::new(Kind::AnalysisError, error.to_string()))?;
            Bytes::from(unpacked.map_err(|error| match error {
                DecompressError::TooLarge { .. } => Problem::new(Kind::TooLarge, error.to_string()),
                other => Problem::bad(other.to_string()),
            })?)
        };
        if body.len() > SMALL_BODY {
            return Err(Problem::new(Kind::TooLarge, "more than 1 MB; this path takes a small JSON value"));
        }
        if body.trim_ascii().is_empty() {
            return Ok(None);
        }
        let mut reader = serde_json::Deserializer::from_slice(&body);
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let path = error.path().to_string();
            let place = if path == "." { String::new() } else { format!("{path}: ") };
            Problem::bad(format!("{place}{}", error.inner()))
        })?;
        reader.end().map_err(|error| Problem::bad(error.to_string()))?;
        Ok(Some(value))
    }

    /// Reads from the store, off the network threads.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Facts) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, Problem> {
        let engine = self.engine().clone();
        self.service.blocking(move || read(&engine.facts()?)).await
    }
}
