//! No command: the workbench with its listener, on the user's store or on the demo's.

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use tokio::{runtime::Handle, sync::oneshot};

use super::{exit::CliError, house, otlp, settings::Settings};
use crate::{
    engine::{
        Engine,
        delivery::Source,
        demo::DemoFeed,
        options::{EngineOptions, StorePlace},
    },
    listener::{Listener, ListenerError},
    model::clock::SystemClock,
    repair::project::Projects,
    workbench::{
        glyphs::{GlyphSet, Glyphs},
        message::{ListenerState, Toast},
        runtime::{
            self, WorkbenchError, WorkbenchOptions, carrier::OpenDemo, key_files::KeyFile, memory::LayoutFile, stage,
            theme_files::ThemeFiles, view_files::ViewFile,
        },
        theme::{
            library::{COLOURLESS, DEFAULT, choose},
            palette::Colours,
        },
    },
};

/// Time between two runs of the demo: slow enough to read along.
const DEMO_PACE: Duration = Duration::from_millis(1_500);

/// Shows the workbench until someone quits.
pub fn run(settings: &Settings, demo: bool, plain: bool) -> Result<(), CliError> {
    if plain {
        return super::runtime()?.block_on(talk(settings, demo));
    }
    if let Some(reason) = stage::missing_terminal(std::env::var("TERM").ok().as_deref()) {
        return Err(CliError::wrong_use(reason));
    }
    super::runtime()?.block_on(show(settings, demo))
}

/// The same without a screen.
async fn talk(settings: &Settings, demo: bool) -> Result<(), CliError> {
    let engine = if demo {
        open_demo(&house::engine_options(settings, StorePlace::Memory)?, &Handle::current())?
    } else {
        house::open_engine(settings)?
    };
    super::plain::run(settings, engine).await
}

async fn show(settings: &Settings, demo: bool) -> Result<(), CliError> {
    // The demo's agents are nobody's: nothing of the user's is looked at for them.
    let projects = if demo { Projects::none() } else { house::projects(settings)? };
    let (key_file, keys, key_problems) = KeyFile::open(settings.home.join("keys.toml")).map_err(CliError::wrong_use)?;
    let glyphs = glyphs(settings)?;
    let colours = Colours::of_environment(|name| std::env::var(name).ok());
    let themes = Arc::new(ThemeFiles::new(settings.home.join("themes"), colours));
    let theme = settings.theme.value.as_deref().unwrap_or(if colours == Colours::None { COLOURLESS } else { DEFAULT });
    let theme = choose(theme, stage::ground).to_owned();
    // A theme that cannot be had is said before anything is opened.
    themes.choose(&theme).map_err(CliError::wrong_use)?;
    // Before the store is open: a signal that came earlier would end the program without closing it.
    let lent = Arc::new(AtomicBool::new(false));
    let stop = house::asked_to_stop_unless(Arc::clone(&lent))?;
    let demo_options = house::engine_options(settings, StorePlace::Memory)?;
    let engine = if demo { open_demo(&demo_options, &Handle::current())? } else { house::open_engine(settings)? };
    let (stop_listening, stopped) = oneshot::channel::<()>();
    let shown = async {
        let (state, listening, notices) = listen(settings, &projects, &engine, stopped).await?;
        let notices = notices.into_iter().map(Toast::news).chain(key_problems.into_iter().map(Toast::problem)).collect();
        let folders = settings.projects.value.clone();
        let handle = Handle::current();
        let opener: OpenDemo = Box::new(move || open_demo(&demo_options, &handle).map_err(|error| error.to_string()));
        let options = WorkbenchOptions {
            theme,
            themes,
            views: Arc::new(ViewFile::new(&settings.home, Arc::new(SystemClock))),
            keys,
            key_file: Arc::new(key_file),
            layouts: layouts(settings, &folders),
            folders,
            lent,
            glyphs,
            listener: state,
            notices,
            demo,
            key_required: settings.api_key.value.is_some(),
            open_demo: (!demo).then_some(opener),
            projects: projects.clone(),
            exports: settings.home.join("exports"),
            crash_notes: settings.home.join("log"),
            clock: Arc::new(SystemClock),
        };
        // What becomes of a file is in the log; what is wrong with one is among the refused deliveries.
        let _watched = if demo { None } else { house::watch_folders(settings, &engine, drop)? };
        let ended = runtime::run(engine.clone(), options, stop).await;
        // Requests in work are finished; a listener that never was has nothing to stop.
        let _ = stop_listening.send(());
        if let Some(listening) = listening {
            let _ = listening.await;
        }
        ended.map_err(workbench_error)
    }
    .await;
    let closed = engine.close().await.map_err(CliError::unavailable);
    shown.and(closed)
}

