//! Carries effects out: questions to the fetch thread, judgements to the engine, texts to files; answers come back as messages.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::{
    runtime::Handle,
    sync::{mpsc, watch},
};

use super::{
    clipboard::{Clipboard, Went},
    editor::{self, Errand},
    exports,
    fetch::Fetcher,
    highlight::Highlighter,
    key_files::KeyFile,
    mend,
    screen_loop::{Content, Envelope},
    theme_files::ThemeFiles,
    view_files::ViewFile,
};
use crate::{
    engine::{
        Engine,
        judgement::{BaselineChoice, FeedbackInput},
    },
    model::{ids::Sequence, scenario::Scenario},
    query::Filter,
    repair::{project::Projects, scenarios::folder as scenarios},
    store::Pulse,
    text::clean::clean_line,
    workbench::{
        message::{BaselineRuns, Beat, Effect, FeedbackResult, Msg, Toast, ViewNews, Vote},
        root::Workbench,
        shared::Shared,
    },
};

/// Opens an engine on a throwaway store with the sample traces arriving.
pub type OpenDemo = Box<dyn Fn() -> Result<Engine, String> + Send>;

/// Who carries effects out.
pub struct Carrier {
    engine: Engine,
    pulse: watch::Receiver<Pulse>,
    refusals: watch::Receiver<u64>,
    /// The user's own engine, while the demo is shown.
    own: Option<Engine>,
    open_demo: Option<OpenDemo>,
    stay: u64,
    fetcher: Fetcher,
    highlighter: Highlighter,
    themes: Arc<ThemeFiles>,
    projects: Projects,
    views: Arc<ViewFile>,
    exports: PathBuf,
    keys: Arc<KeyFile>,
    clipboard: Arc<Clipboard>,
    folders: Vec<PathBuf>,
    runtime: Handle,
    queue: mpsc::Sender<Envelope>,
}

/// A text for the terminal's clipboard.
#[derive(Debug)]
pub struct Copied {
    /// The text.
    pub text: String,
    /// What is true once the terminal has it.
    pub says: String,
}

/// What a carrier is made of.
pub struct Outfit {
    /// What is shown.
    pub engine: Engine,
    /// How the demo is opened; `None` where it is all there is.
    pub open_demo: Option<OpenDemo>,
    /// The themes there are.
    pub themes: Arc<ThemeFiles>,
    /// The agents' source that fixes are made for.
    pub projects: Projects,
    /// The saved views.
    pub views: Arc<ViewFile>,
    /// Where written files go.
    pub exports: PathBuf,
    /// Where the user's keys are kept.
    pub keys: Arc<KeyFile>,
    /// The ways to the clipboard.
    pub clipboard: Clipboard,
    /// The folders whose files the editor may open.
    pub folders: Vec<PathBuf>,
    /// Where asynchronous work runs.
    pub runtime: Handle,
    /// Where answers go.
    pub queue: mpsc::Sender<Envelope>,
}

impl Carrier {
    /// Starts the fetch thread and the highlighter.
    pub fn start(outfit: Outfit) -> std::io::Result<Self> {
        let Outfit { engine, open_demo, themes, projects, views, exports, keys, clipboard, folders, runtime, queue } = outfit;
        Ok(Self {
            pulse: engine.pulse(),
            refusals: engine.refusal_news(),
            own: None,
            open_demo,
            stay: 0,
            projects,
            fetcher: Fetcher::start(edits_beside(&exports), queue.clone())?,
            highlighter: Highlighter::start(queue.clone())?,
            themes,
            views,
            exports,
            keys,
            clipboard: Arc::new(clipboard),
            folders,
            runtime,
            queue,
            engine,
        })
    }

    /// The number of the present stay; it changes with the store that is shown.
    #[must_use]
    pub const fn stay(&self) -> u64 {
        self.stay
    }

    /// Waits for news since [`Carrier::present`]: a commit, or a refused request.
    pub async fn beat(&mut self) -> Beat {
        let closed = tokio::select! {
            changed = self.pulse.changed() => changed.is_err(),
            changed = self.refusals.changed() => changed.is_err(),
        };
        if closed {
            // The store is closed: no news will come.
            std::future::pending::<()>().await;
        }
        self.present()
    }

    /// How the store stands now. What a workbench asks first it asks knowing this, else the first news would make it ask all of it again.
    pub fn present(&mut self) -> Beat {
        let pulse = self.pulse.borrow_and_update().clone();
        self.refusals.mark_unchanged();
        let refusals = self.engine.refusals();
        Beat {
            commits: pulse.changes,
            traces: pulse.traces,
            last: pulse.last,
            queued: pulse.queued,
            failing: pulse.failing.map(|reason| clean_line(&reason).into_owned()),
            refused: refusals.refused + refusals.busy,
            last_refusal: refusals.last.first().map(|refused| format!("{}: {}: {}", refused.request, refused.kind, refused.message)),
        }
    }

