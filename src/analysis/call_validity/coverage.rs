//! What the request names and no call carries: numbers, quotations, codes, names, choices, words.

use serde_json::Value;

use super::{
    documentation::Tool,
    feature::{Feature, Findings},
    number::{self, Numbers},
    request::{self, Piece, Request},
    word::{self, Stem, Stems},
};
use crate::analysis::{call::Call, excerpt};

/// Values of all calls together that are looked at.
const MOST_VALUES: usize = 1_000;

/// Bytes of a text that are looked at.
const TEXT_BYTES: usize = 400;

/// Deepest value looked at.
const DEEPEST: usize = 8;

/// What the calls carry.
#[derive(Debug, Default)]
pub(super) struct Carried {
    /// Their words.
    pub(super) stems: Stems,
    /// Their values without spaces, one after another.
    compact: String,
    /// Their numbers, in the units of the request too.
    numbers: Numbers,
    /// The longest list given.
    pub(super) longest_list: usize,
}

impl Carried {
    /// Gathers the values of calls.
    pub(super) fn by(calls: &[Call<'_>], request: &Request<'_>) -> Self {
        let mut gathered = Gathered { request, stems: Vec::new(), numbers: Vec::new(), carried: Self::default(), room: MOST_VALUES };
        for input in calls.iter().filter_map(|call| call.input) {
            gathered.value(input, 0);
        }
        let Gathered { stems, numbers, mut carried, .. } = gathered;
        carried.stems = stems.into_iter().collect();
        carried.numbers = numbers.into_iter().collect();
        carried
    }

    fn has_compact(&self, text: &str) -> bool {
        self.compact.contains(&request::compact(text))
    }

    /// Whether they carry a name, or a word of it.
    pub(super) fn has_name(&self, text: &str, words: &[Piece<'_>]) -> bool {
        words.iter().filter_map(request::stem_in).any(|stem| self.stems.has(stem)) || self.has_compact(text)
    }

    /// Whether they carry a number.
    pub(super) fn has_number(&self, number: f64) -> bool {
        self.numbers.has(number)
    }
}

struct Gathered<'r, 'a> {
    request: &'r Request<'a>,
    stems: Vec<Stem>,
    numbers: Vec<f64>,
    carried: Carried,
    room: usize,
}

impl Gathered<'_, '_> {
    fn value(&mut self, value: &Value, depth: usize) {
        if self.room == 0 || depth > DEEPEST {
            return;
        }
        self.room -= 1;
        match value {
            Value::Null | Value::Bool(_) => {}
            Value::Number(number) => {
                request::compact_into(&number.to_string(), &mut self.carried.compact);
                self.carried.compact.push(' ');
                self.number(number.as_f64().unwrap_or(0.0));
            }
            Value::String(text) => {
                let text = excerpt::head(text, TEXT_BYTES);
                request::compact_into(text, &mut self.carried.compact);
                self.carried.compact.push(' ');
                self.stems.extend(word::words(text).map(word::stem));
                number::all(text).for_each(|number| self.number(number.value));
            }
            Value::Array(items) => {
                self.carried.longest_list = self.carried.longest_list.max(items.len());
                items.iter().for_each(|item| self.value(item, depth + 1));
            }
            Value::Object(entries) => entries.values().for_each(|item| self.value(item, depth + 1)),
        }
    }

    /// A number that the request gives stands for itself alone; any other may be one of the request's in another unit.
    fn number(&mut self, number: f64) {
        self.numbers.push(number);
        if self.request.percentages.has(number * 100.0) {
            self.numbers.push(number * 100.0);
        } else if !self.request.writes(number) {
            self.numbers.extend([100.0, 0.01, 1e3, 1e-3, 1.0 / 12.0, 1.0 / 60.0].map(|factor| number * factor));
            self.numbers.push(number - 12.0);
        }
    }
}

/// Counts what is not carried. `called` are the tools called.
pub(super) fn count<'a>(request: &Request<'a>, carried: &Carried, calls: &[Call<'_>], called: &[&Tool<'a>], findings: &mut Findings<'a>) {
    numbers(request, carried, findings);
    quotations(request, carried, called, findings);
    codes(request, carried, findings);
    names(request, carried, calls.len(), called, findings);
    words(request, carried, called, findings);
    choices(request, calls, called, findings);
}

fn numbers<'a>(request: &Request<'a>, carried: &Carried, findings: &mut Findings<'a>) {
    let mut told: Vec<f64> = Vec::new();
    let mut missing = 0_u32;
    for number in &request.numbers {
        if carried.has_number(number.value) {
            continue;
        }
        missing += 1;
        if !told.contains(&number.value) && told.len() < 8 {
            told.push(number.value);
            findings.show(Feature::NumbersUncovered, &request.text[number.at..number.end]);
        }
    }
    if missing > 0 {
        findings.set(Feature::NumbersUncoveredShare, f64::from(missing) / request.numbers.len() as f64);
    }
    // "4, 6 and 8": where one of two that stand side by side is carried and the other is not, a call is missing.
    for (index, piece) in request.pieces.iter().enumerate() {
        let Piece::Number(first) = piece else { continue };
        let after = request.pieces[index + 1..].iter().take(4);
        let mut joined = false;
        for next in after {
            match next {
                Piece::Mark { byte: b',' | b'&', .. } => joined = true,
                Piece::Mark { byte: b'$' | b'%', .. } => {}
                Piece::Word { text, .. } if ["and", "or", "vs", "versus"].iter().any(|word| word.eq_ignore_ascii_case(text)) => {
                    joined = true
                }
                Piece::Number(second) if joined && !first.glued && !second.glued => {
                    if carried.has_number(first.value) != carried.has_number(second.value) {
                        findings.show(Feature::HalfPairs, &request.text[first.at..second.end]);
                    }
                    break;
                }
                _ => break,
            }
        }
    }
}

