//! `trace`: the code that connects one agent in one file, then the listener for its traces.

use std::fs;

use super::{
    arguments::TraceArguments,
    exit::CliError,
    output::{Output, say},
    remote::Remote,
    serve,
    settings::Settings,
};
use crate::{
    engine::owner::Owner,
    sdk::{
        Wheel,
        integration::{Integration, Request},
        lesson::{lesson_for, lessons},
        python_source::PythonSource,
    },
};

/// Most bytes of a source file that are read.
const SOURCE_MOST_BYTES: u64 = 8 * 1024 * 1024;

/// Prints the code, then serves unless something that runs already does, or only the code was asked for.
pub async fn run(arguments: &TraceArguments, settings: &Settings) -> Result<(), CliError> {
    let source = source(arguments)?;
    let mut settings = settings.clone();
    if let Some(host) = &arguments.host {
        settings.listen.value = listen_on(host, &settings.listen.value);
    }
    let print = |output: &mut Output, url: &str| print(arguments, &source, url, output);
    let running = Owner::of(&settings.store.value).map(|owner| Remote::of(&owner, None)).transpose()?;
    let here = match running {
        Some(running) => {
            say(format!("the workbench at http://{} takes its traces", running.address()));
            format!("http://{}", running.address())
        }
        None if arguments.no_server => format!("http://{}", settings.listen.value),
        // What cannot be printed is told before anything is opened.
        None => {
            integration(arguments, &source, "")?;
            return serve::serve(&settings, true, print).await;
        }
    };
    let mut output = Output::stdout();
    print(&mut output, &here)?;
    output.flush()
}

fn print(arguments: &TraceArguments, source: &str, url: &str, output: &mut Output) -> Result<(), CliError> {
    let integration = integration(arguments, source, url)?;
    if arguments.json { output.json(&integration) } else { output.line(&integration.to_string()) }
}

fn integration(arguments: &TraceArguments, source: &str, url: &str) -> Result<Integration, CliError> {
    let lessons = lessons().map_err(CliError::unavailable)?;
    let lesson = lesson_for(&lessons, &PythonSource::read(source).modules);
    let file = arguments.agent_file.to_string_lossy();
    let domain = arguments.domain.as_deref().unwrap_or("auto");
    let wheel = Wheel::name();
    let request = Request { file: &file, source, function: &arguments.function, domain, url, wheel: &wheel };
    Integration::of(&request, lesson).map_err(CliError::wrong_use)
}

fn source(arguments: &TraceArguments) -> Result<String, CliError> {
    let path = &arguments.agent_file;
    let cannot = |reason: &dyn std::fmt::Display| CliError::unreadable(format!("cannot read {}: {reason}", path.display()));
    let length = fs::metadata(path).map_err(|error| cannot(&error))?.len();
    if length > SOURCE_MOST_BYTES {
        return Err(cannot(&"it is too large for a source file"));
    }
    fs::read_to_string(path).map_err(|error| cannot(&error))
}

/// A host as an address to listen on: with the port it names, else with the port that would have been taken.
fn listen_on(host: &str, otherwise: &str) -> String {
    let has_port =
        host.rsplit_once(':').is_some_and(|(before, port)| port.parse::<u16>().is_ok() && (!before.contains(':') || before.ends_with(']')));
    if has_port {
        return host.to_owned();
    }
    let port = otherwise.rsplit_once(':').map_or("8000", |(_, port)| port);
    if host.contains(':') && !host.starts_with('[') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_takes_the_port_that_would_have_been() {
        for (host, address) in [
            ("0.0.0.0", "0.0.0.0:8000"),
            ("localhost", "localhost:8000"),
            ("127.0.0.1:9000", "127.0.0.1:9000"),
            ("::1", "[::1]:8000"),
            ("[::1]:9000", "[::1]:9000"),
        ] {
            assert_eq!(listen_on(host, "127.0.0.1:8000"), address);
        }
    }
}
