//! Reads a theme file: TOML with `extends`, `ground`, a `[palette]` of names and the `[roles]`; every mistake is told with its line.
//!
//! ```toml
//! extends = "terminal"          # optional: roles left out are those of this theme
//! ground = "dark"               # optional: any, dark or light
//! [palette]
//! rose = "#e06c75"
//! [roles]
//! bad = "rose"                                    # only a foreground
//! selection = { fg = "white", bg = "#334", bold = true }
//! ```

use std::collections::HashMap;

use ratatui::style::{Color, Modifier, Style};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::text::nearest::nearest;

use super::{Ground, Role, Theme, ThemeProblem};

/// A theme file as written, its `extends` not yet followed.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The theme it extends, with the line that says so.
    pub extends: Option<(String, usize)>,
    /// For which ground it is made, if it says so.
    pub ground: Option<Ground>,
    /// The roles it sets.
    pub roles: Vec<(Role, Style)>,
}

impl Draft {
    /// The theme of this name that has these roles over those of another.
    #[must_use]
    pub fn over(self, name: &str, mut under: Theme) -> Theme {
        name.clone_into(&mut under.name);
        under.ground = self.ground.unwrap_or(under.ground);
        for (role, style) in self.roles {
            under.set(role, style);
        }
        under
    }
}

/// Names of the sixteen colours of the terminal and of its own ground and ink.
const NAMED: [(&str, Color); 17] = [
    ("default", Color::Reset),
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("white", Color::Gray),
    ("bright-black", Color::DarkGray),
    ("bright-red", Color::LightRed),
    ("bright-green", Color::LightGreen),
    ("bright-yellow", Color::LightYellow),
    ("bright-blue", Color::LightBlue),
    ("bright-magenta", Color::LightMagenta),
    ("bright-cyan", Color::LightCyan),
    ("bright-white", Color::White),
];

const ATTRIBUTES: [(&str, Modifier); 6] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underline", Modifier::UNDERLINED),
    ("reverse", Modifier::REVERSED),
    ("strike", Modifier::CROSSED_OUT),
];

/// Reads a theme file. `file` is what problems call it.
pub fn draft(file: &str, text: &str) -> Result<Draft, ThemeProblem> {
    let reader = Reader { file, text };
    let table = DeTable::parse(text).map_err(|error| reader.problem(error.span().map_or(0, |span| span.start), error.message()))?;
    reader.document(table.get_ref())
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
}

