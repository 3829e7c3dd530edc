//! Drawing: the screen as a whole, and the pieces that panes share.

pub mod card;
pub mod cells;
pub mod hints;
pub mod lesson;
pub mod screen;
pub mod status;
pub mod tabs;
pub mod toasts;
