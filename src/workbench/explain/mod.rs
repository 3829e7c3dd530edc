//! Shows the working of a figure: the numbers that go in, the formula in words, the count, the interval, the rules, and what would change it.

mod cost;
mod grade;
mod impact;
mod probability;
mod root_cause;
#[cfg(test)]
mod tests;

pub use cost::cost;
pub use grade::grade;
pub use impact::impact;
pub use probability::probability;
pub use root_cause::root_cause;

use super::{
    draw::facts::Facts,
    effects::{Order, OverlayKind},
    need::TraceView,
    theme::Role,
};

/// Columns for labels.
const LABEL: usize = 14;
/// An empty explanation for a reader in front of a pane of this width.
fn working(pane: u16) -> Facts {
    Facts::for_reader(pane, LABEL)
}

/// One fact; further ones of the same kind have an empty label.
fn fact(facts: &mut Facts, label: &str, text: &str) {
    facts.fact(label, text, Role::Text);
}

/// One fact a text, the first with the label.
fn list(facts: &mut Facts, label: &str, texts: impl IntoIterator<Item = String>) {
    for (place, text) in texts.into_iter().enumerate() {
        fact(facts, if place == 0 { label } else { "" }, &text);
    }
}

/// Opens the working of everything said about one run: its probability, the suspected cause, its cost; in front of a pane of this width.
#[must_use]
pub fn run(view: &TraceView, pane: u16) -> Order {
    let mut lines = Vec::new();
    for (title, part) in [
        ("How likely it succeeded", probability(&view.verdict, pane)),
        ("Where it went wrong", root_cause(&view.verdict, pane)),
        ("What it cost", cost(&view.verdict.cost, pane)),
    ] {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(title.to_owned());
        lines.extend(part);
    }
    Order::Overlay(OverlayKind::Text(format!("Why: {}", view.summary.agent), lines))
}
