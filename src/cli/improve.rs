//! `improve`: the best fixes with their diffs; one of them applied to the user's file, or undone.

use std::io::{self, BufRead, IsTerminal, Write};

use bytes::Bytes;
use hyper::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    arguments::ImproveArguments,
    exit::CliError,
    facts_source::{FactsSource, Wanted, path},
    house,
    output::{Output, say},
    settings::Settings,
};
use crate::{
    model::{
        clock::{Clock, SystemClock},
        decision::Choice,
        fix::{Fix, FixKind},
        ids::Fingerprint,
    },
    repair::{
        change::{self, Applied, ChangeError, Kept},
        project::{
            Projects,
            git::{self, GitState},
        },
    },
    text::{
        clean::{clean_block, clean_line},
        human,
        width::wrap,
    },
};

/// Most fixes looked through for the one that is named.
const MOST: u16 = 100;
/// Columns of what is said in sentences.
const COLUMNS: usize = 100;

/// What the interface answers.
#[derive(Deserialize, Serialize)]
struct Told {
    fixes: Vec<Fix>,
}

/// Prints fixes, applies one, or undoes one.
pub async fn run(arguments: &ImproveArguments, settings: &Settings) -> Result<(), CliError> {
    let projects = house::projects(settings)?;
    // Undoing needs no trace: what is kept tells all.
    let undone = match &arguments.undo {
        Some(id) => match undo(id, arguments, &projects)? {
            Some(kept) => Some(kept),
            None => return Ok(()),
        },
        None => None,
    };
    let wanted = Wanted::by(arguments.live);
    // What is decided is recorded in the store; a list only reads it.
    let opened = if arguments.input.is_empty() && (undone.is_some() || arguments.apply.is_some()) {
        FactsSource::open_to_change(settings, wanted).await
    } else {
        FactsSource::choose(&arguments.input, wanted, settings).await
    };
    let source = match (opened, undone) {
        (Ok(source), undone) => (source, undone),
        // The file is what it was; where there is no store there is no decision to change.
        (Err(_), Some(_)) => return Ok(()),
        (Err(error), None) => return Err(error),
    };
    let (source, undone) = source;
    let done = match (&undone, &arguments.apply) {
        (Some(kept), _) => decide(&source, arguments, &kept.fix, kept.pattern, Choice::Undone).await,
        (None, Some(id)) => apply(id, arguments, &source, &projects).await,
        (None, None) => list(arguments, &source).await,
    };
    source.close_after(done).await
}

async fn ask(source: &FactsSource, arguments: &ImproveArguments, limit: u16) -> Result<Told, CliError> {
    let limit = limit.to_string();
    let mut parameters = vec![("limit", limit.as_str())];
    parameters.extend(arguments.pattern.as_deref().map(|pattern| ("pattern", pattern)));
    source.value(&path("/api/fixes", &[], &parameters)).await
}

async fn list(arguments: &ImproveArguments, source: &FactsSource) -> Result<(), CliError> {
    let told = ask(source, arguments, arguments.limit).await?;
    let mut output = Output::stdout();
    if arguments.json {
        output.json(&told)?;
    } else if told.fixes.is_empty() {
        output.line("no fix is proposed: no failure that one is known for")?;
    } else {
        for (at, fix) in told.fixes.iter().enumerate() {
            if at > 0 {
                output.line("")?;
            }
            for line in page(fix) {
                output.line(&line)?;
            }
        }
    }
    output.flush()
}

/// A fix as it is read.
fn page(fix: &Fix) -> Vec<String> {
    let mut lines = vec![format!("{}  {}", fix.id, clean_line(&fix.title))];
    let kind = match (fix.kind, &fix.place) {
        (FixKind::Diff, Some(place)) => format!("a diff on {}:{}", clean_line(&place.path), place.line),
        (FixKind::Diff, None) => "a diff".to_owned(),
        (FixKind::Guidance, Some(place)) => format!("guidance for {}:{}", clean_line(&place.path), place.line),
        (FixKind::Guidance, None) => "guidance".to_owned(),
    };
    let runs = if fix.covers == 1 { "1 run".to_owned() } else { format!("{} runs", human::count(fix.covers)) };
    let mut facts = vec![kind, format!("covers {runs}")];
    facts.extend(fix.impact.map(|impact| {
        format!(
            "would have spared {} to {} of {} failed runs",
            human::count(impact.low),
            human::count(impact.high),
            human::count(impact.of)
        )
    }));
    facts.extend(fix.decision.map(|choice| choice.word().to_owned()));
    facts.extend(fix.watch.as_ref().map(|watch| match &watch.back {
        Some(run) => format!("BACK: {} of {} runs since, last {}", watch.again, watch.runs, clean_line(run.as_str())),
        None => format!("not back in {} runs since", human::count(watch.runs)),
    }));
    lines.extend(wrap(&facts.join(", "), COLUMNS));
    lines.extend(wrap(&clean_line(&fix.why), COLUMNS));
    for evidence in &fix.evidence {
        let step = evidence.step.map_or_else(String::new, |step| format!("step {step}: "));
        let says = format!("{step}{}", clean_line(&evidence.says));
        lines.extend(
            wrap(&says, COLUMNS - 2).into_iter().enumerate().map(|(at, line)| format!("{} {line}", if at == 0 { '-' } else { ' ' })),
        );
    }
    lines.push(String::new());
    lines.extend(clean_block(fix.diff.as_deref().unwrap_or(&fix.snippet)).lines().map(str::to_owned));
    lines
}

