//! How many calls a request seems to ask for, against how many were made.

use super::{
    coverage::{Carried, Name, names_in},
    feature::{Feature, Findings},
    request::{Piece, Request},
};

/// Words that begin another part of a request.
const JOINS: &[&str] = &[
    "second",
    "secondly",
    "third",
    "thirdly",
    "fourth",
    "fifth",
    "additionally",
    "finally",
    "lastly",
    "furthermore",
    "afterwards",
    "then",
];

/// Words that do where nothing else in the sentence does.
const WEAK_JOINS: &[&str] = &["also", "another", "again", "repeat"];

/// Pairs of words that do.
const JOINING_PAIRS: &[(&str, &str)] = &[("after", "that"), ("followed", "by"), ("what", "about"), ("as", "well")];

/// Telling words that one call may answer.
const WORDS_FOR_ONE: usize = 12;

/// Counts what the request asks for beyond the calls.
pub(super) fn count(request: &Request<'_>, carried: &Carried, calls: usize, findings: &mut Findings<'_>) {
    let over = |asked: usize, most: usize| asked.saturating_sub(calls).min(most) as f64;
    let listed = numbers_listed(request, carried).max(names_listed(request, carried));
    findings.set(Feature::ListOverCalls, listed.saturating_sub(calls.max(carried.longest_list)).min(4) as f64);
    let questions = request.pieces.iter().filter(|piece| matches!(piece, Piece::Mark { byte: b'?', .. })).count();
    findings.set(Feature::QuestionsOverCalls, over(questions, 4));
    findings.set(Feature::JoinsOverCalls, over(joins(request) + 1, 5));
    if calls == 1 {
        let telling =
            request.pieces.iter().filter(|piece| matches!(piece, Piece::Word { text, common: false, .. } if text.len() > 2)).count();
        findings.set(Feature::OneCallForMuch, telling.saturating_sub(WORDS_FOR_ONE) as f64);
    }
}

fn word<'a>(piece: Option<&Piece<'a>>) -> Option<&'a str> {
    if let Some(Piece::Word { text, .. }) = piece { Some(text) } else { None }
}

/// How often a part is joined to another. In a sentence that begins with such a word, a weak one tells of the same part.
fn joins(request: &Request<'_>) -> usize {
    let pieces = &request.pieces;
    let (mut count, mut begins, mut opened) = (0, true, false);
    for (index, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Mark { byte: b'.' | b'?' | b'!' | b';', .. } => (begins, opened) = (true, false),
            Piece::Word { text, .. } => {
                let weak = WEAK_JOINS.iter().any(|join| join.eq_ignore_ascii_case(text));
                let next = || word(pieces.get(index + 1));
                let joins = weak
                    || JOINS.iter().any(|join| join.eq_ignore_ascii_case(text))
                    || JOINING_PAIRS.iter().any(|(first, second)| {
                        first.eq_ignore_ascii_case(text) && next().is_some_and(|next| second.eq_ignore_ascii_case(next))
                    });
                if joins && !(weak && opened) {
                    count += 1;
                    opened |= begins;
                }
                begins = false;
            }
            _ => {}
        }
    }
    count
}

fn is_and(text: &str) -> bool {
    text.eq_ignore_ascii_case("and") || text.eq_ignore_ascii_case("or")
}

/// The most numbers listed together of which not all are carried: `15, 20 and 30`, `5 years or 10 years`. At least 1.
fn numbers_listed(request: &Request<'_>, carried: &Carried) -> usize {
    let missing = |piece: &Piece<'_>| matches!(piece, Piece::Number(number) if !carried.has_number(number.value));
    let pieces = &request.pieces;
    let mut most = 1;
    let mut index = 0;
    while index < pieces.len() {
        if !matches!(pieces[index], Piece::Number(_)) {
            index += 1;
            continue;
        }
        let (mut listed, mut ended, mut lacks) = (1, false, missing(&pieces[index]));
        loop {
            let mut next = index + 1;
            while matches!(pieces.get(next), Some(Piece::Mark { byte: b'%', .. })) {
                next += 1;
            }
            // A unit may stand between.
            if word(pieces.get(next)).is_some_and(|text| !is_and(text)) {
                next += 1;
            }
            let parted = matches!(pieces.get(next), Some(Piece::Mark { byte: b',', .. }));
            next += usize::from(parted);
            let joined = word(pieces.get(next)).is_some_and(is_and);
            next += usize::from(joined);
            next += usize::from(matches!(pieces.get(next), Some(Piece::Mark { byte: b'$', .. })));
            if !(parted || joined) || !matches!(pieces.get(next), Some(Piece::Number(_))) {
                break;
            }
            index = next;
            listed += 1;
            lacks |= missing(&pieces[index]);
            if joined {
                ended = true;
                break;
            }
        }
        if ended && lacks {
            most = most.max(listed);
        }
        index += 1;
    }
    most
}

/// The most names listed together of which not all are carried: `Rome, Oslo and New York`. At least 1.
fn names_listed(request: &Request<'_>, carried: &Carried) -> usize {
    let names = names_in(request);
    let missing = |name: &Name<'_>| !carried.has_name(name.text, &request.pieces[name.pieces.0..=name.pieces.1]);
    let (mut most, mut listed, mut lacks) = (1, 1, names.first().is_some_and(missing));
    for pair in names.windows(2) {
        let between = &request.pieces[pair[0].pieces.1 + 1..pair[1].pieces.0];
        let joined = between.last().is_some_and(|last| word(Some(last)).is_some_and(is_and));
        let alone = between.len() == 1 || (between.len() == 2 && joined && matches!(between[0], Piece::Mark { byte: b',', .. }));
        if alone && joined && (lacks || missing(&pair[1])) {
            most = most.max(listed + 1);
        }
        if alone && !joined && matches!(between[0], Piece::Mark { byte: b',', .. }) {
            listed += 1;
            lacks |= missing(&pair[1]);
        } else {
            (listed, lacks) = (1, missing(&pair[1]));
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(request: &str, calls: usize) -> [f64; 4] {
        let mut findings = Findings::none();
        count(&Request::read(request), &Carried::default(), calls, &mut findings);
        [Feature::ListOverCalls, Feature::QuestionsOverCalls, Feature::JoinsOverCalls, Feature::OneCallForMuch]
            .map(|of| findings.amount(of))
    }

    #[test]
    fn lists_questions_and_joins_ask_for_calls() {
        assert_eq!(counted("the value after 15, 20 and 30 years", 1)[0], 2.0);
        assert_eq!(counted("the weather in Rome, Oslo and New York", 1)[0], 2.0);
        assert_eq!(counted("the weather in Rome, Oslo and New York", 3)[0], 0.0);
        assert_eq!(counted("Is it warm? Is it wet?", 1)[1], 1.0);
        assert_eq!(counted("Book it, then tell me, and also mail it", 1)[2], 2.0);
        assert_eq!(counted("Book it", 1), [0.0; 4]);
    }
}
