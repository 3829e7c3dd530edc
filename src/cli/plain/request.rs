//! What a person can ask for in a line of plain mode: one table, from which the help is made as well.

/// A line, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Request {
    /// Nothing was typed.
    Nothing,
    Help,
    /// The newest runs that match this filter; all for an empty one.
    Runs(String),
    /// One run, by its id or its number in the last list.
    Show(String),
    Grade,
    Cost,
    Failures,
    /// A verdict on a run, and what was said about it.
    Judge {
        run: String,
        correct: Option<bool>,
        notes: String,
    },
    /// Whether arrivals are told.
    Tell(bool),
    Quit,
}

/// A command: its name, what follows it, what it does, how it is read.
struct Command {
    name: &'static str,
    takes: &'static str,
    help: &'static str,
    read: fn(&str) -> Request,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "runs",
        takes: "[FILTER]",
        help: "the newest runs, or the newest that match",
        read: |rest| Request::Runs(rest.to_owned()),
    },
    Command { name: "show", takes: "RUN", help: "one run: how it ended, why, its steps", read: |rest| Request::Show(rest.to_owned()) },
    Command { name: "grade", takes: "", help: "the grade of every agent, worst first", read: |_| Request::Grade },
    Command { name: "cost", takes: "", help: "what the last seven days cost, by model", read: |_| Request::Cost },
    Command { name: "failures", takes: "", help: "the failures that recur, most runs first", read: |_| Request::Failures },
    Command { name: "right", takes: "RUN [WORDS]", help: "this run was right", read: |rest| judge(rest, Some(true)) },
    Command { name: "wrong", takes: "RUN [WORDS]", help: "this run was wrong", read: |rest| judge(rest, Some(false)) },
    Command { name: "unsay", takes: "RUN", help: "take back what was said of this run", read: |rest| judge(rest, None) },
    Command { name: "quiet", takes: "", help: "do not tell what arrives", read: |_| Request::Tell(false) },
    Command { name: "tell", takes: "", help: "tell what arrives", read: |_| Request::Tell(true) },
    Command { name: "help", takes: "", help: "these commands", read: |_| Request::Help },
    Command { name: "quit", takes: "", help: "leave", read: |_| Request::Quit },
];

fn judge(rest: &str, correct: Option<bool>) -> Request {
    let (run, notes) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    Request::Judge { run: run.to_owned(), correct, notes: notes.trim().to_owned() }
}

impl Request {
    /// Reads a line; an error is a sentence that says what there is.
    pub(super) fn read(line: &str) -> Result<Self, String> {
        let line = line.trim();
        let (name, rest) = line.split_once(char::is_whitespace).map_or((line, ""), |(name, rest)| (name, rest.trim()));
        if name.is_empty() {
            return Ok(Self::Nothing);
        }
        let Some(command) = COMMANDS.iter().find(|command| command.name.eq_ignore_ascii_case(name)) else {
            return Err("There is no such command. Type help for those there are.".to_owned());
        };
        if command.takes.starts_with("RUN") && rest.is_empty() {
            return Err(format!("{} needs a run: its id, or its number in the last list of runs.", command.name));
        }
        Ok((command.read)(rest))
    }
}

/// A line for each command.
pub(super) fn help() -> Vec<String> {
    let line = |command: &Command| {
        let takes = if command.takes.is_empty() { String::new() } else { format!(" {}", command.takes) };
        format!("{}{takes}: {}.", command.name, command.help)
    };
    COMMANDS.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_commands_with_what_follows_them() {
        assert_eq!(Request::read(" runs  is:failed agent:a "), Ok(Request::Runs("is:failed agent:a".to_owned())));
        assert_eq!(Request::read("QUIT"), Ok(Request::Quit));
        assert_eq!(Request::read("\n"), Ok(Request::Nothing));
        let judged = Request::Judge { run: "r-1".to_owned(), correct: Some(false), notes: "no refund".to_owned() };
        assert_eq!(Request::read("wrong r-1  no refund"), Ok(judged));
    }

    #[test]
    fn what_is_no_command_is_answered_with_a_sentence() {
        assert!(Request::read("\u{1b}[2J").is_err_and(|problem| problem.contains("Type help")));
        assert!(Request::read("show").is_err_and(|problem| problem.starts_with("show needs a run")));
    }

    #[test]
    fn help_names_every_command() {
        assert_eq!(help().len(), COMMANDS.len());
        assert!(help().contains(&"right RUN [WORDS]: this run was right.".to_owned()));
    }
}
