//! Examples under the help of every command: one table, each line of which is known to be understood.

use clap::Command;

/// A line as it is typed, and what it does.
type Example = (&'static str, &'static str);

/// The examples of each command; `arc-eval-tui` itself under the empty name.
pub const EXAMPLES: &[(&str, &[Example])] = &[
    (
        "",
        &[
            ("arc-eval-tui", "the workbench"),
            ("arc-eval-tui --demo", "the workbench with sample runs arriving"),
            ("arc-eval-tui --watch ~/traces", "and trace files dropped into that folder are imported"),
            ("arc-eval-tui run -- python agent.py", "trace a program without changing it"),
        ],
    ),
    (
        "serve",
        &[
            ("arc-eval-tui serve", "take traces without a screen"),
            ("arc-eval-tui serve --otlp --watch incoming", "OpenTelemetry on its own ports too, and files from a folder"),
            ("arc-eval-tui serve --listen 127.0.0.1:0", "on any free port; the first line says which"),
        ],
    ),
    (
        "run",
        &[
            ("arc-eval-tui run -- python agent.py", "trace a program without changing it"),
            ("arc-eval-tui run --domain finance -- pytest tests/", "its runs are of this domain"),
        ],
    ),
    (
        "trace",
        &[
            ("arc-eval-tui trace --agent-file app.py --function agent", "print the lines to add, then take its traces"),
            ("arc-eval-tui trace --agent-file app.py --function Desk.answer --no-server", "print the lines only"),
        ],
    ),
    (
        "overhead",
        &[
            ("arc-eval-tui overhead", "what the tracer adds to a call"),
            ("arc-eval-tui overhead --agent-file app.py --function answer --calls 50", "of a function of yours"),
        ],
    ),
    (
        "import",
        &[
            ("arc-eval-tui import runs.jsonl traces/*.json.gz", "read files into the store"),
            ("curl -s https://example.com/runs.jsonl | arc-eval-tui import -", "from standard input"),
        ],
    ),
    (
        "export",
        &[
            ("arc-eval-tui export --out runs.jsonl", "every run as it was sent; `import` reads it again"),
            ("arc-eval-tui export --where \"is:failed since:7d\" --format csv --out failed.csv", "a table for a spreadsheet"),
            ("arc-eval-tui export --format otlp | gzip > runs.otlp.gz", "as OpenTelemetry"),
        ],
    ),
    (
        "delete",
        &[
            ("arc-eval-tui delete --where \"agent:old-bot\"", "says how many and whose, then asks"),
            ("arc-eval-tui delete --where \"before:2026-01-01\" --yes --json", "without asking, for scripts"),
            ("arc-eval-tui delete --all --yes", "everything"),
        ],
    ),
    (
        "analyse",
        &[
            ("arc-eval-tui analyse run.json", "the verdict on a run, without a store"),
            ("arc-eval-tui analyse - < runs.jsonl | jq .grade", "one verdict a line"),
            ("arc-eval-tui analyse --independent runs/*.json", "each run by itself"),
        ],
    ),
    (
        "debug",
        &[
            ("arc-eval-tui debug", "how your agents do"),
            ("arc-eval-tui debug --where \"agent:refund-bot since:24h\"", "one agent since yesterday"),
            ("arc-eval-tui debug --input runs.jsonl --json", "the runs of a file, for scripts"),
        ],
    ),
    (
        "check",
        &[
            ("arc-eval-tui check --min-reliability 0.8 --max-cost 0.02", "exit status 1 when a rule is not kept"),
            ("arc-eval-tui check --min-reliability 80% --confident --min-runs 20 --input runs.jsonl", "where luck does not count"),
            ("arc-eval-tui check --max-failure-rate 5% --max-p95-latency 10s --where \"since:24h\"", "of the last day"),
        ],
    ),
    (
        "compare",
        &[
            ("arc-eval-tui compare --baseline yesterday", "yesterday against today"),
            ("arc-eval-tui compare --baseline before-fix --current today --json", "a baseline by its name"),
        ],
    ),
    (
        "feedback",
        &[
            ("arc-eval-tui feedback run-17 --wrong --notes \"refunded the wrong order\"", "this run did not do its task"),
            ("arc-eval-tui feedback run-18 --correct --score 5", "this one did"),
            ("arc-eval-tui feedback run-17 --clear", "take it back"),
        ],
    ),
    (
        "improve",
        &[
            ("arc-eval-tui improve", "the fixes that would spare most failed runs, with diffs"),
            ("arc-eval-tui improve --input runs.jsonl", "for the runs of a file"),
        ],
    ),
    (
        "scenarios",
        &[
            ("arc-eval-tui scenarios list", "tests made from failing runs"),
            ("arc-eval-tui scenarios write tests/agents --from-last-failure", "the newest failure as a test that runs"),
            ("arc-eval-tui scenarios write tests/agents --pattern tool.timeout", "those of one pattern"),
        ],
    ),
    (
        "keys",
        &[("arc-eval-tui keys", "what every key does"), ("arc-eval-tui keys --toml > ~/.arc-eval/keys.toml", "a file to change them in")],
    ),
    ("themes", &[("arc-eval-tui themes", "what there is"), ("arc-eval-tui --theme dusk", "the workbench in one of them")]),
    (
        "config",
        &[
            ("arc-eval-tui config", "every setting, and where its value comes from"),
            ("arc-eval-tui config --json --store team.redb", "with a flag taken in"),
        ],
    ),
    (
        "doctor",
        &[
            ("arc-eval-tui doctor", "look at everything the program rests on"),
            ("arc-eval-tui doctor --fix", "and mend permissions and outdated judgements"),
        ],
    ),
    (
        "completions",
        &[
            ("arc-eval-tui completions bash > ~/.local/share/bash-completion/completions/arc-eval-tui", "for bash"),
            ("arc-eval-tui completions fish > ~/.config/fish/completions/arc-eval-tui.fish", "for fish"),
        ],
    ),
];

