//! Whether a tool that was not called fits the request better than those that were.

use super::{
    documentation::Tool,
    feature::{Feature, Findings},
    request::{Piece, Request},
    word::{self, Stem, Stems},
};
use crate::analysis::call::Call;

/// Tools looked at.
const MOST_TOOLS: usize = 128;

/// A tool fits at all from this share of its words, rare words weighing more, in the request.
const FITS: f64 = 0.3;

/// A tool whose parameters are looked for fits from this share.
const FITS_SOMEWHAT: f64 = 0.15;

/// Words of any tool's description.
const OF_ANY_TOOL: &[&str] = &["retrieve", "fetch", "function", "specific", "specified", "information", "return", "data", "details"];

/// One tool in the light of the request.
struct Candidate<'t, 'a> {
    tool: &'t Tool<'a>,
    called: bool,
    /// Telling words of its name.
    name: Stems,
    /// Telling words of its name and the first sentence about it.
    words: Stems,
    /// Share of those in the request, rare words weighing more.
    fit: f64,
}

/// A tool that fits better than one that was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Better<'a> {
    /// The tool that was not called.
    pub(super) tool: &'a str,
    /// The one called that fits least.
    pub(super) called: &'a str,
}

/// Counts what speaks for a tool that was not called, and names it where it fits the request better than one that was.
pub(super) fn count<'a>(
    request: &Request<'a>,
    tools: &[Tool<'a>],
    calls: &[Call<'_>],
    carried: &Stems,
    findings: &mut Findings<'a>,
) -> Option<Better<'a>> {
    let candidates = candidates(request, tools, calls);
    let fit_of = |called: bool| candidates.iter().filter(move |candidate| candidate.called == called);
    let best = fit_of(false).max_by(|one, other| one.fit.total_cmp(&other.fit))?;
    let worst_called = fit_of(true).min_by(|one, other| one.fit.total_cmp(&other.fit));
    let lead = best.fit - worst_called.map_or(0.0, |worst| worst.fit);
    if lead > 0.0 {
        findings.add(Feature::UncalledFits, lead);
        findings.mention(Feature::UncalledFits, best.tool.name);
    }
    let (mut given, mut named) = ((0.0, ""), (0.0, ""));
    for candidate in candidates.iter().filter(|candidate| !candidate.called) {
        if candidate.fit > FITS_SOMEWHAT {
            let share = candidate.parameters_spoken_of(request);
            if share > given.0 {
                given = (share, candidate.tool.name);
            }
        }
        let share = candidate.told_apart_by(request, &candidates, carried);
        if share > named.0 {
            named = (share, candidate.tool.name);
        }
    }
    for (feature, (share, name)) in [(Feature::UncalledParameters, given), (Feature::UncalledNamed, named)] {
        if share > 0.0 {
            findings.add(feature, share);
            findings.mention(feature, name);
        }
    }
    let replaces = |candidate: &&Candidate<'_, 'a>| {
        candidate.fit >= FITS && candidate.tool.name == if named.0 >= 0.5 { named.1 } else { best.tool.name }
    };
    let better = candidates.iter().find(replaces)?;
    let worst = worst_called.filter(|worst| worst.fit < better.fit)?;
    Some(Better { tool: better.tool.name, called: worst.tool.name })
}

/// Counts that no tool was called though one fits.
pub(super) fn none_called<'a>(request: &Request<'a>, tools: &[Tool<'a>], findings: &mut Findings<'a>) {
    let candidates = candidates(request, tools, &[]);
    let best = candidates.iter().max_by(|one, other| one.fit.total_cmp(&other.fit));
    if let Some(best) = best.filter(|best| best.fit >= FITS) {
        findings.show(Feature::NoCall, best.tool.name);
    }
}

