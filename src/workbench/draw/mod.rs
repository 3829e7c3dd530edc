//! Drawing: the screen as a whole, and the pieces that panes share.

pub mod card;
pub mod cells;
pub mod chrome;
pub mod lesson;
pub mod screen;
