//! The user's own files: keys, themes, prices and saved views, each read as the program reads it.

use std::{fs, path::Path};

use super::finding::Finding;
use crate::{
    cli::{house, settings::Settings},
    model::clock::{Clock, SystemClock},
    workbench::{
        keymap::KeyMap,
        runtime::theme_files::ThemeFiles,
        theme::palette::Colours,
        views::{self, Views},
    },
};

pub(super) fn look(settings: &Settings) -> Vec<Finding> {
    let home = &settings.home;
    vec![
        file("keys", &home.join("keys.toml"), |text| KeyMap::with(text).map(drop).map_err(|error| error.to_string())),
        file("views", &home.join(views::FILE), |text| {
            Views::parse(text, SystemClock.now()).map(drop).map_err(|error| format!("line {}: {}", error.line, error.says))
        }),
        file("layouts", &home.join("layouts.toml"), |text| text.parse::<toml::Table>().map(drop).map_err(|error| error.to_string())),
        prices(settings),
        themes(settings),
    ]
}

/// One file, read by whoever reads it; none is fine.
fn file(name: &'static str, path: &Path, read: impl FnOnce(&str) -> Result<(), String>) -> Finding {
    match fs::read_to_string(path) {
        Ok(text) => match read(&text) {
            Ok(()) => Finding::ok(name, format!("{} is read", path.display())),
            Err(error) => Finding::problem(name, format!("{}: {}", path.display(), error.trim()), "mend the line, or move the file away"),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Finding::ok(name, "no file of your own"),
        Err(error) => Finding::problem(name, format!("{} cannot be read: {error}", path.display()), "see who may read it"),
    }
}

fn prices(settings: &Settings) -> Finding {
    let path = settings.home.join("prices.toml");
    match house::rules(settings) {
        Ok(_) if path.exists() => Finding::ok("prices", format!("{} is read, and wins over the bundled prices", path.display())),
        Ok(_) => Finding::ok("prices", "no file of your own"),
        Err(error) => Finding::problem("prices", error.to_string(), "mend the line, or move the file away"),
    }
}

/// Every theme in the folder.
fn themes(settings: &Settings) -> Finding {
    let files = ThemeFiles::new(settings.home.join("themes"), Colours::True);
    let names: Vec<String> = files.available().into_iter().filter(|(_, from)| from != "bundled").map(|(name, _)| name).collect();
    let wrong: Vec<String> = names.iter().filter_map(|name| files.choose(name).err()).map(|problem| problem.to_string()).collect();
    match (wrong.is_empty(), names.len()) {
        (true, 0) => Finding::ok("themes", "no file of your own"),
        (true, count) => Finding::ok("themes", format!("{count} of your own, all read")),
        (false, _) => Finding::problem("themes", wrong.join("; "), "mend the line; `themes` lists what there is"),
    }
}
