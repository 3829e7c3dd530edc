//! Drawing: the screen as a whole, and the pieces that panes share.

pub mod card;
pub mod chrome;
pub mod columns;
pub mod facts;
pub mod heading;
pub mod lesson;
pub mod screen;
pub mod split;
