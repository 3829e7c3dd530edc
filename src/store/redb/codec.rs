//! Our own bytes inside the tables: one version byte, then postcard; or a zstd frame.
//!
//! Postcard does not describe itself: a changed field means a new version byte, the old struct kept beside the new one, and a
//! migration or a second arm in the decoder.

use std::io::Read;

use serde::{Serialize, de::DeserializeOwned};

use super::fault::Fault;

/// Version of [`crate::model::summary::Summary`] in `rows`.
pub(super) const ROW: u8 = 3;
/// Version of a row from before runs were held against each other: today's without its last field.
pub(super) const ROW_WITHOUT_INSIGHT: u8 = 2;
/// Version of a row from before runs came as spans.
pub(super) const ROW_OF_WHOLE_RUN: u8 = 1;
/// Version of a pattern's row.
pub(super) const PATTERN: u8 = 1;
/// Version of what of a run can be compared.
pub(super) const LIKENESS: u8 = 1;
/// Version of the sums in the rollups.
pub(super) const SUMS: u8 = 1;
/// Version of what the runs of a session add up to.
pub(super) const SESSION: u8 = 1;
/// Version of baselines and decisions.
pub(super) const NOTE: u8 = 1;

/// The most a stored frame may unpack to: far above what the listener lets in, so that only damage meets it.
pub(super) const UNPACKED_MAX_BYTES: usize = 1 << 30;

/// Encodes a value behind its version.
pub(super) fn encode<T: Serialize>(what: &'static str, version: u8, value: &T) -> Result<Vec<u8>, Fault> {
    postcard::to_extend(value, vec![version]).map_err(|error| Fault::Encode { what, reason: error.to_string() })
}

/// Decodes a value of a known version.
pub(super) fn decode<T: DeserializeOwned>(what: &'static str, version: u8, bytes: &[u8]) -> Result<T, Fault> {
    match bytes.split_first() {
        Some((found, rest)) if *found == version => {
            postcard::from_bytes(rest).map_err(|error| Fault::Damaged { what, reason: error.to_string() })
        }
        Some((found, _)) => Err(Fault::Damaged { what, reason: format!("it has version {found}, not {version}") }),
        None => Err(Fault::Damaged { what, reason: "it is empty".to_owned() }),
    }
}

/// Unpacks a zstd frame.
pub(super) fn unpack(what: &'static str, frame: &[u8]) -> Result<Vec<u8>, Fault> {
    let damaged = |error: std::io::Error| Fault::Damaged { what, reason: error.to_string() };
    let mut bytes = Vec::new();
    let decoder = zstd::stream::read::Decoder::with_buffer(frame).map_err(damaged)?;
    decoder.take(UNPACKED_MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(damaged)?;
    if bytes.len() > UNPACKED_MAX_BYTES {
        return Err(Fault::Damaged { what, reason: format!("it unpacks to more than {UNPACKED_MAX_BYTES} bytes") });
    }
    Ok(bytes)
}
