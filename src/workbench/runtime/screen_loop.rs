//! The loop: waits for whatever happens first, updates, and draws only when something changed.
//!
//! Four sources in one select, in this order: signals, the terminal, the pulse of the store, everything else through one bounded
//! queue. What waits is taken together (bounded), then drawn: at once after a key, else at most 30 times a second. With
//! nothing dirty there is no timer and no draw, so an idle workbench uses no processor.

use std::{io, sync::Arc, task::Poll, time::Duration};

use crossterm::event::Event;
use futures_util::{Stream, StreamExt};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};

use super::{
    carrier::{Carrier, Copied},
    editor::Errand,
    shell,
    stage::Stage,
};
use crate::{
    model::{clock::Clock, time::Timestamp},
    workbench::{
        draw::screen,
        layout::believable,
        message::{Effect, Msg, Toast},
        remembered::Remembered,
        root::Workbench,
        update::update,
    },
};

/// Least time between two frames that no key asked for: 30 a second.
const FRAME_TIME: Duration = Duration::from_millis(33);
/// Most messages taken together before a frame is due.
const TAKEN_TOGETHER: usize = 64;

/// Where things come from.
pub struct Sources<I, S> {
    /// What the terminal says.
    pub input: I,
    /// Completes when the system asks the program to end.
    pub signals: S,
    /// Everything else.
    pub queue: mpsc::Receiver<Envelope>,
}

/// Something for the loop, with the stay it belongs to: answers of the store one has since left (for the demo, or back) are dropped.
#[derive(Debug)]
pub struct Envelope {
    /// Which stay; `None` for what is true in any.
    pub stay: Option<u64>,
    /// What it holds.
    pub content: Content,
}

/// What an envelope holds.
#[derive(Debug)]
pub enum Content {
    /// A message.
    Msg(Msg),
    /// A text that was fetched to be copied.
    Fetched(String),
    /// A text for the terminal's clipboard, and what is true once it has it.
    Clipboard(Copied),
}

impl Envelope {
    /// A message that is true in any stay.
    #[must_use]
    pub const fn always(msg: Msg) -> Self {
        Self { stay: None, content: Content::Msg(msg) }
    }

    /// An answer for one stay.
    #[must_use]
    pub const fn during(stay: u64, content: Content) -> Self {
        Self { stay: Some(stay), content }
    }
}

/// What a session did, for benches and for the test that idleness costs nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Frames drawn.
    pub draws: u64,
    /// Messages taken.
    pub messages: u64,
}

/// The loop's belongings.
pub struct ScreenLoop<T> {
    /// What is drawn on.
    pub stage: T,
    /// What is drawn.
    pub workbench: Workbench,
    /// Who carries effects out.
    pub carrier: Carrier,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// What was done so far.
    pub counts: Counts,
    last_draw: Option<Instant>,
    urgent: bool,
    ended: bool,
    /// Who is to have the terminal next.
    guest: Option<Guest>,
    /// The layout of the user's own store while the demo is shown, which remembers nothing.
    own_layout: Option<Remembered>,
}

/// Who gets the terminal for a while.
enum Guest {
    /// The shell, until it continues us.
    Shell,
    /// An editor, until it ends.
    Editor(Errand),
    /// Whoever had it while we were stopped from outside; they are done.
    Nobody,
}

/// What the stream has ready, without waiting. Asked with the task's own waker: a terminal's stream keeps the first waker it is given,
/// and one that wakes nobody would leave later keys lying there.
async fn waiting<I: Stream + Unpin>(input: &mut I) -> Option<Option<I::Item>> {
    std::future::poll_fn(|context| {
        Poll::Ready(match input.poll_next_unpin(context) {
            Poll::Ready(item) => Some(item),
            Poll::Pending => None,
        })
    })
    .await
}

impl<T: Stage> ScreenLoop<T> {
    /// A loop about to start.
    pub fn new(stage: T, workbench: Workbench, carrier: Carrier, clock: Arc<dyn Clock>) -> Self {
        Self {
            stage,
            workbench,
            carrier,
            clock,
            counts: Counts::default(),
            last_draw: None,
            urgent: true,
            ended: false,
            guest: None,
            own_layout: None,
        }
    }

