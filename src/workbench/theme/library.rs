//! Which themes there are, and a theme put together from its file and those it extends. Reading files is left to the caller.

use super::{Theme, ThemeProblem, parse::draft};

/// The theme of a first start.
pub const DEFAULT: &str = "terminal";
/// The theme where no colours are wanted.
pub const COLOURLESS: &str = "mono";

/// The themes that come with the program: name and file.
pub const BUNDLED: [(&str, &str); 3] = [
    ("terminal", include_str!("../../../themes/terminal.toml")),
    ("dusk", include_str!("../../../themes/dusk.toml")),
    ("mono", include_str!("../../../themes/mono.toml")),
];

/// How many themes may extend one another.
const DEEPEST: usize = 8;

/// A theme file that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What problems call it: `themes/mine.toml`.
    pub file: String,
    /// What it says.
    pub text: String,
}

/// A theme that comes with the program.
#[must_use]
pub fn bundled(name: &str) -> Option<Source> {
    let (_, text) = BUNDLED.iter().find(|(bundled, _)| *bundled == name)?;
    Some(Source { file: format!("{name}.toml"), text: (*text).to_owned() })
}

/// Puts a theme together. `find` gives the file of a name (the user's own first); `names` are all there are, for the message.
pub fn assemble(name: &str, names: &[String], find: &dyn Fn(&str) -> Result<Option<Source>, ThemeProblem>) -> Result<Theme, ThemeProblem> {
    let mut through: Vec<String> = Vec::new();
    let mut drafts = Vec::new();
    let mut wanted = Some((name.to_owned(), None));
    while let Some((name, asked_by)) = wanted {
        let again = through.contains(&name) || through.len() >= DEEPEST;
        through.push(name.clone());
        if again {
            let file = through.first().cloned().unwrap_or_default();
            return Err(ThemeProblem::Circle { file, through });
        }
        let Some(source) = find(&name)? else {
            return Err(missing(&name, names, asked_by));
        };
        let draft = draft(&source.file, &source.text)?;
        wanted = draft.extends.clone().map(|(name, line)| (name, Some((source.file, line))));
        drafts.push((name, draft));
    }
    Ok(drafts.into_iter().rev().fold(Theme::bare(name), |under, (name, draft)| draft.over(&name, under)))
}

/// There is no such theme: nobody's fault but the asker's, or a line of the file that extends it.
fn missing(name: &str, names: &[String], asked_by: Option<(String, usize)>) -> ThemeProblem {
    let name = crate::text::clean::clean_line(name).into_owned();
    match asked_by {
        None => ThemeProblem::Unknown { name, there_are: names.to_vec() },
        Some((file, line)) => {
            let message = format!("it extends `{name}`, and there is no such theme; there are: {}", names.join(", "));
            ThemeProblem::File { file, line, message }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use std::collections::HashMap;

    use ratatui::style::{Color, Modifier, Style};

    use super::*;
    use crate::workbench::theme::{Role, parse};

    fn with(files: &[(&str, &str)], name: &str) -> Result<Theme, ThemeProblem> {
        let files: HashMap<String, String> = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let find = |name: &str| {
            Ok(files.get(name).map(|text| Source { file: format!("{name}.toml"), text: text.clone() }).or_else(|| bundled(name)))
        };
        assemble(name, &["dusk".to_owned(), "mine".to_owned()], &find)
    }

    #[test]
    fn every_bundled_theme_says_every_role() {
        for (name, text) in BUNDLED {
            let draft = parse::draft(name, text).unwrap();
            for role in Role::ALL {
                assert!(draft.roles.iter().any(|(set, _)| set == role), "{name} leaves out {}", role.name());
            }
        }
    }

    #[test]
    fn mono_has_no_colour_and_still_tells_the_selected_row() {
        let mono = with(&[], COLOURLESS).unwrap();
        for role in Role::ALL {
            assert_eq!((mono.style(*role).fg, mono.style(*role).bg), (None, None), "{}", role.name());
        }
        assert!(mono.style(Role::Selection).add_modifier.contains(Modifier::REVERSED));
    }

    /// Contrast of two colours as WCAG 2 reckons it, 1 to 21.
    fn contrast(one: Color, other: Color) -> f64 {
        let luminance = |color: Color| {
            let Color::Rgb(red, green, blue) = color else { panic!("{color:?} is no true colour") };
            let channel = |value: u8| {
                let value = f64::from(value) / 255.0;
                if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue)
        };
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_text_of_dusk_can_be_read_on_its_ground() {
        let dusk = with(&[], "dusk").unwrap();
        let ground = dusk.style(Role::Text).bg.unwrap();
        for role in Role::ALL.iter().filter(|role| !matches!(role, Role::Border | Role::BarEmpty)) {
            let style = dusk.style(*role);
            let (ink, ground) = (style.fg.unwrap_or_else(|| dusk.style(Role::Text).fg.unwrap()), style.bg.unwrap_or(ground));
            let contrast = contrast(ink, ground);
            assert!(contrast >= 4.5, "{}: {contrast:.1}", role.name());
        }
    }

    #[test]
    fn a_theme_extends_another() {
        let theme = with(&[("mine", "extends = \"dusk\"\n[roles]\nbad = \"#f00\"")], "mine").unwrap();
        let dusk = with(&[], "dusk").unwrap();
        assert_eq!(theme.style(Role::Bad), Style::new().fg(Color::Rgb(255, 0, 0)));
        assert_eq!(theme.style(Role::Good), dusk.style(Role::Good));
    }

    #[test]
    fn a_users_file_may_extend_the_bundled_one_it_replaces_only_under_another_name() {
        let problem = with(&[("dusk", "extends = \"dusk\"")], "dusk").unwrap_err();
        assert_eq!(problem.to_string(), "theme dusk: `extends` goes round in a circle: dusk -> dusk");
    }

    #[test]
    fn what_is_missing_is_told_with_what_there_is() {
        assert_eq!(with(&[], "dsuk").unwrap_err().to_string(), "no theme is called `dsuk`; there are: dusk, mine");
        let problem = with(&[("mine", "\nextends = \"gone\"")], "mine").unwrap_err();
        assert_eq!(problem.to_string(), "theme mine.toml, line 2: it extends `gone`, and there is no such theme; there are: dusk, mine");
    }
}