    /// Carries one effect out. What concerns the terminal itself is the loop's and is not seen here.
    pub fn carry(&self, effect: Effect) {
        match effect {
            Effect::Fetch { slot, generation, ask } => self.fetcher.ask(&self.engine, self.projects(), self.stay, slot, generation, ask),
            Effect::GiveUp(slot) => self.fetcher.give_up(slot),
            Effect::Feedback { trace, agent, vote } => {
                let engine = self.engine.clone();
                self.answer_with(async move {
                    let input = match vote {
                        Vote::Give { correct, score, notes } => FeedbackInput::Give { correct, score, notes },
                        Vote::Clear => FeedbackInput::Clear,
                    };
                    let done = engine.feedback(&trace, input).await;
                    Msg::FeedbackDone(
                        done.map(|receipt| FeedbackResult { agent, before: receipt.grade_before, after: receipt.grade_after })
                            .map_err(|error| format!("not stored: {error}")),
                    )
                });
            }
            Effect::Baseline { name, runs } => {
                let engine = self.engine.clone();
                self.answer_with(async move { Msg::Done(set_baseline(&engine, name, runs).await) });
            }
            Effect::Decide(decision) => {
                let engine = self.engine.clone();
                self.answer_with(async move {
                    let word = decision.choice.word();
                    let done = engine.decide(decision).await;
                    Msg::Done(done.map(|()| format!("{word}; the decision is recorded")).map_err(|error| format!("not recorded: {error}")))
                });
            }
            Effect::Mend(mending) => {
                let (engine, projects, exports) = (self.engine.clone(), self.projects(), self.exports.clone());
                self.answer_with(async move { Msg::Done(mend::carry_out(engine, projects, &exports, mending).await) });
            }
            Effect::Write { name, text } => {
                let folder = self.exports.clone();
                self.answer_with(async move {
                    let written = tokio::task::spawn_blocking(move || exports::write(&folder, &name, &text)).await;
                    Msg::Done(written.unwrap_or_else(|_| Err("the file was not written".to_owned())))
                });
            }
            Effect::WriteScenario(scenario) => {
                let folder = self.exports.join("scenarios");
                self.answer_with(async move {
                    let written = tokio::task::spawn_blocking(move || exports::write_scenario(&folder, *scenario)).await;
                    Msg::Done(written.unwrap_or_else(|_| Err("the scenario was not written".to_owned())))
                });
            }
            Effect::Highlight { key, text } => self.highlighter.ask(key, text),
            Effect::LoadTheme(name) => {
                let themes = Arc::clone(&self.themes);
                self.answer_with(async move {
                    let loaded = tokio::task::spawn_blocking(move || themes.choose(&name)).await;
                    loaded.map_or_else(|_| Msg::Done(Err("the theme was not read".to_owned())), Msg::Theme)
                });
            }
            Effect::ChangeViews(change) => {
                let file = Arc::clone(&self.views);
                self.answer_with(async move {
                    let done = tokio::task::spawn_blocking(move || file.change(&change)).await;
                    let views = |_| Msg::Views(ViewNews { views: Err("the views were not changed".to_owned()), says: String::new() });
                    done.map_or_else(views, Msg::Views)
                });
            }
            Effect::CopyBody(sequence) => {
                let engine = self.engine.clone();
                self.deliver(async move {
                    let body = tokio::task::spawn_blocking(move || body_of(&engine, sequence)).await;
                    match body.unwrap_or_else(|_| Err("it was not read".to_owned())) {
                        Ok(text) => Content::Fetched(text),
                        Err(reason) => Content::Msg(Msg::Done(Err(format!("not copied: {reason}")))),
                    }
                });
            }
            Effect::BindKeys { id, keys, undoing } => {
                let file = Arc::clone(&self.keys);
                let (queue, runtime) = (self.queue.clone(), self.runtime.clone());
                runtime.spawn(async move {
                    let bound = tokio::task::spawn_blocking(move || file.bind(id, keys.as_deref(), undoing)).await;
                    let news = bound.unwrap_or_else(|_| Err("keys.toml was not written".to_owned()));
                    // The loop has ended: nobody waits for the keys.
                    let _ = queue.send(Envelope::always(Msg::Keys(news))).await;
                });
            }
            Effect::Copy(_)
            | Effect::EditKeys
            | Effect::EditScenario(_)
            | Effect::OpenEditor { .. }
            | Effect::Mouse(_)
            | Effect::ToggleDemo
            | Effect::Redraw
            | Effect::Suspend
            | Effect::Quit => {}
        }
    }

    /// Puts a text on the clipboard; the loop hears what the terminal must take of it.
    pub(super) fn copy(&self, text: String) {
        let (clipboard, exports) = (Arc::clone(&self.clipboard), self.exports.clone());
        self.deliver(async move {
            match clipboard.put(&text, &exports).await {
                Went::Done(says) => Content::Msg(Msg::Say(Toast::news(says))),
                Went::Terminal(says) => Content::Clipboard(Copied { text, says }),
                Went::Nowhere(says) => Content::Msg(Msg::Say(Toast::problem(says))),
            }
        });
    }

    /// The user's editor on a file of the project, ready to be run.
    pub(super) fn editor(&self, file: &Path, line: Option<u32>) -> Result<Errand, String> {
        editor::plan(|name| std::env::var(name).ok(), &self.folders, file, line)
    }