    /// Runs until someone quits, the system asks to end, or the terminal is gone.
    pub async fn run<I, S>(&mut self, sources: Sources<I, S>) -> io::Result<()>
    where
        I: Stream<Item = io::Result<Event>> + Unpin,
        S: Future<Output = ()> + Unpin,
    {
        let Sources { mut input, mut signals, mut queue } = sources;
        let mut continued = shell::Continued::listen()?;
        self.set_up()?;
        self.draw()?;
        while !self.ended {
            let timer = self.next_timer();
            tokio::select! {
                biased;
                () = &mut signals => self.take(Msg::Terminate)?,
                event = input.next() => self.input(event)?,
                beat = self.carrier.beat() => self.take(Msg::Pulse(beat))?,
                envelope = queue.recv() => match envelope {
                    Some(envelope) => self.open(envelope)?,
                    None => return Ok(()),
                },
                () = continued.wait() => self.lend(Guest::Nobody, &mut signals).await?,
                () = sleep_until(timer.unwrap_or_else(Instant::now)), if timer.is_some() => self.take_tick()?,
            }
            for _ in 0..TAKEN_TOGETHER {
                if self.ended {
                    break;
                }
                if let Some(event) = waiting(&mut input).await {
                    self.input(event)?;
                } else if let Ok(envelope) = queue.try_recv() {
                    self.open(envelope)?;
                } else {
                    break;
                }
            }
            if let Some(guest) = self.guest.take().filter(|_| !self.ended) {
                self.lend(guest, &mut signals).await?;
            }
            if !self.ended && self.workbench.is_dirty() && (self.urgent || self.frame_due() <= Instant::now()) {
                self.draw()?;
            }
        }
        Ok(())
    }

    /// Lends the terminal until the guest is done. Asked to end while an editor has it, we do, and the editor keeps it.
    async fn lend<S: Future<Output = ()> + Unpin>(&mut self, guest: Guest, signals: &mut S) -> io::Result<()> {
        self.stage.lend()?;
        let done = match guest {
            Guest::Nobody => Ok(()),
            Guest::Shell => shell::stop().await.map_err(|error| format!("cannot stop here: {error}")),
            Guest::Editor(errand) => tokio::select! {
                biased;
                () = signals => return self.take(Msg::Terminate),
                done = errand.run() => done,
            },
        };
        self.stage.take_back()?;
        self.urgent = true;
        // Its size may be another, and nothing on it is ours.
        let (columns, rows) = self.stage.size()?;
        self.take(Msg::Resize(columns, rows))?;
        self.take(Msg::Resumed)?;
        done.or_else(|reason| self.take(Msg::Say(Toast::problem(reason))))
    }

