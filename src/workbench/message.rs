//! Everything that can happen to the workbench, and everything it asks of the outside: plain data, so a session can be replayed.

use std::path::PathBuf;

use crossterm::event::{KeyEvent, MouseEvent};

use crate::model::{
    decision::Decision,
    ids::{Sequence, TraceId},
    scenario::Scenario,
};

use super::{
    action::ActionId,
    keymap::KeyMap,
    mending::Mending,
    need::{Arrived, Ask},
    pane::PaneId,
    theme::{Theme, ThemeProblem},
    views::{Change, Views},
};

/// Everything that can happen.
#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    /// A key was pressed, repeated or released.
    Key(KeyEvent),
    /// The mouse did something; the terminal tells only while [`Effect::Mouse`] is on.
    Mouse(MouseEvent),
    /// Text was pasted; hostile until cleaned.
    Paste(String),
    /// The terminal has this many columns and rows.
    Resize(u16, u16),
    /// The store committed something.
    Pulse(Beat),
    /// An answer to [`Effect::Fetch`]; only the newest generation of a slot is taken.
    Arrived {
        /// Who asked.
        slot: Slot,
        /// Which of its questions this answers.
        generation: u64,
        /// The answer, or why there is none, in a sentence.
        answer: Result<Arrived, String>,
    },
    /// A vote or comment was stored, or not.
    FeedbackDone(Result<FeedbackResult, String>),
    /// Something asked for is done; the sentence says what. An error says why not and what to do.
    Done(Result<String, String>),
    /// Something to say that changed nothing in the store.
    Say(Toast),
    /// `keys.toml` was written or has changed; an error says what is wrong with it, and the keys before stay.
    Keys(Result<KeyNews, String>),
    /// A theme file was read: at start by choice, or because it changed.
    Theme(Result<Theme, ThemeProblem>),
    /// The names of the themes there are.
    Themes(Vec<String>),
    /// The saved views as the file has them now.
    Views(ViewNews),
    /// Highlighted code.
    Highlighted(Paint),
    /// The address is served, or why it is not.
    Listener(ListenerState),
    /// Back from the shell.
    Resumed,
    /// A moment that [`super::root::Workbench::wake_at`] asked for has come.
    Tick,
    /// The system asks the program to end.
    Terminate,
}

/// Everything asked of the outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Answer this with [`Msg::Arrived`]; a newer question of the same slot replaces one that still waits.
    Fetch {
        /// Who asks.
        slot: Slot,
        /// The number of the question.
        generation: u64,
        /// The question.
        ask: Ask,
    },
    /// The answer this slot waits for is not wanted any more.
    GiveUp(Slot),
    /// Store a judgement of a trace; answered with [`Msg::FeedbackDone`].
    Feedback {
        /// The trace.
        trace: TraceId,
        /// Its agent as shown, for the answer's toast.
        agent: String,
        /// The judgement.
        vote: Vote,
    },
    /// Set a baseline; answered with [`Msg::Done`].
    Baseline {
        /// What to call it.
        name: Option<String>,
        /// Which runs.
        runs: BaselineRuns,
    },
    /// Record a decision; answered with [`Msg::Done`].
    Decide(Decision),
    /// Do something about a fix; answered with [`Msg::Done`].
    Mend(Mending),
    /// Write a text into the exports folder; answered with [`Msg::Done`], which names the path.
    Write {
        /// File name without folder; anything but letters, digits, `.`, `-` and `_` is replaced.
        name: String,
        /// What to write.
        text: String,
    },
    /// Open a scenario's file in the editor; what is saved there stands in its place.
    EditScenario(Box<Scenario>),
    /// Write a scenario and the test that runs it into the folder of exported scenarios; answered with [`Msg::Done`], which names the path.
    WriteScenario(Box<Scenario>),
    /// Put a text on the clipboard (OSC 52).
    Copy(String),
    /// Put the body of a trace, as sent, on the clipboard.
    CopyBody(Sequence),
    /// Highlight a text; answered with [`Msg::Highlighted`].
    Highlight {
        /// Where the answer is kept.
        key: PaintKey,
        /// The text.
        text: String,
    },
    /// Read this theme; answered with [`Msg::Theme`].
    LoadTheme(String),
    /// Show a line of the user's own source in `$VISUAL` or `$EDITOR`; answered with [`Msg::Say`]. The path is hostile: only ordinary files
    /// under the project's folders are opened.
    OpenEditor {
        /// The file, as the trace or fix names it.
        file: PathBuf,
        /// The line, from 1.
        line: Option<u32>,
    },
    /// Open `keys.toml` in the user's editor; where there is none, a sample of it is written first.
    EditKeys,
    /// Write the keys of an action into `keys.toml`; answered with [`Msg::Keys`].
    BindKeys {
        /// The action.
        id: ActionId,
        /// Its keys as written there; `None` for the usual ones.
        keys: Option<Vec<String>>,
        /// Whether this takes an earlier change back.
        undoing: bool,
    },
    /// Take what the mouse does from the terminal, or leave it to the terminal again.
    Mouse(bool),
    /// Change the saved views; answered with [`Msg::Views`].
    ChangeViews(Change),
    /// Show the demo, or come back from it.
    ToggleDemo,
    /// Clear the terminal and draw everything again.
    Redraw,
    /// Give the terminal back to the shell until `fg`.
    Suspend,
    /// End.
    Quit,
}

