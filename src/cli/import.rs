//! `import`: trace files into the store, or into the program that has it open.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use bytes::Bytes;
use serde_json::{Value, json};

use super::{
    arguments::ImportArguments,
    exit::CliError,
    house,
    inputs::{self, Input},
    output::{Output, say},
    progress::Progress,
    remote::Remote,
    settings::Settings,
};
use crate::{
    engine::{Engine, delivery::Source, error::EngineError, file_lines::Lines, owner::Owner, receipt::Ingested},
    store::Arrival,
    text::human,
};

/// Skipped inputs named one by one; the rest is counted.
const SKIPPED_SHOWN: usize = 20;
/// How often it is looked whether runs in memory are settled, how long at most, and how long spans may wait for a run to belong to.
const SETTLING_LOOK: Duration = Duration::from_millis(10);
const SETTLING_LONGEST: Duration = Duration::from_secs(120);
const PARKED_AFTER: Duration = Duration::from_millis(500);

/// Where traces go.
enum Destination {
    Local(Engine),
    Remote(Remote),
}

/// Where a trace stands in its input.
struct Place {
    path: String,
    line: u64,
}

/// What became of all inputs.
#[derive(Default)]
struct Tally {
    imported: u64,
    unchanged: u64,
    skipped: Vec<(Option<Place>, String)>,
}

impl Tally {
    fn say_skipped(&self) {
        for (place, message) in self.skipped.iter().take(SKIPPED_SHOWN) {
            match place {
                Some(Place { path, line }) => say(format!("skipped {path}, line {line}: {message}")),
                None => say(format!("skipped: {message}")),
            }
        }
    }
}

/// Imports everything; fails at the end when something had to be skipped.
pub async fn run(arguments: &ImportArguments, settings: &Settings) -> Result<(), CliError> {
    let destination = match Owner::of(&settings.store.value) {
        Some(owner) => {
            let remote = Remote::of(&owner, settings.api_key.value.clone())?;
            say(format!("the store is open in process {}; importing through http://{}", owner.pid, remote.address()));
            Destination::Remote(remote)
        }
        None => Destination::Local(house::open_engine(settings)?),
    };
    let imported = import(&arguments.paths, &destination).await;
    if let Destination::Local(engine) = &destination {
        engine.close().await.map_err(CliError::unavailable)?;
    }
    report(arguments, &imported?)
}

/// Imports files into an engine in memory, and waits until every run has been judged beside the others. Gives how many inputs could not be
/// read; each is said.
pub async fn into_memory(paths: &[PathBuf], engine: &Engine) -> Result<u64, CliError> {
    let tally = import(paths, &Destination::Local(engine.clone())).await?;
    tally.say_skipped();
    settled(engine).await?;
    Ok(tally.skipped.len() as u64)
}

/// Waits until nothing more is to be made of what came: spans are runs, and runs are judged beside each other. Spans of no run stay
/// where they are.
async fn settled(engine: &Engine) -> Result<(), CliError> {
    let begun = Instant::now();
    let (mut waited, mut since) = (None, begun);
    while begun.elapsed() < SETTLING_LONGEST {
        let asked = engine.clone();
        let looked = tokio::task::spawn_blocking(move || {
            let facts = asked.facts()?;
            Ok::<_, EngineError>((facts.waiting_pieces()?, facts.is_settled()?))
        });
        let (waiting, settled) = looked.await.map_err(CliError::unavailable)?.map_err(CliError::unavailable)?;
        if waited != Some(waiting) {
            (waited, since) = (Some(waiting), Instant::now());
        }
        if settled && (waiting == 0 || since.elapsed() > PARKED_AFTER) {
            return Ok(());
        }
        tokio::time::sleep(SETTLING_LOOK).await;
    }
    say("the runs are many, and not all have been judged beside each other");
    Ok(())
}

