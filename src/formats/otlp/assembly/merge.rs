//! One call told by two spans: what the inner one adds to the outer.

use std::collections::HashSet;

use super::super::reading::{Reading, SpanKind};

/// Fills what `outer` does not say with what `inner` says of the same call.
///
/// A tool that failed inside failed, whatever is said outside: some frameworks turn the exception into an answer in between. A model
/// call that failed inside and was answered outside was tried again.
pub(super) fn inner(outer: &mut Reading, inner: Reading) {
    macro_rules! fill {
        ($($field:ident)+) => { $( if outer.$field.is_none() { outer.$field = inner.$field; } )+ };
    }
    macro_rules! fill_lists {
        ($($field:ident)+) => { $( if outer.$field.is_empty() { outer.$field = inner.$field; } )+ };
    }
    let answered = outer.kind == SpanKind::Model && (outer.output.is_some() || !outer.output_messages.is_empty());
    match (&mut outer.error, inner.error) {
        (Some(known), Some(deeper)) => {
            known.kind = known.kind.take().or(deeper.kind);
            known.message = known.message.take().or(deeper.message);
            known.traceback = known.traceback.take().or(deeper.traceback);
        }
        (None, deeper) if !answered => outer.error = deeper,
        _ => {}
    }
    // The call itself, nearest to the provider, knows its tokens best.
    if inner.usage.is_some() && (!inner.usage_is_total || outer.usage.is_none()) {
        outer.usage = inner.usage;
        outer.charges = inner.charges;
        outer.usage_is_total = inner.usage_is_total;
    }
    fill!(agent agent_id session domain project input output model provider logged_cost response_id finish_reason);
    fill!(tool_name tool_call_id tool_input tool_input_error tool_output code run_key);
    fill_lists!(input_messages output_messages tool_definitions requested_tools documents);
    let known: HashSet<String> = outer.unmapped.iter().map(|(name, _)| name.clone()).collect();
    outer.unmapped.extend(inner.unmapped.into_iter().filter(|(name, _)| !known.contains(name)));
}
