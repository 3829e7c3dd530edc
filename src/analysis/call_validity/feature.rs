//! What is counted of a request and its calls, and how each count is said.

use crate::analysis::excerpt;

/// How many there are.
pub(super) const COUNT: usize = NAMES.len();

macro_rules! features {
    ($( $(#[doc = $doc:literal])+ $variant:ident: $name:literal, $whole:literal, $says:literal; )+) => {
        /// One thing counted. All but none of them speak against a call.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Feature { $( $(#[doc = $doc])+ $variant, )+ }

        /// The names that the model's file knows them by, in order.
        pub(super) const NAMES: &[&str] = &[ $( $name, )+ ];

        const ALL: &[(Feature, bool, &str)] = &[ $( (Feature::$variant, $whole, $says), )+ ];
    };
}

// Name in the file, whether it is about the calls as a whole, and what is said; what shows it, or else the amount, follows after a colon.
features! {
    /// Arguments that the schema does not admit or that are required and empty, and tools that were not offered.
    SchemaErrors: "schema_errors", false, "arguments that do not fit the tool's schema";
    /// Arguments that are given, need not be, and are empty.
    EmptyArguments: "empty_arguments", false, "arguments given and empty";
    /// Whole numbers in a list of decimals, decimals for a whole number.
    NumericType: "numeric_type", false, "numbers written as another type than the schema's";
    /// A percentage given as it is where a fraction is expected.
    PercentWhole: "percent_whole", false, "a percentage given as it is, where nothing says that percent are taken";
    /// A date that the request does not give.
    InventedDate: "invented_date", false, "a date that the request does not give";
    /// Required arguments with values that are not in the request.
    RequiredInvented: "required_invented", false, "required arguments whose values the request does not give";
    /// Optional arguments with values that are not in the request.
    OptionalInvented: "optional_invented", false, "optional arguments whose values the request does not give";
    /// Share of all values that are not in the request.
    UngroundedShare: "ungrounded_share", false, "share of the values that the request does not give";
    /// Switches set that nothing in the request asks for.
    FlagUnasked: "flag_unasked", false, "switches set that the request does not ask for";
    /// Values that are in the request in part only.
    PartlyGrounded: "partly_grounded", false, "values of which the request gives only a part";
    /// Values of a list of choices that the request names and no call gives.
    ChoicesUnfilled: "choices_unfilled", true, "choices that the request names and no call gives";
    /// Numbers of the request that no call carries.
    NumbersUncovered: "numbers_uncovered", true, "numbers of the request that no call carries";
    /// Their share.
    NumbersUncoveredShare: "numbers_uncovered_share", true, "share of the request's numbers that no call carries";
    /// Quotations of the request that no call carries.
    QuotesUncovered: "quotes_uncovered", true, "quotations of the request that no call carries";
    /// Some codes of the request are carried, some are not.
    CodesMixed: "codes_mixed", true, "a code of the request that no call carries, while another is carried";
    /// Some names of the request are carried, some are not.
    NamesMixed: "names_mixed", true, "a name of the request that no call carries, while another is carried";
    /// Words of the request that neither the calls nor the documentation of their tools carry.
    WordsUnexplained: "words_unexplained", true, "words of the request that have nothing to do with the calls";
    /// One number of a pair is carried, the other is not.
    HalfPairs: "half_pairs", true, "numbers side by side of which only one is carried";
    /// Items listed beyond the calls made.
    ListOverCalls: "list_over_calls", true, "items listed together, beyond the number of calls";
    /// Questions beyond the calls made.
    QuestionsOverCalls: "questions_over_calls", true, "questions asked, beyond the number of calls";
    /// Words that join parts (*also*, *then*, *secondly*) beyond the calls made.
    JoinsOverCalls: "joins_over_calls", true, "parts joined by words such as also and then, beyond the number of calls";
    /// One call for a request of many words: those beyond the first dozen.
    OneCallForMuch: "one_call_for_much", true, "one call for a long request, of so many telling words beyond a dozen";
    /// Calls made twice with the same arguments.
    DuplicateCalls: "duplicate_calls", true, "calls made twice";
    /// Calls that say part of what another says.
    SubsetCalls: "subset_calls", true, "calls that say no more than another";
    /// Calls that differ from another only in what the request does not give.
    ExtraCalls: "extra_calls", true, "calls that differ from another only in what the request does not give";
    /// No call at all, though a tool fits.
    NoCall: "no_call", true, "no tool was called, though one fits the request";
    /// How much better a tool fits that was not called.
    UncalledFits: "uncalled_fits", true, "a tool that was not called fits the request better than one that was";
    /// The request speaks of what a tool needs that was not called.
    UncalledParameters: "uncalled_parameters", true, "the request gives what a tool needs that was not called";
    /// The request has the very words that tell an uncalled tool from the others.
    UncalledNamed: "uncalled_named", true, "the request names what only a tool does that was not called";
}

impl Feature {
    /// The feature at a place of a row.
    pub(super) fn at(place: usize) -> Option<Self> {
        ALL.get(place).map(|(feature, _, _)| *feature)
    }

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        NAMES.get(self as usize).copied().unwrap_or_default()
    }

    /// Whether it is about the calls as a whole, and no single one can be blamed.
    pub(super) fn of_whole(self) -> bool {
        ALL.get(self as usize).is_some_and(|(_, whole, _)| *whole)
    }

    /// What is said of it.
    fn label(self) -> &'static str {
        ALL.get(self as usize).map_or("", |(_, _, label)| *label)
    }

    /// The feature in whose sentence this one is said along, as they tell of the same thing.
    pub(super) fn told_by(self) -> &'static [Self] {
        match self {
            Self::NumbersUncoveredShare | Self::HalfPairs => &[Self::NumbersUncovered],
            Self::UngroundedShare => &[Self::RequiredInvented, Self::OptionalInvented],
            Self::UncalledFits | Self::UncalledParameters => &[Self::UncalledNamed],
            _ => &[],
        }
    }
}

