//! Which themes there are, and a theme put together from its file and those it extends. Reading files is left to the caller.

use super::{Ground, Theme, ThemeProblem, parse::draft};

/// The theme of a first start.
pub const DEFAULT: &str = "terminal";
/// The theme where no colours are wanted.
pub const COLOURLESS: &str = "mono";

/// The themes that come with the program: name and file.
pub const BUNDLED: [(&str, &str); 9] = [
    ("terminal", include_str!("../../../themes/terminal.toml")),
    ("dusk", include_str!("../../../themes/dusk.toml")),
    ("coal", include_str!("../../../themes/coal.toml")),
    ("paper", include_str!("../../../themes/paper.toml")),
    ("chalk", include_str!("../../../themes/chalk.toml")),
    ("contrast", include_str!("../../../themes/contrast.toml")),
    ("safe-dark", include_str!("../../../themes/safe-dark.toml")),
    ("safe-light", include_str!("../../../themes/safe-light.toml")),
    ("mono", include_str!("../../../themes/mono.toml")),
];

/// The pair that `auto` stands for: on a dark ground, on a light one.
const PAIR: (&str, &str) = ("dusk", "paper");

/// The theme a setting asks for: a name, or a pair `DARK,LIGHT` of which the terminal's ground chooses, as does `auto`. The terminal is asked
/// only for a pair; where it does not tell, it is taken as dark.
#[must_use]
pub fn choose(setting: &str, ground: impl FnOnce() -> Option<Ground>) -> &str {
    let pair = if setting.trim() == "auto" { Some(PAIR) } else { setting.split_once(',') };
    let Some((dark, light)) = pair else { return setting };
    if ground() == Some(Ground::Light) { light.trim() } else { dark.trim() }
}

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

    #[test]
    fn of_a_pair_the_ground_of_the_terminal_chooses() {
        assert_eq!(choose("coal", || panic!("one theme needs no ground")), "coal");
        assert_eq!(choose("coal, chalk", || Some(Ground::Light)), "chalk");
        assert_eq!(choose("coal, chalk", || Some(Ground::Dark)), "coal");
        assert_eq!(choose("coal, chalk", || None), "coal");
        for ground in [Ground::Dark, Ground::Light] {
            assert_eq!(with(&[], choose("auto", || Some(ground))).unwrap().ground, ground);
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
