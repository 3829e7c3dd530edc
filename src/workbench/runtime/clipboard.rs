//! The clipboard: through a program of this machine where there is one for its display, else through the terminal (OSC 52), which also
//! works over ssh but never answers; and where neither can be, into a file. It is always said which way a text went.

use std::{path::Path, process::Stdio, time::Duration};

use tokio::{io::AsyncWriteExt, process::Command, time::timeout};

use super::exports;
use crate::workbench::words;

/// Most bytes a terminal takes by OSC 52: terminals cut at a sequence of 100,000 bytes, which hold this many in Base64.
pub const TERMINAL_MOST: usize = 74_994;
/// How long a program may take to take a text.
const PATIENCE: Duration = Duration::from_secs(3);
/// The name of the file a text goes to when it can go nowhere else.
const FILE: &str = "copied.txt";

/// A program that puts what it reads on the clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tool {
    program: &'static str,
    arguments: &'static [&'static str],
    /// Whether it wants UTF-16, as Windows has it.
    wide: bool,
    /// What it puts texts on.
    display: Display,
}

/// What has a clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Display {
    Mac,
    Windows,
    Wayland,
    X,
}

/// In this order; the first that is there is used.
const TOOLS: [Tool; 5] = [
    Tool { program: "pbcopy", arguments: &[], wide: false, display: Display::Mac },
    Tool { program: "clip.exe", arguments: &[], wide: true, display: Display::Windows },
    Tool { program: "wl-copy", arguments: &[], wide: false, display: Display::Wayland },
    Tool { program: "xclip", arguments: &["-selection", "clipboard", "-in"], wide: false, display: Display::X },
    Tool { program: "xsel", arguments: &["--clipboard", "--input"], wide: false, display: Display::X },
];

impl Display {
    /// Whether the reader looks at one, by what the environment says. Over ssh this machine's are not the reader's, but X is forwarded.
    fn is_here(self, is: impl Fn(&str) -> bool) -> bool {
        let remote = is("SSH_CONNECTION") || is("SSH_TTY");
        match self {
            Self::Mac => cfg!(target_os = "macos") && !remote,
            Self::Windows => (cfg!(windows) || is("WSL_DISTRO_NAME") || is("WSL_INTEROP")) && !remote,
            Self::Wayland => is("WAYLAND_DISPLAY") && !remote,
            Self::X => is("DISPLAY"),
        }
    }
}

/// The ways to the clipboard there are here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clipboard {
    tool: Option<Tool>,
    terminal: Terminal,
}

/// What the terminal does with a text for the clipboard, as far as can be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Terminal {
    Takes,
    /// It takes it under a condition.
    TakesIf(&'static str),
    /// It cannot; this is why.
    Cannot(&'static str),
}

/// Where a text went, or must go.
#[derive(Debug, PartialEq, Eq)]
pub enum Went {
    /// It is where the sentence says.
    Done(String),
    /// The terminal is to take it; the sentence is true once it has.
    Terminal(String),
    /// Nowhere; the sentence says why.
    Nowhere(String),
}

impl Clipboard {
    /// The ways there are, by what the environment says.
    #[must_use]
    pub fn of_environment(get: impl Fn(&str) -> Option<String>) -> Self {
        let is = |name: &str| get(name).is_some_and(|value| !value.is_empty());
        let path = get("PATH").unwrap_or_default();
        let there = |program: &str| std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
        let terminal = match get("TERM").as_deref() {
            Some("linux") => Terminal::Cannot("the Linux console has no clipboard"),
            _ if is("STY") => Terminal::Cannot("GNU screen passes nothing on to the clipboard"),
            _ if is("TMUX") => Terminal::TakesIf("; tmux needs `set -g set-clipboard on`"),
            _ => Terminal::Takes,
        };
        Self { tool: TOOLS.into_iter().find(|tool| tool.display.is_here(is) && there(tool.program)), terminal }
    }

    /// No way but the terminal.
    #[must_use]
    pub const fn terminal_only() -> Self {
        Self { tool: None, terminal: Terminal::Takes }
    }

    /// Puts a text on the clipboard, or says that the terminal must; where neither can be, writes it into the folder of exports.
    pub async fn put(&self, text: &str, exports: &Path) -> Went {
        let amount = words::amount(text);
        if let Some(tool) = self.tool {
            match tool.put(text).await {
                Ok(()) => return Went::Done(format!("copied {amount} to the clipboard with {}", tool.program)),
                Err(reason) => tracing::warn!(program = tool.program, reason, "the clipboard's program failed"),
            }
        }
        let why = match self.terminal {
            Terminal::Cannot(why) => why.to_owned(),
            Terminal::Takes | Terminal::TakesIf(_) if text.len() > TERMINAL_MOST => {
                format!("a terminal takes at most {TERMINAL_MOST} bytes (OSC 52) and this has {}", text.len())
            }
            Terminal::Takes => return Went::Terminal(format!("copied {amount} through the terminal (OSC 52)")),
            Terminal::TakesIf(condition) => return Went::Terminal(format!("copied {amount} through the terminal (OSC 52{condition})")),
        };
        let (folder, owned) = (exports.to_owned(), text.to_owned());
        match tokio::task::spawn_blocking(move || exports::write(&folder, FILE, &owned)).await {
            Ok(Ok(written)) => Went::Done(format!("{why}: {amount} {written} instead")),
            Ok(Err(reason)) => Went::Nowhere(format!("not copied: {why}, and {reason}")),
            Err(_) => Went::Nowhere(format!("not copied: {why}")),
        }
    }
}

impl Tool {
    async fn put(&self, text: &str) -> Result<(), String> {
        let mut command = Command::new(self.program);
        // Some stay behind to answer for the clipboard; they must not hold our streams.
        command.args(self.arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        let bytes = if self.wide { wide(text) } else { text.as_bytes().to_vec() };
        let put = async {
            let mut input = child.stdin.take().ok_or_else(|| "it takes no input".to_owned())?;
            input.write_all(&bytes).await.map_err(|error| error.to_string())?;
            drop(input);
            child.wait().await.map_err(|error| error.to_string())
        };
        match timeout(PATIENCE, put).await {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => Err(status.to_string()),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(format!("it took more than {} s", PATIENCE.as_secs())),
        }
    }
}

/// UTF-16, little end first, with its mark.
fn wide(text: &str) -> Vec<u8> {
    std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

#[cfg(test)]
#[path = "clipboard_tests.rs"]
mod tests;
