//! Takes sensitive data out of spans and log records before anything of them is stored. Ids, times and names of fields stay.

use std::{collections::HashMap, sync::Arc};

use crate::{
    analysis::leaks::Scanner,
    formats::otlp::span::{Attributes, LogRecord, Resource, Scope, Span, Status},
};

use super::spans::SpansRead;

/// Redacts all that was read from a request, the reasons for what could not be read included.
pub(super) fn redact(read: &mut SpansRead, scanner: &Scanner) {
    let mut shared = Shared { scanner, scopes: HashMap::new(), resources: HashMap::new() };
    for span in &mut read.spans {
        shared.span(span);
    }
    for record in &mut read.logs {
        shared.record(record);
    }
    for reason in &mut read.reasons {
        text(scanner, reason);
    }
}

/// What many spans share is redacted once and goes on being shared.
struct Shared<'a> {
    scanner: &'a Scanner,
    /// By the place of what was sent, which is kept beside so that no other can take the place.
    scopes: HashMap<usize, (Arc<Scope>, Arc<Scope>)>,
    resources: HashMap<usize, (Arc<Resource>, Arc<Resource>)>,
}

impl Shared<'_> {
    fn span(&mut self, span: &mut Span) {
        let scanner = self.scanner;
        text(scanner, &mut span.name);
        attributes(scanner, &mut span.attributes);
        for event in &mut span.events {
            text(scanner, &mut event.name);
            attributes(scanner, &mut event.attributes);
        }
        if let Status::Error(message) = &mut span.status {
            text(scanner, message);
        }
        self.share(&mut span.scope, &mut span.resource);
    }

    fn record(&mut self, record: &mut LogRecord) {
        let scanner = self.scanner;
        if let Some(name) = &mut record.name {
            text(scanner, name);
        }
        scanner.redact_value(&mut record.body, None);
        attributes(scanner, &mut record.attributes);
        self.share(&mut record.scope, &mut record.resource);
    }

    fn share(&mut self, scope: &mut Arc<Scope>, resource: &mut Arc<Resource>) {
        let scanner = self.scanner;
        let (_, redacted) = self.scopes.entry(Arc::as_ptr(scope) as usize).or_insert_with(|| {
            let mut without = Scope::clone(scope);
            attributes(scanner, &mut without.attributes);
            (Arc::clone(scope), Arc::new(without))
        });
        *scope = Arc::clone(redacted);
        let (_, redacted) = self.resources.entry(Arc::as_ptr(resource) as usize).or_insert_with(|| {
            let mut without = Resource::clone(resource);
            attributes(scanner, &mut without.attributes);
            (Arc::clone(resource), Arc::new(without))
        });
        *resource = Arc::clone(redacted);
    }
}

fn text(scanner: &Scanner, text: &mut String) {
    if let Some(without) = scanner.redact_text(text, None) {
        *text = without;
    }
}

fn attributes(scanner: &Scanner, attributes: &mut Attributes) {
    for (name, value) in &mut attributes.0 {
        scanner.redact_value(value, Some(name));
    }
}
