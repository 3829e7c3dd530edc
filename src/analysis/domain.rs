//! The subject domain of a run: as sent, else from the words of its tools and instructions, else not known.

use std::collections::HashMap;

use super::{excerpt, instructions::instructions, tool_nature};
use crate::model::trace::Trace;

/// Bytes of tool descriptions read, all together.
const DESCRIPTION_BYTES: usize = 2_000;

/// Bytes of instructions read.
const INSTRUCTION_BYTES: usize = 2_000;

/// Tools whose names are read.
const MOST_TOOLS: usize = 64;

/// Points a domain needs: a different word in a tool's name counts three, one in a description or in the instructions one.
const LEAST_POINTS: u32 = 7;

/// How many times the points of the next domain it needs.
const LEAST_LEAD: u32 = 2;

/// Words shown as the signal.
const WORDS_SHOWN: usize = 5;

/// A domain and the words that speak for it, lower case, singular; each word in one list only.
const DOMAINS: &[(&str, &str)] = &[
    (
        "finance",
        "account aml balance bank banking bond broker card cash charge chargeback credit currency debit deposit dividend equity \
         expense finance financial fund iban insurance interest invoice invest investment kyc ledger loan margin mortgage payment \
         payout payroll portfolio premium price pricing quote receipt refund revenue sanction share stock tax ticker trade trading \
         transaction vat wallet withdrawal",
    ),
    (
        "security",
        "alert antivirus attack breach cve encryption endpoint exploit firewall forensic hash incident intrusion ioc malware mitre \
         nmap patch pentest permission phishing port quarantine ransomware scan secret security siem soc threat triage virus \
         vulnerability waf whois",
    ),
    (
        "ml",
        "accuracy augmentation batch benchmark checkpoint classifier clustering dataset embedding epoch eval experiment feature \
         finetune gpu gradient hyperparameter inference kaggle label mlflow model neural notebook optimizer overfit pipeline pytorch \
         regression sklearn tensor tensorflow train training tuning validation wandb xgboost",
    ),
];

/// The word lists, ready to look words up.
#[derive(Debug, Clone)]
pub(crate) struct DomainWords {
    by_word: HashMap<&'static str, usize>,
}

impl DomainWords {
    pub(crate) fn bundled() -> Self {
        let words =
            DOMAINS.iter().enumerate().flat_map(|(domain, (_, words))| words.split_ascii_whitespace().map(move |word| (word, domain)));
        Self { by_word: words.collect() }
    }

    /// The domain a word speaks for, with the word as listed. A plural counts as its singular.
    fn get(&self, word: &str) -> Option<(&'static str, usize)> {
        const LONGEST: usize = 16;
        if word.len() < 2 || word.len() > LONGEST {
            return None;
        }
        let mut lower = [0_u8; LONGEST];
        let lower = lower.get_mut(..word.len())?;
        lower.copy_from_slice(word.as_bytes());
        lower.make_ascii_lowercase();
        let lower = std::str::from_utf8(lower).ok()?;
        let singular = lower.strip_suffix('s').filter(|word| word.len() > 2);
        [Some(lower), singular]
            .into_iter()
            .flatten()
            .find_map(|word| self.by_word.get_key_value(word))
            .map(|(word, domain)| (*word, *domain))
    }
}

/// The domain and what gave it away: `sent`, or the words. `auto` counts as not sent. A guess needs [`LEAST_POINTS`] and [`LEAST_LEAD`] times
/// the points of the next domain; less is not known.
pub(crate) fn of(trace: &Trace, words: &DomainWords) -> (Option<String>, Option<String>) {
    let sent = trace.domain.as_deref().map(str::trim).filter(|sent| !sent.is_empty() && !sent.eq_ignore_ascii_case("auto"));
    if let Some(sent) = sent {
        return (Some(excerpt::name(sent).to_owned()), Some("sent".to_owned()));
    }
    let mut tally = Tally { words, heard: Vec::new() };
    let offered = trace.tools_available.as_deref().unwrap_or_default();
    let called = trace.steps.iter().filter_map(|step| step.tool.as_ref()).map(|tool| tool.name.as_str());
    for name in offered.iter().map(|tool| tool.name.as_str()).chain(called).take(MOST_TOOLS) {
        tally.hear(excerpt::name(name), 3);
    }
    let mut room = DESCRIPTION_BYTES;
    for description in offered.iter().filter_map(|tool| tool.description.as_deref()) {
        let read = excerpt::head(description, room);
        tally.hear(read, 1);
        room -= read.len();
    }
    if let Some(instructions) = instructions(trace) {
        tally.hear(excerpt::head(instructions, INSTRUCTION_BYTES), 1);
    }
    tally.winner().map_or((None, None), |(domain, signal)| (Some(domain.to_owned()), Some(signal)))
}