fn candidates<'t, 'a>(request: &Request<'_>, tools: &'t [Tool<'a>], calls: &[Call<'_>]) -> Vec<Candidate<'t, 'a>> {
    let of_any: Stems = OF_ANY_TOOL.iter().map(|word| word::stem(word)).collect();
    let mut candidates: Vec<Candidate<'t, 'a>> = tools
        .iter()
        .take(MOST_TOOLS)
        .map(|tool| {
            let sentence = tool.description.split('.').next().unwrap_or_default();
            let name = Stems::telling(tool.name);
            let words = name.iter().chain(Stems::telling(sentence).iter()).filter(|stem| !of_any.has(*stem)).collect();
            let called = calls.iter().any(|call| super::same_tool(call.name, tool.name));
            Candidate { tool, called, name, words, fit: 0.0 }
        })
        .collect();
    let mut tools_with: Vec<Stem> = candidates.iter().flat_map(|candidate| candidate.words.iter()).collect();
    tools_with.sort_unstable();
    let weight = |stem: Stem| {
        let from = tools_with.partition_point(|known| *known < stem);
        let count = tools_with[from..].partition_point(|known| *known == stem).max(1);
        (candidates.len() as f64 / count as f64).ln_1p()
    };
    let fits: Vec<f64> = candidates
        .iter()
        .map(|candidate| {
            let (mut all, mut spoken) = (0.0, 0.0);
            for stem in candidate.words.iter() {
                let weight = weight(stem);
                all += weight;
                spoken += if request.stems.has(stem) { weight } else { 0.0 };
            }
            spoken / f64::max(all, 1.0)
        })
        .collect();
    for (candidate, fit) in candidates.iter_mut().zip(fits) {
        candidate.fit = fit;
    }
    candidates
}

impl Candidate<'_, '_> {
    /// Share of the required parameters whose names the request speaks of.
    fn parameters_spoken_of(&self, request: &Request<'_>) -> f64 {
        let (mut all, mut spoken) = (0_u32, 0_u32);
        for parameter in self.tool.parameters.iter().filter(|parameter| parameter.required) {
            let words = Stems::telling(parameter.name);
            if !words.is_empty() {
                all += 1;
                spoken += u32::from(words.any_in(&request.stems));
            }
        }
        if all > 0 { f64::from(spoken) / f64::from(all) } else { 0.0 }
    }

    /// Share of the words that only this tool's name has, which the request says and no call carries.
    fn told_apart_by(&self, request: &Request<'_>, others: &[Self], carried: &Stems) -> f64 {
        let (mut own, mut said) = (0_u32, 0_u32);
        for text in word::words(self.tool.name).filter(|text| text.len() > 2) {
            let (stem, common) = word::stem_of(text);
            let shared = |other: &&Self| !std::ptr::eq(*other, self) && (other.name.has(stem) || (other.called && other.words.has(stem)));
            if common || !self.name.has(stem) || others.iter().find(shared).is_some() {
                continue;
            }
            own += 1;
            said += u32::from(says(request, text, stem, carried));
        }
        if own > 0 { f64::from(said) / f64::from(own) } else { 0.0 }
    }
}

/// Whether the request says a word, or one of which it is the beginning or the other way round (*prep* and *prepare*).
fn says(request: &Request<'_>, word: &str, stem: Stem, carried: &Stems) -> bool {
    request.pieces.iter().any(|piece| {
        let Piece::Word { text, stem: said, .. } = piece else { return false };
        let short = text.len().min(word.len());
        let begins = short >= 4 && text.as_bytes()[..short].eq_ignore_ascii_case(&word.as_bytes()[..short]);
        (*said == stem || begins) && !carried.has(*said)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::analysis::{call, rules::Rules, testing::trace};

    fn better(request: &str, offered: &[(&str, &str)], called: &str) -> Option<String> {
        let builder = offered.iter().fold(trace(), |trace, (name, _)| trace.offers(name, json!({"properties": {}})));
        let mut trace = builder.tool(called, json!({"where": "Rome"})).build();
        for (tool, (_, description)) in trace.tools_available.iter_mut().flatten().zip(offered) {
            tool.description = Some((*description).to_owned());
        }
        let calls = call::collect(&trace, &Rules::bundled());
        let tools: Vec<Tool<'_>> = trace.tools_available.iter().flatten().map(Tool::read).collect();
        let mut findings = Findings::none();
        count(&Request::read(request), &tools, &calls, &Stems::of("Rome"), &mut findings).map(|better| better.tool.to_owned())
    }

    #[test]
    fn a_tool_whose_own_words_the_request_says() {
        let offered = [("forecast_temperature", "The temperature of a city."), ("forecast_rain", "The rain in a city.")];
        assert_eq!(better("How much rain falls in Rome?", &offered, "forecast_temperature").as_deref(), Some("forecast_rain"));
        assert_eq!(better("What is the temperature in Rome?", &offered, "forecast_temperature"), None);
    }

    #[test]
    fn a_word_may_be_the_beginning_of_another() {
        let request = Request::read("A recipe with nutritional facts");
        assert!(says(&request, "nutrition", word::stem("nutrition"), &Stems::default()));
        assert!(!says(&request, "price", word::stem("price"), &Stems::default()));
    }
}
