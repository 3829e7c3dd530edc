//! Where a command has its facts from: the program that has the store open, else the store, else files. All answer the same questions in
//! the same words, those of the HTTP interface, so that a command prints the same whoever is asked.

use std::{path::PathBuf, time::Duration};

use bytes::Bytes;
use hyper::Method;
use serde::de::DeserializeOwned;

use super::{exit::CliError, house, import, remote::Remote, settings::Settings};
use crate::{
    engine::{Engine, options::StorePlace, owner::Owner},
    listener::{Inside, encode_segment},
    model::{progress::Patience, time::Elapsed},
    store::RetentionRule,
};

/// How long runs read from files wait to be judged beside each other.
const SETTLING_PAUSE: Duration = Duration::from_millis(10);

/// What answers a command's questions.
pub struct FactsSource {
    remote: Remote,
    /// The engine behind it, where this command opened one.
    engine: Option<Engine>,
    /// Inputs that could not be read.
    unread: u64,
}

/// Which facts are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Those of the running program, else of the store.
    Any,
    /// Those of a running program and no others.
    Live,
}

impl Wanted {
    /// By `--live`.
    #[must_use]
    pub const fn by(live: bool) -> Self {
        if live { Self::Live } else { Self::Any }
    }
}

impl FactsSource {
    /// The program that has the store of the settings open, else the store, to be read. It has to be there: nothing is made to be read.
    pub async fn open(settings: &Settings, wanted: Wanted) -> Result<Self, CliError> {
        Self::open_as(settings, wanted, house::open_to_read).await
    }

    /// The same for what changes the store.
    pub async fn open_to_change(settings: &Settings, wanted: Wanted) -> Result<Self, CliError> {
        Self::open_as(settings, wanted, house::open_engine).await
    }

    async fn open_as(settings: &Settings, wanted: Wanted, open: fn(&Settings) -> Result<Engine, CliError>) -> Result<Self, CliError> {
        let store = &settings.store.value;
        if let Some(owner) = Owner::of(store) {
            let remote = Remote::of(&owner, settings.api_key.value.clone())?;
            // An owner file may be left of a program that was killed, its number long another's: then the store can be opened.
            if wanted == Wanted::Live || remote.is_there().await {
                return Ok(Self { remote, engine: None, unread: 0 });
            }
        }
        if wanted == Wanted::Live {
            return Err(CliError::unavailable(format!(
                "--live asks a running workbench or server, and none has the store {} open; start one, or leave --live out",
                store.display()
            )));
        }
        // A link to nowhere, or a folder that may not be entered, is the store's to tell.
        if matches!(std::fs::symlink_metadata(store), Err(error) if error.kind() == std::io::ErrorKind::NotFound) {
            return Err(CliError::unavailable(format!(
                "there is no store at {} yet; the workbench, `serve` and `import` make it, and --store names another",
                store.display()
            )));
        }
        Self::on(open(settings)?, settings)
    }

    /// The runs of some files, read into memory; `-` is standard input. The store is not touched.
    pub async fn of_files(paths: &[PathBuf], settings: &Settings) -> Result<Self, CliError> {
        let mut options = house::engine_options(settings, StorePlace::Memory)?;
        options.retention = RetentionRule::default();
        options.settling_pause = SETTLING_PAUSE;
        // All of a file is there: nothing more of its runs is waited for.
        options.patience = Patience { quiet: Elapsed::ZERO, idle: Elapsed::ZERO };
        let engine = Engine::open(options).map_err(CliError::unavailable)?;
        let unread = import::into_memory(paths, &engine).await?;
        Ok(Self { unread, ..Self::on(engine, settings)? })
    }

    /// The files of `--input` where some are named, else as [`FactsSource::open`].
    pub async fn choose(input: &[PathBuf], wanted: Wanted, settings: &Settings) -> Result<Self, CliError> {
        if input.is_empty() { Self::open(settings, wanted).await } else { Self::of_files(input, settings).await }
    }

    fn on(engine: Engine, settings: &Settings) -> Result<Self, CliError> {
        let inside = Inside::of(engine.clone(), house::projects(settings)?).map_err(CliError::unavailable)?;
        Ok(Self { remote: Remote::inside(inside), engine: Some(engine), unread: 0 })
    }

    /// Whom to ask.
    #[must_use]
    pub const fn remote(&self) -> &Remote {
        &self.remote
    }

    /// Asks for a path, such as `/api/summary`: the answer as it was written.
    pub async fn get(&self, path: &str) -> Result<Bytes, CliError> {
        self.remote.answer(Method::GET, path, Bytes::new()).await
    }

    /// Asks for a path: the answer, read.
    pub async fn value<T: DeserializeOwned>(&self, path: &str) -> Result<T, CliError> {
        self.remote.value(Method::GET, path, Bytes::new()).await
    }

    /// Finishes what is in work and lets go of the store.
    pub async fn close(self) -> Result<(), CliError> {
        match self.engine {
            Some(engine) => engine.close().await.map_err(CliError::unavailable),
            None => Ok(()),
        }
    }

    /// Closes behind what was done, and gives its outcome; where all else went well, it counts that the store could not be closed, or
    /// that some of the input could not be read.
    pub async fn close_after<T>(self, outcome: Result<T, CliError>) -> Result<T, CliError> {
        let unread = self.unread;
        let closed = self.close().await;
        let value = outcome?;
        closed?;
        match unread {
            0 => Ok(value),
            count => Err(CliError::unreadable(format!("{count} of the inputs could not be read, and count in nothing above"))),
        }
    }
}

/// A path with its open parts and parameters encoded: `path("/api/compare", &["my base", "today"], &[("where", "agent:a")])`.
#[must_use]
pub fn path(base: &str, segments: &[&str], parameters: &[(&str, &str)]) -> String {
    let mut path = base.to_owned();
    for segment in segments {
        path.push('/');
        path.push_str(&encode_segment(segment));
    }
    for (place, (name, value)) in parameters.iter().enumerate() {
        path.push(if place == 0 { '?' } else { '&' });
        path.push_str(name);
        path.push('=');
        path.push_str(&encode_segment(value));
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_encoded() {
        assert_eq!(path("/api/compare", &["a b/c", "today"], &[]), "/api/compare/a%20b%2Fc/today");
        assert_eq!(path("/api/traces", &[], &[("where", "grade<C & x"), ("limit", "5")]), "/api/traces?where=grade%3CC%20%26%20x&limit=5");
    }
}
