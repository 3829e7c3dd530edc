//! How a listener is set up.

use std::{path::PathBuf, time::Duration};

use crate::repair::project::Projects;

/// How a listener is set up.
#[derive(Debug, Clone, Default)]
pub struct ListenerOptions {
    /// The key senders must give; `None` asks for none.
    pub api_key: Option<String>,
    /// Whether a key must be set (outside of development): without one the listener then refuses to start.
    pub key_required: bool,
    /// Further host names by which we may be called.
    pub allow_hosts: Vec<String>,
    /// Bounds.
    pub limits: Limits,
    /// Stores whose owner file may say who has the port, when it is taken.
    pub neighbours: Vec<PathBuf>,
    /// The agents' source that fixes are made for.
    pub projects: Projects,
}

/// What a listener bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of a body as it comes, before decompression. (The engine bounds what it becomes.)
    pub body: usize,
    /// Longest time for the head of a request, from its first byte.
    pub head_time: Duration,
    /// Longest time for the body of a request.
    pub body_time: Duration,
    /// Longest time a connection may rest between requests.
    pub idle_time: Duration,
    /// Longest time a client may take nothing of an answer.
    pub stall_time: Duration,
    /// Longest time requests in work get when the listener stops.
    pub stop_time: Duration,
    /// Time between signs of life on an event stream.
    pub heartbeat: Duration,
    /// Most connections.
    pub connections: usize,
    /// Most event streams among them.
    pub streams: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 16 * 1024 * 1024,
            head_time: Duration::from_secs(10),
            body_time: Duration::from_secs(30),
            idle_time: Duration::from_secs(60),
            stall_time: Duration::from_secs(30),
            stop_time: Duration::from_secs(5),
            heartbeat: Duration::from_secs(15),
            connections: 512,
            streams: 64,
        }
    }
}
