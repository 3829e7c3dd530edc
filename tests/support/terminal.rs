//! A real terminal for tests: the program in a pseudo-terminal, its screen read by an emulator, waits with a condition and a deadline.

use std::{
    io::{Read, Write},
    num::NonZero,
    path::Path,
    sync::mpsc::{self, RecvTimeoutError},
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

/// How long a wait may take; `ARC_EVAL_TEST_PATIENCE` stretches it on slow machines (a factor).
pub fn patience() -> Duration {
    let factor = std::env::var("ARC_EVAL_TEST_PATIENCE").ok().and_then(|text| text.parse::<f64>().ok()).unwrap_or(1.0);
    Duration::from_secs_f64(20.0 * factor)
}

/// The marks of a synchronized update: its frame is to be shown when it has ended.
const FRAME_BEGINS: &[u8] = b"\x1b[?2026h";
const FRAME_ENDS: &[u8] = b"\x1b[?2026l";

/// A number of rows or columns as the emulator wants it.
fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}

/// The program in a terminal of its own.
pub struct Terminal {
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    output: mpsc::Receiver<Vec<u8>>,
    parser: vt100::Parser,
    /// Everything the program wrote, for looking at modes it set and left.
    pub raw: Vec<u8>,
    ended: bool,
    /// Whether a frame has begun and not ended.
    within_frame: bool,
}

