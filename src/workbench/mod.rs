//! The terminal workbench: a pure core that turns messages into effects, and a thin runtime that carries them.
//!
//! ```text
//!  signals ─┐                                       ┌─▶ Fetch      ──▶ fetch thread ──┐
//!  keys ────┤   Msg    ┌──────────────┐   Effects   ├─▶ Feedback … ──▶ engine ────────┤ Msg
//!  pulse ───┼────────▶ │ update (pure)│ ──────────▶ ├─▶ Highlight  ──▶ worker ────────┤ (one bounded queue)
//!  replies ─┘          └──────┬───────┘             └─▶ Copy, Quit … (the loop itself)│
//!     ▲                       ▼ draw (pure)                                           │
//!     └───────────────────────┴───────────────────────────────────────────────────────┘
//! ```
//!
//! - [`message`]: everything that can happen ([`message::Msg`]) and everything asked of the outside ([`message::Effect`]), plain data.
//! - [`pane`]: the contract of a pane; [`panes`] holds one file a pane and one line for each in its list.
//! - [`need`]: what a pane declares it must know, and what arrives.
//! - [`action`]: one table from which key map, hint line, help, palette and documents come.
//! - [`root`]: the root, which only routes.

pub mod action;
pub mod alarms;
pub mod body;
pub mod borders;
pub mod brief;
pub mod chord;
pub mod conversation;
pub mod decisions;
pub mod documents;
pub mod draw;
pub mod effects;
pub mod explain;
pub mod export_name;
pub mod failure_words;
pub mod folding;
pub mod glyphs;
pub mod hygiene;
pub mod json_tree;
pub mod judge;
pub mod kept;
pub mod key_problem;
pub mod keymap;
pub mod keys_edit;
pub mod layout;
pub mod mending;
pub mod message;
pub mod mouse;
pub mod narrow;
pub mod need;
pub mod outline;
pub mod overlays;
pub mod pane;
pub mod panes;
pub mod picked;
pub mod range;
pub mod rate;
pub mod remembered;
pub mod root;
pub mod run_pair;
pub mod runs_of;
pub mod runtime;
pub mod scroll;
pub mod search;
pub mod shared;
pub mod slots;
pub mod table;
#[cfg(test)]
pub(crate) mod testing;
pub mod theme;
pub mod toasts;
pub mod update;
pub mod views;
pub mod votes;
pub mod waterfall;
pub mod words;