    /// The layout to find again next time; `None` when only the demo was shown.
    #[must_use]
    pub fn layout(&self) -> Option<Remembered> {
        if self.workbench.shared.demo { self.own_layout.clone() } else { Some(self.workbench.remember()) }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new workbench learns how the store stands and how large the screen is; with both it knows what to ask.
    fn set_up(&mut self) -> io::Result<()> {
        let beat = self.carrier.present();
        self.take(Msg::Pulse(beat))?;
        let (columns, rows) = self.stage.size()?;
        self.take(Msg::Resize(columns, rows))
    }

    fn input(&mut self, event: Option<io::Result<Event>>) -> io::Result<()> {
        match event {
            Some(Ok(Event::Key(key))) => {
                self.urgent = true;
                self.take(Msg::Key(key))
            }
            Some(Ok(Event::Paste(text))) => {
                self.urgent = true;
                self.take(Msg::Paste(text))
            }
            Some(Ok(Event::Resize(columns, rows))) => {
                self.urgent = true;
                self.take(Msg::Resize(columns, rows))
            }
            Some(Ok(Event::Mouse(event))) => {
                self.urgent = true;
                self.take(Msg::Mouse(event))
            }
            Some(Ok(_)) => Ok(()),
            Some(Err(error)) => Err(error),
            // The terminal is gone: nobody looks any more.
            None => self.take(Msg::Terminate),
        }
    }

    fn open(&mut self, envelope: Envelope) -> io::Result<()> {
        if envelope.stay.is_some_and(|stay| stay != self.carrier.stay()) {
            return Ok(());
        }
        match envelope.content {
            Content::Msg(msg) => self.take(msg),
            Content::Fetched(text) => {
                self.carrier.copy(text);
                Ok(())
            }
            Content::Clipboard(Copied { text, says }) => {
                self.stage.copy(&text)?;
                self.take(Msg::Say(Toast::news(says)))
            }
        }
    }

    /// The moment came at which something changes by itself, or at which a frame is due.
    fn take_tick(&mut self) -> io::Result<()> {
        let now = self.now();
        if self.workbench.wake_at(now).is_some_and(|wake| wake <= now) { self.take(Msg::Tick) } else { Ok(()) }
    }

    fn take(&mut self, msg: Msg) -> io::Result<()> {
        self.counts.messages += 1;
        let effects = update(&mut self.workbench, msg, self.clock.now());
        for effect in effects {
            self.perform(effect)?;
        }
        Ok(())
    }

    /// What concerns the terminal is done here; the rest is carried out elsewhere.
    fn perform(&mut self, effect: Effect) -> io::Result<()> {
        match effect {
            Effect::Quit => self.ended = true,
            Effect::Copy(text) => self.carrier.copy(text),
            Effect::Mouse(on) => self.stage.mouse(on)?,
            Effect::OpenEditor { file, line } => self.plan(self.carrier.editor(&file, line))?,
            Effect::EditKeys => self.plan(self.carrier.key_editor())?,
            Effect::EditScenario(scenario) => self.plan(self.carrier.scenario_editor(&scenario))?,
            Effect::Redraw => {
                self.stage.forget()?;
                self.urgent = true;
            }
            Effect::Suspend => self.guest = Some(Guest::Shell),
            Effect::ToggleDemo => {
                if let Some(workbench) = self.carrier.toggle_demo(&self.workbench) {
                    let before = std::mem::replace(&mut self.workbench, workbench);
                    if self.workbench.shared.demo {
                        self.own_layout = Some(before.remember());
                    } else if let Some(layout) = self.own_layout.take() {
                        self.workbench.recall(&layout);
                    }
                    self.stage.mouse(self.workbench.mouse.on)?;
                    self.set_up()?;
                }
            }
            other => self.carrier.carry(other),
        }
        Ok(())
    }

    /// An editor gets the terminal as soon as what is in hand is done; without one, the reason is said.
    fn plan(&mut self, errand: Result<Errand, String>) -> io::Result<()> {
        match errand {
            Ok(errand) => self.guest = Some(Guest::Editor(errand)),
            Err(reason) => self.take(Msg::Say(Toast::problem(reason)))?,
        }
        Ok(())
    }

    fn draw(&mut self) -> io::Result<()> {
        // News of a size is lost when a key comes in the same moment, so it is asked for as well.
        let (columns, rows) = self.stage.size()?;
        if believable(columns, rows) != self.workbench.size {
            self.take(Msg::Resize(columns, rows))?;
        }
        let now = self.now();
        let workbench = &self.workbench;
        self.stage.draw(&mut |frame| screen::draw(workbench, now, frame))?;
        self.workbench.drawn();
        self.counts.draws += 1;
        self.urgent = false;
        self.last_draw = Some(Instant::now());
        Ok(())
    }

    /// The earliest moment for a frame that no key asked for.
    fn frame_due(&self) -> Instant {
        self.last_draw.map_or_else(Instant::now, |last| last + FRAME_TIME)
    }

    /// The next moment to wake up by itself; `None` while nothing is dirty and nothing will change.
    fn next_timer(&self) -> Option<Instant> {
        let frame = self.workbench.is_dirty().then(|| self.frame_due());
        let now = self.now();
        let wake = self.workbench.wake_at(now).map(|wake| Instant::now() + wake.since(now));
        [frame, wake].into_iter().flatten().min()
    }
}
