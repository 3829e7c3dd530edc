//! The stretch of time a pane looks at, and walking through the choices with `[` and `]`.

use crate::workbench::need::Window;

/// Every choice, narrowest first.
const CHOICES: &[Window] = &[Window::Hour, Window::Day, Window::Auto, Window::Week, Window::Fortnight, Window::All];

/// The next wider (`forward`) or narrower choice; the ends stay.
#[must_use]
pub fn step(window: Window, forward: bool) -> Window {
    let at = CHOICES.iter().position(|choice| *choice == window).unwrap_or(0);
    let next = if forward { at + 1 } else { at.saturating_sub(1) };
    CHOICES.get(next).copied().unwrap_or(window)
}

/// How a badge says it.
#[must_use]
pub const fn label(window: Window) -> &'static str {
    match window {
        Window::Auto => "last 200 runs or 7 d",
        Window::Hour => "last hour",
        Window::Day => "last 24 h",
        Window::Week => "last 7 d",
        Window::Fortnight => "last 14 d",
        Window::All => "all runs",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choices_are_walked_to_both_ends() {
        let mut window = Window::Auto;
        for _ in 0..CHOICES.len() {
            window = step(window, true);
        }
        assert_eq!(window, Window::All);
        for _ in 0..CHOICES.len() {
            window = step(window, false);
        }
        assert_eq!(window, Window::Hour);
    }
}
