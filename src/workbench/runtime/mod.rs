//! The thin shell around the pure core: a thread for the screen, one for questions, one for colours, and the wires between them.

mod answers;
pub mod carrier;
pub mod clipboard;
mod crash;
pub mod editor;
mod exports;
mod fetch;
mod highlight;
mod input;
pub mod key_files;
pub mod memory;
mod mend;
pub mod screen_loop;
mod shell;
pub mod stage;
pub mod theme_files;
pub mod view_files;
mod whole_file;

use std::{
    io,
    path::PathBuf,
    sync::{Arc, atomic::AtomicBool},
};

use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};

use self::{
    carrier::{Carrier, OpenDemo, Outfit},
    clipboard::Clipboard,
    key_files::KeyFile,
    memory::LayoutFile,
    screen_loop::{Envelope, ScreenLoop, Sources},
    stage::UserTerminal,
    theme_files::ThemeFiles,
    view_files::ViewFile,
};
use super::{
    glyphs::Glyphs,
    keymap::KeyMap,
    message::{ListenerState, Msg, Toast, ViewNews},
    root::Workbench,
    shared::Shared,
    theme::{Theme, ThemeProblem},
};
use crate::{engine::Engine, model::clock::Clock, repair::project::Projects};

/// Messages that may wait for the loop; senders wait when it is full.
const QUEUE: usize = 256;

/// The name of the thread that has the terminal.
const SCREEN_THREAD: &str = "screen";

/// How a workbench is started.
pub struct WorkbenchOptions {
    /// The theme to start with.
    pub theme: String,
    /// The themes there are.
    pub themes: Arc<ThemeFiles>,
    /// The saved views.
    pub views: Arc<ViewFile>,
    /// Which key means what.
    pub keys: KeyMap,
    /// Where the user's keys are kept.
    pub key_file: Arc<KeyFile>,
    /// Where the layout of this project is kept; `None` keeps none.
    pub layouts: Option<LayoutFile>,
    /// The folders whose files the editor may open.
    pub folders: Vec<PathBuf>,
    /// True while another program has the terminal: an interrupt from the keyboard is then not for us.
    pub lent: Arc<AtomicBool>,
    /// The characters to draw with.
    pub glyphs: Glyphs,
    /// How the listener stands.
    pub listener: ListenerState,
    /// What is said at the start.
    pub notices: Vec<Toast>,
    /// Whether the engine holds the demo.
    pub demo: bool,
    /// Whether senders must give a key.
    pub key_required: bool,
    /// How the demo is opened from here; `None` where it is all there is.
    pub open_demo: Option<OpenDemo>,
    /// The agents' source that fixes are made for.
    pub projects: Projects,
    /// Where written files go.
    pub exports: PathBuf,
    /// Where crash notes go.
    pub crash_notes: PathBuf,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

/// Why the workbench could not be shown, or ended early.
#[derive(Debug, thiserror::Error)]
pub enum WorkbenchError {
    /// There is nothing to draw on.
    #[error("{0}")]
    NoTerminal(String),
    /// The theme to start with cannot be had.
    #[error(transparent)]
    Theme(#[from] ThemeProblem),
    /// The terminal failed.
    #[error("the terminal failed: {0}")]
    Terminal(#[from] io::Error),
    /// The screen's thread panicked; the terminal was given back and a note written.
    #[error("the screen ended by an internal error; nothing that was acknowledged is lost")]
    Crashed,
}

/// Shows the workbench until someone quits. Call it from the network runtime's thread: the screen gets one of its own.
pub async fn run(engine: Engine, options: WorkbenchOptions, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), WorkbenchError> {
    if let Some(reason) = stage::missing_terminal(std::env::var("TERM").ok().as_deref()) {
        return Err(WorkbenchError::NoTerminal(reason));
    }
    let theme = options.themes.choose(&options.theme)?;
    crash::install(options.crash_notes.clone());
    let handle = Handle::current();
    let (ended, end) = oneshot::channel();
    std::thread::Builder::new().name(SCREEN_THREAD.to_owned()).spawn(move || {
        // Whoever waited is told by the channel; when this panics, by its closing.
        let _ = ended.send(show(engine, options, theme, handle, stop));
    })?;
    match end.await {
        Ok(shown) => Ok(shown?),
        Err(_) => Err(WorkbenchError::Crashed),
    }
}

/// The life of the screen's thread.
fn show(engine: Engine, options: WorkbenchOptions, theme: Theme, handle: Handle, stop: impl Future<Output = ()>) -> io::Result<()> {
    // A runtime of its own, so that a busy network never holds a key up.
    let own = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (queue, waiting) = mpsc::channel(QUEUE);
    let mut shared = Shared::new(theme, options.glyphs, options.listener);
    shared.demo = options.demo;
    shared.key_required = options.key_required;
    shared.patience = engine.patience();
    shared.zone = jiff::tz::TimeZone::system();
    let mut workbench = Workbench::new(shared, options.keys);
    let layouts = options.layouts.filter(|_| !options.demo);
    let mut notices = options.notices;
    match layouts.as_ref().map(LayoutFile::load) {
        Some(Ok(Some(layout))) => workbench.recall(&layout),
        Some(Err(problem)) => notices.push(Toast::problem(problem)),
        Some(Ok(None)) | None => {}
    }
    // Themes that cannot be watched are still there; they just do not reload by themselves.
    let watch = theme_files::watch(&options.themes, queue.clone());
    if let Err(error) = &watch {
        tracing::warn!(%error, "themes are not watched");
    }
    let _ = queue.try_send(Envelope::always(Msg::Themes(options.themes.names())));
    let views_watch = view_files::watch(&options.views, queue.clone());
    if let Err(error) = &views_watch {
        tracing::warn!(%error, "saved views are not watched");
    }
    let _ = queue.try_send(Envelope::always(Msg::Views(ViewNews { views: options.views.load(), says: String::new() })));
    let key_watch = key_files::watch(&options.key_file, queue.clone());
    if let Err(error) = &key_watch {
        tracing::warn!(%error, "keys.toml is not watched");
    }
    for notice in notices {
        let _ = queue.try_send(Envelope::always(Msg::Say(notice)));
    }
    let outfit = Outfit {
        engine,
        open_demo: options.open_demo,
        themes: options.themes,
        projects: options.projects,
        views: options.views,
        exports: options.exports,
        keys: options.key_file,
        clipboard: Clipboard::of_environment(|name| std::env::var(name).ok()),
        folders: options.folders,
        runtime: handle,
        queue,
    };
    let carrier = Carrier::start(outfit)?;
    own.block_on(async {
        let (terminal, input) = UserTerminal::enter(options.lent)?;
        let signals = Box::pin(async {
            panic_if_asked();
            stop.await;
        });
        let sources = Sources { input, signals, queue: waiting };
        let mut screen = ScreenLoop::new(terminal, workbench, carrier, options.clock);
        let ended = screen.run(sources).await;
        if let Some((file, layout)) = layouts.zip(screen.layout())
            && let Err(problem) = file.save(layout, screen.clock.now())
        {
            tracing::warn!(problem, "the layout is not kept");
        }
        ended
    })
}

/// Debug builds fail on purpose when asked to, so that a test can see what a panic leaves of a real terminal.
#[allow(clippy::panic)]
fn panic_if_asked() {
    if cfg!(debug_assertions) && std::env::var_os("ARC_EVAL_TEST_PANIC").is_some() {
        panic!("asked for by ARC_EVAL_TEST_PANIC");
    }
}