impl Reader<'_> {
    fn document(&self, table: &DeTable<'_>) -> Result<Draft, ThemeProblem> {
        let mut draft = Draft { extends: None, ground: None, roles: Vec::new() };
        let mut palette = HashMap::new();
        if let Some((_, value)) = table.iter().find(|(key, _)| key.get_ref() == "palette") {
            palette = self.palette(value)?;
        }
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "palette" => {}
                "extends" => draft.extends = Some((self.string(value)?.to_owned(), self.line(value.span().start))),
                "ground" => draft.ground = Some(self.ground(value)?),
                "roles" => draft.roles = self.roles(value, &palette)?,
                other => {
                    let known = ["extends", "ground", "palette", "roles"];
                    return Err(self.problem(key.span().start, &unknown("field", other, known)));
                }
            }
        }
        Ok(draft)
    }

    fn ground(&self, value: &Spanned<DeValue<'_>>) -> Result<Ground, ThemeProblem> {
        match self.string(value)? {
            "any" => Ok(Ground::Any),
            "dark" => Ok(Ground::Dark),
            "light" => Ok(Ground::Light),
            other => Err(self.problem(value.span().start, &unknown("ground", other, ["any", "dark", "light"]))),
        }
    }

    fn palette(&self, value: &Spanned<DeValue<'_>>) -> Result<HashMap<String, Color>, ThemeProblem> {
        let nothing = HashMap::new();
        let colours = self.table(value)?;
        colours.iter().map(|(key, value)| Ok((key.get_ref().to_string(), self.color(value, &nothing)?))).collect()
    }

    fn roles(&self, value: &Spanned<DeValue<'_>>, palette: &HashMap<String, Color>) -> Result<Vec<(Role, Style)>, ThemeProblem> {
        self.table(value)?
            .iter()
            .map(|(key, value)| {
                let name = key.get_ref().as_ref();
                let names = || Role::ALL.iter().map(|role| role.name());
                let role = Role::named(name).ok_or_else(|| self.problem(key.span().start, &unknown("role", name, names())))?;
                Ok((role, self.style(value, palette)?))
            })
            .collect()
    }

    fn style(&self, value: &Spanned<DeValue<'_>>, palette: &HashMap<String, Color>) -> Result<Style, ThemeProblem> {
        let DeValue::Table(parts) = value.get_ref() else {
            return Ok(Style::new().fg(self.color(value, palette)?));
        };
        let mut style = Style::new();
        for (key, value) in parts {
            let name = key.get_ref().as_ref();
            match name {
                "fg" => style = style.fg(self.color(value, palette)?),
                "bg" => style = style.bg(self.color(value, palette)?),
                _ => {
                    let Some((_, modifier)) = ATTRIBUTES.iter().find(|(attribute, _)| *attribute == name) else {
                        let known = ["fg", "bg"].into_iter().chain(ATTRIBUTES.map(|(attribute, _)| attribute));
                        return Err(self.problem(key.span().start, &unknown("part of a style", name, known)));
                    };
                    match value.get_ref() {
                        DeValue::Boolean(true) => style = style.add_modifier(*modifier),
                        DeValue::Boolean(false) => style = style.remove_modifier(*modifier),
                        _ => return Err(self.problem(value.span().start, &format!("`{name}` must be true or false"))),
                    }
                }
            }
        }
        Ok(style)
    }

    fn color(&self, value: &Spanned<DeValue<'_>>, palette: &HashMap<String, Color>) -> Result<Color, ThemeProblem> {
        let text = self.string(value)?;
        if let Some(hex) = text.strip_prefix('#') {
            let wrong = || self.problem(value.span().start, &format!("`{text}` is no colour; write #rgb or #rrggbb"));
            return hexadecimal(hex).ok_or_else(wrong);
        }
        if let Ok(index) = text.parse::<u8>() {
            return Ok(Color::Indexed(index));
        }
        let named = NAMED.iter().find(|(name, _)| *name == text).map(|(_, color)| *color);
        palette.get(text).copied().or(named).ok_or_else(|| {
            let known = palette.keys().map(String::as_str).chain(NAMED.iter().map(|(name, _)| *name));
            self.problem(value.span().start, &unknown("colour", text, known))
        })
    }

    fn string<'v>(&self, value: &'v Spanned<DeValue<'_>>) -> Result<&'v str, ThemeProblem> {
        match value.get_ref() {
            DeValue::String(text) => Ok(text.as_ref()),
            _ => Err(self.problem(value.span().start, "a text in quotes is expected here")),
        }
    }

    fn table<'v, 'i>(&self, value: &'v Spanned<DeValue<'i>>) -> Result<&'v DeTable<'i>, ThemeProblem> {
        match value.get_ref() {
            DeValue::Table(table) => Ok(table),
            _ => Err(self.problem(value.span().start, "a table is expected here")),
        }
    }

    fn line(&self, offset: usize) -> usize {
        self.text.get(..offset).unwrap_or(self.text).matches('\n').count() + 1
    }

    fn problem(&self, offset: usize, message: &str) -> ThemeProblem {
        ThemeProblem::File {
            file: self.file.to_owned(),
            line: self.line(offset),
            message: crate::text::clean::clean_line(message).into_owned(),
        }
    }
}

/// "there is no role `bda`; did you mean `bad`?", or the whole list when nothing is near.
fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let mut known: Vec<&str> = known.into_iter().collect();
    known.sort_unstable();
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("there is no {what} `{name}`; did you mean `{near}`?"),
        None => format!("there is no {what} `{name}`; there are: {}", known.join(", ")),
    }
}

/// `rgb` or `rrggbb`.
fn hexadecimal(digits: &str) -> Option<Color> {
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let channel = |text: &str| u8::from_str_radix(text, 16).ok();
    match digits.len() {
        3 => {
            let mut wide = digits.chars().map(|digit| channel(&format!("{digit}{digit}")));
            Some(Color::Rgb(wide.next()??, wide.next()??, wide.next()??))
        }
        6 => Some(Color::Rgb(channel(digits.get(0..2)?)?, channel(digits.get(2..4)?)?, channel(digits.get(4..6)?)?)),
        _ => None,
    }
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
