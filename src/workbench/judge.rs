//! Feedback on the selected trace, the same in every pane that offers it: right, wrong, cleared, commented.

use crate::model::summary::Summary;

use super::{
    action::{ActionId, verbs},
    effects::{Order, Orders, OverlayKind},
    message::{Effect, Vote},
    pane::{Handled, Subject},
};

/// Carries out a judging action on a trace; [`Handled::No`] when it is not one.
pub fn act(id: ActionId, subject: &Subject, orders: &mut Orders) -> Handled {
    let vote = match id {
        _ if id == verbs::RIGHT.id => Vote::Right,
        _ if id == verbs::WRONG.id => Vote::Wrong,
        _ if id == verbs::CLEAR_VOTE.id => Vote::Clear,
        _ if id == verbs::COMMENT.id => {
            orders.push(Order::Overlay(OverlayKind::Comment(subject.clone())));
            return Handled::Yes;
        }
        _ => return Handled::No,
    };
    orders.effect(Effect::Feedback { trace: subject.id.clone(), agent: subject.agent.clone(), vote });
    Handled::Yes
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