/// The words heard so far, each with the most points it was heard for.
struct Tally<'w> {
    words: &'w DomainWords,
    heard: Vec<(&'static str, usize, u32)>,
}

impl Tally<'_> {
    fn hear(&mut self, text: &str, points: u32) {
        for (word, domain) in tool_nature::words(text).filter_map(|word| self.words.get(word)) {
            match self.heard.iter_mut().find(|(known, _, _)| *known == word) {
                Some((_, _, most)) => *most = points.max(*most),
                None => self.heard.push((word, domain, points)),
            }
        }
    }

    fn winner(&self) -> Option<(&'static str, String)> {
        let points = |domain: usize| self.heard.iter().filter(|(_, of, _)| *of == domain).map(|(_, _, points)| *points).sum::<u32>();
        let best = (0..DOMAINS.len()).max_by_key(|domain| points(*domain))?;
        let next = (0..DOMAINS.len()).filter(|domain| *domain != best).map(points).max().unwrap_or_default();
        if points(best) < LEAST_POINTS || points(best) < LEAST_LEAD * next {
            return None;
        }
        let mut words: Vec<_> = self.heard.iter().filter(|(_, of, _)| *of == best).collect();
        words.sort_by_key(|(_, _, points)| std::cmp::Reverse(*points));
        let words = excerpt::list(words.iter().map(|(word, _, _)| *word), WORDS_SHOWN);
        Some((DOMAINS.get(best)?.0, format!("words of its tools and instructions: {words}")))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::json;

    use super::*;
    use crate::analysis::testing::trace;

    fn domain(trace: &Trace) -> Option<String> {
        of(trace, &DomainWords::bundled()).0
    }

    #[test]
    fn each_word_speaks_for_one_domain() {
        let mut seen = HashSet::new();
        for (_, words) in DOMAINS {
            for word in words.split_ascii_whitespace() {
                assert!(seen.insert(word), "{word} is listed twice");
                assert_eq!(word, word.to_ascii_lowercase());
            }
        }
    }

    #[test]
    fn what_was_sent_stands() {
        let (domain, signal) = of(&trace().build_with(|trace| trace.domain = Some(" healthcare ".to_owned())), &DomainWords::bundled());
        assert_eq!((domain.as_deref(), signal.as_deref()), (Some("healthcare"), Some("sent")));
    }

    #[test]
    fn tools_give_a_domain_away() {
        let trace = trace()
            .offers("issue_refund", json!({}))
            .offers("getInvoices", json!({}))
            .tool("charge_card", json!({}))
            .build_with(|trace| trace.domain = Some("AUTO".to_owned()));
        let (domain, signal) = of(&trace, &DomainWords::bundled());
        assert_eq!(domain.as_deref(), Some("finance"));
        assert_eq!(signal.as_deref(), Some("words of its tools and instructions: refund, invoice, charge, card"));
    }

    #[test]
    fn instructions_count_a_little() {
        let instructions =
            "You triage security alerts. Look up each CVE, check the firewall and the SIEM, and quarantine malware. Report every incident.";
        assert_eq!(domain(&trace().message("system", instructions).build()).as_deref(), Some("security"));
        assert_eq!(domain(&trace().message("user", instructions).build()), None);
    }

    #[test]
    fn too_little_or_too_mixed_is_not_known() {
        assert_eq!(domain(&trace().tool("get_weather", json!({})).build()), None);
        assert_eq!(domain(&trace().tool("get_stock_price", json!({})).build()), None);
        assert_eq!(domain(&trace().tool("bank_loan_tax", json!({})).tool("firewall_malware_cve", json!({})).build()), None);
        assert_eq!(domain(&trace().build()), None);
    }
}
