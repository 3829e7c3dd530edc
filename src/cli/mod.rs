//! The command line: one small file a command, the same facts as the panes.

pub mod analyse;
pub mod arguments;
pub mod budgets;
pub mod check;
pub mod child;
pub mod collector;
pub mod compare;
pub mod completions;
pub mod config;
pub mod debug;
pub mod delete;
pub mod doctor;
pub mod exit;
pub mod export;
pub mod facts_source;
pub mod feedback;
pub mod house;
pub mod import;
pub mod improve;
pub mod inputs;
pub mod keys;
pub mod log;
pub mod otlp;
pub mod output;
pub mod overhead;
pub mod plain;
pub mod progress;
pub mod quantity;
pub mod remote;
pub mod run;
pub mod scenarios;
pub mod screen;
pub mod serve;
pub mod settings;
pub mod table;
pub mod themes;
pub mod trace;
pub mod twice;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use self::{
    arguments::{Arguments, Command},
    exit::{CliError, Status},
    settings::{Environment, Settings},
};

/// Runs the program with the arguments and environment of this process; returns its exit status.
#[must_use]
pub fn run() -> ExitCode {
    let command = arguments::examples::under(Arguments::command());
    let arguments = match command.try_get_matches().and_then(|matches| Arguments::from_arg_matches(&matches)) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are asked for and fine; clap writes them to stdout and errors to stderr.
            let status = if error.use_stderr() { Status::WrongUse } else { Status::Fine };
            let _ = error.print();
            return status.into();
        }
    };
    match dispatch(arguments) {
        Ok(status) => status,
        Err(error) => {
            output::say(format!("arc-eval-tui: {error}"));
            error.status.into()
        }
    }
}

fn dispatch(arguments: Arguments) -> Result<ExitCode, CliError> {
    if (arguments.demo || arguments.plain) && arguments.command.is_some() {
        return Err(CliError::wrong_use("--demo and --plain are of the workbench; they go without a command"));
    }
    let environment = Environment::of_process();
    if let Some(Command::Doctor(doctor)) = &arguments.command {
        // It looks at wrong settings as well.
        return runtime()?.block_on(doctor::run(doctor, &arguments.global, &environment)).map(ExitCode::from);
    }
    let settings = Settings::resolve(&arguments.global, &environment)?;
    log::start(&settings)?;
    if let Some(Command::Run(arguments)) = &arguments.command {
        return runtime()?.block_on(run::run(arguments, &settings)).map(ExitCode::from);
    }
    match arguments.command {
        None => screen::run(&settings, arguments.demo, arguments.plain),
        Some(Command::Serve(arguments)) => runtime()?.block_on(serve::run(&arguments, &settings)),
        // Done above.
        Some(Command::Run(_) | Command::Doctor(_)) => Ok(()),
        Some(Command::Overhead(arguments)) => runtime()?.block_on(overhead::run(&arguments, &settings)),
        Some(Command::Trace(arguments)) => runtime()?.block_on(trace::run(&arguments, &settings)),
        Some(Command::Import(arguments)) => runtime()?.block_on(import::run(&arguments, &settings)),
        Some(Command::Analyse(arguments)) => analyse::run(&arguments, &settings),
        Some(Command::Export(arguments)) => runtime()?.block_on(export::run(&arguments, &settings)),
        Some(Command::Delete(arguments)) => runtime()?.block_on(delete::run(&arguments, &settings)),
        Some(Command::Debug(arguments)) => runtime()?.block_on(debug::run(&arguments, &settings)),
        Some(Command::Check(arguments)) => return runtime()?.block_on(check::run(&arguments, &settings)).map(ExitCode::from),
        Some(Command::Compare(arguments)) => runtime()?.block_on(compare::run(&arguments, &settings)),
        Some(Command::Feedback(arguments)) => runtime()?.block_on(feedback::run(&arguments, &settings)),
        Some(Command::Improve(arguments)) => runtime()?.block_on(improve::run(&arguments, &settings)),
        Some(Command::Scenarios(arguments)) => runtime()?.block_on(scenarios::run(&arguments, &settings)),
        Some(Command::Keys(arguments)) => keys::run(&arguments),
        Some(Command::Themes(arguments)) => themes::run(&arguments, &settings),
        Some(Command::Config(arguments)) => config::run(&arguments, &settings),
        Some(Command::Completions { shell }) => completions::run(shell),
    }
    .map(|()| Status::Fine.into())
}

/// The threads that talk to the network; analysis has a pool of its own.
fn runtime() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::unavailable(format!("cannot start the network threads: {error}")))
}
