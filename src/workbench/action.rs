//! What a key can do: each action is declared once, and key map, hint line, help, palette and documents read the declaration.
//!
//! An action's id is its *meaning*: panes may share an id (`copy`, `open`) and word it for what they hold, but one id has one set
//! of keys everywhere, so a letter never means two things. A pane's row: `Action { help: "Copy the trace id", ..verbs::COPY }`.

/// The meaning of an action: stable, lower case, words joined by `-`. Users name it in `keys.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActionId(pub &'static str);

/// Under which heading an action stands in help and documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Moving in lists and texts.
    Move,
    /// Going to panes, opening, coming back.
    Go,
    /// Filtering and searching.
    Find,
    /// Holding and following what arrives.
    Live,
    /// Saying whether a run was right.
    Judge,
    /// From anything to its relatives.
    Link,
    /// Scenarios and fixes: yes, no, write, run.
    Decide,
    /// Changing what a pane holds.
    Shape,
    /// Changing what a pane shows.
    View,
    /// To the clipboard.
    Copy,
    /// The program itself.
    Program,
}

impl Group {
    /// The heading.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Move => "Move",
            Self::Go => "Go",
            Self::Find => "Find",
            Self::Live => "Live",
            Self::Judge => "Judge",
            Self::Link => "Link",
            Self::Decide => "Decide",
            Self::Shape => "Shape",
            Self::View => "View",
            Self::Copy => "Copy",
            Self::Program => "Program",
        }
    }
}

/// One action, declared once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    /// Its meaning.
    pub id: ActionId,
    /// One or two words for the hint line: `open`, `hold`.
    pub name: &'static str,
    /// One sentence without a full stop, for help and palette: `Open the selected trace`.
    pub help: &'static str,
    /// Default keys, the one to show first; none means palette only.
    pub keys: &'static [&'static str],
    /// Its heading.
    pub group: Group,
    /// True when it cannot be taken back easily: its key is a capital and it asks first.
    pub danger: bool,
    /// True when holding the key may repeat it.
    pub repeatable: bool,
    /// True when it belongs on the hint line.
    pub hint: bool,
}

impl Action {
    /// An action that is shown on the hint line, does not ask and does not repeat.
    #[must_use]
    pub const fn new(id: &'static str, name: &'static str, help: &'static str, keys: &'static [&'static str], group: Group) -> Self {
        Self { id: ActionId(id), name, help, keys, group, danger: false, repeatable: false, hint: true }
    }

    /// The same, asked about before it runs.
    #[must_use]
    pub const fn dangerous(self) -> Self {
        Self { danger: true, ..self }
    }

    /// The same, repeated while its key is held.
    #[must_use]
    pub const fn repeated(self) -> Self {
        Self { repeatable: true, ..self }
    }

    /// The same, kept off the hint line.
    #[must_use]
    pub const fn quiet(self) -> Self {
        Self { hint: false, ..self }
    }

    /// The same meaning in a pane's own words.
    #[must_use]
    pub const fn says(self, name: &'static str, help: &'static str) -> Self {
        Self { name, help, ..self }
    }
}

/// Meanings that several panes share. A pane lists those it serves, in its own words where they differ.
pub mod verbs {
    use super::{Action, Group};

