//! The terminal: whether the workbench can be shown on it, and how well.

use std::{env, io::IsTerminal};

use super::finding::Finding;
use crate::workbench::theme::palette::Colours;

/// The smallest screen everything fits on.
const COLUMNS: u16 = 80;
const ROWS: u16 = 24;

pub(super) fn look() -> Vec<Finding> {
    let get = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let mut findings = vec![screen(get("TERM").as_deref())];
    findings.push(match Colours::of_environment(|name| env::var(name).ok()) {
        Colours::True => Finding::ok("colours", "16 million"),
        Colours::None => Finding::warning("colours", "none, by NO_COLOR or TERM", "unset NO_COLOR to have them"),
        _ => Finding::ok("colours", "a palette, by TERM; COLORTERM=truecolor says that the terminal has all"),
    });
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| get(name));
    findings.push(match locale {
        Some(locale) if is_utf8(&locale) => Finding::ok("characters", format!("UTF-8, by {locale}")),
        Some(locale) => {
            let advice = "set LANG to a locale of UTF-8, or glyphs = \"ascii\" in config.toml";
            Finding::warning("characters", format!("{locale} is not UTF-8: lines and marks may look wrong"), advice)
        }
        None if cfg!(windows) => Finding::ok("characters", "UTF-8"),
        None => {
            let advice = "set LANG, as to C.UTF-8, if lines and marks look wrong";
            Finding::warning("characters", "no locale is set", advice)
        }
    });
    findings.push(clipboard(get("TMUX").is_some(), get("SSH_CONNECTION").is_some()));
    findings
}

fn screen(term: Option<&str>) -> Finding {
    if !std::io::stdout().is_terminal() {
        return Finding::ok("terminal", "standard output is none here; the workbench needs one, commands do not");
    }
    if term == Some("dumb") {
        return Finding::problem("terminal", "TERM is `dumb`: its cursor cannot be moved", "--plain works on it");
    }
    match crossterm::terminal::size() {
        Ok((columns, rows)) if columns >= COLUMNS && rows >= ROWS => Finding::ok("terminal", format!("{columns} x {rows}")),
        Ok((columns, rows)) => {
            let says = format!("{columns} x {rows}; everything fits on {COLUMNS} x {ROWS}");
            Finding::warning("terminal", says, "make it larger, or its letters smaller")
        }
        Err(error) => Finding::warning("terminal", format!("it does not tell its size: {error}"), "make sure that TERM names it rightly"),
    }
}

/// Whether text that is copied arrives cannot be asked: terminals do not answer.
fn clipboard(tmux: bool, ssh: bool) -> Finding {
    if tmux {
        let advice = "`set -g set-clipboard on` in tmux.conf lets it through";
        return Finding::warning("clipboard", "copying goes through tmux, which may keep it", advice);
    }
    let way = if ssh { "over ssh, " } else { "" };
    Finding::ok("clipboard", format!("copying is asked of the terminal (OSC 52), {way}which does not say whether it does"))
}

fn is_utf8(locale: &str) -> bool {
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_are_told_apart() {
        assert!(is_utf8("de_DE.UTF-8") && is_utf8("C.utf8"));
        assert!(!is_utf8("C") && !is_utf8("de_DE.ISO-8859-1"));
    }
}