/// Passages in quotation marks, of 2 to 60 bytes.
pub(super) fn quoted(text: &str) -> impl Iterator<Item = &str> {
    const MARKS: [char; 6] = ['"', '\'', '“', '”', '‘', '’'];
    let mut rest = text.char_indices();
    let mut before = ' ';
    std::iter::from_fn(move || {
        while let Some((at, character)) = rest.next() {
            let opens = matches!(character, '"' | '\'' | '“' | '‘') && !before.is_alphanumeric();
            before = character;
            if !opens {
                continue;
            }
            let inside = &text[at + character.len_utf8()..];
            let Some(length) = inside.find(MARKS).filter(|length| (2..=60).contains(length)) else { continue };
            let mut after = inside[length..].chars();
            after.next();
            if after.next().is_none_or(|next| next.is_whitespace() || ",.?!;:)".contains(next)) {
                let passed = at + character.len_utf8() + length;
                while rest.next().is_some_and(|(at, _)| at < passed) {}
                return Some(&inside[..length]);
            }
        }
        None
    })
}

fn quotations<'a>(request: &Request<'a>, carried: &Carried, called: &[&Tool<'a>], findings: &mut Findings<'a>) {
    for passage in quoted(request.text) {
        let plain: String = passage.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect();
        let is_tool = || {
            called.iter().any(|tool| {
                let name: String = tool.name.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect();
                !plain.is_empty() && name.contains(&plain)
            })
        };
        if !carried.has_compact(passage) && !Stems::of(passage).all_in(&carried.stems) && !is_tool() {
            findings.show(Feature::QuotesUncovered, passage);
        }
    }
}

/// Runs of letters, digits, `_` and `-` with a letter and a digit: `C6H12O6`, `A-1182`. Amounts with a unit and ordinals are none.
pub(super) fn codes_in(text: &str) -> impl Iterator<Item = &str> {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    text.split(move |c| !part(c)).map(|run| run.trim_matches('-')).filter(|run| {
        let letters = run.bytes().filter(u8::is_ascii_alphabetic).count();
        let digits = run.bytes().filter(u8::is_ascii_digit).count();
        let leading = run.bytes().take_while(u8::is_ascii_digit).count();
        // 150lbs, 5th, 24x36
        let measured = leading > 0 && (leading == digits || run[leading..].starts_with(['x', 'X'])) && letters <= 3;
        run.len() >= 3 && letters > 0 && digits > 0 && !measured
    })
}

fn codes<'a>(request: &Request<'a>, carried: &Carried, findings: &mut Findings<'a>) {
    let (mut some, mut missing) = (false, None);
    for code in codes_in(request.text) {
        if carried.has_compact(code) {
            some = true;
        } else {
            missing = missing.or(Some(code));
        }
    }
    if let Some(missing) = missing.filter(|_| some) {
        findings.show(Feature::CodesMixed, missing);
    }
}

