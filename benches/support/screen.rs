//! The real screen loop on a stage without a terminal: what it draws stays in memory, and somebody is told of every frame.

use std::{
    cell::Cell,
    convert::Infallible,
    io,
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
};

use arc_eval_tui::{
    engine::{Engine, delivery::Source, receipt::Ingested},
    model::clock::Clock,
    repair::project::Projects,
    workbench::{
        glyphs::Glyphs,
        keymap::KeyMap,
        message::ListenerState,
        root::Workbench,
        runtime::{
            carrier::{Carrier, Outfit},
            clipboard::Clipboard,
            key_files::KeyFile,
            screen_loop::{Envelope, ScreenLoop},
            stage::Stage,
            theme_files::ThemeFiles,
            view_files::ViewFile,
        },
        shared::Shared,
        theme::{library::DEFAULT, palette::Colours},
    },
};
use ratatui::{Frame, Terminal, backend::TestBackend, buffer::Buffer};
use tokio::{runtime::Handle, sync::mpsc};

/// Traces sent in one delivery when a store is filled.
const TOGETHER: u64 = 500;
/// As in the program: messages that may wait for the loop.
const QUEUE: usize = 256;

/// A screen in memory.
pub struct TestStage {
    terminal: Terminal<TestBackend>,
    size: Rc<Cell<(u16, u16)>>,
    drawn: Box<dyn FnMut(&Buffer)>,
}

impl TestStage {
    /// A screen of the size in the cell, also when that changes; `drawn` is called after every frame with what is then on the screen.
    pub fn new(size: &Rc<Cell<(u16, u16)>>, drawn: impl FnMut(&Buffer) + 'static) -> Self {
        let (columns, rows) = size.get();
        let Ok(terminal) = Terminal::new(TestBackend::new(columns, rows));
        Self { terminal, size: Rc::clone(size), drawn: Box::new(drawn) }
    }
}

impl Stage for TestStage {
    fn draw(&mut self, paint: &mut dyn FnMut(&mut Frame<'_>)) -> io::Result<()> {
        let (columns, rows) = self.size.get();
        let area = self.terminal.backend().buffer().area;
        if (area.width, area.height) != (columns, rows) {
            self.terminal.backend_mut().resize(columns, rows);
        }
        let Ok(_) = self.terminal.draw(|frame| paint(frame));
        (self.drawn)(self.terminal.backend().buffer());
        Ok(())
    }

    fn size(&self) -> io::Result<(u16, u16)> {
        Ok(self.size.get())
    }

    fn forget(&mut self) -> io::Result<()> {
        let cleared: Result<(), Infallible> = self.terminal.clear();
        let Ok(()) = cleared;
        Ok(())
    }

    fn copy(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn mouse(&mut self, _: bool) -> io::Result<()> {
        Ok(())
    }

    fn lend(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn take_back(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The loop about to start, as `workbench::runtime::run` makes it, and both ends of its queue.
pub fn screen_loop(
    engine: &Engine,
    runtime: Handle,
    stage: TestStage,
    clock: Arc<dyn Clock>,
) -> (ScreenLoop<TestStage>, mpsc::Sender<Envelope>, mpsc::Receiver<Envelope>) {
    let themes = Arc::new(ThemeFiles::new(PathBuf::from("no-themes-of-their-own"), Colours::True));
    let theme = themes.choose(DEFAULT).unwrap();
    let keys = KeyMap::defaults().unwrap();
    let shared = Shared::new(theme, Glyphs::default(), ListenerState::Up("127.0.0.1:8000".to_owned()));
    let (queue, waiting) = mpsc::channel(QUEUE);
    let outfit = Outfit {
        engine: engine.clone(),
        open_demo: None,
        themes,
        projects: Projects::none(),
        views: Arc::new(ViewFile::new(Path::new("no-views-are-kept-here"), Arc::clone(&clock))),
        exports: PathBuf::from("nothing-is-exported"),
        keys: Arc::new(KeyFile::nowhere()),
        clipboard: Clipboard::terminal_only(),
        folders: Vec::new(),
        runtime,
        queue: queue.clone(),
    };
    let carrier = Carrier::start(outfit).unwrap();
    (ScreenLoop::new(stage, Workbench::new(shared, keys), carrier, clock), queue, waiting)
}

/// Sends so many generated traces of about so many bytes, in JSON lines; fails when one is refused.
pub async fn fill(engine: &Engine, traces: u64, bytes: usize) {
    for first in (0..traces).step_by(TOGETHER as usize) {
        let lines: Vec<String> = (first..traces.min(first + TOGETHER)).map(|index| super::trace_body::trace_body(index, bytes)).collect();
        match engine.ingest(lines.join("\n").into(), Source::File).await {
            Ingested::Many(items) => assert!(items.iter().all(|(_, result)| result.is_ok()), "{items:?}"),
            Ingested::Single(result) => assert!(result.is_ok(), "{result:?}"),
        }
    }
}

/// What is on a screen, as text.
pub fn text(buffer: &Buffer) -> String {
    let rows = buffer.content.chunks(usize::from(buffer.area.width.max(1)));
    rows.map(|row| row.iter().map(ratatui::buffer::Cell::symbol).chain(["\n"]).collect::<String>()).collect()
}