/// Most that is shown of what a feature was found in.
const MOST_SHOWN: usize = 4;

/// What was counted, with what shows it.
#[derive(Debug, Clone)]
pub(super) struct Findings<'a> {
    amounts: [f64; COUNT],
    shown: Vec<(Feature, &'a str)>,
}

impl<'a> Findings<'a> {
    /// Nothing yet.
    pub(super) fn none() -> Self {
        Self { amounts: [0.0; COUNT], shown: Vec::new() }
    }

    /// Counts more of one thing.
    pub(super) fn add(&mut self, feature: Feature, amount: f64) {
        self.amounts[feature as usize] += amount;
    }

    /// Counts one, and keeps what shows it.
    pub(super) fn show(&mut self, feature: Feature, shown: &'a str) {
        self.add(feature, 1.0);
        self.mention(feature, shown);
    }

    /// Keeps what shows it.
    pub(super) fn mention(&mut self, feature: Feature, shown: &'a str) {
        if !self.shown.contains(&(feature, shown)) && self.shown.iter().filter(|(of, _)| *of == feature).count() < MOST_SHOWN {
            self.shown.push((feature, shown));
        }
    }

    /// Sets an amount.
    pub(super) fn set(&mut self, feature: Feature, amount: f64) {
        self.amounts[feature as usize] = amount;
    }

    pub(super) fn amount(&self, feature: Feature) -> f64 {
        self.amounts[feature as usize]
    }

    /// Counts all that another counted. Calls of one request share what they are given, so an invented value in each of them is one.
    pub(super) fn take(&mut self, other: &Self) {
        for (place, (amount, more)) in self.amounts.iter_mut().zip(other.amounts).enumerate() {
            let shared =
                [Feature::RequiredInvented, Feature::OptionalInvented, Feature::FlagUnasked].iter().any(|of| *of as usize == place);
            *amount = if shared { amount.max(more) } else { *amount + more };
        }
        for (feature, shown) in &other.shown {
            self.mention(*feature, shown);
        }
    }

    /// The row that the model weighs: ln(1 + amount).
    pub(super) fn row(&self) -> [f64; COUNT] {
        let mut row = self.amounts;
        for (place, amount) in row.iter_mut().enumerate() {
            // The tenth doubt of a kind says what the fifth did; words come in greater numbers.
            let words = place == Feature::WordsUnexplained as usize || place == Feature::OneCallForMuch as usize;
            *amount = amount.clamp(0.0, if words { 50.0 } else { 5.0 }).ln_1p();
        }
        row
    }

    /// The sentence of one of them, with what shows it.
    pub(super) fn says(&self, feature: Feature) -> String {
        let shown: Vec<&str> = self.shown.iter().filter(|(of, _)| *of == feature).map(|(_, shown)| *shown).collect();
        let amount = self.amount(feature);
        let shows = match feature {
            _ if !shown.is_empty() => {
                let more =
                    if amount > shown.len() as f64 { format!(" and {:.0} more", amount - shown.len() as f64) } else { String::new() };
                let lines: Vec<String> = shown.into_iter().map(|shown| excerpt::line(shown, 40)).collect();
                lines.join(", ") + &more
            }
            Feature::UngroundedShare | Feature::NumbersUncoveredShare => format!("{:.0} %", amount * 100.0),
            _ => format!("{amount:.0}"),
        };
        format!("{}: {shows}", feature.label())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_said_with_its_amount_and_what_shows_it() {
        let mut findings = Findings::none();
        findings.show(Feature::NumbersUncovered, "5000");
        findings.show(Feature::NumbersUncovered, "1000");
        assert_eq!(findings.says(Feature::NumbersUncovered), "numbers of the request that no call carries: 5000, 1000");
        assert_eq!(findings.row()[Feature::NumbersUncovered as usize], 2.0_f64.ln_1p());
    }

    #[test]
    fn every_feature_has_a_name_of_its_own() {
        let mut names: Vec<_> = NAMES.to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), COUNT);
        assert_eq!(Feature::at(Feature::NoCall as usize).map(Feature::name), Some("no_call"));
    }
}
