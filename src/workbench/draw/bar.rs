//! A bar for a share of a whole: `███▌······`.

use ratatui::text::Span;

use crate::workbench::{
    glyphs::{GlyphSet, Glyphs},
    pane::View,
    theme::Role,
};

/// Parts of a cell, from one eighth to seven.
const EIGHTHS: [&str; 7] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// The full part of a bar of so many columns, and the columns it leaves empty. A share that is neither none nor all is never drawn as
/// none or all; what is not a number is drawn as none.
#[must_use]
pub fn full(share: f64, columns: usize, glyphs: &Glyphs) -> (String, usize) {
    let parts = if glyphs.set == GlyphSet::Ascii { 1 } else { EIGHTHS.len() + 1 };
    let whole = columns * parts;
    let filled = match share {
        share if share >= 1.0 => whole,
        share if share > 0.0 => ((share * whole as f64).round() as usize).clamp(1.min(whole), whole.saturating_sub(1).max(1).min(whole)),
        _ => 0,
    };
    let mut text = glyphs.bar.repeat(filled / parts);
    let part = (filled % parts).checked_sub(1).and_then(|part| EIGHTHS.get(part));
    text.extend(part.copied());
    (text, columns - filled.div_ceil(parts))
}

/// A bar with its empty part.
#[must_use]
pub fn spans(share: f64, columns: usize, view: &View<'_>) -> [Span<'static>; 2] {
    let glyphs = &view.shared.glyphs;
    let (full, empty) = full(share, columns, glyphs);
    [Span::styled(full, view.style(Role::Bar)), Span::styled(glyphs.bar_empty.repeat(empty), view.style(Role::BarEmpty))]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::width::width;

    #[test]
    fn none_and_all_are_drawn_only_for_none_and_all() {
        let line = Glyphs::of(GlyphSet::Line);
        let drawn = |share| full(share, 4, &line).0;
        assert_eq!([0.0, 0.000_1, 0.35, 0.5, 0.999, 1.0].map(drawn), ["", "▏", "█▍", "██", "███▉", "████"]);
        let ascii = Glyphs::of(GlyphSet::Ascii);
        let drawn = |share| full(share, 4, &ascii).0;
        assert_eq!([0.0, 0.000_1, 0.35, 0.999, 1.0].map(drawn), ["", "#", "#", "###", "####"]);
        assert_eq!(full(f64::NAN, 4, &line), (String::new(), 4));
    }

    proptest! {
        #[test]
        fn a_bar_takes_its_columns(share in any::<f64>(), columns in 0usize..60, ascii in any::<bool>()) {
            let glyphs = Glyphs::of(if ascii { GlyphSet::Ascii } else { GlyphSet::Line });
            let (full, empty) = full(share, columns, &glyphs);
            prop_assert_eq!(width(&full) + empty, columns);
        }
    }
}