/// Applies a fix after showing it. When its file changed meanwhile it is made and shown again.
async fn apply(id: &str, arguments: &ImproveArguments, source: &FactsSource, projects: &Projects) -> Result<(), CliError> {
    loop {
        let told = ask(source, arguments, MOST).await?;
        let fix = named(&told.fixes, id)?;
        if fix.decision == Some(Choice::Applied) {
            return Err(CliError::wrong_use(format!("{id} is applied already; --undo {id} takes it back")));
        }
        let (Some(diff), Some(place)) = (&fix.diff, &fix.place) else {
            let why = fix.evidence.last().map_or("", |evidence| evidence.says.as_str());
            return Err(CliError::wrong_use(format!("{id} is no diff that could be applied: {why}")));
        };
        if !arguments.yes {
            let state =
                projects.roots().iter().find(|root| root.to_str() == Some(&place.root)).and_then(|root| git::state(root, &place.path));
            say(format!("{}\n\n{}", clean_line(&fix.title), clean_block(diff)));
            if !agreed(&format!("Change {} in {}{}?", clean_line(&place.path), clean_line(&place.root), stands(state)))? {
                return Ok(());
            }
        }
        match change::apply(projects, fix, SystemClock.now()) {
            Ok(applied) => {
                decide(source, arguments, &fix.id, fix.fingerprint, Choice::Applied).await?;
                return tell(arguments, &applied);
            }
            Err(ChangeError::Changed(file)) if !arguments.yes => say(format!("{file} has changed meanwhile; the diff is made again")),
            Err(error) => return Err(change_error(&error)),
        }
    }
}

fn tell(arguments: &ImproveArguments, applied: &Applied) -> Result<(), CliError> {
    let mut output = Output::stdout();
    let kept = &applied.kept;
    if arguments.json {
        output.json(&json!({"applied": kept.fix, "file": kept.path, "root": kept.root, "kept": kept.id}))?;
    } else {
        output.line(&format!(
            "applied to {}{}; `improve --undo {}` puts it back as it was",
            clean_line(&kept.path),
            stands(applied.git),
            kept.fix
        ))?;
    }
    output.flush()
}

/// Puts a file back; `None` when the person would rather not.
fn undo(id: &str, arguments: &ImproveArguments, projects: &Projects) -> Result<Option<Kept>, CliError> {
    let kept = projects.ledger().map(change::all).unwrap_or_default();
    let mut open = kept.into_iter().filter(|kept| kept.undone.is_none());
    let found = open.find(|kept| !id.is_empty() && (kept.fix.starts_with(id) || kept.id == id));
    let Some(kept) = found else { return Err(CliError::wrong_use(format!("no applied fix has the id {id}; `improve --json` names them"))) };
    if !arguments.yes && !agreed(&format!("Put {} back as it was before {}?", clean_line(&kept.path), clean_line(&kept.title)))? {
        return Ok(None);
    }
    let kept = change::undo(projects, &kept.id, SystemClock.now()).map_err(|error| change_error(&error))?;
    let mut output = Output::stdout();
    if arguments.json {
        output.json(&json!({"undone": kept.fix, "file": kept.path, "root": kept.root, "kept": kept.id}))?;
    } else {
        output.line(&format!("{} is what it was before", clean_line(&kept.path)))?;
    }
    output.flush()?;
    Ok(Some(kept))
}

/// The one fix whose id begins like this.
fn named<'f>(fixes: &'f [Fix], id: &str) -> Result<&'f Fix, CliError> {
    let mut found = fixes.iter().filter(|fix| !id.is_empty() && fix.id.starts_with(id));
    match (found.next(), found.next()) {
        (Some(fix), None) => Ok(fix),
        (Some(_), Some(_)) => Err(CliError::wrong_use(format!("several fixes have ids that begin with {id}; give more of it"))),
        (None, _) => Err(CliError::wrong_use(format!("no fix has the id {id}; `improve` lists them"))),
    }
}

/// Records what was done, where the runs come from a store.
async fn decide(
    source: &FactsSource,
    arguments: &ImproveArguments,
    fix: &str,
    pattern: Option<Fingerprint>,
    choice: Choice,
) -> Result<(), CliError> {
    if !arguments.input.is_empty() {
        return Ok(());
    }
    let body = json!({"fix": fix, "pattern": pattern, "choice": choice});
    source.remote().answer(Method::POST, "/api/decision", Bytes::from(body.to_string())).await.map(|_| ())
}

/// What a person should know of a file before it is changed.
const fn stands(state: Option<GitState>) -> &'static str {
    match state {
        Some(GitState::Changed) => " (it has changes that are not committed)",
        Some(GitState::Untracked) => " (git does not know it)",
        Some(GitState::Clean) | None => "",
    }
}

fn change_error(error: &ChangeError) -> CliError {
    match error {
        ChangeError::Source(_) | ChangeError::Write(..) | ChangeError::Kept(..) => CliError::unreadable(error),
        other => CliError::wrong_use(other),
    }
}

/// Asks the person at the terminal; where there is none, nobody can agree.
fn agreed(question: &str) -> Result<bool, CliError> {
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Err(CliError::wrong_use("no file was changed: there is no terminal to ask at; --yes does it without asking"));
    }
    let _ = write!(io::stderr(), "{question} [y/N] ");
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(|error| CliError::wrong_use(format!("no answer can be read: {error}")))?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}
