//! Why a listener could not start.

/// Why a listener could not start.
#[derive(Debug, thiserror::Error)]
pub enum ListenerError {
    /// The address cannot be read.
    #[error("{address:?} is not an address to listen on: {reason}; use HOST:PORT, such as 127.0.0.1:8000")]
    Address {
        /// As given.
        address: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Somebody else has the port.
    #[error("{address} is taken{holder}; choose another with {option} ADDR (port 0 takes any free one)")]
    Taken {
        /// The address.
        address: std::net::SocketAddr,
        /// By whom, as ` by …`; empty when not known.
        holder: String,
        /// The option that names another.
        option: &'static str,
    },
    /// The address is reachable from outside, and no key is set.
    #[error("{address} can be reached from other machines, so a key is needed: set ARC_EVAL_API_KEY, or listen on 127.0.0.1")]
    Open {
        /// The address.
        address: std::net::SocketAddr,
    },
    /// A key is required and none is set.
    #[error("a key is required because ARC_EVAL_ENV is not `development`: set ARC_EVAL_API_KEY")]
    KeyRequired,
    /// The key cannot be used.
    #[error("the key cannot be used: {0}")]
    Key(String),
    /// A host name that was to be allowed cannot be one.
    #[error("{0:?} is not a host name; --allow-host takes a name without scheme, port or path")]
    AllowHost(String),
    /// The system refused.
    #[error("cannot listen on {address}: {reason}")]
    Bind {
        /// The address.
        address: std::net::SocketAddr,
        /// What the system said.
        reason: String,
    },
}
