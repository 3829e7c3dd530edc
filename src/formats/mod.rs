//! Bytes to [`Trace`]: the documented body, chat transcripts, and how they come: packed, in batches, in files.

pub mod decompress;
pub mod error;
pub mod files;
pub mod limits;
pub mod native;
pub mod otlp;
pub mod split;
pub mod transcript;

mod cut;
mod field;
mod prose;
mod requested;
mod scan;
mod surrogates;
mod text;
mod usage;

pub use error::{FormatError, FormatErrorKind};

use crate::model::{ids::TraceId, trace::Trace};

/// Reads one trace in any format known: a list of chat messages or an object with `messages` and no steps of its own is a
/// transcript, every other object the documented body. `id_if_absent` makes the id of a body that names none.
///
/// # Errors
/// As [`native::decode`] and [`transcript::decode`].
pub fn decode(body: &[u8], id_if_absent: impl FnOnce() -> TraceId) -> Result<Trace, FormatError> {
    let (text, allowance) = text::checked(body)?;
    if text.trim_start().starts_with('[') {
        return transcript::decode_list(text, &allowance, id_if_absent);
    }
    let (body, note) = surrogates::read::<native::body::Body>(text)?;
    let chat = transcript::is_transcript(&body);
    let assembled =
        if chat { transcript::assemble(body, &allowance, id_if_absent) } else { native::assemble(body, &allowance, id_if_absent) };
    let mut trace = assembled?;
    trace.incomplete.extend(note.into_iter().chain(allowance.note()));
    Ok(trace)
}

#[cfg(test)]
mod tests;
