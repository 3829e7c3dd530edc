//! Feedback on the selected trace, the same in every pane that offers it: right, wrong, cleared, commented.

use crate::model::{feedback::Feedback, summary::Summary};

use super::{
    action::{ActionId, verbs},
    effects::{Order, Orders, OverlayKind},
    message::Vote,
    pane::{Handled, Subject},
};

/// Carries out a judging action on a run; [`Handled::No`] when it is not one.
pub fn act(id: ActionId, row: &Summary, orders: &mut Orders) -> Handled {
    let subject = Subject { sequence: row.sequence, id: row.trace_id.clone(), agent: row.agent.clone() };
    let vote = match id {
        _ if id == verbs::RIGHT.id => verdict(row, true),
        _ if id == verbs::WRONG.id => verdict(row, false),
        _ if id == verbs::CLEAR_VOTE.id => Vote::Clear,
        _ if id == verbs::TAKE_BACK.id => {
            orders.push(Order::UndoVote);
            return Handled::Yes;
        }
        _ if id == verbs::COMMENT.id => {
            orders.push(Order::Overlay(OverlayKind::Comment(subject, row.feedback.clone())));
            return Handled::Yes;
        }
        _ => return Handled::No,
    };
    orders.push(Order::Judge { subject, vote, before: row.feedback.clone() });
    Handled::Yes
}

/// Right or wrong. What was written stays; a score given before might say the opposite, so it goes.
fn verdict(row: &Summary, correct: bool) -> Vote {
    Vote::Give { correct: Some(correct), score: None, notes: row.feedback.as_ref().and_then(|feedback| feedback.notes.clone()) }
}

/// A comment, with or without a score. What was said before stays where the form left it empty; a new score takes the place of an old
/// right or wrong.
#[must_use]
pub fn comment(before: Option<&Feedback>, notes: &str, score: Option<u8>) -> Vote {
    let notes = (!notes.is_empty()).then(|| notes.to_owned()).or_else(|| before.and_then(|feedback| feedback.notes.clone()));
    let correct = before.and_then(|feedback| feedback.correct).filter(|_| score.is_none());
    Vote::Give { correct, score: score.or(before.and_then(|feedback| feedback.score)), notes }
}

/// Why a judging action cannot be done on this run.
#[must_use]
pub fn blocked(id: ActionId, row: &Summary) -> Option<String> {
    let nothing_said = id == verbs::CLEAR_VOTE.id && row.feedback.is_none();
    nothing_said.then(|| "nobody has judged this run".to_owned())
}

/// What was said of a run, in a line: `right`, `wrong, score 2: "refund was not made"`.
#[must_use]
pub fn said(row: &Summary) -> Option<String> {
    let feedback = row.feedback.as_ref()?;
    let mut words = match feedback.correct {
        Some(true) => vec!["right".to_owned()],
        Some(false) => vec!["wrong".to_owned()],
        None => Vec::new(),
    };
    words.extend(feedback.score.map(|score| format!("score {score} of 5")));
    words.extend(feedback.notes.as_ref().map(|notes| format!("\"{notes}\"")));
    Some(words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(correct: Option<bool>, score: Option<u8>, notes: Option<&str>) -> Feedback {
        Feedback { correct, score, notes: notes.map(str::to_owned), at: crate::model::time::Timestamp::default() }
    }

    #[test]
    fn a_comment_keeps_the_judgement_it_explains() {
        let before = said(Some(false), None, None);
        let vote = comment(Some(&before), "refund was not made", None);
        assert_eq!(vote, Vote::Give { correct: Some(false), score: None, notes: Some("refund was not made".to_owned()) });
    }

    #[test]
    fn a_new_score_takes_the_place_of_an_old_judgement() {
        let before = said(Some(false), None, Some("hm"));
        assert_eq!(comment(Some(&before), "", Some(5)), Vote::Give { correct: None, score: Some(5), notes: Some("hm".to_owned()) });
    }

    #[test]
    fn a_judgement_keeps_the_comment_and_drops_the_score() {
        let row = Summary { feedback: Some(said(None, Some(5), Some("nice"))), ..crate::workbench::testing::fixtures::run(1) };
        assert_eq!(verdict(&row, false), Vote::Give { correct: Some(false), score: None, notes: Some("nice".to_owned()) });
    }
}
