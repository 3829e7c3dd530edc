//! The characters frames, bars and marks are drawn with: lines, plain ASCII, or no frames at all.

use ratatui::symbols::border;

/// Which characters may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GlyphSet {
    /// Box-drawing lines and block characters.
    #[default]
    Line,
    /// Nothing outside ASCII.
    Ascii,
    /// No frames; block characters in charts.
    None,
}

impl GlyphSet {
    /// The set of this name: `line`, `ascii`, `none`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "line" => Some(Self::Line),
            "ascii" => Some(Self::Ascii),
            "none" => Some(Self::None),
            _ => None,
        }
    }
}

/// The characters in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyphs {
    /// Which set these are.
    pub set: GlyphSet,
    /// A frame without focus.
    pub border: border::Set<'static>,
    /// A frame with focus: thick.
    pub border_focused: border::Set<'static>,
    /// A line between two parts of a pane.
    pub rule: &'static str,
    /// A live thing: `●`.
    pub dot: &'static str,
    /// Marks the selected row, for those who see no colour.
    pub cursor: &'static str,
    /// A full cell of a bar.
    pub bar: &'static str,
    /// A full cell of a bar of another kind (a tool beside a model).
    pub bar_other: &'static str,
    /// A full cell of a bar of what failed.
    pub bar_failed: &'static str,
    /// An empty cell of a bar.
    pub bar_empty: &'static str,
    /// Joins words of one line: ` · `.
    pub separator: &'static str,
    /// A rising and a falling arrow, and level.
    pub arrows: [&'static str; 3],
    /// Between two values: ` → `.
    pub to: &'static str,
    /// Before a line whose inside is shown, and before one whose inside is folded away.
    pub folds: [&'static str; 2],
}

const ASCII: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

const ASCII_FOCUSED: border::Set<'static> = border::Set {
    top_left: "#",
    top_right: "#",
    bottom_left: "#",
    bottom_right: "#",
    vertical_left: "#",
    vertical_right: "#",
    horizontal_top: "=",
    horizontal_bottom: "=",
};

const NOTHING: border::Set<'static> = border::Set {
    top_left: " ",
    top_right: " ",
    bottom_left: " ",
    bottom_right: " ",
    vertical_left: " ",
    vertical_right: " ",
    horizontal_top: " ",
    horizontal_bottom: " ",
};

impl Glyphs {
    /// The characters of a set.
    #[must_use]
    pub const fn of(set: GlyphSet) -> Self {
        match set {
            GlyphSet::Line => Self {
                set,
                border: border::PLAIN,
                border_focused: border::THICK,
                rule: "─",
                dot: "●",
                cursor: ">",
                bar: "█",
                bar_other: "▇",
                bar_failed: "▒",
                bar_empty: "·",
                separator: " · ",
                arrows: ["↑", "↓", "="],
                to: " → ",
                folds: ["▾", "▸"],
            },
            GlyphSet::Ascii => Self {
                set,
                border: ASCII,
                border_focused: ASCII_FOCUSED,
                rule: "-",
                dot: "*",
                cursor: ">",
                bar: "#",
                bar_other: "=",
                bar_failed: "x",
                bar_empty: ".",
                separator: " - ",
                arrows: ["^", "v", "="],
                to: " -> ",
                folds: ["-", "+"],
            },
            GlyphSet::None => Self { set, border: NOTHING, border_focused: NOTHING, rule: " ", ..Self::of(GlyphSet::Line) },
        }
    }
}

impl Default for Glyphs {
    fn default() -> Self {
        Self::of(GlyphSet::Line)
    }
}
