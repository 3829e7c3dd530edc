//! What is left of a protobuf request that the library refuses: each span by itself, and of a damaged span each field by itself.

use std::sync::Arc;

use opentelemetry_proto::tonic::{
    common::v1::{AnyValue, KeyValue, any_value::Value as Any},
    logs::v1::LogRecord,
    trace::v1::Span,
};
use prost::Message;

use super::{
    super::{
        messages,
        span::{Resource, Scope},
    },
    export::Shared,
    fields::{Damage, Field, fields},
};
/// A message of one item, span or log record, that can be mended.
pub(super) trait Mend: Message + Default {
    /// Takes what can be had of a field that the library refuses.
    fn mend(&mut self, field: &Field<'_>);
}

impl Mend for Span {
    fn mend(&mut self, field: &Field<'_>) {
        match field.tag {
            5 => self.name = lossy(field.held),
            9 => match attribute(field.held) {
                Some(pair) => self.attributes.push(pair),
                None => self.dropped_attributes_count = self.dropped_attributes_count.saturating_add(1),
            },
            _ => {}
        }
    }
}

impl Mend for LogRecord {
    fn mend(&mut self, field: &Field<'_>) {
        match field.tag {
            5 => self.body = text_value(field.held),
            6 => self.attributes.extend(attribute(field.held)),
            _ => {}
        }
    }
}

/// Visits every item of a request. Spans and log records lie in messages of the same numbers.
///
/// # Errors
/// When a message around the items is cut off or damaged: where the next item begins is not known then.
pub(super) fn each<M: Mend>(request: &[u8], mut visit: impl FnMut(Result<M, Damage>, &Arc<Resource>, &Arc<Scope>)) -> Result<(), Damage> {
    let mut shared = Shared::default();
    for group in held(request, 1) {
        let group = group?;
        let resource = shared.resource(messages::resource(first(group)?));
        for group in held(group, 2) {
            let group = group?;
            let scope = shared.scope(messages::scope(first(group)?));
            for item in held(group, 2) {
                let item = item?;
                visit(M::decode(item).or_else(|_| mended(item)), &resource, &scope);
            }
        }
    }
    Ok(())
}

/// What the fields of one number hold; every other field must be whole too.
fn held(message: &[u8], tag: u32) -> impl Iterator<Item = Result<&[u8], Damage>> {
    fields(message).filter(move |field| field.as_ref().map_or(true, |field| field.tag == tag)).map(|field| field.map(|field| field.held))
}

/// The message in field 1, of which odd fields are left out.
fn first<M: Message + Default>(group: &[u8]) -> Result<Option<M>, Damage> {
    let mut message = None;
    for bytes in held(group, 1) {
        let bytes = bytes?;
        let into: &mut M = message.get_or_insert_default();
        fields(bytes).map_while(Result::ok).for_each(|field| _ = into.merge(field.whole));
    }
    Ok(message)
}

fn mended<M: Mend>(item: &[u8]) -> Result<M, Damage> {
    let mut message = M::default();
    for field in fields(item) {
        let field = field?;
        if message.merge(field.whole).is_err() {
            message.mend(&field);
        }
    }
    Ok(message)
}

/// An attribute of which a text is not UTF-8.
fn attribute(pair: &[u8]) -> Option<KeyValue> {
    let mut mended = KeyValue::default();
    for field in fields(pair) {
        let field = field.ok()?;
        match field.tag {
            1 => mended.key = lossy(field.held),
            2 => mended.value = Some(AnyValue::decode(field.held).ok().or_else(|| text_value(field.held))?),
            _ => {}
        }
    }
    Some(mended)
}

/// A value that is a text which is not UTF-8.
fn text_value(any: &[u8]) -> Option<AnyValue> {
    let text = fields(any).map_while(Result::ok).find(|field| field.tag == 1)?;
    Some(AnyValue { value: Some(Any::StringValue(lossy(text.held))) })
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