/// A name: words with a capital that follow each other, inside a sentence.
pub(super) struct Name<'a> {
    pub(super) text: &'a str,
    /// The pieces it is made of: from, to.
    pub(super) pieces: (usize, usize),
}

/// The names in a request.
pub(super) fn names_in<'a>(request: &Request<'a>) -> Vec<Name<'a>> {
    let pieces = &request.pieces;
    let capital = |index: usize| match pieces.get(index) {
        Some(Piece::Word { text, at, .. }) if text.len() > 1 && text.starts_with(|c: char| c.is_ascii_uppercase()) => Some(at + text.len()),
        _ => None,
    };
    let mut names = Vec::new();
    let mut index = 0;
    while index < pieces.len() {
        let Some(mut end) = capital(index) else {
            index += 1;
            continue;
        };
        let first = index;
        loop {
            let joins = matches!(pieces.get(index + 1), Some(Piece::Word { text: "of" | "the", .. }));
            let next = if joins { index + 2 } else { index + 1 };
            let near = pieces.get(index + 1).is_some_and(|piece| piece.at() <= end + 1);
            match capital(next).filter(|_| near) {
                Some(further) => (index, end) = (next, further),
                None => break,
            }
        }
        // The first word of a sentence has a capital whatever it is.
        let starts_sentence = first == 0
            || matches!(pieces[first - 1], Piece::Mark { byte: b'.' | b'?' | b'!' | b':' | b'"' | b'\'' | 0xE2, at } if pieces[first].at() > at + 1);
        let first = first + usize::from(starts_sentence);
        let first = first + usize::from(matches!(pieces.get(first), Some(Piece::Word { text: "of" | "the", .. })));
        let named = pieces.get(first..=index).unwrap_or_default();
        if named.iter().any(|piece| matches!(piece, Piece::Word { common: false, .. })) {
            names.push(Name { text: &request.text[pieces[first].at()..end], pieces: (first, index) });
        }
        index += 1;
    }
    names
}

fn names<'a>(request: &Request<'a>, carried: &Carried, calls: usize, called: &[&Tool<'a>], findings: &mut Findings<'a>) {
    let (mut some, mut missing) = (false, None);
    // A name that a tool has itself, as that of a shop, need not be given to it; two letters are a unit or a state.
    let of_tools: Stems = called.iter().flat_map(|tool| [tool.name, tool.description]).flat_map(word::words).map(word::stem).collect();
    for name in names_in(request) {
        let words = &request.pieces[name.pieces.0..=name.pieces.1];
        if carried.has_name(name.text, words) {
            some = true;
        } else if name.text.len() > 2 && !words.iter().filter_map(request::stem_in).any(|stem| of_tools.has(stem)) {
            missing = missing.or(Some(name.text));
        }
    }
    if let Some(missing) = missing.filter(|_| some) {
        // Where there are several calls, a name less is seldom a call less.
        findings.add(Feature::NamesMixed, if calls == 1 { 1.0 } else { 0.3 });
        findings.mention(Feature::NamesMixed, missing);
    }
}

fn words<'a>(request: &Request<'a>, carried: &Carried, called: &[&Tool<'a>], findings: &mut Findings<'a>) {
    let documented: Vec<Stems> = called.iter().map(|tool| tool.words()).collect();
    let mut told: Vec<Stem> = Vec::new();
    for piece in &request.pieces {
        let Piece::Word { text, stem, common: false, .. } = piece else { continue };
        if text.len() <= 2 || carried.stems.has(*stem) || documented.iter().any(|words| words.has(*stem)) {
            continue;
        }
        if told.len() < 64 && !told.contains(stem) {
            told.push(*stem);
            findings.show(Feature::WordsUnexplained, text);
        }
    }
}

/// Choices that the request names, of a parameter that takes one, which no call of the tool gives and which are not what it is otherwise.
fn choices<'a>(request: &Request<'a>, calls: &[Call<'_>], called: &[&Tool<'a>], findings: &mut Findings<'a>) {
    for tool in called {
        for parameter in &tool.parameters {
            let mut choices = parameter.choices().peekable();
            if choices.peek().is_none() {
                continue;
            }
            let mut given: Vec<&str> = Vec::new();
            for input in calls.iter().filter(|call| super::same_tool(call.name, tool.name)).filter_map(|call| call.input) {
                match input.get(parameter.name) {
                    Some(Value::String(text)) => given.push(text),
                    Some(Value::Array(items)) => given.extend(items.iter().filter_map(Value::as_str)),
                    _ => {}
                }
            }
            if given.is_empty() && parameter.required {
                continue;
            }
            let default = parameter.default();
            for choice in choices.filter(|choice| choice.len() > 2) {
                let stems = Stems::telling(choice);
                let named = !stems.is_empty() && Stems::of(choice).all_in(&request.stems);
                let carried = given.iter().any(|given| contains(given, choice))
                    || default.as_deref().is_some_and(|default| default.eq_ignore_ascii_case(choice));
                if named && !carried {
                    findings.show(Feature::ChoicesUnfilled, choice);
                }
            }
        }
    }
}

