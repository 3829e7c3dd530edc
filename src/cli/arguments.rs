//! The command line: commands, options and their help.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, Parser, Subcommand};

mod check;
mod compare;
mod debug;
mod delete;
mod doctor;
pub mod examples;
mod export;
mod feedback;
mod improve;
mod scenarios;

pub use check::CheckArguments;
pub use compare::CompareArguments;
pub use debug::DebugArguments;
pub use delete::DeleteArguments;
pub use doctor::DoctorArguments;
pub use export::ExportArguments;
pub use feedback::FeedbackArguments;
pub use improve::ImproveArguments;
pub use scenarios::{ScenariosAction, ScenariosArguments};

/// A terminal workbench for people who build AI agents.
#[derive(Debug, Parser)]
#[command(name = "arc-eval-tui", version, about, long_about = LONG_ABOUT, max_term_width = 110)]
pub struct Arguments {
    /// Options every command understands.
    #[command(flatten)]
    pub global: GlobalArguments,
    /// Show bundled sample traces arriving live, on a throwaway store.
    #[arg(long)]
    pub demo: bool,
    /// The workbench in plain lines, for screen readers and pipes: a sentence for each arrival, commands by line
    #[arg(long)]
    pub plain: bool,
    /// What to do; without a command, the workbench with its listener.
    #[command(subcommand)]
    pub command: Option<Command>,
}

const LONG_ABOUT: &str = "A terminal workbench for people who build AI agents.\n\n\
Without a command: the workbench, full screen, with a listener that takes traces at http://127.0.0.1:8000. Everything \
stays on this machine; nothing is sent anywhere and no model is called.";

/// Options every command understands, before or after it.
#[derive(Debug, Default, Clone, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct GlobalArguments {
    /// Address to listen on [default: 127.0.0.1:8000]
    #[arg(long, global = true, value_name = "ADDR")]
    pub listen: Option<String>,
    /// Another address to take OpenTelemetry on, over HTTP and gRPC alike (repeatable; `off` for none) [default: ports 4318 and 4317
    /// beside --listen, in the workbench and with serve --otlp]
    #[arg(long, global = true, value_name = "ADDR")]
    pub otlp_listen: Vec<String>,
    /// Another name by which senders reach the listener, such as host.docker.internal (repeatable)
    #[arg(long, global = true, value_name = "NAME")]
    pub allow_host: Vec<String>,
    /// The store's file [default: ~/.arc-eval/traces.redb]
    #[arg(long, global = true, value_name = "PATH")]
    pub store: Option<PathBuf>,
    /// The configuration file [default: ~/.arc-eval/config.toml]
    #[arg(long, global = true, value_name = "PATH")]
    pub config: Option<PathBuf>,
    /// Colour theme; `themes` lists them. DARK,LIGHT lets the terminal's own ground choose, as does `auto`
    #[arg(long, global = true, value_name = "NAME")]
    pub theme: Option<String>,
    /// Import trace files that are dropped into this folder, in the workbench and with serve (repeatable)
    #[arg(long, global = true, value_name = "DIR")]
    pub watch: Vec<PathBuf>,
    /// How long after the end of a run more of its spans is waited for [default: 5s]
    #[arg(long, global = true, value_name = "TIME")]
    pub quiet_time: Option<String>,
    /// A folder that holds agents' source (repeatable); fixes are made for files under these folders and touch nothing else [default:
    /// the current folder]
    #[arg(long, global = true, value_name = "DIR")]
    pub project: Vec<PathBuf>,
    /// Write a log to this file
    #[arg(long, global = true, value_name = "FILE")]
    pub log: Option<PathBuf>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Take traces without a screen; the first line printed says where
    Serve(ServeArguments),
    /// Run an agent program with tracing and no code change; ends with the program's exit status
    Run(RunArguments),
    /// Print the code that connects an agent, for its very file and name, then take its traces
    Trace(TraceArguments),
    /// Measure what the Python tracer adds to a call
    Overhead(OverheadArguments),
    /// Read trace files into the store, or into the workbench that has it open
    Import(ImportArguments),
    /// Give out runs: as they were sent, as OpenTelemetry, or as a table
    Export(ExportArguments),
    /// Forget runs, after saying how many and whose
    Delete(DeleteArguments),
    /// Print one verdict a trace as JSON lines, in input order; touches no store
    Analyse(AnalyseArguments),
    /// Say how agents do: reliability, cost and what could be saved, tools, latency, failures with their root cause
    Debug(DebugArguments),
    /// Hold runs to limits, for CI: one line a rule, and exit status 1 when one is not kept
    Check(CheckArguments),
    /// Hold two sets of runs beside each other: what changed, and whether that could be chance
    Compare(CompareArguments),
    /// Say whether a run did its task; its agent's grade follows
    Feedback(FeedbackArguments),
    /// The best fixes for what fails, as diffs on your own files; one applied, or undone
    Improve(ImproveArguments),
    /// Tests made from failing runs: listed, or written as files that run
    Scenarios(ScenariosArguments),
    /// Print the keys of the workbench, or a keys.toml to start from
    Keys(KeysArguments),
    /// List the colour themes
    Themes(JsonArgument),
    /// Print every setting with where it came from
    Config(JsonArgument),
    /// Look at store, configuration, terminal, ports and Python, and say of each what to do
    Doctor(DoctorArguments),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// How `serve` listens.
