//! What several commands need alike: an engine opened by the settings, the listener's options, the signal to stop.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::{exit::CliError, settings::Settings};
use crate::{
    analysis::{Rules, cost::PriceTable},
    engine::{
        Engine,
        error::EngineError,
        options::{EngineOptions, StorePlace},
        owner::Owner,
        watch_folder::{FileNews, WatchFolder},
    },
    listener::{ListenerError, ListenerOptions},
    repair::{ledger::Ledger, project::Projects},
    store::{RetentionRule, StoreError},
    text::human,
};

/// The bundled rules with the user's own prices.
pub fn rules(settings: &Settings) -> Result<Rules, CliError> {
    let mut rules = Rules::bundled();
    let path = settings.home.join("prices.toml");
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            rules.prices = PriceTable::with_overrides(&text)
                .map_err(|error| CliError::wrong_use(format!("the prices in {} are wrong: {error}", path.display())))?;
            Ok(rules)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(rules),
        Err(error) => Err(CliError::wrong_use(format!("cannot read {}: {error}", path.display()))),
    }
}

/// How an engine is opened by these settings, on this place.
pub fn engine_options(settings: &Settings, store: StorePlace) -> Result<EngineOptions, CliError> {
    let mut options = EngineOptions::new(store);
    options.rules = Arc::new(rules(settings)?);
    options.patience.quiet = settings.quiet_time.value;
    options.redact = settings.redact.value;
    options.budgets.clone_from(&settings.budgets.value);
    options.retention = RetentionRule {
        max_bytes: settings.max_store_mb.value.map(|megabytes| megabytes.saturating_mul(1024 * 1024)),
        oldest: settings.keep_days.value.map(|days| options.clock.now().minus(Duration::from_secs(u64::from(days) * 86_400))),
    };
    Ok(options)
}

/// The agents' source that fixes are made for.
pub fn projects(settings: &Settings) -> Result<Projects, CliError> {
    let ledger = Ledger::new(settings.home.join("undo"), settings.user.clone());
    let projects = Projects::new(settings.projects.value.clone(), settings.home.parent()).with_ledger(ledger);
    // What was asked for on the spot and cannot be is said; the default goes quietly without.
    match projects.refused().first().filter(|_| settings.projects.origin == super::settings::Origin::Flag) {
        Some(refused) => Err(CliError::wrong_use(format!("--project {refused}"))),
        None => Ok(projects),
    }
}

/// Opens the store of the settings to be read: its file is left as it is, and others may read it meanwhile.
pub fn open_to_read(settings: &Settings) -> Result<Engine, CliError> {
    let mut options = engine_options(settings, StorePlace::ReadOnly(settings.store.value.clone()))?;
    options.retention = RetentionRule::default();
    Engine::open(options).map_err(|error| store_error(settings, &error))
}

/// Opens the store of the settings; a store in use says by whom and how to look there.
pub fn open_engine(settings: &Settings) -> Result<Engine, CliError> {
    Engine::open(engine_options(settings, StorePlace::Path(settings.store.value.clone()))?).map_err(|error| store_error(settings, &error))
}

fn store_error(settings: &Settings, error: &EngineError) -> CliError {
    let EngineError::Store(StoreError::InUse { path }) = error else { return CliError::unavailable(error) };
    match Owner::of(&settings.store.value) {
        Some(Owner { pid, address: Some(address), since }) => CliError::unavailable(format!(
            "the store {path} is open in process {pid} since {since}, which listens at http://{address}. Look there, end it, or name another store with --store"
        )),
        Some(owner) => {
            CliError::unavailable(format!("the store {path} is open in process {}; end it, or name another store with --store", owner.pid))
        }
        None => CliError::unavailable(error),
    }
}

/// Watches the folders of the settings for trace files; `None` where there are none. `say` is handed a sentence on each file.
pub fn watch_folders(
    settings: &Settings,
    engine: &Engine,
    mut say: impl FnMut(String) + Send + 'static,
) -> Result<Option<WatchFolder>, CliError> {
    let folders = settings.watch.value.clone();
    if folders.is_empty() {
        return Ok(None);
    }
    WatchFolder::start(engine.clone(), folders, move |news| say(read_words(&news))).map(Some).map_err(CliError::wrong_use)
}

/// `runs.jsonl: 12 traces imported, 3 already there; line 4: …`.
fn read_words(news: &FileNews) -> String {
    let unchanged = if news.unchanged > 0 { format!(", {} already there", human::count(news.unchanged)) } else { String::new() };
    let problem = news.problem.as_ref().map(|problem| format!("; {problem}")).unwrap_or_default();
    format!("{}: {} traces imported{unchanged}{problem}", news.path.display(), human::count(news.imported))
}

/// The listener's options by these settings.
#[must_use]
pub fn listener_options(settings: &Settings, projects: Projects) -> ListenerOptions {
    ListenerOptions {
        api_key: settings.api_key.value.clone(),
        key_required: settings.key_required.value,
        allow_hosts: settings.allow_hosts.value.clone(),
        neighbours: vec![settings.store.value.clone()],
        projects,
        ..ListenerOptions::default()
    }
}

/// What the user must say otherwise is wrong use; everything else means that the listener cannot be had.
#[must_use]
pub fn listener_error(error: ListenerError) -> CliError {
    match error {
        ListenerError::KeyRequired
        | ListenerError::Open { .. }
        | ListenerError::Key(_)
        | ListenerError::AllowHost(_)
        | ListenerError::Address { .. } => CliError::wrong_use(error),
        other => CliError::unavailable(other),
    }
}

/// Completes on SIGTERM, SIGHUP or Ctrl-C.
pub fn asked_to_stop() -> Result<impl Future<Output = ()> + Send + 'static, CliError> {
    asked_to_stop_unless(Arc::new(AtomicBool::new(false)))
}

/// The same; an interrupt counts only while `lent` is false. When another program has our terminal, its Ctrl-C reaches us, too.
pub fn asked_to_stop_unless(lent: Arc<AtomicBool>) -> Result<impl Future<Output = ()> + Send + 'static, CliError> {
    let cannot = |error: std::io::Error| CliError::unavailable(format!("cannot listen for signals: {error}"));
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).map_err(cannot)?;
        let mut hang_up = signal(SignalKind::hangup()).map_err(cannot)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(cannot)?;
        Ok(async move {
            loop {
                tokio::select! {
                    _ = terminate.recv() => return,
                    _ = hang_up.recv() => return,
                    _ = interrupt.recv() => if !lent.load(Ordering::SeqCst) { return },
                }
            }
        })
    }
    #[cfg(not(unix))]
    {
        let mut interrupt = tokio::signal::windows::ctrl_c().map_err(cannot)?;
        Ok(async move { while interrupt.recv().await.is_some() && lent.load(Ordering::SeqCst) {} })
    }
}
