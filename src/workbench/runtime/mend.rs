//! Carries out what is done about fixes: patches into the exports folder, changes of the user's files, decisions into the store.

use std::path::Path;

use super::exports;
use crate::{
    engine::Engine,
    model::{
        decision::{Choice, Decision},
        fix::Fix,
        ids::Fingerprint,
        time::Timestamp,
    },
    repair::{
        change::{self, Applied},
        project::{Projects, git::GitState},
    },
    workbench::{export_name, mending::Mending},
};

/// Does it; answers a sentence.
pub(super) async fn carry_out(engine: Engine, projects: Projects, exports: &Path, mending: Mending) -> Result<String, String> {
    match mending {
        Mending::Accept(fix, at) => accept(&engine, projects, exports, *fix, at).await,
        Mending::Reject { fix, reason, at } => {
            note(&projects, &fix, Choice::Rejected, at, reason.clone(), None);
            decide(&engine, &fix.id, fix.fingerprint, Choice::Rejected, reason, at).await?;
            Ok("rejected; it is not offered again for its pattern".to_owned())
        }
        Mending::Apply(fix, at) => apply(&engine, projects, *fix, at).await,
        Mending::Undo { kept, at } => undo(&engine, projects, kept, at).await,
    }
}

async fn accept(engine: &Engine, projects: Projects, exports: &Path, fix: Fix, at: Timestamp) -> Result<String, String> {
    let written = match change::patch(&fix) {
        Some(patch) => {
            let (folder, name) = (exports.to_owned(), export_name::of(&fix.title, &fix.id, "patch"));
            let written = tokio::task::spawn_blocking(move || exports::write_bytes(&folder, &name, &patch)).await;
            Some(written.unwrap_or_else(|_| Err("the patch was not written".to_owned()))?)
        }
        None => None,
    };
    decide(engine, &fix.id, fix.fingerprint, Choice::Accepted, None, at).await?;
    let kept = written.as_ref().map(|path| path.display().to_string());
    note(&projects, &fix, Choice::Accepted, at, None, kept.clone());
    Ok(match kept {
        Some(path) => format!("accepted; the patch is {path}. Its pattern is watched; no file of yours was changed"),
        None => "accepted; its pattern is watched from now on".to_owned(),
    })
}

async fn apply(engine: &Engine, projects: Projects, fix: Fix, at: Timestamp) -> Result<String, String> {
    let (id, pattern) = (fix.id.clone(), fix.fingerprint);
    let applied = tokio::task::spawn_blocking(move || change::apply(&projects, &fix, at)).await;
    let Applied { kept, git } = applied.map_err(|_| "the file was not changed".to_owned())?.map_err(|error| error.to_string())?;
    let dirty = match git {
        Some(GitState::Changed) => "; it had changes that are not committed",
        Some(GitState::Untracked) => "; git does not know it",
        Some(GitState::Clean) | None => "",
    };
    let done = format!("applied to {}{dirty}. U undoes it", kept.path);
    match decide(engine, &id, pattern, Choice::Applied, None, at).await {
        Ok(()) => Ok(done),
        Err(problem) => Err(format!("{done}, but the decision is not in the store: {problem}")),
    }
}

async fn undo(engine: &Engine, projects: Projects, kept: String, at: Timestamp) -> Result<String, String> {
    let undone = tokio::task::spawn_blocking(move || change::undo(&projects, &kept, at)).await;
    let kept = undone.map_err(|_| "the file was not changed".to_owned())?.map_err(|error| error.to_string())?;
    let done = format!("undone; {} is what it was before", kept.path);
    match decide(engine, &kept.fix, kept.pattern, Choice::Undone, None, at).await {
        Ok(()) => Ok(done),
        Err(problem) => Err(format!("{done}, but the decision is not in the store: {problem}")),
    }
}

async fn decide(
    engine: &Engine,
    fix: &str,
    pattern: Option<Fingerprint>,
    choice: Choice,
    reason: Option<String>,
    at: Timestamp,
) -> Result<(), String> {
    let decision = Decision { subject: format!("fix:{fix}"), pattern, choice, reason, at };
    engine.decide(decision).await.map_err(|error| format!("not recorded: {error}"))
}

fn note(projects: &Projects, fix: &Fix, what: Choice, at: Timestamp, reason: Option<String>, kept: Option<String>) {
    let Some(ledger) = projects.ledger() else { return };
    let mut entry = ledger.entry(fix, what, at);
    (entry.reason, entry.kept) = (reason, kept);
    // The store has the decision; the line about it is for reading later.
    if let Err(error) = ledger.note(&entry) {
        tracing::warn!(%error, "the decision is not in the history");
    }
}
