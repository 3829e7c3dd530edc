//! The stretch of time figures are taken over: the choices, walking through them with `[` and `]`, and how each is said.

use super::need::Window;

/// Choices for figures of agents, narrowest first.
pub const OF_AGENTS: &[Window] = &[Window::Hour, Window::Day, Window::Auto, Window::Week, Window::Fortnight, Window::All];

/// Choices for money, narrowest first: a window of so many runs an agent makes no sum.
pub const OF_MONEY: &[Window] = &[Window::Hour, Window::Day, Window::Week, Window::Fortnight, Window::All];

/// The next wider (`wider`) or narrower choice; `None` at the end.
#[must_use]
pub fn step(choices: &[Window], window: Window, wider: bool) -> Option<Window> {
    let at = choices.iter().position(|choice| *choice == window)?;
    choices.get(if wider { at + 1 } else { at.checked_sub(1)? }).copied()
}

/// How a sentence says it: `no run in the last hour`.
#[must_use]
pub const fn within(window: Window) -> &'static str {
    match window {
        Window::Auto | Window::Week => "in the last 7 days",
        Window::Hour => "in the last hour",
        Window::Day => "in the last 24 hours",
        Window::Fortnight => "in the last 14 days",
        Window::All => "in the store",
    }
}

/// The filter's word for it; `None` where time does not limit it.
#[must_use]
pub const fn since(window: Window) -> Option<&'static str> {
    match window {
        Window::Hour => Some("since:1h"),
        Window::Day => Some("since:24h"),
        Window::Auto | Window::Week => Some("since:7d"),
        Window::Fortnight => Some("since:14d"),
        Window::All => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{model::time::Timestamp, query::Filter};

    #[test]
    fn the_choices_are_walked_to_both_ends() {
        for choices in [OF_AGENTS, OF_MONEY] {
            let mut window = Window::Hour;
            for expected in choices.iter().skip(1) {
                window = step(choices, window, true).unwrap();
                assert_eq!(window, *expected);
            }
            assert_eq!(step(choices, window, true), None);
            assert_eq!(step(choices, Window::Hour, false), None);
        }
    }

    #[test]
    fn the_filter_understands_every_range() {
        for since in OF_AGENTS.iter().filter_map(|window| since(*window)) {
            assert!(Filter::parse(since, Timestamp::default()).is_ok(), "{since}");
        }
    }
}
