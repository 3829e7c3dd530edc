//! What a run cost: a dated table of prices, the names models go by, and the bill of one run.
//!
//! Unknown is never zero: a model without a price and a call without token counts are named, and the total is unknown with them.

mod bill;
mod estimate;
mod file;
mod host;
mod name;
mod parts;
mod price;
mod reconcile;
mod reprice;
mod table;

pub use bill::{cost_of, usage_of, uses_of};
pub use file::PriceError;
pub use parts::{CallPart, parts_of};
pub use price::{Abilities, Price, Rate, Rates, Tiers};
pub(crate) use reprice::{Bill, bills_of, message_text_tokens};
pub use table::PriceTable;
