//! The same calls on a cheaper model: one of the same host and family, that can do what the calls needed.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Idea, Looked, risk, working::Working};
use crate::{
    analysis::{
        cost::{Bill, Price},
        excerpt,
        rules::Rules,
    },
    model::{advice::AdviceKind, summary::Summary},
};

/// How alike two names must be to be of one family: two of three parts (`gpt-4o`, `gpt-4o-mini`), or three of five (`claude-sonnet-4-5`,
/// `claude-haiku-4-5`).
const ALIKE: f64 = 0.6;

/// Marks that make a model one for a purpose of its own.
const SPECIAL: &[&str] = &[
    "search",
    "audio",
    "realtime",
    "image",
    "vision",
    "transcribe",
    "tts",
    "embed",
    "embedding",
    "guard",
    "code",
    "codex",
    "coder",
    "research",
    "live",
    "computer",
    "native",
    "robotics",
    "customtools",
    "chat",
    "instruct",
    "base",
    "fast",
    "cyber",
    "omni",
    "preview",
    "exp",
    "experimental",
    "beta",
];

/// What the calls of one model needed.
#[derive(Default)]
struct Needs {
    tools: bool,
    images: bool,
    audio: bool,
    context: u64,
}

impl Needs {
    fn of(&mut self, bill: &Bill<'_>, tools_offered: bool) {
        self.tools |= tools_offered || !bill.call.requested_tools.is_empty();
        self.context = self.context.max(bill.usage.input_tokens.saturating_add(bill.usage.output_tokens));
        self.images |= bill.call.charges.image_input_tokens > 0;
        self.audio |= bill.call.charges.audio_input_tokens > 0 || bill.call.charges.audio_output_tokens > 0;
        let (images, audio) = bill.call.messages.as_ref().map_or((false, false), kinds);
        self.images |= images;
        self.audio |= audio;
    }

    fn met_by(&self, price: &Price) -> bool {
        let able = price.abilities;
        able.context.is_some_and(|context| context >= self.context)
            && (able.tools || !self.tools)
            && (able.images || !self.images)
            && (able.audio || !self.audio)
    }
}

/// Whether messages hold pictures, and sound: by what their parts call themselves.
fn kinds(messages: &Value) -> (bool, bool) {
    let parts = messages.as_array().into_iter().flatten().filter_map(|message| message.get("content")?.as_array()).flatten();
    let names: Vec<&str> = parts.filter_map(|part| part.get("type")?.as_str()).collect();
    (names.iter().any(|name| name.contains("image")), names.iter().any(|name| name.contains("audio")))
}

/// One idea for each model that was called and has a cheaper relative.
pub(super) fn ideas(looked: &[Looked<'_>], rows: &[Summary], rules: &Rules) -> Vec<Idea> {
    let mut models: BTreeMap<(&str, &str), (&Price, Needs)> = BTreeMap::new();
    for looked in looked {
        let tools_offered = looked.run.trace.tools_available.as_ref().is_some_and(|tools| !tools.is_empty());
        for bill in &looked.calls {
            let (_, needs) = models.entry((&bill.price.host, &bill.price.model)).or_insert_with(|| (bill.price, Needs::default()));
            needs.of(bill, tools_offered);
        }
    }
    let best = |(price, needs): (&Price, Needs)| {
        let candidates = rules
            .prices
            .of_host(&price.host)
            .filter(|other| other.model != price.model && related(&price.model, &other.model) && needs.met_by(other));
        // Of those that save something the one whose runs are known, else the dearest: the smallest step down.
        let worked = candidates.filter_map(|other| Some((other, repriced(looked, price, other)?)));
        let saving = worked.filter(|(_, working)| working.saved() > crate::model::money::Money::ZERO);
        let told = saving.map(|(other, working)| (risk::of_switch(rows, &price.model, &other.model), other, working));
        let (risk, other, working) = told.min_by(|one, two| {
            let known = |risk: &crate::model::advice::Risk| risk.points.is_none();
            (known(&one.0), one.2.saved(), &one.1.model).cmp(&(known(&two.0), two.2.saved(), &two.1.model))
        })?;
        let says = format!("call {} instead of {}", excerpt::line(&other.model, 60), excerpt::line(&price.model, 60));
        Some(Idea { kind: AdviceKind::SwitchModel, says, working, risk })
    };
    models.into_values().filter_map(best).collect()
}

/// The calls of one model at the rates of another; `None` when one of them has no rate there.
fn repriced(looked: &[Looked<'_>], from: &Price, to: &Price) -> Option<Working> {
    let mut all = Working::default();
    for looked in looked {
        let mut run = Working::default();
        for bill in looked.calls.iter().filter(|bill| bill.price.model == from.model && bill.price.host == from.host) {
            for line in bill.at_another(to)? {
                run.add(line.class, line.tokens, line.from, line.to);
            }
        }
        all.take(run);
    }
    Some(all)
}

/// Whether two names are of one family, and the second is not one for a purpose of its own.
fn related(one: &str, two: &str) -> bool {
    let parts = |name: &str| -> Vec<String> {
        let name = name.rsplit_once('/').map_or(name, |(_, rest)| rest);
        name.split(['-', '.', ':', '@']).filter(|part| !part.is_empty() && !is_stamp(part)).map(str::to_owned).collect()
    };
    let (one, two) = (parts(one), parts(two));
    if two.iter().any(|part| SPECIAL.contains(&part.as_str()) && !one.contains(part)) || one.first() != two.first() {
        return false;
    }
    let shared = one.iter().filter(|part| two.contains(part)).count();
    let all = one.len() + two.len() - shared;
    shared as f64 >= ALIKE * all as f64
}

/// A date or a build number, which says nothing of the family.
fn is_stamp(part: &str) -> bool {
    part.len() >= 4 && part.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_told_by_their_names() {
        for (one, two, are) in [
            ("gpt-4o", "gpt-4o-mini", true),
            ("gpt-4.1", "gpt-4.1-nano", true),
            ("claude-sonnet-4-5", "claude-haiku-4-5", true),
            ("gemini-2.5-pro", "gemini-2.5-flash", true),
            ("gpt-4o", "gpt-4o-mini-search-preview", false),
            ("gpt-4o", "gpt-4o-audio-preview", false),
            ("gpt-4o", "gpt-3.5-turbo", false),
            ("claude-sonnet-4-5", "claude-3-haiku", false),
            ("gpt-4o", "o3", false),
        ] {
            assert_eq!(related(one, two), are, "{one} {two}");
        }
    }
}
