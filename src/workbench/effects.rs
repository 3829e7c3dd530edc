//! What a pane or overlay asks of the root, and the list the root's own effects are gathered in.

use crate::model::{feedback::Feedback, fix::Fix, ids::Sequence};

use super::{
    message::{Effect, Toast, Vote},
    need::NameKind,
    pane::{Link, PaneId, Subject},
};

/// Everything asked of the outside by one update, in order.
pub type Effects = Vec<Effect>;

/// One thing a pane or overlay asks of the root.
#[derive(Debug, Clone, PartialEq)]
pub enum Order {
    /// Something for the outside.
    Do(Effect),
    /// Go to a relative: the pane that takes this kind of link gets focus and the link.
    Open(Link),
    /// Focus a pane.
    Focus(PaneId),
    /// The selected trace is now this one; all panes hear of it.
    Select(Option<Subject>),
    /// Judge a run, of which this was said before.
    Judge {
        /// The run.
        subject: Subject,
        /// The judgement.
        vote: Vote,
        /// What was said of it before.
        before: Option<Feedback>,
    },
    /// Take the last judgement back.
    UndoVote,
    /// The run that others are compared with is now this one.
    Mark(Option<Subject>),
    /// The stream's filter is now this text (`None` clears it).
    Filter(Option<String>),
    /// Say something for a moment.
    Toast(Toast),
    /// The pane with the focus searches its text for this.
    Search(String),
    /// Put something in front.
    Overlay(OverlayKind),
    /// Ask the store again even though the question is the same (after a decision, say).
    Refresh,
}

/// What can be put in front.
#[derive(Debug, Clone, PartialEq)]
pub enum OverlayKind {
    /// The filter prompt, on the filter in force.
    Filter,
    /// The filter prompt, on this text.
    EditFilter(String),
    /// The saved views.
    Views,
    /// A name for this filter.
    SaveView(String),
    /// This name for the filter in force; asked about when it is taken.
    NameView(String),
    /// The names of a kind that the filter can be narrowed to.
    Narrow(NameKind),
    /// The search line, with what was searched before.
    Search(String),
    /// The comment form for a trace, with what was said of it before.
    Comment(Subject, Option<Feedback>),
    /// Two stretches of time or baselines beside each other, an agent first.
    ComparePeriods(Option<String>),
    /// Two runs beside each other; the left one is chosen where none is named.
    CompareRuns {
        /// The run compared with.
        left: Option<Sequence>,
        /// The run asked about.
        right: Sequence,
    },
    /// A text to read, such as an explanation: title and lines.
    Text(String, Vec<String>),
    /// Asks whether a fix is to be applied, and shows it.
    Apply(Box<Fix>),
    /// Asks why a fix is rejected.
    Reason(Box<Fix>),
    /// What was decided and done about fixes.
    History,
}

/// The orders of one update.
#[derive(Debug, Default)]
pub struct Orders(Vec<Order>);

impl Orders {
    /// Adds an order.
    pub fn push(&mut self, order: Order) {
        self.0.push(order);
    }

    /// Adds several orders, or the one there may be.
    pub fn extend(&mut self, orders: impl IntoIterator<Item = Order>) {
        self.0.extend(orders);
    }

    /// Adds an effect.
    pub fn effect(&mut self, effect: Effect) {
        self.0.push(Order::Do(effect));
    }

    /// Adds a toast.
    pub fn say(&mut self, toast: Toast) {
        self.0.push(Order::Toast(toast));
    }

    /// Takes them, in order.
    pub fn take(&mut self) -> Vec<Order> {
        std::mem::take(&mut self.0)
    }
}
