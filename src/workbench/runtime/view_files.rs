//! The user's `views.toml`: read, written in one step, and read again when it changes.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer};
use tokio::sync::mpsc;

use super::{screen_loop::Envelope, whole_file};
use crate::{
    model::{clock::Clock, time::Timestamp},
    workbench::{
        message::{Msg, ViewNews},
        views::{self, Change, Views},
    },
};

/// Changes within this time are one: editors write a file in several steps.
const SETTLE: Duration = Duration::from_millis(100);
/// Largest file read, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// The file of saved views.
pub struct ViewFile {
    path: PathBuf,
    clock: Arc<dyn Clock>,
    /// What was last told of it, and the lock under which it is changed.
    told: Mutex<Option<Result<Views, String>>>,
}

/// A filter with the saved views of a home folder written out, for commands: `@slow-refunds since:1h`.
///
/// # Errors
/// A sentence: the file cannot be read or is broken, or a name is no view's. A text without `@` needs no file.
pub fn expand(home: &Path, text: &str, now: Timestamp) -> Result<String, String> {
    if !text.contains('@') {
        return Ok(text.to_owned());
    }
    // A broken file must not stop a filter that only has an `@` in a name or in quotes.
    let words = Views::default().expand(text);
    if let Ok(plain) = words {
        return Ok(plain.text);
    }
    let views = read(&home.join(views::FILE), now)?;
    views.expand(text).map(|expanded| expanded.text).map_err(|error| error.to_string())
}

fn read(path: &Path, now: Timestamp) -> Result<Views, String> {
    Views::parse(&text_of(path)?, now).map_err(|problem| problem.to_string())
}

/// The text of the file; nothing where there is none.
fn text_of(path: &Path) -> Result<String, String> {
    let problem = |error: io::Error| format!("cannot read {}: {error}", path.display());
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(String::new()),
        Err(error) => return Err(problem(error)),
        Ok(meta) if !meta.is_file() => return Err(format!("cannot read {}: it is no file", path.display())),
        Ok(meta) if meta.len() > LARGEST => {
            return Err(format!("{} has {} bytes; at most {LARGEST} are read", path.display(), meta.len()));
        }
        Ok(_) => {}
    }
    let text = fs::read_to_string(path).map_err(problem)?;
    // Some editors of Windows mark UTF-8 with this.
    Ok(text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned))
}

impl ViewFile {
    /// The file in this home folder.
    #[must_use]
    pub fn new(home: &Path, clock: Arc<dyn Clock>) -> Self {
        Self { path: home.join(views::FILE), clock, told: Mutex::new(None) }
    }

    /// Reads it.
    pub fn load(&self) -> Result<Views, String> {
        let views = read(&self.path, self.clock.now());
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = Some(views.clone());
        views
    }

    /// Reads it again; `None` when it says what it said before.
    fn reload(&self) -> Option<ViewNews> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let views = read(&self.path, self.clock.now());
        if told.as_ref() == Some(&views) {
            return None;
        }
        *told = Some(views.clone());
        Some(ViewNews { says: "views read again".to_owned(), views })
    }

    /// Makes a change in it as it stands now, in one step: whoever reads it sees the file before or the file after.
    pub fn change(&self, change: &Change) -> ViewNews {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let done = self.rewrite(change);
        let (views, says) = done.map_or_else(|problem| (Err(problem), String::new()), |(views, says)| (Ok(views), says));
        if views.is_ok() {
            *told = Some(views.clone());
        }
        ViewNews { views, says }
    }

    fn rewrite(&self, change: &Change) -> Result<(Views, String), String> {
        let now = self.clock.now();
        let (text, says) = views::changed(&text_of(&self.path)?, change, now)?;
        whole_file::write(&self.path, &text).map_err(|error| format!("cannot write {}: {error}", self.path.display()))?;
        Ok((Views::parse(&text, now).map_err(|problem| problem.to_string())?, says))
    }
}

/// Watches the home folder until dropped.
pub type ViewWatch = Debouncer<RecommendedWatcher, RecommendedCache>;

