//! The terminal the screen stands on: entered, drawn on, and given back as it was found, whatever happens.

use std::{
    fmt,
    io::{self, IsTerminal, Stdout, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use crossterm::{
    Command,
    clipboard::CopyToClipboard,
    cursor,
    event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste},
    execute, queue,
    terminal::{self, BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen},
};
use ratatui::{
    Frame, Terminal, TerminalOptions, Viewport,
    backend::{Backend, ClearType, CrosstermBackend},
    layout::Rect,
};

use super::input::{self, Ear, TerminalInput};
use crate::workbench::layout::believable;

use crate::workbench::theme::Ground;

/// Something to draw on. The loop knows only this, so that tests and benches can drive it without a terminal.
pub trait Stage {
    /// Draws one frame.
    fn draw(&mut self, paint: &mut dyn FnMut(&mut Frame<'_>)) -> io::Result<()>;
    /// Columns and rows.
    fn size(&self) -> io::Result<(u16, u16)>;
    /// Forgets what is on the screen, so that the next frame draws all of it.
    fn forget(&mut self) -> io::Result<()>;
    /// Puts a text on the clipboard.
    fn copy(&mut self, text: &str) -> io::Result<()>;
    /// Takes what the mouse does from the terminal, or leaves it to the terminal.
    fn mouse(&mut self, on: bool) -> io::Result<()>;
    /// Leaves the terminal to another program.
    fn lend(&mut self) -> io::Result<()>;
    /// Takes it back, as it was before.
    fn take_back(&mut self) -> io::Result<()>;
}

/// The user's terminal. Given back when dropped.
pub struct UserTerminal {
    terminal: Terminal<CrosstermBackend<Stdout>>,
    ear: Ear,
    mouse: bool,
    lent: Arc<AtomicBool>,
}

/// Why there is nothing to draw on.
#[must_use]
pub fn missing_terminal(term: Option<&str>) -> Option<String> {
    let instead = "`arc-eval-tui --plain` and `arc-eval-tui serve` work without one";
    if !io::stdout().is_terminal() || !io::stdin().is_terminal() {
        return Some(format!("the workbench needs a terminal, and standard input or output is none; {instead}"));
    }
    (term == Some("dumb")).then(|| format!("the workbench needs a terminal that can move its cursor, and TERM is `dumb`; {instead}"))
}

/// How long the terminal may take to say its colours: it answers at once or not at all, but for a slow line.
const ANSWER: Duration = Duration::from_millis(300);

/// Whether the terminal is dark or light, by what it says of its colours; `None` where it does not say. To be asked before
/// the terminal is taken.
#[must_use]
pub fn ground() -> Option<Ground> {
    let mut options = terminal_colorsaurus::QueryOptions::default();
    options.timeout = ANSWER;
    terminal_colorsaurus::theme_mode(options).ok().map(|mode| match mode {
        terminal_colorsaurus::ThemeMode::Dark => Ground::Dark,
        terminal_colorsaurus::ThemeMode::Light => Ground::Light,
    })
}

impl UserTerminal {
    /// Takes the terminal; what it says comes from the second part. `lent` is true while another program has it: an interrupt from the
    /// keyboard is then meant for that program.
    pub(super) fn enter(lent: Arc<AtomicBool>) -> io::Result<(Self, TerminalInput)> {
        take()?;
        let backend = CrosstermBackend::new(io::stdout());
        // A terminal of our own size, since the size it tells is not always to be believed.
        let options = TerminalOptions { viewport: Viewport::Fixed(area(&backend)) };
        let terminal = Terminal::with_options(backend, options).inspect_err(|_| give_back())?;
        let (input, ear) = input::listen();
        Ok((Self { terminal, ear, mouse: false, lent }, input))
    }

    /// What is on the screen is unknown: all of it is drawn afresh, at the size the terminal has now.
    fn start_afresh(&mut self) -> io::Result<()> {
        self.terminal.backend_mut().clear_region(ClearType::All)?;
        let area = area(self.terminal.backend());
        self.terminal.resize(area)
    }
}

/// The rectangle to draw on.
fn area(backend: &CrosstermBackend<Stdout>) -> Rect {
    let size = backend.size().unwrap_or_default();
    let (width, height) = believable(size.width, size.height);
    Rect::new(0, 0, width, height)
}

/// Tells the terminal to say where it is clicked, and dragged with a button down. Not every move: that would wake us for nothing.
struct CaptureMouse;

impl Command for CaptureMouse {
    fn write_ansi(&self, f: &mut impl fmt::Write) -> fmt::Result {
        f.write_str("\x1b[?1000h\x1b[?1002h\x1b[?1006h")
    }

    #[cfg(windows)]
    fn execute_winapi(&self) -> io::Result<()> {
        crossterm::event::EnableMouseCapture.execute_winapi()
    }

    #[cfg(windows)]
    fn is_ansi_code_supported(&self) -> bool {
        false
    }
}

fn take() -> io::Result<()> {
    terminal::enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, cursor::Hide).inspect_err(|_| give_back())
}

/// Gives the terminal back as it was found. Safe to call at any time, more than once, from a panic.
pub fn give_back() {
    // Nobody is left to tell when even this fails.
    let _ = execute!(io::stdout(), EndSynchronizedUpdate, DisableMouseCapture, DisableBracketedPaste, LeaveAlternateScreen, cursor::Show);
    let _ = terminal::disable_raw_mode();
}

impl Drop for UserTerminal {
    fn drop(&mut self) {
        give_back();
    }
}

impl Stage for UserTerminal {
    fn draw(&mut self, paint: &mut dyn FnMut(&mut Frame<'_>)) -> io::Result<()> {
        let area = area(self.terminal.backend());
        if area != self.terminal.get_frame().area() {
            self.terminal.resize(area)?;
        }
        // Terminals that know the marks show the frame at once; the others ignore them.
        queue!(io::stdout(), BeginSynchronizedUpdate)?;
        self.terminal.draw(|frame| paint(frame))?;
        execute!(io::stdout(), EndSynchronizedUpdate)
    }

    fn size(&self) -> io::Result<(u16, u16)> {
        self.terminal.size().map(|size| (size.width, size.height))
    }

    fn forget(&mut self) -> io::Result<()> {
        self.start_afresh()
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text))
    }

    fn mouse(&mut self, on: bool) -> io::Result<()> {
        self.mouse = on;
        if on { execute!(io::stdout(), CaptureMouse) } else { execute!(io::stdout(), DisableMouseCapture) }
    }

    fn lend(&mut self) -> io::Result<()> {
        self.lent.store(true, Ordering::SeqCst);
        self.ear.close();
        give_back();
        io::stdout().flush()
    }

    fn take_back(&mut self) -> io::Result<()> {
        take()?;
        if self.mouse {
            execute!(io::stdout(), CaptureMouse)?;
        }
        self.ear.open();
        self.lent.store(false, Ordering::SeqCst);
        self.start_afresh()
    }
}
