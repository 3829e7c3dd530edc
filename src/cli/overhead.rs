//! `overhead`: what the Python tracer costs a call, measured here and now against an untraced one.

use std::{ffi::OsString, process::Stdio};

use serde_json::Value;

use super::{
    arguments::OverheadArguments,
    collector::Own,
    exit::{CliError, Status},
    house,
    output::Output,
    settings::Settings,
};
use crate::{
    engine::{Engine, options::StorePlace},
    repair::project::Projects,
    sdk,
    text::clean::clean_block,
};

/// Measures, prints, and fails when the budget of 50 ms is not kept.
pub async fn run(arguments: &OverheadArguments, settings: &Settings) -> Result<(), CliError> {
    let tracer = sdk::unpack_into(&settings.home.join("sdk")).map_err(CliError::unavailable)?;
    // What is measured is real, sending included; it goes to a store that is thrown away.
    let engine = Engine::open(house::engine_options(settings, StorePlace::Memory)?).map_err(CliError::unavailable)?;
    let own = Own::on(engine, house::listener_options(settings, Projects::none())).await?;
    let measured = measure(arguments, settings, &tracer, &own.url()).await;
    own.close().await?;
    let measured = measured?;
    let mut output = Output::stdout();
    if arguments.json {
        output.json(&measured)?;
    } else {
        table(&measured).iter().try_for_each(|line| output.line(line))?;
    }
    output.flush()?;
    if measured["verdict"]["within_50ms"] == true {
        return Ok(());
    }
    Err(CliError { status: Status::CheckFailed, message: "the tracer adds more than 50 ms a call".to_owned() })
}

async fn measure(arguments: &OverheadArguments, settings: &Settings, tracer: &std::path::Path, url: &str) -> Result<Value, CliError> {
    let mut command = tokio::process::Command::new(&arguments.python);
    command.args(["-m", "arc_tracer.overhead", "--json"]);
    if let Some(calls) = arguments.calls {
        command.args(["--calls", &calls.to_string()]);
    }
    if let (Some(file), Some(function)) = (&arguments.agent_file, &arguments.function) {
        command.arg("--agent-file").arg(file).arg("--function").arg(function);
    }
    let path = std::env::join_paths(std::iter::once(tracer.to_owned()).chain(python_path()))
        .map_err(|error| CliError::unavailable(format!("the tracer's folder cannot be on a path: {error}")))?;
    command.env("PYTHONPATH", path).env("ARC_EVAL_ENDPOINT", url);
    if let Some(key) = &settings.api_key.value {
        command.env("ARC_EVAL_API_KEY", key);
    }
    let cannot = |error: std::io::Error| {
        let python = arguments.python.to_string_lossy();
        CliError::unavailable(format!("cannot run `{python}`: {error}; name a Python with --python"))
    };
    // What the user's function prints is talk, not data; so is Python's own.
    let ran = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).output().await.map_err(cannot)?;
    let text = String::from_utf8_lossy(&ran.stdout);
    let last = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    match serde_json::from_str::<Value>(last) {
        Ok(measured) if measured.is_object() && ran.status.success() => Ok(measured),
        _ => {
            let said = clean_block(last);
            Err(CliError::unreadable(format!("the measurement ended with {}{}{said}", ran.status, if said.is_empty() { "" } else { ": " })))
        }
    }
}

fn python_path() -> Vec<std::path::PathBuf> {
    std::env::var_os("PYTHONPATH").iter().flat_map(|path: &OsString| std::env::split_paths(path)).collect()
}

/// The figures as people read them.
fn table(measured: &Value) -> Vec<String> {
    let number = |value: &Value| value.as_f64().map_or_else(|| "unknown".to_owned(), |number| format!("{number:.1} µs"));
    let row = |name: &str, value: &Value| {
        format!("{name:<10} median {:>12}   95th percentile {:>12}", number(&value["median"]), number(&value["p95"]))
    };
    let verdict = |name: &str, value: &Value| {
        let word = match value.as_bool() {
            Some(true) => "kept",
            Some(false) => "NOT kept",
            None => "unknown",
        };
        format!("{name:<58} {word}")
    };
    let own = &measured["verdict"];
    let budget = format!("our own of {} µs (median) and {} µs of processor a call", own["own_median_us"], own["own_cpu_us"]);
    vec![
        format!("{}, {} calls", measured["what"].as_str().unwrap_or("a function that does nothing"), measured["calls"]),
        String::new(),
        row("untraced", &measured["baseline_us"]),
        row("traced", &measured["traced_us"]),
        row("added", &measured["added_us"]),
        format!("processor  {:>19} a call, sending included", number(&measured["cpu_us_per_call"])),
        format!("dropped    {:>12}", measured["dropped"]),
        String::new(),
        verdict("budget of 50 ms a call", &own["within_50ms"]),
        verdict(&budget, &own["within_own"]),
    ]
}
