//! The working of one run's probability of success: who says so, what its evidence adds up to, and what would change it.

use crate::{
    model::{
        grade::Letter,
        probability::Probability,
        verdict::{OutcomeSource, Verdict},
    },
    workbench::words,
};

use super::{fact, list, working};

/// Pieces of evidence that are listed.
const MOST: usize = 20;

/// How the probability that a run succeeded is made, for a reader in front of a pane of this width.
#[must_use]
pub fn probability(verdict: &Verdict, pane: u16) -> Vec<String> {
    let mut facts = working(pane);
    let Some(probability) = verdict.success_probability else {
        fact(&mut facts, "Probability", "unknown: nothing tells how the run ended");
        fact(&mut facts, "Changes it", "send `success` or an error with the run, or judge it with + or -");
        return facts.into_strings();
    };
    let letter = Letter::of(probability);
    fact(
        &mut facts,
        "Probability",
        &format!("{:.2}, the letter {letter}: in {:.0} of 100 runs like this it succeeds", probability.get(), probability.percent()),
    );
    let says = match verdict.outcome.source {
        Some(OutcomeSource::Feedback) => "a person judged it: a vote decides, 0.98 when right and 0.02 when wrong".to_owned(),
        Some(OutcomeSource::Reported) => match verdict.outcome.reported {
            Some(true) => "the run reports success itself, and its evidence counts beside its word".to_owned(),
            _ => "the run reports failure itself, and that stands".to_owned(),
        },
        Some(OutcomeSource::Inferred) => "its evidence alone: nobody judged it, and it does not say".to_owned(),
        None => "nothing".to_owned(),
    };
    fact(&mut facts, "Rests on", &says);
    evidence(verdict, &mut facts);
    if let Some(agreement) = &verdict.agreement {
        let alone = agreement.alone.map_or_else(|| "unknown".to_owned(), |alone| format!("{:.2}", alone.get()));
        fact(
            &mut facts,
            "Beside others",
            &format!(
                "{} of {} about the same subject came to exactly the same; without them the probability is {alone}",
                agreement.same,
                words::counted(u64::from(agreement.runs), "other run")
            ),
        );
    }
    fact(
        &mut facts,
        "Count",
        "one run: there is no interval. The model behind it is calibrated: of the runs given 0.8, four in five succeed",
    );
    fact(&mut facts, "Rules", &format!("version {}", verdict.rules));
    list(&mut facts, "Changes it", changes(verdict, probability));
    facts.into_strings()
}

/// The evidence with its weights, and what they add up to.
fn evidence(verdict: &Verdict, facts: &mut crate::workbench::draw::facts::Facts) {
    let weighed: Vec<_> = verdict.evidence.iter().filter_map(|evidence| Some((evidence, evidence.weight?))).collect();
    let deciding = verdict.evidence.iter().filter(|evidence| evidence.weight.is_none()).map(|evidence| evidence.says.clone());
    list(facts, "Decides", deciding.take(MOST));
    list(facts, "Goes in", weighed.iter().take(MOST).map(|(evidence, weight)| format!("{weight:+.2}  {}", evidence.says)));
    let Some(inferred) = verdict.inferred_probability.filter(|_| !weighed.is_empty()) else { return };
    let (sum, whole): (f64, f64) = (weighed.iter().map(|(_, weight)| weight).sum(), log_odds(inferred.get()));
    fact(
        facts,
        "Formula",
        &format!(
            "log-odds {whole:+.2} = {sum:+.2} listed {:+.2} from where the model starts and what weighs too little to list; as a probability {:.2}",
            whole - sum,
            inferred.get()
        ),
    );
}

fn changes(verdict: &Verdict, probability: Probability) -> Vec<String> {
    let mut lines = Vec::new();
    match verdict.outcome.source {
        Some(OutcomeSource::Feedback) => lines.push("0 takes the vote back".to_owned()),
        _ => lines.push(format!("+ makes it {}, - makes it {}", Probability::CONFIRMED.get(), Probability::DENIED.get())),
    }
    if verdict.outcome.reported.is_none() {
        lines.push("a run that sends `success` is believed before its evidence".to_owned());
    }
    let heaviest = verdict
        .evidence
        .iter()
        .filter_map(|evidence| Some((evidence, evidence.weight?)))
        .max_by(|one, other| one.1.abs().total_cmp(&other.1.abs()));
    if verdict.outcome.source == Some(OutcomeSource::Inferred)
        && let Some((evidence, weight)) = heaviest
    {
        let without = 1.0 / (1.0 + (-(log_odds(probability.get()) - weight)).exp());
        lines.push(format!("without its heaviest evidence ({}) it would be {without:.2}", evidence.says));
    }
    lines
}

/// Kept within what a probability written with three digits can say.
fn log_odds(probability: f64) -> f64 {
    let probability = probability.clamp(0.001, 0.999);
    (probability / (1.0 - probability)).ln()
}
