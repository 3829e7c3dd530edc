//! `keys.toml`: read at the start, written when a key is changed in the palette, and read again when it changes on the disk.

use std::{
    fs,
    io::ErrorKind,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{RecvTimeoutError, sync_channel},
    },
    time::Duration,
};

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;

use super::{screen_loop::Envelope, whole_file};
use crate::workbench::{
    action::ActionId,
    documents,
    key_problem::KeyError,
    keymap::KeyMap,
    keys_edit,
    message::{KeyNews, Msg},
};

/// Largest `keys.toml` read, in bytes.
const LARGEST: u64 = 256 * 1024;
/// What is said where there is nowhere to write.
const HOMELESS: &str = "keys cannot be changed here: there is no home folder to write keys.toml in";
/// Changes within this time are one: editors write a file in several steps.
const SETTLE: Duration = Duration::from_millis(100);

/// The file, and what was last read of it.
pub struct KeyFile {
    path: PathBuf,
    /// The text the keys in use come from; `None` after a text that could not be used, so that mending it is news.
    present: Mutex<Option<String>>,
}

impl KeyFile {
    /// Reads the file, which need not be there: the keys, and a sentence for each line that cannot be and was left out.
    pub fn open(path: PathBuf) -> Result<(Self, KeyMap, Vec<String>), KeyError> {
        let file = Self { path, present: Mutex::new(None) };
        let (keys, problems) = match file.read() {
            Ok(text) => {
                let (keys, problems) = KeyMap::read(&text)?;
                file.hold(problems.is_empty().then_some(text));
                (keys, problems.iter().map(|problem| format!("{problem}; this line is left out")).collect())
            }
            Err(reason) => (KeyMap::defaults()?, vec![format!("{reason}; the keys are the usual ones")]),
        };
        Ok((file, keys, problems))
    }

    /// A file that is never there, so that the keys are the usual ones.
    #[must_use]
    pub const fn nowhere() -> Self {
        Self { path: PathBuf::new(), present: Mutex::new(None) }
    }

    fn hold(&self, text: Option<String>) {
        *self.present.lock().unwrap_or_else(PoisonError::into_inner) = text;
    }

    /// The text of the file; empty when there is none.
    fn read(&self) -> Result<String, String> {
        let cannot = |reason: String| format!("cannot read {}: {reason}", self.path.display());
        match fs::metadata(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(String::new()),
            Err(error) => return Err(cannot(error.to_string())),
            Ok(meta) if !meta.is_file() => return Err(cannot("it is no ordinary file".to_owned())),
            Ok(meta) if meta.len() > LARGEST => return Err(cannot(format!("it has {} bytes, and at most {LARGEST} are read", meta.len()))),
            Ok(_) => {}
        }
        let bytes = fs::read(&self.path).map_err(|error| cannot(error.to_string()))?;
        let text = String::from_utf8(bytes).map_err(|_| cannot("it is not UTF-8; save it as that".to_owned()))?;
        // Some editors of Windows mark UTF-8 with this.
        Ok(text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned))
    }

    /// Where the file is, for an editor; where there is none, a sample that changes nothing is written.
    pub(super) fn to_edit(&self) -> Result<PathBuf, String> {
        if self.path.as_os_str().is_empty() {
            return Err(HOMELESS.to_owned());
        }
        if !self.path.exists() {
            let written = whole_file::write(&self.path, &documents::keys_toml());
            written.map_err(|error| format!("cannot write {}: {error}", self.path.display()))?;
        }
        Ok(self.path.clone())
    }

    /// Gives an action other keys: writes the file, keeping what its author wrote, and answers with the keys from now on.
    pub(super) fn bind(&self, id: ActionId, keys: Option<&[String]>, undoing: bool) -> Result<KeyNews, String> {
        if self.path.as_os_str().is_empty() {
            return Err(HOMELESS.to_owned());
        }
        let text = self.read()?;
        let before = keys_edit::binding(&text, id);
        let after = keys_edit::rebound(&text, id, keys).map_err(|problem| format!("{problem}; nothing is changed"))?;
        let map = KeyMap::with(&after).map_err(|problem| problem.to_string())?;
        whole_file::write(&self.path, &after)
            .map_err(|error| format!("cannot write {}: {error}; nothing is changed", self.path.display()))?;
        self.hold(Some(after));
        let says = match map.shown(id) {
            Some(key) => format!("{} now has the key {key} ({})", id.0, self.path.display()),
            None => format!("{} now has no key ({})", id.0, self.path.display()),
        };
        Ok(KeyNews { keys: map, says, undo: (!undoing).then_some((id, before)) })
    }

    /// Reads the file again; `None` when it says what it said.
    fn reread(&self) -> Option<Result<KeyNews, String>> {
        let text = match self.read() {
            Ok(text) if self.present.lock().unwrap_or_else(PoisonError::into_inner).as_ref() == Some(&text) => return None,
            Ok(text) => text,
            Err(reason) => {
                self.hold(None);
                return Some(Err(format!("{reason}; the keys before stay")));
            }
        };
        let news = KeyMap::with(&text).map_err(|problem| format!("{problem}; the keys before stay"));
        self.hold(news.is_ok().then_some(text));
        Some(news.map(|keys| KeyNews { keys, says: "keys reloaded from keys.toml".to_owned(), undo: None }))
    }
}

/// Watches the file until dropped.
pub type KeyWatch = RecommendedWatcher;

