//! What an export request came to: what was kept, and what was not and why.

use std::sync::Arc;

use super::super::span::{Resource, Scope};
use crate::formats::limits::MAX_STEPS;

/// Most spans or log records kept of one request.
pub const MAX_ITEMS: usize = MAX_STEPS;

/// Most reasons told of one request.
const MAX_REASONS: usize = 5;

/// How many scopes and resources are remembered to share them; a request has a handful.
const REMEMBERED: usize = 16;

/// What was read of one request.
#[derive(Debug, Clone, PartialEq)]
pub struct Export<T> {
    /// What can be used, in the order sent.
    pub items: Vec<T>,
    /// How many cannot be used.
    pub rejected: u64,
    /// Why, each reason once, at most five.
    pub reasons: Vec<String>,
    /// Sound log records outside of any trace: of no use here, and no fault.
    pub outside: u64,
}

impl<T> Default for Export<T> {
    fn default() -> Self {
        Self { items: Vec::new(), rejected: 0, reasons: Vec::new(), outside: 0 }
    }
}

impl<T> Export<T> {
    /// Keeps an item, or why it cannot be used.
    pub(super) fn take(&mut self, item: Result<T, impl ToString>) {
        match item {
            Ok(_) if self.items.len() == MAX_ITEMS => self.reject(&format!("a request may hold {MAX_ITEMS} of them; send fewer at a time")),
            Ok(item) => self.items.push(item),
            Err(reason) => self.reject(&reason.to_string()),
        }
    }

    /// Counts an item that cannot be used.
    pub(super) fn reject(&mut self, reason: &str) {
        self.rejected += 1;
        if self.reasons.len() < MAX_REASONS && !self.reasons.iter().any(|known| known == reason) {
            self.reasons.push(reason.to_owned());
        }
    }

    /// Whether the request held nothing at all.
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty() && self.rejected == 0 && self.outside == 0
    }
}

/// Equal resources and scopes as one: a trace of many requests would else keep each of them once a request.
#[derive(Debug, Default)]
pub(in crate::formats::otlp) struct Shared {
    resources: Vec<Arc<Resource>>,
    scopes: Vec<Arc<Scope>>,
}

impl Shared {
    pub(in crate::formats::otlp) fn resource(&mut self, resource: Resource) -> Arc<Resource> {
        remember(&mut self.resources, resource)
    }

    pub(in crate::formats::otlp) fn scope(&mut self, scope: Scope) -> Arc<Scope> {
        remember(&mut self.scopes, scope)
    }
}

fn remember<T: PartialEq>(known: &mut Vec<Arc<T>>, one: T) -> Arc<T> {
    if let Some(same) = known.iter().find(|same| ***same == one) {
        return Arc::clone(same);
    }
    let one = Arc::new(one);
    if known.len() < REMEMBERED {
        known.push(Arc::clone(&one));
    }
    one
}
