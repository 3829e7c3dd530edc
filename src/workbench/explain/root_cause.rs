//! The working of a suspected cause: which steps compete, what speaks for the likeliest, and what would change it.

use crate::{model::verdict::Verdict, workbench::words};

use super::{fact, list, working};

/// How the suspected step was found, for a reader in front of a pane of this width.
#[must_use]
pub fn root_cause(verdict: &Verdict, pane: u16) -> Vec<String> {
    let mut facts = working(pane);
    let Some(cause) = &verdict.root_cause else {
        fact(&mut facts, "Cause", "none is suspected: the run shows no failure, or nothing tells where it began");
        return facts.into_strings();
    };
    let at = cause.step.map_or_else(|| "the run as a whole".to_owned(), |step| format!("step {step}"));
    fact(&mut facts, "Cause", &format!("{at}: {}", cause.says));
    let kind: Vec<&str> = [cause.category.as_deref(), cause.module.as_deref(), cause.agent.as_deref()].into_iter().flatten().collect();
    if !kind.is_empty() {
        fact(&mut facts, "Kind", &kind.join(", "));
    }
    match cause.confidence {
        Some(sure) => fact(
            &mut facts,
            "Confidence",
            &format!("{:.0} %: the share of runs in which a step found like this is the one that people name", sure.percent()),
        ),
        None => fact(&mut facts, "Confidence", "unknown: nothing measured it"),
    }
    list(
        &mut facts,
        "Steps compete",
        cause.suspects.iter().map(|suspect| format!("step {}: {:.0} %", suspect.step, suspect.probability.percent())),
    );
    if !cause.suspects.is_empty() {
        let told: f64 = cause.suspects.iter().map(|suspect| suspect.probability.get()).sum();
        let rest = (1.0 - told).clamp(0.0, 1.0) * 100.0;
        fact(
            &mut facts,
            "",
            &format!(
                "all other steps together: {rest:.0} %. Each step has a sum of weights, and its part of all their exponentials is its probability"
            ),
        );
    }
    list(
        &mut facts,
        "Speaks for it",
        cause
            .reasons
            .iter()
            .map(|reason| format!("{}{}", reason.weight.map_or_else(String::new, |weight| format!("{weight:+.2}  ")), reason.says)),
    );
    if cause.chain.len() > 1 {
        let chain: Vec<String> = cause.chain.iter().map(|step| format!("step {step}")).collect();
        fact(&mut facts, "Leads to", &chain.join(", then "));
    }
    fact(
        &mut facts,
        "Rests on",
        &format!(
            "{} of this run, compared with each other; no other run",
            words::counted(verdict.evidence.len().max(1) as u64, "piece of evidence")
        ),
    );
    fact(&mut facts, "Rules", &format!("version {}", verdict.rules));
    fact(&mut facts, "Changes it", "steps that send what they were given and gave back: what is not sent cannot be weighed");
    facts.into_strings()
}