/// Sends the keys whenever a change of the file changes them, or what is wrong with them.
pub fn watch(file: &Arc<KeyFile>, queue: mpsc::Sender<Envelope>) -> notify::Result<KeyWatch> {
    let folder = file.path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.ok_or_else(|| notify::Error::generic("there is no folder to watch"))?.to_owned();
    fs::create_dir_all(&folder).map_err(notify::Error::io)?;
    // The store lies in the same folder and changes all the time: what is not about this file ends here.
    let (changed, changes) = sync_channel::<()>(1);
    let name = file.path.file_name().map(ToOwned::to_owned);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        let changing = event.kind.is_modify() || event.kind.is_create() || event.kind.is_remove();
        if changing && event.paths.iter().any(|path| path.file_name() == name.as_deref()) {
            // One that waits already stands for this one, too.
            let _ = changed.try_send(());
        }
    })?;
    watcher.watch(&folder, RecursiveMode::NonRecursive)?;
    let file = Arc::clone(file);
    // It ends with the watcher, which holds the other end.
    std::thread::Builder::new().name("keys".to_owned()).spawn(move || {
        while changes.recv().is_ok() {
            loop {
                match changes.recv_timeout(SETTLE) {
                    Ok(()) => {}
                    Err(RecvTimeoutError::Timeout) => break,
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
            if let Some(news) = file.reread()
                && queue.blocking_send(Envelope::always(Msg::Keys(news))).is_err()
            {
                return;
            }
        }
    })?;
    Ok(watcher)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    const COPY: ActionId = ActionId("copy");

    fn opened(text: &str) -> (tempfile::TempDir, KeyFile, KeyMap, Vec<String>) {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("keys.toml"), text).unwrap();
        let (file, keys, problems) = KeyFile::open(home.path().join("keys.toml")).unwrap();
        (home, file, keys, problems)
    }

    #[test]
    fn a_line_that_cannot_be_is_said_and_the_others_hold() {
        let (_home, _, keys, problems) = opened("copy = \"F5\"\nqiut = \"F6\"\n");
        assert_eq!(keys.shown(COPY).as_deref(), Some("F5"));
        assert_eq!(problems.len(), 1);
        assert!(problems[0].contains("line 2: there is no action `qiut`; did you mean `quit`?"), "{problems:?}");
        assert!(problems[0].ends_with("; this line is left out"), "{problems:?}");
    }

    #[test]
    fn a_change_is_written_told_and_can_be_taken_back() {
        let (home, file, ..) = opened("# mine\n");
        let news = file.bind(COPY, Some(&["F5".to_owned()]), false).unwrap();
        assert_eq!(news.keys.shown(COPY).as_deref(), Some("F5"));
        assert!(news.says.starts_with("copy now has the key F5 ("), "{}", news.says);
        let path = home.path().join("keys.toml");
        assert_eq!(fs::read_to_string(&path).unwrap(), "# mine\ncopy = \"F5\"\n");
        assert!(file.reread().is_none(), "one's own change is no news");
        let (id, before) = news.undo.unwrap();
        let news = file.bind(id, before.as_deref(), true).unwrap();
        assert_eq!((news.keys.shown(COPY).as_deref(), news.undo), (Some("y"), None));
        assert_eq!(fs::read_to_string(&path).unwrap(), "# mine\n");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1, "nothing else is left in the folder");
    }

    #[test]
    fn a_clash_changes_nothing() {
        let (home, file, ..) = opened("copy = \"F5\"\n");
        let said = file.bind(ActionId("quit"), Some(&["F5".to_owned()]), false).unwrap_err();
        assert!(said.contains("the key F5 means both `copy`") && said.ends_with("nothing is changed"), "{said}");
        assert_eq!(fs::read_to_string(home.path().join("keys.toml")).unwrap(), "copy = \"F5\"\n");
    }

    #[test]
    fn only_a_change_is_news_and_a_broken_file_keeps_the_keys() {
        let (home, file, ..) = opened("copy = \"F5\"\n");
        let path = home.path().join("keys.toml");
        assert!(file.reread().is_none());
        fs::write(&path, "copy = F5\n").unwrap();
        let said = file.reread().unwrap().unwrap_err();
        assert!(said.starts_with("keys.toml, line 1") && said.ends_with("; the keys before stay"), "{said}");
        fs::write(&path, "copy = \"F5\"\n").unwrap();
        assert!(file.reread().unwrap().is_ok(), "mending it is news");
        fs::remove_file(&path).unwrap();
        assert_eq!(file.reread().unwrap().unwrap().keys, KeyMap::defaults().unwrap());
        fs::create_dir(&path).unwrap();
        assert!(file.reread().unwrap().unwrap_err().contains("no ordinary file"));
        fs::remove_dir(&path).unwrap();
        fs::write(&path, [0xFF, 0xFE, 0x00]).unwrap();
        assert!(file.reread().unwrap().unwrap_err().contains("not UTF-8"));
        fs::write(&path, "#".repeat(LARGEST as usize + 1)).unwrap();
        assert!(file.reread().unwrap().unwrap_err().contains("bytes"));
        fs::write(&path, "\u{feff}copy = \"F6\"\r\n").unwrap();
        assert_eq!(file.reread().unwrap().unwrap().keys.shown(COPY).as_deref(), Some("F6"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link() {
        let (home, file, ..) = opened("");
        let (path, kept) = (home.path().join("keys.toml"), home.path().join("dotfiles.toml"));
        fs::rename(&path, &kept).unwrap();
        std::os::unix::fs::symlink(&kept, &path).unwrap();
        file.bind(COPY, Some(&["F5".to_owned()]), false).unwrap();
        assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&kept).unwrap(), "copy = \"F5\"\n");
    }
}
