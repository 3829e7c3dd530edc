//! The filter language: one line of text that says which runs to show, in what order, and how many.
//!
//! Space means and; `-` negates; `|` means or: without spaces it joins values of one field (`agent:checkout|refund*`), with spaces whole
//! conditions (`is:failed | score<50`). Quotes make a text literal; outside them `*` stands for anything. A word without a field is searched in
//! agent, tools and error. `text:` looks in the run's error and in its body: in every key and value, as they read once unescaped, also in JSON
//! that is held in a value, and in the body as it is written; a run that came as spans is searched as its OTLP/JSON. Case does not count, nor
//! which white space stands between words. What is not known satisfies no condition, so its negation does hold. The fields are in [`fields::FIELDS`].

mod complete;
mod condition;
mod error;
pub mod fields;
mod filter;
mod glob;
mod moment;
mod needle;
mod parse;
mod quantity;
mod scan;
pub mod sort;

pub use complete::{Completion, NamePlace, complete, field_at, name_at};
pub use error::FilterError;
pub use filter::{Filter, LENGTH_MAX};
pub use needle::Needle;
pub use scan::quote;