/// The command line with the examples under each command's help.
#[must_use]
pub fn under(mut command: Command) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    for (name, examples) in EXAMPLES {
        if name.is_empty() {
            command = command.after_help(text(examples));
        } else if names.iter().any(|known| known == name) {
            command = command.mut_subcommand(name, |command| command.after_help(text(examples)));
        }
    }
    command
}

fn text(examples: &[Example]) -> String {
    let lines = examples.iter().map(|(line, does)| format!("  {line}\n      {does}\n"));
    format!("Examples:\n{}", lines.collect::<String>().trim_end())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use clap::{CommandFactory, Parser};

    use super::*;
    use crate::cli::arguments::Arguments;

    /// The words after `arc-eval-tui`, as a shell would hand them over.
    fn words(line: &str) -> Vec<String> {
        let line = line.rsplit("| arc-eval-tui").next().unwrap();
        let line = line.trim_start_matches("arc-eval-tui");
        let end = [" | ", " > ", " < "].iter().filter_map(|sign| line.find(sign)).min().unwrap_or(line.len());
        let line = line.split_at(end).0;
        let mut words = vec!["arc-eval-tui".to_owned()];
        for (place, part) in line.split('"').enumerate() {
            if place % 2 == 1 {
                words.push(part.to_owned());
            } else {
                words.extend(part.split_whitespace().map(str::to_owned));
            }
        }
        words
    }

    #[test]
    fn every_command_has_examples_and_each_is_understood() {
        let command = Arguments::command();
        let known: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
        for name in &known {
            assert!(EXAMPLES.iter().any(|(of, examples)| of == name && !examples.is_empty()), "`{name}` has no example");
        }
        for (name, examples) in EXAMPLES.iter().filter(|(name, _)| name.is_empty() || known.contains(name)) {
            for (line, does) in *examples {
                assert!(!does.is_empty());
                let words = words(line);
                assert!(name.is_empty() || words.iter().any(|word| word == name) || *name == "themes", "{line}");
                let parsed = Arguments::try_parse_from(&words);
                assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
            }
        }
    }

    #[test]
    fn they_stand_under_the_help() {
        let mut command = under(Arguments::command());
        let help = command.find_subcommand_mut("export").unwrap().render_help().to_string();
        assert!(help.contains("Examples:\n  arc-eval-tui export --out runs.jsonl\n"), "{help}");
        assert!(command.render_help().to_string().contains("arc-eval-tui --demo"));
    }
}