/// Who asked for facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// The status line.
    Status,
    /// A pane.
    Pane(PaneId),
    /// The live count of what stands in front: the filter prompt, the list of views.
    Prompt,
    /// The names that what stands in front offers.
    Names,
}

/// The newest news of commits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Beat {
    /// Commits since start; a change means that facts may have changed.
    pub commits: u64,
    /// Traces in the store.
    pub traces: u64,
    /// The newest trace.
    pub last: Option<Sequence>,
    /// Changes waiting to be written.
    pub queued: usize,
    /// Why the last write failed, cleaned; `None` once one succeeds again.
    pub failing: Option<String>,
    /// Requests refused since start.
    pub refused: u64,
    /// The last refused request and why, cleaned.
    pub last_refusal: Option<String>,
}

/// What a person says of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Vote {
    /// This, in the place of what was said before.
    Give {
        /// Right or wrong.
        correct: Option<bool>,
        /// A score from 1 to 5.
        score: Option<u8>,
        /// A comment.
        notes: Option<String>,
    },
    /// Nothing after all.
    Clear,
}

/// What a stored judgement did.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedbackResult {
    /// The agent, as shown.
    pub agent: String,
    /// Its grade before; `None` when it had none.
    pub before: Option<crate::model::grade::Grade>,
    /// Its grade now.
    pub after: Option<crate::model::grade::Grade>,
}

/// Which runs a baseline holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BaselineRuns {
    /// The newest window of one agent, by its name as sent.
    Agent(String),
    /// The newest window of the agent of this trace.
    AgentOf(Sequence),
    /// What a filter matches.
    Filter(String),
}

/// The saved views, read or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewNews {
    /// The views there are now, or a sentence why they cannot be read or changed; those before then stay.
    pub views: Result<Views, String>,
    /// What was done, in a few words; nothing at the start.
    pub says: String,
}

/// Keys that have changed.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyNews {
    /// The keys from now on.
    pub keys: KeyMap,
    /// What happened, in a sentence.
    pub says: String,
    /// How to take it back: the action, and what the file gave it before.
    pub undo: Option<(ActionId, Option<Vec<String>>)>,
}

/// How the listener stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListenerState {
    /// Not yet known.
    Starting,
    /// Served at this address (`127.0.0.1:8000`).
    Up(String),
    /// Not served: the sentence says which address, why, and what to do.
    Down(String),
}

/// Something said for a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// The sentence.
    pub text: String,
    /// News goes by itself, a problem stays until dismissed with Esc.
    pub problem: bool,
}

impl Toast {
    /// News.
    #[must_use]
    pub fn news(text: impl Into<String>) -> Self {
        Self { text: text.into(), problem: false }
    }

    /// A problem.
    #[must_use]
    pub fn problem(text: impl Into<String>) -> Self {
        Self { text: text.into(), problem: true }
    }
}

/// Under what a highlighted text is kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PaintKey {
    /// Hash of the text.
    pub hash: u64,
    /// The language: `python`, `json`.
    pub language: String,
}

impl PaintKey {
    /// The key of a text.
    #[must_use]
    pub fn of(text: &str, language: &str) -> Self {
        Self { hash: xxhash_rust::xxh3::xxh3_64(text.as_bytes()), language: language.to_owned() }
    }
}

/// A highlighted text: per line, pieces with the role that colours them. It holds roles, not colours, so a change of theme costs nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paint {
    /// Its key.
    pub key: PaintKey,
    /// Its lines.
    pub lines: Vec<Vec<(super::theme::Role, String)>>,
}
