//! The contract of a pane: one file that declares what it is, what can be done in it, what it must know, and how it looks.
//!
//! A pane keeps its own state and sees the rest through [`Shared`]. It never does I/O: it asks through [`Orders`], and for facts
//! through [`Pane::need`]. To add one: a file in `panes/` with `SPEC`, `ACTIONS`, a state type and this trait, and one line in
//! `panes/mod.rs`.

use std::ops::Range;

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use crate::model::{
    ids::{Fingerprint, Sequence, TraceId},
    time::Timestamp,
};

use super::{
    action::{Action, ActionId},
    effects::Orders,
    need::{Arrived, Need},
    shared::Shared,
    theme::Role,
};

/// A pane's stable name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaneId(pub &'static str);

/// What a pane is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spec {
    /// Its stable name.
    pub id: PaneId,
    /// Its title on its border: `Live stream`.
    pub title: &'static str,
    /// Its title among the tabs, where columns are few: `Stream`.
    pub tab: &'static str,
    /// The digit that jumps to it, 1 to 9.
    pub digit: u8,
    /// Where it stands on a large screen.
    pub room: Room,
    /// The kind of link it opens.
    pub opens: LinkKind,
    /// What it teaches while it has nothing to show: a sentence or two a line. A pane may add what it knows.
    pub lesson: &'static [&'static str],
}

/// Where a pane stands on a large screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Room {
    /// Top left: the list everything starts from.
    List,
    /// Bottom left: the detail of what is selected in the list. From 120 columns on these two stand side by side.
    Detail,
    /// The right column, stacked in the order of digits.
    Side,
    /// The bottom of the right column, shared.
    Desk,
}

/// From anything to its relatives.
#[derive(Debug, Clone, PartialEq)]
pub enum Link {
    /// A trace.
    Trace(Subject),
    /// A trace by the id its sender gave it.
    TraceId(TraceId),
    /// The traces that match a filter.
    Runs(String),
    /// A failure pattern.
    Pattern(Fingerprint),
    /// The scenarios of a pattern, or all.
    Scenarios(Option<Fingerprint>),
    /// The fixes of a pattern, or all.
    Fixes(Option<Fingerprint>),
    /// An agent's grade, by its name as sent.
    Agent(String),
    /// An agent's cost, by its name as sent.
    AgentCost(String),
}

/// The kinds of [`Link`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkKind {
    /// One trace.
    Trace,
    /// A list of traces.
    Runs,
    /// A failure pattern.
    Pattern,
    /// Scenarios.
    Scenarios,
    /// Fixes.
    Fixes,
    /// An agent.
    Agent,
    /// A cost.
    Cost,
}

impl Link {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> LinkKind {
        match self {
            Self::Trace(_) | Self::TraceId(_) => LinkKind::Trace,
            Self::Runs(_) => LinkKind::Runs,
            Self::Pattern(_) => LinkKind::Pattern,
            Self::Scenarios(_) => LinkKind::Scenarios,
            Self::Fixes(_) => LinkKind::Fixes,
            Self::Agent(_) => LinkKind::Agent,
            Self::AgentCost(_) => LinkKind::Cost,
        }
    }
}

/// The selected trace: what feedback and links speak of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Subject {
    /// Its place in the store.
    pub sequence: Sequence,
    /// Its id as sent.
    pub id: TraceId,
    /// Its agent, cleaned.
    pub agent: String,
}

/// The same moves in every list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// One row up.
    Up,
    /// One row down.
    Down,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the first row.
    First,
    /// To the last row.
    Last,
}

/// What reaches a pane.
#[derive(Debug, Clone, PartialEq)]
pub enum PaneMsg {
    /// One of its actions was asked for, and was not blocked.
    Act(ActionId),
    /// A move in its list; it has the focus.
    Move(Motion),
    /// The mouse was clicked on its inside; it has the focus. Passed over, a click on one of its [`Pane::list_rows`] selects that row.
    Click {
        /// From 0 at the upper row of its inside.
        row: u16,
        /// From 0 at the left column of its inside.
        column: u16,
    },
    /// Search its text for this; nothing ends the search. It has the focus.
    Search(String),
    /// Esc reached it: give up an inner step (a selection, an opened part), answering [`Handled::Yes`], or pass.
    Back,
    /// The inside of its border has this size now; before the first one it is not on the screen.
    Size {
        /// Columns.
        width: u16,
        /// Rows.
        height: u16,
    },
    /// The answer to its need.
    Arrived(Arrived),
    /// Someone follows a link of the kind it opens.
    Open(Link),
    /// The store changed; [`Shared::beat`] says how.
    Pulse,
    /// The filter of the stream changed; [`Shared::filter`] has it.
    Filter,
    /// The selected trace changed; [`Shared::subject`] has it.
    Subject,
}

/// Whether a pane made use of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handled {
    /// It did.
    Yes,
    /// It has no use for it.
    No,
}

/// What drawing can see.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// Everything all panes can see.
    pub shared: &'a Shared,
    /// Whether this pane has the focus.
    pub focused: bool,
    /// The present moment, for ages.
    pub now: Timestamp,
}

impl View<'_> {
    /// The style of a role in the present theme.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.shared.theme.style(role)
    }
}

/// A pane.
pub trait Pane: std::fmt::Debug + Send {
    /// Takes a message. Every id of its `ACTIONS` must be handled; a test presses them all.
    fn update(&mut self, msg: &PaneMsg, shared: &Shared, orders: &mut Orders) -> Handled;

    /// What it must know to draw what it would draw now; `None` when nothing.
    fn need(&self, shared: &Shared) -> Option<Need>;

    /// Why an action of its own cannot be done now, as a short sentence; it then leaves the hint line and pressing it says this.
    fn blocked(&self, action: ActionId, shared: &Shared) -> Option<String> {
        let _ = (action, shared);
        None
    }

    /// What stands at the right of its upper border: `newest first · 12,408`, `last 24 h`.
    fn badge(&self, shared: &Shared) -> String;

    /// What it puts on the status line whatever has the focus, such as `HELD +14`.
    fn standing(&self, shared: &Shared) -> Option<String> {
        let _ = shared;
        None
    }

    /// The row of its inside, from 0, that carries the selection: toasts never cover it.
    fn selected_row(&self) -> Option<u16> {
        None
    }

    /// What it would like to find again next time in this project: choices such as a view or an order, never facts. Names are its own.
    fn remember(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// One of its choices of last time, before anything else reaches it. The file may have been edited: what makes no sense is passed over.
    fn recall(&mut self, name: &str, value: &str) {
        let _ = (name, value);
    }

    /// The rows of its inside, from 0, that are items of its list, one a row: a click on one selects it.
    fn list_rows(&self) -> Range<u16> {
        0..0
    }

    /// Draws its inside. Only visible rows may cost anything; `area` may be of any size, empty included.
    fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>);
}

/// One pane in the list of panes.
#[derive(Debug, Clone, Copy)]
pub struct Registration {
    /// What it is.
    pub spec: &'static Spec,
    /// What can be done in it.
    pub actions: &'static [Action],
    /// Makes it in its first state.
    pub make: fn() -> Box<dyn Pane>,
}
