//! What a panic leaves: the terminal given back, a sentence, and a note without trace contents.

use std::{
    backtrace::Backtrace,
    fs,
    io::Write,
    panic::{self, PanicHookInfo},
    path::{Path, PathBuf},
};

use super::stage;

/// From now on a panic leaves a note in `folder`, and one of the screen's thread gives the terminal back before it says anything.
/// Panics of other threads are contained where they happen and must not write over the screen.
pub(super) fn install(folder: PathBuf) {
    panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        let note = write_note(&folder, &place);
        tracing::error!(%place, "internal error");
        if std::thread::current().name() != Some(super::SCREEN_THREAD) {
            return;
        }
        stage::give_back();
        let mut stderr = std::io::stderr();
        let _ = writeln!(stderr, "arc-eval-tui: internal error at {place}. Nothing that was acknowledged is lost.");
        if let Some(path) = note {
            let _ = writeln!(stderr, "A note without any trace contents is in {}.", path.display());
        }
        if cfg!(debug_assertions) {
            let _ = writeln!(stderr, "{}", crate::text::clean::clean_block(&message_of(panic)));
        }
    }));
}

/// The message may quote what was being worked on, so it is shown to developers only and never written down.
fn message_of(panic: &PanicHookInfo<'_>) -> String {
    let payload = panic.payload();
    let text = payload.downcast_ref::<String>().cloned().or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    text.unwrap_or_default()
}

fn write_note(folder: &Path, place: &str) -> Option<PathBuf> {
    fs::create_dir_all(folder).ok()?;
    let now = jiff::Timestamp::now();
    let path = folder.join(format!("crash-{}.txt", now.as_millisecond()));
    let thread = std::thread::current();
    let text = format!(
        "arc-eval-tui {}\nat {now}\nin {place}\nthread {}\n\n{}\n",
        env!("CARGO_PKG_VERSION"),
        thread.name().unwrap_or("unnamed"),
        Backtrace::force_capture()
    );
    fs::write(&path, text).ok()?;
    Some(path)
}
