//! Drawing: the screen as a whole, and the pieces that panes share.

pub mod band;
pub mod bar;
pub mod card;
pub mod chart;
pub mod columns;
pub mod facts;
pub mod heading;
pub mod hints;
pub mod hunks;
pub mod json;
pub mod lesson;
pub mod pieces;
pub mod rich;
pub mod screen;
pub mod split;
pub mod status;
pub mod tabs;
pub mod toasts;