    /// The source that fixes are made for: that of the user's own agents, none for those of the demo.
    fn projects(&self) -> Projects {
        if self.own.is_some() { Projects::none() } else { self.projects.clone() }
    }

    /// The user's editor on a scenario's file, ready to be run.
    pub(super) fn scenario_editor(&self, scenario: &Scenario) -> Result<Errand, String> {
        let path = scenarios::to_edit(&edits_beside(&self.exports), scenario).map_err(|error| format!("not to be edited: {error}"))?;
        editor::errand(|name| std::env::var(name).ok(), path, None)
    }

    /// The user's editor on `keys.toml`, ready to be run.
    pub(super) fn key_editor(&self) -> Result<Errand, String> {
        editor::errand(|name| std::env::var(name).ok(), self.keys.to_edit()?, None)
    }

    /// Runs something elsewhere; its message comes back through the queue.
    fn answer_with(&self, work: impl Future<Output = Msg> + Send + 'static) {
        self.deliver(async move { Content::Msg(work.await) });
    }

    fn deliver(&self, work: impl Future<Output = Content> + Send + 'static) {
        let (queue, stay) = (self.queue.clone(), self.stay);
        self.runtime.spawn(async move {
            let content = work.await;
            // The loop has ended: nobody waits for the answer.
            let _ = queue.send(Envelope::during(stay, content)).await;
        });
    }

    /// Says something to the person, later.
    fn say(&self, result: Result<String, String>) {
        self.answer_with(async move { Msg::Done(result) });
    }

    /// Goes to the demo, or back; the workbench that shows it, or `None` when that cannot be (and the reason is on its way).
    pub fn toggle_demo(&mut self, before: &Workbench) -> Option<Workbench> {
        let Some(open) = &self.open_demo else {
            self.say(Err("this is the demo; start without --demo for your own traces".to_owned()));
            return None;
        };
        let demo = self.own.is_none();
        let engine = match self.own.take() {
            Some(own) => {
                let demo = std::mem::replace(&mut self.engine, own.clone());
                self.runtime.spawn(async move {
                    // A throwaway store: what closing says concerns nobody.
                    let _ = demo.close().await;
                });
                own
            }
            None => match open() {
                Ok(engine) => {
                    self.own = Some(std::mem::replace(&mut self.engine, engine.clone()));
                    engine
                }
                Err(reason) => {
                    self.say(Err(reason));
                    return None;
                }
            },
        };
        self.stay += 1;
        self.pulse = engine.pulse();
        self.refusals = engine.refusal_news();
        let mut shared = Shared::new(before.shared.theme.clone(), before.shared.glyphs, before.shared.listener.clone());
        shared.demo = demo;
        shared.key_required = before.shared.key_required;
        shared.patience = engine.patience();
        shared.zone = before.shared.zone.clone();
        shared.views = before.shared.views.clone();
        shared.past_filters = before.shared.past_filters.clone();
        Some(Workbench::new(shared, before.keys.clone()))
    }
}

/// Where edited scenarios are, beside the folder of exports.
fn edits_beside(exports: &Path) -> PathBuf {
    exports.with_file_name("scenarios")
}

/// A trace as it was sent. Not cleaned: the clipboard is no terminal, and OSC 52 carries it encoded.
fn body_of(engine: &Engine, sequence: Sequence) -> Result<String, String> {
    let found = engine.facts().and_then(|facts| facts.body(sequence)).map_err(|error| error.to_string())?;
    let body = found.ok_or_else(|| "the trace is gone".to_owned())?;
    String::from_utf8(body.body).map_err(|_| "it is not text".to_owned())
}

/// The agent of a trace, by its name as sent.
fn agent_of(engine: &Engine, sequence: Sequence) -> Result<String, String> {
    let found = engine.facts().and_then(|facts| facts.summary(sequence)).map_err(|error| error.to_string())?;
    found.map(|summary| summary.agent).ok_or_else(|| "the trace is gone".to_owned())
}

async fn set_baseline(engine: &Engine, name: Option<String>, runs: BaselineRuns) -> Result<String, String> {
    let choice = match runs {
        BaselineRuns::Agent(agent) => BaselineChoice::Agent(agent),
        BaselineRuns::AgentOf(sequence) => {
            let engine = engine.clone();
            let found = tokio::task::spawn_blocking(move || agent_of(&engine, sequence)).await;
            BaselineChoice::Agent(found.unwrap_or_else(|_| Err("the trace was not read".to_owned()))?)
        }
        BaselineRuns::Filter(text) => {
            BaselineChoice::Matching(Box::new(Filter::parse(&text, engine.now()).map_err(|error| error.to_string())?))
        }
    };
    let baseline = engine.set_baseline(name, choice).await.map_err(|error| format!("no baseline: {error}"))?;
    let of = baseline.agent.as_deref().map_or_else(|| "the filter".to_owned(), |agent| clean_line(agent).into_owned());
    Ok(format!("baseline set: {} runs of {of}", baseline.runs.len()))
}