async fn import(paths: &[PathBuf], destination: &Destination) -> Result<Tally, CliError> {
    let mut tally = Tally::default();
    let mut progress = Progress::new();
    let mut lines = Lines::default();
    for Input { path, line, body } in inputs::read(paths) {
        let place = Place { path, line };
        let misfit = match body {
            Ok(body) => lines.add(&body, place).err(),
            Err(error) => Some((place, error.to_string())),
        };
        tally.skipped.extend(misfit.map(|(place, message)| (Some(place), message)));
        if lines.is_full() {
            send(destination, std::mem::take(&mut lines), &mut tally).await?;
            progress.show(|| format!("{} traces …", human::count(tally.imported + tally.unchanged)));
        }
    }
    send(destination, lines, &mut tally).await?;
    progress.clear();
    Ok(tally)
}

async fn send(destination: &Destination, lines: Lines<Place>, tally: &mut Tally) -> Result<(), CliError> {
    if lines.places.is_empty() {
        return Ok(());
    }
    let body = Bytes::from(lines.body);
    let mut places: Vec<Option<Place>> = lines.places.into_iter().map(Some).collect();
    let sent = places.len() as u64;
    let (unchanged, refused) = match destination {
        Destination::Local(engine) => send_local(engine, body).await,
        Destination::Remote(remote) => (0, send_remote(remote, body, sent).await?),
    };
    tally.unchanged += unchanged;
    tally.imported += sent - unchanged - refused.len() as u64;
    for (index, message) in refused {
        tally.skipped.push((places.get_mut(index).and_then(Option::take), message));
    }
    Ok(())
}

/// How many were there already, and what was refused by index.
async fn send_local(engine: &Engine, body: Bytes) -> (u64, Vec<(usize, String)>) {
    let answers = match engine.ingest(body, Source::File).await {
        Ingested::Single(answer) => vec![(0, answer)],
        Ingested::Many(answers) => answers,
    };
    let unchanged = answers.iter().filter(|(_, answer)| answer.as_ref().is_ok_and(|receipt| receipt.arrival == Arrival::Unchanged)).count();
    (unchanged as u64, answers.into_iter().filter_map(|(index, answer)| Some((index, answer.err()?.message))).collect())
}

/// What was refused by index. The answer over HTTP does not tell what was there already.
async fn send_remote(remote: &Remote, body: Bytes, sent: u64) -> Result<Vec<(usize, String)>, CliError> {
    let (status, answer) = remote.post("/api/trace", body).await?;
    let answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
    let message_of = |item: &Value| item["message"].as_str().unwrap_or("no reason was given").to_owned();
    if status.is_success() {
        let rejected = answer["rejected"].as_array().map_or(&[][..], Vec::as_slice);
        return Ok(rejected.iter().map(|item| (item["index"].as_u64().unwrap_or(0) as usize, message_of(item))).collect());
    }
    // One trace alone is answered as one: its refusal is the whole answer.
    if sent == 1 && status == hyper::StatusCode::BAD_REQUEST {
        return Ok(vec![(0, message_of(&answer))]);
    }
    Err(CliError::unavailable(format!("the program at {} answered {status}: {}", remote.address(), message_of(&answer))))
}

fn report(arguments: &ImportArguments, tally: &Tally) -> Result<(), CliError> {
    let mut output = Output::stdout();
    if arguments.json {
        let skipped: Vec<Value> = tally
            .skipped
            .iter()
            .map(|(place, message)| json!({"path": place.as_ref().map(|place| &place.path), "line": place.as_ref().map(|place| place.line), "message": message}))
            .collect();
        output.json(&json!({"imported": tally.imported, "unchanged": tally.unchanged, "skipped": skipped}))?;
    } else {
        let unchanged = if tally.unchanged > 0 { format!(", {} already there", human::count(tally.unchanged)) } else { String::new() };
        output.line(&format!("{} traces imported{unchanged}", human::count(tally.imported)))?;
    }
    output.flush()?;
    tally.say_skipped();
    match tally.skipped.len() {
        0 => Ok(()),
        count if count > SKIPPED_SHOWN => Err(CliError::unreadable(format!("skipped {count} inputs; the first {SKIPPED_SHOWN} are above"))),
        count => Err(CliError::unreadable(format!("skipped {count} of the inputs"))),
    }
}
