//! How many colours the terminal can show, and the nearest of them for a colour it cannot.

use ratatui::style::{Color, Style};

use super::{Role, Theme};

/// How many colours there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Colours {
    /// None: only attributes.
    None,
    /// The sixteen of the terminal.
    Sixteen,
    /// The 256 of xterm.
    Indexed,
    /// All.
    True,
}

impl Colours {
    /// What the environment says: `NO_COLOR` (set and not empty), `COLORTERM`, `TERM`.
    #[must_use]
    pub fn of_environment(get: impl Fn(&str) -> Option<String>) -> Self {
        if get("NO_COLOR").is_some_and(|value| !value.is_empty()) {
            return Self::None;
        }
        let colorterm = get("COLORTERM").unwrap_or_default().to_ascii_lowercase();
        let term = get("TERM").unwrap_or_default().to_ascii_lowercase();
        if colorterm.contains("truecolor") || colorterm.contains("24bit") || term.contains("direct") {
            Self::True
        } else if term.contains("256") {
            Self::Indexed
        } else {
            Self::Sixteen
        }
    }
}

/// The theme with every colour brought to what the terminal can show.
#[must_use]
pub fn fitted(mut theme: Theme, colours: Colours) -> Theme {
    for role in Role::ALL {
        let style = theme.style(*role);
        let fit = |color: Option<Color>| color.and_then(|color| nearest(color, colours));
        theme.set(*role, Style { fg: fit(style.fg), bg: fit(style.bg), ..style });
    }
    theme
}

/// The nearest colour there is; `None` where there are none.
fn nearest(color: Color, colours: Colours) -> Option<Color> {
    match (color, colours) {
        (_, Colours::None) => None,
        (Color::Rgb(red, green, blue), Colours::Indexed) => Some(Color::Indexed(indexed(red, green, blue))),
        (Color::Rgb(red, green, blue), Colours::Sixteen) => Some(basic(red, green, blue)),
        (Color::Indexed(index @ 16..), Colours::Sixteen) => {
            let (red, green, blue) = channels(index);
            Some(basic(red, green, blue))
        }
        (other, _) => Some(other),
    }
}

/// The levels of the 6x6x6 cube of xterm.
const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The nearest of the 240 colours of xterm that every terminal shows alike: cube or greys.
fn indexed(red: u8, green: u8, blue: u8) -> u8 {
    let candidates = 16..=255u8;
    candidates.min_by_key(|index| distance(channels(*index), (red, green, blue))).unwrap_or(16)
}

/// What an index from 16 looks like.
fn channels(index: u8) -> (u8, u8, u8) {
    if index >= 232 {
        let grey = 8 + 10 * (index - 232);
        return (grey, grey, grey);
    }
    let cube = index.saturating_sub(16);
    let level = |value: u8| LEVELS.get(usize::from(value)).copied().unwrap_or(0);
    (level(cube / 36), level(cube / 6 % 6), level(cube % 6))
}

/// The sixteen as most terminals show them.
const BASIC: [(Color, (u8, u8, u8)); 16] = [
    (Color::Black, (0, 0, 0)),
    (Color::Red, (205, 49, 49)),
    (Color::Green, (13, 188, 121)),
    (Color::Yellow, (229, 229, 16)),
    (Color::Blue, (36, 114, 200)),
    (Color::Magenta, (188, 63, 188)),
    (Color::Cyan, (17, 168, 205)),
    (Color::Gray, (229, 229, 229)),
    (Color::DarkGray, (102, 102, 102)),
    (Color::LightRed, (241, 76, 76)),
    (Color::LightGreen, (35, 209, 139)),
    (Color::LightYellow, (245, 245, 67)),
    (Color::LightBlue, (59, 142, 234)),
    (Color::LightMagenta, (214, 112, 214)),
    (Color::LightCyan, (41, 184, 219)),
    (Color::White, (255, 255, 255)),
];

/// A colour as most terminals show it, for measuring what was brought to fewer colours.
#[cfg(test)]
pub(super) fn shown(color: Color) -> Color {
    let (red, green, blue) = match color {
        Color::Indexed(index @ 16..) => channels(index),
        Color::Rgb(red, green, blue) => (red, green, blue),
        other => BASIC.iter().find(|(basic, _)| *basic == other).map_or((0, 0, 0), |(_, shown)| *shown),
    };
    Color::Rgb(red, green, blue)
}

fn basic(red: u8, green: u8, blue: u8) -> Color {
    BASIC.iter().min_by_key(|(_, shown)| distance(*shown, (red, green, blue))).map_or(Color::Reset, |(color, _)| *color)
}

/// Squared distance, green weighing most, as the eye has it.
fn distance(one: (u8, u8, u8), other: (u8, u8, u8)) -> u32 {
    let part = |a: u8, b: u8, weight: u32| u32::from(a.abs_diff(b)).pow(2) * weight;
    part(one.0, other.0, 3) + part(one.1, other.1, 4) + part(one.2, other.2, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &'static [(&str, &str)]) -> Colours {
        Colours::of_environment(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_environment_says_how_many_colours_there_are() {
        assert_eq!(environment(&[("COLORTERM", "truecolor"), ("TERM", "xterm")]), Colours::True);
        assert_eq!(environment(&[("TERM", "xterm-256color")]), Colours::Indexed);
        assert_eq!(environment(&[("TERM", "linux")]), Colours::Sixteen);
        assert_eq!(environment(&[("NO_COLOR", "1"), ("COLORTERM", "truecolor")]), Colours::None);
        assert_eq!(environment(&[("NO_COLOR", ""), ("COLORTERM", "truecolor")]), Colours::True, "an empty NO_COLOR does not count");
    }

    #[test]
    fn colours_fall_to_the_nearest_there_is() {
        assert_eq!(nearest(Color::Rgb(255, 0, 0), Colours::Indexed), Some(Color::Indexed(196)));
        assert_eq!(nearest(Color::Rgb(128, 128, 128), Colours::Indexed), Some(Color::Indexed(244)));
        assert_eq!(nearest(Color::Rgb(200, 50, 50), Colours::Sixteen), Some(Color::Red));
        assert_eq!(nearest(Color::Indexed(209), Colours::Sixteen), Some(Color::LightRed));
        assert_eq!(nearest(Color::Green, Colours::Sixteen), Some(Color::Green));
        assert_eq!(nearest(Color::Green, Colours::None), None);
    }
}
