//! What a run's telemetry gives away: scopes first, and the look of names where no scope tells.

use super::{Best, glob, known, normalised};
use crate::{
    analysis::{
        excerpt,
        framework_table::{self as table, INSTRUMENTATION, LOOKED_AT, OTHERS, PROVIDERS, Place, Rank, Signal},
    },
    model::telemetry::Telemetry,
};

/// Where signals are looked for, the surest place first: of equally specific signals the first counts.
const PLACES: [Place; 6] = [Place::Scope, Place::Resource, Place::Attribute, Place::AttributeName, Place::SpanName, Place::EventName];

/// Letters of a seen text that a signal quotes.
const QUOTED: usize = 60;

/// Looks at all of it.
pub(super) fn look(telemetry: &Telemetry, best: &mut Best) {
    let mut shapes_count = true;
    for place in PLACES {
        let rows: Vec<&Signal> = table::rows().filter(|row| row.place == place && (shapes_count || !row.rank.is_shape())).collect();
        each_text(telemetry, place, |name, text| {
            let better =
                rows.iter().filter(|row| best.wants(row.rank) && fits(place, row.text, name, text) && has_all(telemetry, row.with));
            // On one text the longer pattern is the more specific one.
            if let Some(row) = better.max_by_key(|row| (row.rank, row.text.len())) {
                best.take(row.framework, row.rank, || says(row, name, text));
            }
        });
        if place == Place::Scope {
            instrumented(telemetry, best);
            shapes_count = best.0.is_none();
        }
    }
    exceptions(telemetry, best);
    providers(telemetry, best);
}

/// Every text of a place, with the name it is the value of, where it has one.
fn each_text<'a>(telemetry: &'a Telemetry, place: Place, mut see: impl FnMut(&'a str, &'a str)) {
    match place {
        Place::Scope => telemetry.scopes.iter().for_each(|scope| see("", scope)),
        Place::Resource => telemetry.resource.iter().for_each(|(name, value)| see(name, value)),
        Place::Attribute => {
            telemetry.attributes.iter().for_each(|(name, values)| values.iter().for_each(|value| see(name, value)));
        }
        Place::AttributeName => telemetry.attributes.iter().for_each(|(name, _)| see("", name)),
        Place::SpanName => telemetry.span_names.iter().for_each(|name| see("", name)),
        Place::EventName => telemetry.event_names.iter().for_each(|name| see("", name)),
        Place::MetadataKey | Place::MetadataValue | Place::Module | Place::Exception | Place::StepName | Place::ResponseId => {}
    }
}

/// Whether a text, of this name, is what a pattern asks for.
fn fits(place: Place, pattern: &str, name: &str, text: &str) -> bool {
    match place {
        Place::Attribute | Place::Resource => {
            pattern.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')).is_some_and(|value| glob::fits(value, text))
        }
        _ => glob::fits(pattern, text),
    }
}

/// Whether the telemetry has everything else a row asks for.
fn has_all(telemetry: &Telemetry, with: &[(Place, &str)]) -> bool {
    with.iter().all(|(place, pattern)| {
        let mut seen = false;
        each_text(telemetry, *place, |name, text| seen = seen || fits(*place, pattern, name, text));
        seen
    })
}

/// A signal in words: `scope openinference.instrumentation.langchain`, `attribute gen_ai.system = autogen`.
fn says(row: &Signal, name: &str, text: &str) -> String {
    let place = row.place.says();
    match row.place {
        // Of a long value the part that tells.
        Place::Attribute | Place::Resource => {
            let telling = row.text.split(['=', '*']).skip(1).max_by_key(|piece| piece.len()).unwrap_or_default();
            let at = text.find(telling).unwrap_or_default();
            format!("{place} {name} = {}", excerpt::line(&text[at..], QUOTED))
        }
        _ => format!("{place} {}", excerpt::line(text, QUOTED)),
    }
}

/// Scopes of instrumentations that name what they are for.
fn instrumented(telemetry: &Telemetry, best: &mut Best) {
    for scope in &telemetry.scopes {
        let last = scope.rsplit('.').find(|part| OTHERS.contains(part));
        let named = INSTRUMENTATION.iter().find_map(|start| scope.strip_prefix(start)).or(last);
        if let Some(named) = named.filter(|named| !named.is_empty()) {
            best.take(&normalised(named), Rank::Client, || format!("scope {}", excerpt::line(scope, QUOTED)));
        }
    }
}

/// Types and frames of the exceptions that spans recorded, recovered from or not.
fn exceptions(telemetry: &Telemetry, best: &mut Best) {
    for (name, values) in &telemetry.attributes {
        match name.as_str() {
            "exception.type" | "error.type" => values.iter().for_each(|value| best.exception(value)),
            "exception.stacktrace" => values.iter().for_each(|value| best.traceback(value)),
            _ => {}
        }
    }
}

/// What only a framework's instrumentation does, by the conventions: a model client has neither agents nor tools to run.
const BEYOND_A_CLIENT: &[&str] = &["invoke_agent", "invoke_workflow", "create_agent", "execute_tool"];

/// How attributes begin that only our own tracer writes: it names its spans by the conventions too, and tells by itself what it found to be
/// instrumented.
const OWN_ATTRIBUTES: &str = "arc.";

/// Who was called; a framework that writes its own name there gives itself away. Where agents are run by what is not known, the client of the
/// model they call is not what they are built with.
fn providers(telemetry: &Telemetry, best: &mut Best) {
    let operations = telemetry.attributes.iter().filter(|(name, _)| name == "gen_ai.operation.name").flat_map(|(_, values)| values);
    let is_framework = !telemetry.attributes.iter().any(|(name, _)| name.starts_with(OWN_ATTRIBUTES))
        && operations.into_iter().any(|operation| BEYOND_A_CLIENT.contains(&operation.as_str()));
    for (name, values) in telemetry.attributes.iter().filter(|(name, _)| PROVIDERS.contains(&name.as_str())) {
        for value in values {
            let named = known(value).map(|framework| (framework, rank_as_provider(name, framework)));
            if let Some((framework, rank)) = named.filter(|(_, rank)| *rank != Rank::Provider || !is_framework) {
                best.take(framework, rank, || format!("attribute {name} = {}", excerpt::line(value, QUOTED)));
            }
        }
    }
}

/// How specific it is that this stands where the provider should. Our own tracer has looked at the agent itself: what it says of a framework
/// stands above what frames of a traceback or names show of the frameworks beneath.
fn rank_as_provider(attribute: &str, framework: &str) -> Rank {
    let sure = table::rows().filter(|row| row.framework == framework && row.rank >= Rank::Framework);
    match sure.map(|row| row.rank).min() {
        Some(_) if attribute == LOOKED_AT => Rank::Named,
        sure => sure.unwrap_or(Rank::Provider),
    }
}

#[cfg(test)]
mod tests;
