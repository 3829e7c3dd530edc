//! What senders hand over: bytes, how they are packed, and where they come from.

use bytes::Bytes;

use super::budget::Reservation;
use crate::formats::decompress::Encoding;

/// Where a trace came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// Over HTTP.
    Http,
    /// As spans and log records, over any transport.
    Spans,
    /// From a file, by `import` or a watched folder.
    File,
    /// From the bundled samples.
    Demo,
}

impl Source {
    /// What a refused delivery is called in the list of refusals.
    #[must_use]
    pub const fn request(self) -> &'static str {
        match self {
            Self::Http => "POST /api/trace",
            Self::Spans => "OTLP export",
            Self::File => "import",
            Self::Demo => "demo",
        }
    }
}

/// One object, an array or JSON lines, on its way in.
#[derive(Debug)]
pub struct Delivery {
    /// The bytes.
    pub body: Bytes,
    /// How they are packed.
    pub encoding: Encoding,
    /// Where they come from.
    pub source: Source,
    /// The bytes already counted as in work, where the bringer counted them while they came.
    pub reservation: Option<Reservation>,
}

impl Delivery {
    /// A delivery that is not packed.
    #[must_use]
    pub const fn plain(body: Bytes, source: Source) -> Self {
        Self { body, encoding: Encoding::Identity, source, reservation: None }
    }
}
