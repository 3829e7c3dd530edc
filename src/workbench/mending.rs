//! What a person does about a fix: plain data, carried out by the runtime.

use crate::{
    model::{fix::Fix, time::Timestamp},
    repair::ledger::Entry,
};

/// What is done about a fix.
#[derive(Debug, Clone, PartialEq)]
pub enum Mending {
    /// Its patch is written, the decision recorded, its pattern watched from then on.
    Accept(Box<Fix>, Timestamp),
    /// It is not offered again for its pattern.
    Reject {
        /// The fix.
        fix: Box<Fix>,
        /// Why, if said.
        reason: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// The user's file is changed as its diff says.
    Apply(Box<Fix>, Timestamp),
    /// What a change replaced is put back.
    Undo {
        /// Under what the change is kept.
        kept: String,
        /// When.
        at: Timestamp,
    },
}

/// One line of the history of fixes. Texts are cleaned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// What was decided or done.
    pub entry: Entry,
    /// Whether it is a change that can be undone.
    pub undoable: bool,
}
