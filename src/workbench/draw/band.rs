//! A chart of several rows: the mean of each stretch of time as a point, the interval it can be trusted to as a line through it.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    model::probability::Interval,
    workbench::{glyphs::GlyphSet, pane::View, theme::Role, words},
};

use super::card;

/// Columns of the scale at the left, its rule included.
pub const SCALE: u16 = 5;

/// One stretch of time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// Its mean, 0 to 100.
    pub mean: f64,
    /// Its 90 % interval.
    pub interval: Interval,
}

/// Draws stretches, one a column (or every `step` columns), on a scale from 0 to 100; `None` where nothing is known.
pub fn draw(stretches: &[Option<Stretch>], step: u16, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    let ascii = view.shared.glyphs.set == GlyphSet::Ascii;
    let (dot, line, rule) = if ascii { ("o", ":", "|") } else { ("●", "│", "┤") };
    let rows = area.height;
    for y in 0..rows {
        let says = match y {
            0 => "100",
            _ if y + 1 == rows => "0",
            _ if y == (rows - 1) / 2 && rows % 2 == 1 => "50",
            _ => "",
        };
        let scale =
            Line::from(vec![Span::styled(format!("{says:>4}"), view.style(Role::Dim)), Span::styled(rule, view.style(Role::Border))]);
        card::line(area, y, &scale, buffer);
    }
    for (place, stretch) in (0_u16..).zip(stretches) {
        let (Some(stretch), Some(x)) = (stretch, place.checked_mul(step.max(1)).and_then(|x| x.checked_add(area.x + SCALE))) else {
            continue;
        };
        if x >= area.right() {
            break;
        }
        let (low, high, mean) = (row(stretch.interval.low, rows), row(stretch.interval.high, rows), row(stretch.mean, rows));
        for y in high..=low {
            buffer.set_stringn(x, area.y + y, line, 1, view.style(Role::Dim));
        }
        if mean < rows {
            buffer.set_stringn(x, area.y + mean, dot, 1, view.style(words::score_role(stretch.mean)));
        }
    }
}

/// The row of a value from 0 to 100, counted from the top; the highest and the lowest row are for the ends.
fn row(value: f64, rows: u16) -> u16 {
    let value = if value.is_finite() { value.clamp(0.0, 100.0) } else { 0.0 };
    let last = f64::from(rows.saturating_sub(1));
    // Between 0 and the last row, as both are.
    (last - value / 100.0 * last).round() as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_the_scale_are_the_first_and_the_last_row() {
        assert_eq!([100.0, 50.0, 0.0, -5.0, f64::NAN].map(|value| row(value, 5)), [0, 2, 4, 4, 4]);
        assert_eq!(row(70.0, 1), 0);
    }
}