#[derive(Debug, Args)]
pub struct ServeArguments {
    /// Listen on OpenTelemetry's own ports as well, 4318 and 4317; a taken one is told and passed over
    #[arg(long)]
    pub otlp: bool,
}

/// What `run` runs.
#[derive(Debug, Args)]
pub struct RunArguments {
    /// The subject domain of its runs (finance, security, ml, …) [default: told from the runs]
    #[arg(long, value_name = "NAME")]
    pub domain: Option<String>,
    /// The program and its arguments, after `--`
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "CMD")]
    pub command: Vec<OsString>,
}

/// What `trace` connects.
#[derive(Debug, Args)]
pub struct TraceArguments {
    /// The Python file that makes the agent
    #[arg(long, value_name = "FILE")]
    pub agent_file: PathBuf,
    /// The agent: a function, class, method (Class.method) or variable of that file
    #[arg(long, value_name = "NAME")]
    pub function: String,
    /// The subject domain (finance, security, ml, …) [default: told from the runs]
    #[arg(long, value_name = "NAME")]
    pub domain: Option<String>,
    /// Serve after printing; what it does anyway where no workbench runs
    #[arg(long, conflicts_with = "no_server")]
    pub start_server: bool,
    /// Print only
    #[arg(long)]
    pub no_server: bool,
    /// Host to serve on, with or without a port [default: that of --listen]
    #[arg(long, value_name = "HOST")]
    pub host: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What `overhead` measures.
#[derive(Debug, Args)]
pub struct OverheadArguments {
    /// The file of a function to measure, called without arguments [default: a function that does nothing]
    #[arg(long, value_name = "FILE", requires = "function")]
    pub agent_file: Option<PathBuf>,
    /// The function
    #[arg(long, value_name = "NAME", requires = "agent_file")]
    pub function: Option<String>,
    /// How often it is called, untraced and traced [default: 10000; of a function of yours, 20]
    #[arg(long, value_name = "NUMBER")]
    pub calls: Option<u32>,
    /// The Python to run it with
    #[arg(long, value_name = "PROGRAM", default_value = "python3")]
    pub python: OsString,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What `import` reads.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// Trace files: JSON, a JSON array, JSON lines, chat transcripts; .gz and .zst too; `-` is standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Print the outcome as JSON
    #[arg(long)]
    pub json: bool,
}

/// What `analyse` reads.
#[derive(Debug, Args)]
pub struct AnalyseArguments {
    /// Trace files as for `import`; `-` is standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Fill in the values of sensitive data that was found
    #[arg(long)]
    pub reveal: bool,
    /// Judge each run by itself, as it comes, without the others of this call
    #[arg(long)]
    pub independent: bool,
    /// Understood for symmetry; verdicts are always JSON lines
    #[arg(long)]
    pub json: bool,
}

/// How `keys` prints.
#[derive(Debug, Args)]
pub struct KeysArguments {
    /// Print a commented keys.toml with every default
    #[arg(long)]
    pub toml: bool,
    /// Print JSON
    #[arg(long, conflicts_with = "toml")]
    pub json: bool,
}

/// How a listing prints.
#[derive(Debug, Args)]
pub struct JsonArgument {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