impl Terminal {
    /// Starts the program with these arguments and this home folder in a terminal of this size.
    pub fn start(arguments: &[&str], home: &Path, columns: u16, rows: u16) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_arc-eval-tui"));
        command.args(arguments);
        Self::start_command(command, home, columns, rows)
    }

    /// As above, for any program.
    pub fn start_command(mut command: CommandBuilder, home: &Path, columns: u16, rows: u16) -> Self {
        let pair = native_pty_system().openpty(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
        command.env("HOME", home);
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        for name in ["NO_COLOR", "ARC_EVAL_API_KEY", "ARC_EVAL_ENV", "ARC_EVAL_STORE", "ARC_EVAL_LISTEN"] {
            command.env_remove(name);
        }
        command.cwd(home);
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let (sender, output) = mpsc::sync_channel(1024);
        std::thread::spawn(move || {
            let mut buffer = [0_u8; 8192];
            while let Ok(count) = reader.read(&mut buffer) {
                if count == 0 || sender.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            master: pair.master,
            writer,
            child,
            output,
            parser: vt100::Parser::new(cells(rows), cells(columns), 0),
            raw: Vec::new(),
            ended: false,
            within_frame: false,
        }
    }

    /// The process id of the program.
    pub fn process_id(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Types these bytes: letters as they are, `\x1b` for Esc, `\r` for Enter.
    pub fn press(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Gives the terminal another size.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.master.resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
        self.parser.screen_mut().set_size(cells(rows), cells(columns));
    }

    /// Tells the program another size than the terminal has.
    pub fn claim(&mut self, columns: u16, rows: u16) {
        self.master.resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    /// Whether the program is told what the mouse does.
    pub fn mouse_captured(&self) -> bool {
        self.parser.screen().mouse_protocol_mode() != vt100::MouseProtocolMode::None
    }

    /// Waits until the program has the screen to itself, with bracketed paste and without a cursor.
    pub fn wait_taken(&mut self) {
        let deadline = Instant::now() + patience();
        loop {
            let screen = self.parser.screen();
            if screen.alternate_screen() && screen.bracketed_paste() && screen.hide_cursor() {
                return;
            }
            assert!(Instant::now() < deadline, "the program does not take the terminal; the screen:\n{}", self.screen());
            self.take(Duration::from_millis(50));
        }
    }

    /// Waits until the program has written so many bytes since its start.
    pub fn wait_until_written(&mut self, bytes: usize) {
        let deadline = Instant::now() + patience();
        while self.raw.len() < bytes {
            assert!(Instant::now() < deadline, "only {} bytes of {bytes} were written", self.raw.len());
            self.take(Duration::from_millis(50));
        }
    }

    /// What the screen shows now, row by row.
    pub fn screen(&self) -> String {
        self.parser.screen().contents()
    }

    fn take(&mut self, wait: Duration) {
        match self.output.recv_timeout(wait) {
            Ok(bytes) => {
                self.parser.process(&bytes);
                // A mark may be cut by the end of what was read before.
                let from = self.raw.len().saturating_sub(FRAME_BEGINS.len() - 1);
                self.raw.extend_from_slice(&bytes);
                let last = |mark: &[u8]| self.raw[from..].windows(mark.len()).rposition(|window| window == mark);
                match (last(FRAME_BEGINS), last(FRAME_ENDS)) {
                    (None, None) => {}
                    (begins, ends) => self.within_frame = begins > ends,
                }
            }
            Err(RecvTimeoutError::Disconnected) => self.ended = true,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }

    /// Waits until the screen meets the condition; panics with the screen after the deadline.
    pub fn wait_until(&mut self, what: &str, condition: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + patience();
        loop {
            let screen = self.screen();
            // Half a frame is no screen a person sees.
            if !self.within_frame && condition(&screen) {
                return screen;
            }
            assert!(!self.ended, "the program ended before {what}; last screen:\n{screen}");
            assert!(Instant::now() < deadline, "waited in vain for {what}; the screen:\n{screen}");
            self.take(Duration::from_millis(50));
        }
    }

    /// Waits until the program has written these bytes, which no screen shows: a question to the terminal, a mode.
    pub fn wait_for_bytes(&mut self, bytes: &str) {
        let deadline = Instant::now() + patience();
        while !self.raw.windows(bytes.len()).any(|window| window == bytes.as_bytes()) {
            assert!(
                !self.ended && Instant::now() < deadline,
                "the program never wrote {bytes:?}; it wrote {:?}",
                String::from_utf8_lossy(&self.raw)
            );
            self.take(Duration::from_millis(50));
        }
    }

    /// Waits until something outside the terminal has happened, reading the terminal meanwhile; panics with the screen after the deadline.
    pub fn wait_outside<T>(&mut self, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let deadline = Instant::now() + patience();
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(Instant::now() < deadline, "waited in vain for {what}; the screen:\n{}", self.screen());
            self.take(Duration::from_millis(50));
        }
    }

    /// The screen as the emulator has it, with its colours.
    pub fn emulated(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// Every colour of the text and the ground on the screen.
    pub fn colours(&self) -> Vec<vt100::Color> {
        let screen = self.parser.screen();
        let (rows, columns) = (screen.size().0.get(), screen.size().1.get());
        let cells = (0..rows).flat_map(|row| (0..columns).filter_map(move |column| screen.cell(row, column)));
        cells.flat_map(|cell| [cell.fgcolor(), cell.bgcolor()]).collect()
    }

    /// Waits until this text is on the screen.
    pub fn wait_for(&mut self, text: &str) -> String {
        self.wait_until(&format!("{text:?}"), |screen| screen.contains(text))
    }

    /// Waits until the program has ended and everything it wrote was read.
    pub fn wait_for_exit(&mut self) -> ExitStatus {
        let deadline = Instant::now() + patience();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                while !self.ended && Instant::now() < deadline {
                    self.take(Duration::from_millis(50));
                }
                return status;
            }
            assert!(Instant::now() < deadline, "the program does not end; the screen:\n{}", self.screen());
            self.take(Duration::from_millis(50));
        }
    }

    /// Fails unless the program left the terminal as it found it: main screen, cursor shown, no mouse, no bracketed paste.
    pub fn assert_sane(&self) {
        let screen = self.parser.screen();
        assert!(!screen.alternate_screen(), "the alternate screen is still on");
        assert!(!screen.hide_cursor(), "the cursor is still hidden");
        assert!(!screen.bracketed_paste(), "bracketed paste is still on");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None, "the mouse is still captured");
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
