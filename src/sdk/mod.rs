//! What the program gives to agents: the Python tracer (a wheel that pip installs, a folder that Python imports from), and the line
//! that connects an agent to the workbench.

pub mod integration;
pub mod lesson;
pub mod python_source;

mod source;
mod unpack;
mod wheel;

pub use source::{PACKAGE, VERSION};
pub use unpack::unpack_into;
pub use wheel::Wheel;

/// Why the tracer cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SdkError {
    /// The wheel could not be put together.
    #[error("the wheel of the Python tracer cannot be built: {0}")]
    Wheel(#[from] zip::result::ZipError),
    /// A folder or file could not be written.
    #[error("the Python tracer cannot be unpacked to {path}: {reason}")]
    Unpack {
        /// Where.
        path: String,
        /// What the system said.
        reason: String,
    },
}