/// Sends the views whenever a change of the file changes them.
pub fn watch(file: &Arc<ViewFile>, queue: mpsc::Sender<Envelope>) -> notify::Result<ViewWatch> {
    let folder = file.path.parent().unwrap_or(Path::new(".")).to_owned();
    fs::create_dir_all(&folder).map_err(notify::Error::io)?;
    let theirs = Arc::clone(file);
    let mut watch = new_debouncer(SETTLE, None, move |events: DebounceEventResult| {
        let Ok(events) = events else { return };
        // The store lies in the same folder and is written all the time.
        let ours = |path: &PathBuf| path.file_name() == theirs.path.file_name();
        if events.iter().any(|event| event.paths.iter().any(ours))
            && let Some(news) = theirs.reload()
        {
            // When the loop has ended nobody wants the news.
            let _ = queue.blocking_send(Envelope::always(Msg::Views(news)));
        }
    })?;
    watch.watch(&folder, RecursiveMode::NonRecursive)?;
    Ok(watch)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use std::time::Instant;

    use super::*;
    use crate::model::clock::SystemClock;

    fn file() -> (tempfile::TempDir, ViewFile) {
        let home = tempfile::tempdir().unwrap();
        let file = ViewFile::new(home.path(), Arc::new(SystemClock));
        (home, file)
    }

    fn save(name: &str) -> Change {
        Change::Save { name: name.to_owned(), filter: "is:failed".to_owned() }
    }

    #[test]
    fn without_a_file_there_are_no_views_and_the_first_one_makes_it() {
        let (home, file) = file();
        assert_eq!(file.load(), Ok(Views::default()));
        let news = file.change(&save("broken-runs"));
        assert_eq!((news.says.as_str(), news.views.unwrap().get("broken-runs")), ("saved as @broken-runs", Some("is:failed")));
        assert_eq!(fs::read_to_string(home.path().join("views.toml")).unwrap(), "broken-runs = \"is:failed\"\n");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1, "nothing else is left behind");
    }

    #[test]
    fn a_change_is_made_in_the_file_as_it_stands_now() {
        let (home, file) = file();
        file.load().unwrap();
        fs::write(home.path().join("views.toml"), "# mine\nother = \"is:ok\"\n").unwrap();
        let views = file.change(&save("new")).views.unwrap();
        assert_eq!(views.iter().count(), 2);
        assert!(fs::read_to_string(home.path().join("views.toml")).unwrap().starts_with("# mine\n"));
    }

    #[test]
    fn a_broken_file_is_left_alone_and_told_with_its_line() {
        let (home, file) = file();
        let path = home.path().join("views.toml");
        fs::write(&path, "a = \"is:ok\"\nb = ").unwrap();
        assert!(file.load().unwrap_err().starts_with("views.toml, line 2"));
        assert!(file.change(&save("c")).views.unwrap_err().contains("nothing was changed"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "a = \"is:ok\"\nb = ");
        fs::write(&path, [0xff, 0xfe]).unwrap();
        assert!(file.load().unwrap_err().contains("cannot read"));
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(file.load().unwrap_err().contains("it is no file"));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_kept_elsewhere_by_a_link_stays_there() {
        let (home, file) = file();
        let kept = home.path().join("kept.toml");
        fs::write(&kept, "").unwrap();
        std::os::unix::fs::symlink(&kept, home.path().join("views.toml")).unwrap();
        file.change(&save("a")).views.unwrap();
        assert!(fs::symlink_metadata(home.path().join("views.toml")).unwrap().is_symlink());
        assert!(fs::read_to_string(&kept).unwrap().contains("a = "));
    }

    #[test]
    fn a_command_writes_its_views_out_and_needs_the_file_only_then() {
        let (home, _) = file();
        let now = SystemClock.now();
        fs::write(home.path().join("views.toml"), "slow = \"took>2s\"").unwrap();
        assert_eq!(expand(home.path(), "@slow is:ok", now).as_deref(), Ok("took>2s is:ok"));
        assert_eq!(expand(home.path(), "@slov", now).unwrap_err(), "column 1: no view is called `slov`; did you mean `@slow`?");
        fs::write(home.path().join("views.toml"), "slow = ").unwrap();
        assert_eq!(expand(home.path(), "agent:a@b text:\"@slow\"", now).as_deref(), Ok("agent:a@b text:\"@slow\""));
        assert!(expand(home.path(), "@slow", now).unwrap_err().contains("line 1"));
    }

    #[test]
    fn an_editors_change_is_news_once() {
        let (home, file) = file();
        file.load().unwrap();
        let file = Arc::new(file);
        let (queue, mut news) = mpsc::channel(16);
        let _watch = watch(&file, queue).unwrap();
        fs::write(home.path().join("traces.redb"), "busy").unwrap();
        fs::write(home.path().join("views.toml"), "a = \"is:ok\"").unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        let envelope = loop {
            if let Ok(envelope) = news.try_recv() {
                break envelope;
            }
            assert!(Instant::now() < deadline, "the change was not noticed");
            std::thread::sleep(Duration::from_millis(10));
        };
        let super::super::screen_loop::Content::Msg(Msg::Views(ViewNews { views: Ok(views), .. })) = envelope.content else {
            panic!("{envelope:?}")
        };
        assert_eq!(views.get("a"), Some("is:ok"));
        assert!(file.reload().is_none(), "the same again is no news");
    }
}