fn workbench_error(error: WorkbenchError) -> CliError {
    match error {
        WorkbenchError::NoTerminal(_) | WorkbenchError::Theme(_) => CliError::wrong_use(error),
        WorkbenchError::Terminal(_) | WorkbenchError::Crashed => CliError::unavailable(error),
    }
}

/// Where the layout of this project is kept.
fn layouts(settings: &Settings, folders: &[std::path::PathBuf]) -> Option<LayoutFile> {
    LayoutFile::new(settings.home.join("layouts.toml"), folders.first()?)
}

fn glyphs(settings: &Settings) -> Result<Glyphs, CliError> {
    let name = &settings.glyphs.value;
    let set = GlyphSet::named(name)
        .ok_or_else(|| CliError::wrong_use(format!("`{name}` is no set of glyphs; there are line, ascii and none")))?;
    Ok(Glyphs::of(set))
}

/// Starts to listen. What the user must decide (a key) ends the program; a port that cannot be had is shown on the screen.
async fn listen(
    settings: &Settings,
    projects: &Projects,
    engine: &Engine,
    stopped: oneshot::Receiver<()>,
) -> Result<(ListenerState, Option<tokio::task::JoinHandle<()>>, Vec<String>), CliError> {
    match Listener::bind(&settings.listen.value, engine.clone(), house::listener_options(settings, projects.clone())).await {
        Ok(mut listener) => {
            let address = listener.local_addr();
            let further = otlp::listen(&mut listener, settings, otlp::by_itself(settings)).await?;
            engine.announce(Some(address)).map_err(CliError::unavailable)?;
            let listening = tokio::spawn(listener.serve(async {
                // Also when the sender is dropped: the workbench has ended one way or another.
                let _ = stopped.await;
            }));
            Ok((ListenerState::Up(address.to_string()), Some(listening), further.notices))
        }
        Err(error @ (ListenerError::Taken { .. } | ListenerError::Bind { .. })) => {
            engine.announce(None).map_err(CliError::unavailable)?;
            Ok((ListenerState::Down(error.to_string()), None, Vec::new()))
        }
        Err(error) => Err(house::listener_error(error)),
    }
}

/// An engine in memory with the sample traces arriving until they are all there, or the engine is closed.
fn open_demo(options: &EngineOptions, handle: &Handle) -> Result<Engine, CliError> {
    let engine = Engine::open(options.clone()).map_err(CliError::unavailable)?;
    handle.spawn(play(engine.clone()));
    Ok(engine)
}

async fn play(engine: Engine) {
    let now = engine.now();
    let Ok(Ok(mut feed)) = tokio::task::spawn_blocking(move || DemoFeed::bundled(now)).await else {
        tracing::error!("the bundled samples cannot be read");
        return;
    };
    for part in feed.take_history() {
        engine.ingest(part, Source::Demo).await;
    }
    while let Some(body) = feed.next_live(engine.now()) {
        tokio::time::sleep(DEMO_PACE).await;
        if engine.is_closed() {
            return;
        }
        engine.ingest(body, Source::Demo).await;
    }
}