    /// Open what is selected.
    pub const OPEN: Action = Action::new("open", "open", "Open what is selected", &["Enter"], Group::Go);
    /// Filter the list.
    pub const FILTER: Action = Action::new("filter", "filter", "Filter the list", &["/"], Group::Find);
    /// The saved views.
    pub const VIEWS: Action = Action::new("views", "views", "Saved views: filters that have a name", &["@"], Group::Find);
    /// Narrow the filter to an agent, a project and the like.
    pub const NARROW: Action = Action::new("narrow", "only", "Narrow to an agent, project, model, tool or session", &["F"], Group::Find);
    /// Keep the filter under a name.
    pub const SAVE_VIEW: Action =
        Action::new("save-view", "save view", "Save view: keep the filter under a name", &[], Group::Find).quiet();
    /// The next place of what was searched for in a text.
    pub const NEXT_MATCH: Action =
        Action::new("next-match", "next match", "Next place of what was searched for", &["n"], Group::Find).quiet().repeated();
    /// The place before.
    pub const PREVIOUS_MATCH: Action =
        Action::new("previous-match", "match before", "Place before of what was searched for", &["N"], Group::Find).quiet().repeated();
    /// Hold or follow what arrives.
    pub const HOLD: Action = Action::new("hold", "hold", "Hold or follow what arrives", &["Space"], Group::Live);
    /// The run was right.
    pub const RIGHT: Action = Action::new("right", "right", "Say that the selected run was right", &["+", "="], Group::Judge);
    /// The run was wrong.
    pub const WRONG: Action = Action::new("wrong", "wrong", "Say that the selected run was wrong", &["-"], Group::Judge);
    /// Take a judgement back.
    pub const CLEAR_VOTE: Action =
        Action::new("clear-vote", "clear vote", "Take back what was said of the selected run", &["0"], Group::Judge).quiet();
    /// Take the last judgement back.
    pub const TAKE_BACK: Action = Action::new("take-back", "undo vote", "Take back the last vote given here", &["u"], Group::Judge).quiet();
    /// Comment and score.
    pub const COMMENT: Action = Action::new("comment", "comment", "Comment on the selected run and score it 1 to 5", &["c"], Group::Judge);
    /// Go to the failure pattern.
    pub const PATTERN: Action = Action::new("pattern", "pattern", "Go to the failure pattern", &["p"], Group::Link);
    /// Go to the scenarios.
    pub const SCENARIOS: Action = Action::new("scenarios", "scenarios", "Go to the test scenarios", &["s"], Group::Link);
    /// Go to the fixes.
    pub const FIX: Action = Action::new("fix", "fix", "Go to the fix", &["f"], Group::Link);
    /// Go to the trace.
    pub const TRACE: Action = Action::new("trace", "trace", "Go to the trace", &["t"], Group::Link);
    /// Accept.
    pub const ACCEPT: Action = Action::new("accept", "accept", "Accept what is selected", &["a"], Group::Decide);
    /// Reject.
    pub const REJECT: Action = Action::new("reject", "reject", "Reject what is selected", &["x"], Group::Decide);
    /// Apply to the user's file.
    pub const APPLY: Action =
        Action::new("apply", "apply", "Apply the fix to your file, after showing it and asking", &["A"], Group::Decide);
    /// Take an applied change back.
    pub const UNDO: Action =
        Action::new("undo", "undo", "Put your file back as it was before the fix", &["U"], Group::Decide).quiet().dangerous();
    /// What was decided.
    pub const HISTORY: Action =
        Action::new("history", "history", "List what was decided and done about fixes", &["D"], Group::Decide).quiet();
    /// Change what is selected in the editor.
    pub const EDIT: Action = Action::new("edit", "edit", "Edit what is selected", &["e"], Group::Shape);
    /// Write to a file.
    pub const WRITE: Action = Action::new("write", "write", "Write what is selected to a file", &["w"], Group::Decide);
    /// Set a baseline.
    pub const BASELINE: Action = Action::new("baseline", "baseline", "Set a baseline to compare with later", &["B"], Group::Shape);
    /// Explain.
    pub const EXPLAIN: Action = Action::new("explain", "why", "Explain the figure", &["i"], Group::Shape);
    /// Mark a run to compare with.
    pub const MARK: Action =
        Action::new("mark", "mark", "Mark the selected run to compare others with, or unmark it", &["m"], Group::View).quiet();
    /// Compare.
    pub const COMPARE: Action = Action::new(
        "compare",
        "compare",
        "Compare the selected run with the marked one, else with the agent's last good run",
        &["C"],
        Group::View,
    );
    /// Most informative first.
    pub const REVIEW: Action =
        Action::new("review", "review", "Order runs so that few votes teach the most, or newest first again", &["o"], Group::View);
    /// Break figures down.
    pub const BREAK_DOWN: Action = Action::new("break-down", "break down", "Break the figures down by something else", &["b"], Group::View);
    /// Side by side.
    pub const SPLIT: Action = Action::new("split", "split", "Show old and new side by side, or one after the other", &["V"], Group::View);
    /// Open the source line in the user's editor.
    pub const EDIT_SOURCE: Action =
        Action::new("edit-source", "source", "Open the source line in your editor", &["E"], Group::Link).quiet();
    /// The same facts in another way.
    pub const LOOK: Action = Action::new("look", "view", "Show the same in another way", &["v"], Group::View);
    /// Fold away what lies within what is selected.
    pub const FOLD: Action =
        Action::new("fold", "fold", "Fold away what lies within the selected line", &["h", "Left"], Group::View).quiet().repeated();
    /// Show what lies within what is selected.
    pub const UNFOLD: Action =
        Action::new("unfold", "unfold", "Show what lies within the selected line", &["l", "Right"], Group::View).quiet().repeated();
    /// Fold everything.
    pub const FOLD_ALL: Action = Action::new("fold-all", "fold all", "Fold everything", &["("], Group::View).quiet();
    /// Unfold everything.
    pub const UNFOLD_ALL: Action = Action::new("unfold-all", "unfold all", "Unfold everything", &[")"], Group::View).quiet();
    /// To the next step that what is said rests on.
    pub const REASON: Action = Action::new("reason", "reasons", "Go to the next step the verdict rests on", &["I"], Group::Go).quiet();
    /// To the step suspected of the failure.
    pub const SUSPECT: Action = Action::new("suspect", "suspect", "Go to what is suspected of the failure", &["!"], Group::Go).quiet();
    /// Copy where something stands.
    pub const COPY_PATH: Action = Action::new("copy-path", "copy path", "Copy the path of what is selected", &["."], Group::Copy).quiet();
    /// The range, item or field before.
    pub const PREVIOUS: Action =
        Action::new("previous", "previous", "Previous range, item or field", &["["], Group::View).quiet().repeated();
    /// The range, item or field after.
    pub const NEXT: Action = Action::new("next", "next", "Next range, item or field", &["]"], Group::View).quiet().repeated();
    /// Copy the short form.
    pub const COPY: Action = Action::new("copy", "copy", "Copy the short form of what is selected", &["y"], Group::Copy);
    /// Copy the long form.
    pub const COPY_LONG: Action =
        Action::new("copy-long", "copy all", "Copy the long form of what is selected", &["Y"], Group::Copy).quiet();
}

/// What the root itself does, whatever has the focus. Digits of panes are added from their specs.
pub const GLOBAL: &[Action] = &[
    Action::new("palette", "palette", "Find and run any action", &[":"], Group::Program),
    Action::new("help", "help", "Show what can be done here", &["?"], Group::Program),
    Action::new("quit", "quit", "Quit", &["q"], Group::Program),
    Action::new("next-pane", "next pane", "Go to the next pane", &["Tab"], Group::Go).quiet().repeated(),
    Action::new("previous-pane", "previous pane", "Go to the pane before", &["Shift-Tab"], Group::Go).quiet().repeated(),
    Action::new("back", "back", "One step back: overlay, zoom, filter, selection; never quits", &["Esc"], Group::Go).quiet(),
    Action::new("zoom", "zoom", "Give the focused pane the whole screen, or back", &["z"], Group::Go).quiet(),
    Action::new("down", "down", "Next row", &["j", "Down"], Group::Move).quiet().repeated(),
    Action::new("up", "up", "Row before", &["k", "Up"], Group::Move).quiet().repeated(),
    Action::new("page-down", "page down", "A page down", &["PgDn", "Ctrl-d"], Group::Move).quiet().repeated(),
    Action::new("page-up", "page up", "A page up", &["PgUp", "Ctrl-u"], Group::Move).quiet().repeated(),
    Action::new("first", "first", "First row", &["g", "Home"], Group::Move).quiet(),
    Action::new("last", "last", "Last row", &["G", "End"], Group::Move).quiet(),
    Action::new("messages", "messages", "List the messages shown so far", &[], Group::Program).quiet(),
    Action::new("theme", "theme", "Choose a theme", &[], Group::Program).quiet(),
    Action::new("demo", "demo", "Show the demo traces in a throwaway store, or come back", &["d"], Group::Program).quiet(),
    Action::new("wider", "wider", "Make the pane wider", &[">", "Ctrl-Right"], Group::View).quiet().repeated(),
    Action::new("narrower", "narrower", "Make the pane narrower", &["<", "Ctrl-Left"], Group::View).quiet().repeated(),
    Action::new("taller", "taller", "Make the pane taller", &["}", "Ctrl-Down"], Group::View).quiet().repeated(),
    Action::new("shorter", "shorter", "Make the pane shorter", &["{", "Ctrl-Up"], Group::View).quiet().repeated(),
    Action::new("reset-borders", "borders", "Put the borders between panes back", &[], Group::View).quiet(),
    Action::new("mouse", "mouse", "Let the mouse click, scroll and drag borders, or leave it to the terminal", &["M"], Group::Program)
        .quiet(),
    Action::new("edit-keys", "edit keys", "Open keys.toml in your editor; what is saved there holds at once", &[], Group::Program).quiet(),
    Action::new("undo-key", "undo key", "Take back the last change of a key", &[], Group::Program).quiet(),
    Action::new("redraw", "redraw", "Draw the screen afresh", &["Ctrl-l"], Group::Program).quiet(),
    Action::new("suspend", "suspend", "Suspend to the shell; fg comes back", &["Ctrl-z"], Group::Program).quiet(),
    Action::new("interrupt", "interrupt", "Quit when pressed twice", &["Ctrl-c"], Group::Program).quiet(),
];
