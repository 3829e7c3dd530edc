//! The terminal the screen stands on: entered, drawn on, and given back as it was found, whatever happens.

use std::{
    io::{self, IsTerminal, Stdout, Write},
    time::Duration,
};

use crossterm::{
    clipboard::CopyToClipboard,
    cursor,
    event::{DisableBracketedPaste, EnableBracketedPaste},
    execute, queue,
    terminal::{self, BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen},
};
use ratatui::{Frame, Terminal, backend::CrosstermBackend};

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
    /// Gives the terminal to the shell until it comes back.
    fn suspend(&mut self) -> io::Result<()>;
}

/// The user's terminal. Given back when dropped.
pub struct UserTerminal {
    terminal: Terminal<CrosstermBackend<Stdout>>,
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
    /// Takes the terminal.
    pub fn enter() -> io::Result<Self> {
        take()?;
        let terminal = Terminal::new(CrosstermBackend::new(io::stdout())).inspect_err(|_| give_back())?;
        Ok(Self { terminal })
    }
}

fn take() -> io::Result<()> {
    terminal::enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, cursor::Hide).inspect_err(|_| give_back())
}

/// Gives the terminal back as it was found. Safe to call at any time, more than once, from a panic.
pub fn give_back() {
    // Nobody is left to tell when even this fails.
    let _ = execute!(io::stdout(), EndSynchronizedUpdate, DisableBracketedPaste, LeaveAlternateScreen, cursor::Show);
    let _ = terminal::disable_raw_mode();
}

impl Drop for UserTerminal {
    fn drop(&mut self) {
        give_back();
    }
}

impl Stage for UserTerminal {
    fn draw(&mut self, paint: &mut dyn FnMut(&mut Frame<'_>)) -> io::Result<()> {
        // Terminals that know the marks show the frame at once; the others ignore them.
        queue!(io::stdout(), BeginSynchronizedUpdate)?;
        self.terminal.draw(|frame| paint(frame))?;
        execute!(io::stdout(), EndSynchronizedUpdate)
    }

    fn size(&self) -> io::Result<(u16, u16)> {
        self.terminal.size().map(|size| (size.width, size.height))
    }

    fn forget(&mut self) -> io::Result<()> {
        self.terminal.clear()
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text))
    }

    fn suspend(&mut self) -> io::Result<()> {
        give_back();
        io::stdout().flush()?;
        #[cfg(unix)]
        rustix::process::kill_current_process_group(rustix::process::Signal::TSTP)?;
        // Here the process stands still until the shell continues it.
        take()?;
        self.terminal.clear()
    }
}
