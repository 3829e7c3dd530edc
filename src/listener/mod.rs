//! The HTTP side: takes traces in and answers questions about them. It decides who may ask and how much; what is said, the engine says.

mod address;
mod answer;
mod api_markdown;
mod attend;
mod body;
mod call;
mod connection;
mod content;
mod endpoints;
mod error;
mod handlers;
mod inside;
mod json;
mod key;
mod options;
mod otlp;
mod parameters;
mod percent;
mod problem;
mod registry;
mod route;
mod serve;
mod service;
mod site;
mod socket;

pub use address::{holder as who_listens, parse as parse_address};
pub use api_markdown::api_markdown;
pub use error::ListenerError;
pub use inside::Inside;
pub use options::{Limits, ListenerOptions};
pub use percent::encode as encode_segment;
pub use problem::Kind;
pub use serve::Listener;
