//! Theme files: read by name, the user's own before the bundled, and read again when a file in the user's folder changes.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer};
use tokio::sync::mpsc;

use super::screen_loop::Envelope;
use crate::workbench::{
    message::Msg,
    theme::{
        Theme, ThemeProblem,
        library::{self, BUNDLED, Source},
        palette::{Colours, fitted},
    },
};

/// Changes within this time are one: editors write a file in several steps.
const SETTLE: Duration = Duration::from_millis(100);
/// Largest theme file read, in bytes.
const LARGEST: u64 = 256 * 1024;

/// The themes there are, and which one is on.
pub struct ThemeFiles {
    folder: PathBuf,
    colours: Colours,
    /// The theme that is on, as it was last read.
    present: Mutex<(String, Option<Theme>)>,
}

impl ThemeFiles {
    /// The themes of a folder beside the bundled ones, for a terminal of so many colours.
    #[must_use]
    pub fn new(folder: PathBuf, colours: Colours) -> Self {
        Self { folder, colours, present: Mutex::new((library::DEFAULT.to_owned(), None)) }
    }

    /// Every name with where it comes from, the user's own first.
    #[must_use]
    pub fn available(&self) -> Vec<(String, String)> {
        let mut own: Vec<(String, String)> = fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                let name = path.file_name()?.to_str()?.strip_suffix(".toml")?.to_owned();
                Some((name, path.display().to_string()))
            })
            .collect();
        own.sort();
        let bundled = BUNDLED.iter().map(|(name, _)| ((*name).to_owned(), "bundled".to_owned()));
        let bundled: Vec<_> = bundled.filter(|(name, _)| !own.iter().any(|(taken, _)| taken == name)).collect();
        own.into_iter().chain(bundled).collect()
    }

    /// The names alone.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.available().into_iter().map(|(name, _)| name).collect()
    }

    /// Reads a theme and makes it the one that is on.
    pub fn choose(&self, name: &str) -> Result<Theme, ThemeProblem> {
        let theme = self.read(name)?;
        *self.present.lock().unwrap_or_else(PoisonError::into_inner) = (name.to_owned(), Some(theme.clone()));
        Ok(theme)
    }

    fn read(&self, name: &str) -> Result<Theme, ThemeProblem> {
        let theme = library::assemble(name, &self.names(), &|name| self.find(name))?;
        Ok(fitted(theme, self.colours))
    }

    fn find(&self, name: &str) -> Result<Option<Source>, ThemeProblem> {
        // A name is never a path.
        if name.is_empty() || !name.chars().all(|one| one.is_alphanumeric() || matches!(one, '-' | '_' | ' ')) {
            return Ok(None);
        }
        let path = self.folder.join(format!("{name}.toml"));
        let problem = |message: String| ThemeProblem::Unreadable { file: path.display().to_string(), message };
        match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(library::bundled(name)),
            Err(error) => return Err(problem(error.to_string())),
            Ok(meta) if meta.len() > LARGEST => return Err(problem(format!("it has {} bytes; at most {LARGEST} are read", meta.len()))),
            Ok(_) => {}
        }
        let text = fs::read_to_string(&path).map_err(|error| problem(error.to_string()))?;
        Ok(Some(Source { file: format!("{name}.toml"), text }))
    }

    /// Reads the present theme again; `None` when it is as it was.
    fn reread(&self) -> Option<Result<Theme, ThemeProblem>> {
        let mut present = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        match self.read(&present.0) {
            Ok(theme) if present.1.as_ref() == Some(&theme) => None,
            Ok(theme) => {
                present.1 = Some(theme.clone());
                Some(Ok(theme))
            }
            Err(problem) => {
                // So that mending the file back to what it was is news, too.
                present.1 = None;
                Some(Err(problem))
            }
        }
    }

    /// The user's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Watches the folder until dropped.
pub type ThemeWatch = Debouncer<RecommendedWatcher, RecommendedCache>;

/// Sends the present theme whenever a change in the folder changes it, and the names whenever anything there changes.
pub fn watch(themes: &Arc<ThemeFiles>, queue: mpsc::Sender<Envelope>) -> notify::Result<ThemeWatch> {
    fs::create_dir_all(themes.folder()).map_err(notify::Error::io)?;
    let theirs = Arc::clone(themes);
    let mut watch = new_debouncer(SETTLE, None, move |events: DebounceEventResult| {
        let Ok(events) = events else { return };
        if !events.iter().any(|event| event.kind.is_modify() || event.kind.is_create() || event.kind.is_remove()) {
            return;
        }
        // When the loop has ended nobody wants the news.
        let send = |msg| queue.blocking_send(Envelope::always(msg)).is_ok();
        if send(Msg::Themes(theirs.names()))
            && let Some(theme) = theirs.reread()
        {
            send(Msg::Theme(theme));
        }
    })?;
    watch.watch(themes.folder(), RecursiveMode::NonRecursive)?;
    Ok(watch)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn files() -> (tempfile::TempDir, ThemeFiles) {
        let folder = tempfile::tempdir().unwrap();
        let files = ThemeFiles::new(folder.path().to_owned(), Colours::True);
        (folder, files)
    }

    #[test]
    fn the_users_own_theme_wins_over_the_bundled_one() {
        let (folder, files) = files();
        fs::write(folder.path().join("dusk.toml"), "extends = \"mono\"").unwrap();
        assert_eq!(files.names().iter().filter(|name| *name == "dusk").count(), 1);
        assert!(files.available().iter().any(|(name, from)| name == "dusk" && from != "bundled"));
        files.choose("dusk").unwrap();
    }

    #[test]
    fn a_name_that_is_a_path_is_no_theme() {
        let (_folder, files) = files();
        assert!(matches!(files.choose("../../etc/passwd"), Err(ThemeProblem::Unknown { .. })));
    }

    #[test]
    fn only_a_change_is_news() {
        let (folder, files) = files();
        let path = folder.path().join("mine.toml");
        fs::write(&path, "extends = \"dusk\"").unwrap();
        files.choose("mine").unwrap();
        assert!(files.reread().is_none());
        fs::write(&path, "extends = \"dusk\"\nnonsense = 1").unwrap();
        assert!(matches!(files.reread(), Some(Err(_))));
        fs::write(&path, "extends = \"dusk\"").unwrap();
        assert!(matches!(files.reread(), Some(Ok(_))));
    }
}
