//! The documents that come from the action table: the README's key section and a complete, commented sample of `keys.toml`.

use super::{
    action::{ActionId, Group},
    table::{Context, Entry, entries},
};

const GROUPS: [Group; 11] = [
    Group::Move,
    Group::Go,
    Group::Find,
    Group::Live,
    Group::Judge,
    Group::Link,
    Group::Decide,
    Group::Shape,
    Group::View,
    Group::Copy,
    Group::Program,
];

/// The README's key section: one table a heading, every action in it.
#[must_use]
pub fn keys_markdown() -> String {
    let entries = entries();
    let mut text = String::new();
    for group in GROUPS {
        let rows: Vec<&Entry> = entries.iter().filter(|entry| entry.action.group == group).collect();
        if rows.is_empty() {
            continue;
        }
        text.push_str(&format!("\n### {}\n\n| key | does | where | name in `keys.toml` |\n|---|---|---|---|\n", group.title()));
        for entry in rows {
            let place = match entry.context {
                Context::Everywhere => "everywhere",
                Context::Pane(spec) => spec.title,
            };
            let asks = if entry.action.danger { " (asks first)" } else { "" };
            text.push_str(&format!("| {} | {}{asks} | {place} | `{}` |\n", keys(entry), entry.help.replace('|', "\\|"), entry.action.id.0));
        }
    }
    text.trim_start().to_owned()
}

fn keys(entry: &Entry) -> String {
    if entry.action.keys.is_empty() {
        return "none, by the palette".to_owned();
    }
    let keys: Vec<String> = entry.action.keys.iter().map(|key| if *key == "|" { "`\\|`".to_owned() } else { format!("`{key}`") }).collect();
    keys.join(" ")
}

/// A sample `keys.toml` with every action and its default keys, all of it commented out.
#[must_use]
pub fn keys_toml() -> String {
    let mut text = "\
# Keys of arc-eval-tui. Copy this to ~/.arc-eval/keys.toml and take away the # from the lines you change.
# One key or a list, the one to show first; [] takes the key away (the palette still finds the action).
# A key is one character, or Ctrl-x, Alt-x, F1 to F12, Enter, Esc, Space, Tab, Shift-Tab, Backspace, Delete, Insert,
# Up, Down, Left, Right, PgUp, PgDn, Home, End. One key means one thing in all panes.
"
    .to_owned();
    let entries = entries();
    let mut written: Vec<ActionId> = Vec::new();
    for group in GROUPS {
        let mut heading = true;
        for entry in entries.iter().filter(|entry| entry.action.group == group) {
            if written.contains(&entry.action.id) {
                continue;
            }
            written.push(entry.action.id);
            if std::mem::take(&mut heading) {
                text.push_str(&format!("\n# {}\n", group.title()));
            }
            let keys = toml::Value::Array(entry.action.keys.iter().map(|key| toml::Value::String((*key).to_owned())).collect());
            let line = format!("# {} = {keys}", entry.action.id.0);
            text.push_str(&format!("{line:<40} # {}\n", entry.help));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use crate::workbench::keymap::KeyMap;

    use super::*;

    #[test]
    fn the_sample_holds_every_action_and_changes_nothing_when_used_as_it_is() {
        let sample = keys_toml();
        let used: String = sample
            .lines()
            .map(|line| line.strip_prefix("# ").filter(|line| line.contains(" = ")).unwrap_or(line))
            .map(|line| format!("{line}\n"))
            .collect();
        assert_eq!(KeyMap::with(&used).unwrap(), KeyMap::defaults().unwrap());
        for entry in entries() {
            assert!(used.lines().any(|line| line.starts_with(&format!("{} = ", entry.action.id.0))), "{} is left out", entry.action.id.0);
        }
        assert_eq!(KeyMap::with(&sample).unwrap(), KeyMap::defaults().unwrap(), "and commented out it says nothing");
    }

    #[test]
    fn the_key_section_tells_every_action_where_it_works() {
        let text = keys_markdown();
        for entry in entries() {
            assert!(text.contains(&entry.help), "{} is left out", entry.help);
        }
        assert!(text.starts_with("### Move"));
        assert!(text.contains("| `j` `Down` | Next row | everywhere | `down` |"), "{text}");
    }
}