/// Whether a text holds another, in any letters.
fn contains(text: &str, other: &str) -> bool {
    text.len() >= other.len() && text.as_bytes().windows(other.len()).any(|part| part.eq_ignore_ascii_case(other.as_bytes()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::{
        analysis::{call, rules::Rules, testing::trace},
        model::trace::Trace,
    };

    fn counted(request: &str, calls: &[Value]) -> Vec<(f64, f64, f64, f64, f64)> {
        let schema = json!({"properties": {"kind": {"type": "string", "enum": ["rock", "jazz"]}}, "required": []});
        let builder = calls.iter().fold(trace().offers("f", schema), |trace, input| trace.tool("f", input.clone()));
        let trace: Trace = builder.build();
        let calls = call::collect(&trace, &Rules::bundled());
        let tools: Vec<Tool<'_>> = trace.tools_available.iter().flatten().map(Tool::read).collect();
        let request = Request::read(request);
        let mut findings = Findings::none();
        count(&request, &Carried::by(&calls, &request), &calls, &tools.iter().collect::<Vec<_>>(), &mut findings);
        let of = |feature| findings.amount(feature);
        vec![(
            of(Feature::NumbersUncovered),
            of(Feature::QuotesUncovered),
            of(Feature::CodesMixed),
            of(Feature::NamesMixed),
            of(Feature::ChoicesUnfilled),
        )]
    }

    #[test]
    fn each_kind_of_thing_that_no_call_carries() {
        assert_eq!(counted("for 5 and 10 years", &[json!({"years": 5})])[0].0, 1.0);
        assert_eq!(counted("for 5 and 10 years", &[json!({"years": 5}), json!({"years": 10})])[0].0, 0.0);
        assert_eq!(counted("the price of 'Tenet' and 'Heat'", &[json!({"film": "Tenet"})])[0].1, 1.0);
        assert_eq!(counted("the weight of C6H12O6 and C12H22O11", &[json!({"compound": "C6H12O6"})])[0].2, 1.0);
        assert_eq!(counted("find hotels in Rome and in New York", &[json!({"city": "Rome"})])[0].3, 1.0);
        assert_eq!(counted("play rock, then jazz", &[json!({"kind": "rock"})])[0].4, 1.0);
        assert_eq!(counted("play rock, then jazz", &[json!({"kind": "rock"}), json!({"kind": "jazz"})])[0].4, 0.0);
    }

    #[test]
    fn units_and_fractions_carry_numbers() {
        assert_eq!(counted("5 % over 2 hours", &[json!({"rate": 0.05, "minutes": 120})])[0].0, 0.0);
        // A number of the request stands for itself, not for another in another unit.
        assert_eq!(counted("1000 for 1 and 10 years", &[json!({"amount": 1000, "years": 1})])[0].0, 1.0);
    }

    #[test]
    fn names_stand_inside_sentences() {
        let request = Request::read("Visit Oslo. The Bank of England and New York, I said to Tom");
        let names: Vec<_> = names_in(&request).iter().map(|name| name.text).collect();
        assert_eq!(names, ["Oslo", "Bank of England", "New York", "Tom"]);
    }

    #[test]
    fn quotations_and_codes() {
        assert_eq!(quoted("the user's 'Job History' and \"x y\", it's").collect::<Vec<_>>(), ["Job History", "x y"]);
        assert_eq!(codes_in("5ft 10in, 3rd, 24x36, A-1182, C6H12O6 and PM10").collect::<Vec<_>>(), ["A-1182", "C6H12O6", "PM10"]);
    }

    proptest! {
        #[test]
        fn any_request_can_be_covered(text in any::<String>(), value in any::<String>()) {
            let found = counted(&text, &[json!({ "kind": value })]);
            prop_assert!(found.iter().all(|found| found.0 >= 0.0));
        }
    }
}
