//! Logfire: what its SDK adds to every span.

use super::{Dialect, Field};
use crate::formats::otlp::{
    reading::Reading,
    vocabulary::{facts::Facts, message, value},
};

/// The SDK's words.
pub(super) const DIALECT: Dialect = Dialect {
    words: &[
        ("logfire.json_schema", Field::Redundant),
        ("logfire.msg_template", Field::Redundant),
        ("logfire.span_type", Field::Redundant),
        ("logfire.level_num", Field::Redundant),
        ("logfire.pending_parent_id", Field::Redundant),
        ("request_data", Field::Own),
        ("response_data", Field::Own),
    ],
    refine: data,
    ..Dialect::EMPTY
};

/// Its wrappers of model clients write request and response as JSON.
fn data(facts: &Facts<'_>, reading: &mut Reading) {
    let body = |name: &str| facts.own(name).and_then(|body| value::json(body, &facts.allowance));
    if reading.input_messages.is_empty() {
        let sent = body("request_data").and_then(|mut body| Some(body.get_mut("messages")?.take()));
        sent.into_iter().for_each(|sent| reading.input_messages = message::read_json(sent, "user", &facts.allowance).messages);
    }
    if reading.output_messages.is_empty() {
        let answered = body("response_data").and_then(|mut body| Some(body.get_mut("message")?.take()));
        let talk = answered.map(|answered| message::read_json(answered, "assistant", &facts.allowance)).unwrap_or_default();
        (reading.output_messages, reading.requested_tools) = (talk.messages, talk.requested);
    }
}
