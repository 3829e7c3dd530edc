//! Unpacking request bodies and files without ever holding more than a limit.

use std::io::{self, BufRead, Read};

use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// Largest zstd window accepted, as a power of two: 16 MiB, what a frame of a body of the default limit may ask for. A frame can
/// ask for gigabytes before the first byte comes out.
const ZSTD_WINDOW_LOG_MAX: u32 = 24;

const CHUNK_BYTES: usize = 16 << 10;

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// As it is.
    Identity,
    /// gzip, one member or several.
    Gzip,
    /// zlib, or the raw deflate that some senders mean by `deflate`.
    Deflate,
    /// zstd, one frame or several.
    Zstd,
}

/// Why a body cannot be unpacked.
#[derive(Debug, thiserror::Error)]
pub enum DecompressError {
    /// An encoding that is not known.
    #[error("content encoding `{0}` is not understood; send gzip, deflate, zstd or none")]
    Unknown(String),
    /// Packed twice.
    #[error("content encoding `{0}` packs the body more than once; pack it once, with gzip, deflate or zstd")]
    Chained(String),
    /// More comes out than may.
    #[error("the body unpacks to more than {limit} bytes; send less at a time")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The packed bytes are damaged, cut off, or not packed so.
    #[error("the body is not sound {encoding}: {reason}")]
    Damaged {
        /// How it should be packed.
        encoding: Encoding,
        /// What the unpacker said.
        reason: String,
    },
}

impl std::fmt::Display for Encoding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Identity => "plain data",
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Zstd => "zstd",
        })
    }
}

impl Encoding {
    /// Reads a `Content-Encoding` header. `identity` beside another encoding changes nothing and is passed over.
    ///
    /// # Errors
    /// [`DecompressError::Unknown`] and [`DecompressError::Chained`].
    pub fn parse(header: &str) -> Result<Self, DecompressError> {
        let mut named = header.split(',').map(str::trim).filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("identity"));
        let Some(name) = named.next() else { return Ok(Self::Identity) };
        if named.next().is_some() {
            return Err(DecompressError::Chained(super::error::quotable(header)));
        }
        match name.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Ok(Self::Gzip),
            "deflate" => Ok(Self::Deflate),
            "zstd" => Ok(Self::Zstd),
            _ => Err(DecompressError::Unknown(super::error::quotable(name))),
        }
    }

    /// What a file's first bytes tell.
    #[must_use]
    pub fn of_start(start: &[u8]) -> Self {
        match start {
            [0x1F, 0x8B, ..] => Self::Gzip,
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Self::Zstd,
            _ => Self::Identity,
        }
    }
}

/// Unpacks a body. Neither the result nor the memory for it ever passes `limit` bytes.
///
/// # Errors
/// [`DecompressError::TooLarge`] as soon as the limit is passed, [`DecompressError::Damaged`].
pub fn decompress(packed: &[u8], encoding: Encoding, limit: usize) -> Result<Vec<u8>, DecompressError> {
    let damaged = |error: io::Error| DecompressError::Damaged { encoding, reason: error.to_string() };
    match encoding {
        Encoding::Deflate if !has_zlib_header(packed) => drain(DeflateDecoder::new(packed), encoding, limit),
        // Raw deflate may begin like zlib by chance.
        Encoding::Deflate => match drain(ZlibDecoder::new(packed), encoding, limit) {
            Err(DecompressError::Damaged { reason, .. }) => {
                drain(DeflateDecoder::new(packed), encoding, limit).map_err(|_| DecompressError::Damaged { encoding, reason })
            }
            unpacked => unpacked,
        },
        Encoding::Identity | Encoding::Gzip | Encoding::Zstd => drain(unpacking(packed, encoding).map_err(damaged)?, encoding, limit),
    }
}

/// Unpacks as it is read, for files; nothing but the packer's own window is held.
pub(super) fn unpacking<'a, R: BufRead + Send + 'a>(packed: R, encoding: Encoding) -> io::Result<Box<dyn Read + Send + 'a>> {
    Ok(match encoding {
        Encoding::Identity => Box::new(packed),
        Encoding::Gzip => Box::new(MultiGzDecoder::new(packed)),
        Encoding::Deflate => Box::new(ZlibDecoder::new(packed)),
        Encoding::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(packed)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
            Box::new(decoder)
        }
    })
}

fn drain(mut unpacker: impl Read, encoding: Encoding, limit: usize) -> Result<Vec<u8>, DecompressError> {
    let mut unpacked = Vec::new();
    let mut chunk = [0; CHUNK_BYTES];
    loop {
        let count = match unpacker.read(&mut chunk) {
            Ok(0) => return Ok(unpacked),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(DecompressError::Damaged { encoding, reason: error.to_string() }),
        };
        let needed = unpacked.len() + count;
        if needed > limit {
            return Err(DecompressError::TooLarge { limit });
        }
        if needed > unpacked.capacity() {
            // Twice as much as before, as a vector does by itself, but never past the limit.
            unpacked.reserve_exact((unpacked.capacity() * 2).clamp(needed, limit) - unpacked.len());
        }
        unpacked.extend_from_slice(&chunk[..count]);
    }
}

/// Two bytes that name the method and are a multiple of 31 together.
fn has_zlib_header(packed: &[u8]) -> bool {
    matches!(packed, [method, flags, ..] if method & 0x0F == 8 && u16::from_be_bytes([*method, *flags]) % 31 == 0)
}

#[cfg(test)]
mod tests;
