//! What a run answered, as values that can be followed back to where they first came up.

use super::{
    excerpts,
    flow::Appearance,
    moment::{Act, Moment},
    tokens::{self, Marks},
};
use crate::analysis::{excerpt, run::Run};

/// The values of the final answer: of what follows the words "final answer", else of the last thing said.
pub(super) fn values(run: &Run<'_>, moments: &[Moment<'_>]) -> Marks {
    const LAST_MOMENTS: usize = 3;
    const END_BYTES: usize = 500;
    const SHORTEST: usize = 20;
    let output = run.trace.output.as_ref().map(excerpts::of).unwrap_or_default();
    let ends = moments.iter().rev().take(LAST_MOMENTS).map(|moment| excerpt::tail(moment.text.end(), END_BYTES));
    let mut values = Marks::default();
    // Identifiers are handed on as they are; what an answer claims are figures and names.
    let mut take = |text: &str| {
        tokens::values(text, |value, token| {
            if !tokens::is_identifier(token) {
                values.insert(value);
            }
        });
    };
    let mut named = false;
    for answer in output.parts().chain(ends).flat_map(final_answers) {
        named = true;
        take(answer);
    }
    if !named {
        let last = moments.iter().rev().find(|moment| moment.act != Act::Returned && moment.text.len() > SHORTEST);
        take(last.map_or("", |moment| excerpt::tail(moment.text.end(), END_BYTES)));
    }
    values
}

/// What follows the words "final answer" on their line.
fn final_answers(text: &str) -> impl Iterator<Item = &str> {
    const WORDS: &str = "final answer";
    const MOST_BYTES: usize = 160;
    let lower = text.to_ascii_lowercase();
    let places: Vec<usize> = lower.match_indices(WORDS).map(|(at, _)| at + WORDS.len()).collect();
    places.into_iter().map(move |at| excerpt::head(text[at..].lines().next().unwrap_or_default(), MOST_BYTES))
}

/// The first moment after the opening at which a value of the answer comes up that the opening did not hold.
pub(super) fn first_appearance(answer: &Marks, appearances: &[Appearance]) -> Option<usize> {
    if answer.is_empty() {
        return None;
    }
    let opening: Marks = appearances.iter().take_while(|(_, place)| *place == 0).map(|(value, _)| *value).collect();
    let first = appearances.iter().find(|(value, place)| *place > 0 && answer.contains(value) && !opening.contains(value))?;
    usize::try_from(first.1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_what_follows_its_name_on_the_line() {
        let text = "We checked twice.\nFINAL ANSWER: Oslo, 48,211\nThat was 2019.";
        assert_eq!(final_answers(text).collect::<Vec<_>>(), [": Oslo, 48,211"]);
        assert_eq!(final_answers("no answer").count(), 0);
    }

    #[test]
    fn what_the_opening_holds_does_not_come_up_later() {
        let answer: Marks = [7, 8].into_iter().collect();
        assert_eq!(first_appearance(&answer, &[(7, 0), (7, 1), (8, 2)]), Some(2));
        assert_eq!(first_appearance(&answer, &[(7, 0), (7, 1)]), None);
    }
}
