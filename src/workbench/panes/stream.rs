//! The live stream: every run in the order it arrived. It follows only while it shows the newest rows and nobody has moved in it;
//! otherwise it is held: arrivals are counted, and no row moves under the reader.

mod acts;
mod columns;
mod empty;
mod guide;
mod review;
mod search;
mod sessions;
mod title;
mod window;

use std::{ops::Range, time::Duration};

use ratatui::{buffer::Buffer, layout::Rect, text::Line};

use crate::{
    model::{ids::Sequence, summary::Summary},
    text::human,
    workbench::{
        action::{Action, ActionId, verbs},
        draw::card,
        effects::{Order, Orders},
        judge,
        need::{Arrived, Ask, Need},
        pane::{Handled, Link, LinkKind, Pane, PaneId, PaneMsg, Room, Spec, Subject, View},
        shared::Shared,
        theme::Role,
    },
};

use guide::Guide;
use search::Search;
use sessions::Sessions;
use title::Progress;
use window::Window;

/// What this pane is.
pub const SPEC: Spec = Spec {
    id: PaneId("stream"),
    title: "Live stream",
    tab: "Stream",
    digit: 1,
    room: Room::List,
    opens: LinkKind::Runs,
    lesson: &["No traces yet."],
};

/// What can be done here.
pub const ACTIONS: &[Action] = &[
    verbs::OPEN.says("open", "Open the selected trace"),
    verbs::FILTER.says("filter", "Filter the stream"),
    verbs::HOLD.says("hold", "Hold the stream, or follow it again"),
    verbs::RIGHT,
    verbs::WRONG,
    verbs::VIEWS,
    verbs::NARROW,
    verbs::BREAK_DOWN.says("sessions", "Show the sessions that runs belong to, or single runs again"),
    verbs::CLEAR_VOTE,
    verbs::COMMENT,
    verbs::TAKE_BACK,
    verbs::COMPARE,
    verbs::MARK,
    verbs::REVIEW.says("review", "Order runs so that few votes teach the most, or newest first again"),
    verbs::SAVE_VIEW,
    verbs::PATTERN.says("pattern", "Go to its failure pattern").quiet(),
    verbs::SCENARIOS.says("scenarios", "Go to the test scenarios for its failure").quiet(),
    verbs::FIX.says("fix", "Go to the fix for its failure").quiet(),
    verbs::BASELINE.says("baseline", "Keep these runs (filter, else this agent) as a baseline").quiet(),
    verbs::COPY.says("copy", "Copy the trace's id; while there is none, the line that connects an agent"),
    verbs::COPY_LONG.says("copy all", "Copy the trace as it was sent; while there is none, a command that sends one"),
    verbs::NEXT.says("lesson", "Next framework's lesson, while there is no trace").quiet(),
    verbs::PREVIOUS.says("lesson back", "Previous framework's lesson, while there is no trace").quiet(),
];

/// How often rows are read again while traces arrive and the stream follows.
const FOLLOW_EVERY: Duration = Duration::from_millis(100);
/// How often a held list is read again (votes and late spans change rows; the count of arrivals under a filter).
const HELD_EVERY: Duration = Duration::from_secs(1);

/// How the two lists are remembered.
const SESSIONS: &str = "sessions";
const RUNS: &str = "runs";

/// Its state.
#[derive(Debug, Default)]
pub struct Stream {
    window: Window,
    /// The sessions, and whether they are what is listed.
    sessions: Sessions,
    by_session: bool,
    /// The session whose runs are listed: its filter, and the one to go back to.
    opened: Option<(String, Option<String>)>,
    columns: usize,
    /// What is taught while there is no trace.
    guide: Guide,
    /// Whether an answer has come since the filter changed.
    answered: bool,
    /// How the search of the present filter went.
    search: Search,
    /// The run this pane made the selected trace last. When another pane has chosen one since, only a move here takes it back.
    told: Option<Sequence>,
}

impl Stream {
    fn subject(&self) -> Option<Subject> {
        self.window.selected_row().map(|row| Subject { sequence: row.sequence, id: row.trace_id.clone(), agent: row.agent.clone() })
    }

    /// Makes the row with the cursor the selected trace of all panes.
    fn select(&mut self, shared: &Shared, orders: &mut Orders) {
        let Some(subject) = self.subject() else { return };
        self.told = Some(subject.sequence);
        if shared.subject.as_ref() != Some(&subject) {
            orders.push(Order::Select(Some(subject)));
        }
    }

    /// The same when rows came by themselves: never against a choice made elsewhere.
    fn keep_selected(&mut self, shared: &Shared, orders: &mut Orders) {
        let chosen = shared.subject.as_ref().map(|subject| subject.sequence);
        if chosen.is_none() || chosen == self.told {
            self.select(shared, orders);
        }
    }

    /// Notes what is known at the end of a search; without a filter nothing is searched.
    fn note_end(&mut self, done: bool, shared: &Shared) {
        if done && shared.filter.is_some() {
            self.search.end(self.found(), shared.now);
        }
    }

    /// How far what is listed is known, as it is shown.
    fn progress(&self) -> Progress {
        self.search.shown(self.found())
    }

    /// How far what is listed is known, as it was found.
    fn found(&self) -> Progress {
        let stopped = self.search.is_stopped();
        if self.by_session {
            let page = self.sessions.page();
            return Progress {
                answered: self.sessions.answered(),
                total: page.total,
                exact: page.exact,
                searched: page.searched,
                stored: page.stored,
                of_stored: false,
                done: page.done,
                stopped,
            };
        }
        let page = self.window.page();
        Progress {
            answered: self.answered,
            total: page.total,
            exact: page.exact,
            searched: page.searched,
            stored: page.stored,
            of_stored: true,
            done: page.done,
            stopped,
        }
    }

    /// Whether the store has nothing at all.
    fn nothing_stored(&self, shared: &Shared) -> bool {
        self.window.rows().is_empty() && self.window.stored() == 0 && shared.beat.traces == 0
    }
}

/// The pattern of a run's worst failure.
fn fingerprint(row: &Summary) -> Option<crate::model::ids::Fingerprint> {
    row.worst_failure().and_then(|mark| mark.fingerprint)
}

impl Pane for Stream {
    fn update(&mut self, msg: &PaneMsg, shared: &Shared, orders: &mut Orders) -> Handled {
        match msg {
            PaneMsg::Act(id) => return self.act(*id, shared, orders),
            PaneMsg::Move(motion) if self.by_session => self.sessions.go(*motion, shared.beat.last),
            PaneMsg::Move(motion) => {
                self.window.go(*motion, shared.beat.last);
                self.select(shared, orders);
            }
            PaneMsg::Size { width, height } => {
                self.columns = usize::from(*width);
                let rows = usize::from(height.saturating_sub(1));
                self.window.resize(rows);
                self.sessions.resize(rows);
            }
            PaneMsg::Arrived(Arrived::Sessions(page)) => {
                self.sessions.take(page);
                self.note_end(page.done, shared);
            }
            PaneMsg::Click { row, .. } => {
                // The first row has the heads.
                let Some(place) = usize::from(*row).checked_sub(1) else { return Handled::No };
                if self.by_session {
                    self.sessions.click(place, shared.beat.last);
                } else {
                    self.window.click(place, shared.beat.last);
                    self.select(shared, orders);
                }
            }
            PaneMsg::Back => return self.back(shared, orders),
            PaneMsg::Arrived(Arrived::Rows(page)) => {
                self.answered = true;
                let first = shared.subject.is_none();
                self.window.take(page.clone(), first);
                self.note_end(page.done, shared);
                self.keep_selected(shared, orders);
            }
            PaneMsg::Open(Link::Runs(filter)) => orders.push(Order::Filter(Some(filter.clone()))),
            PaneMsg::Filter => {
                self.answered = false;
                self.search = Search::beginning(shared.now);
                self.window.restart();
                if self.opened.as_ref().is_some_and(|(filter, _)| shared.filter.as_ref() != Some(filter)) {
                    self.opened = None;
                }
                if self.by_session {
                    self.sessions.filtered(shared.filter.as_deref());
                }
            }
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn need(&self, shared: &Shared) -> Option<Need> {
        if self.search.is_stopped() {
            return None;
        }
        let held = if self.by_session { self.sessions.is_held() } else { self.window.is_held() };
        let every = self.search.every(if held { HELD_EVERY } else { FOLLOW_EVERY });
        if self.by_session {
            return Some(Need::live(self.sessions.ask(shared), every));
        }
        let (anchor, before, after) = self.window.wanted();
        let ask = Ask::Rows { anchor, before, after, filter: shared.filter.clone() };
        Some(Need::live(ask, every))
    }

    fn blocked(&self, action: ActionId, shared: &Shared) -> Option<String> {
        if action == verbs::SAVE_VIEW.id && shared.filter.is_none() {
            return Some("no filter is set; / sets one".to_owned());
        }
        if [verbs::FILTER.id, verbs::VIEWS.id, verbs::NARROW.id, verbs::SAVE_VIEW.id, verbs::BREAK_DOWN.id].contains(&action) {
            return self.nothing_stored(shared).then(|| "there are no traces yet".to_owned());
        }
        if self.by_session {
            return match action {
                _ if action == verbs::HOLD.id => None,
                _ if ![verbs::OPEN.id, verbs::COPY.id].contains(&action) => {
                    Some("these are sessions; Enter shows the runs of one".to_owned())
                }
                _ => self.sessions.selected().is_none().then(|| "no session is selected".to_owned()),
            };
        }
        let row = self.window.selected_row();
        if action == verbs::COPY.id || action == verbs::COPY_LONG.id {
            return (row.is_none() && shared.url().is_none()).then(|| "nothing listens, so there is no address to send to".to_owned());
        }
        if action == verbs::NEXT.id || action == verbs::PREVIOUS.id {
            return (!self.nothing_stored(shared)).then(|| "lessons are shown while there are no traces".to_owned());
        }
        if [verbs::HOLD.id, verbs::REVIEW.id].contains(&action) {
            return self.nothing_stored(shared).then(|| "there are no traces yet".to_owned());
        }
        if action == verbs::TAKE_BACK.id && shared.votes.is_empty() {
            return Some("no vote was given since the start".to_owned());
        }
        let Some(row) = row else { return Some("no trace is selected; j selects one".to_owned()) };
        let about_failure = [verbs::PATTERN.id, verbs::SCENARIOS.id, verbs::FIX.id].contains(&action);
        if about_failure && fingerprint(row).is_none() {
            return Some("this run shows no failure".to_owned());
        }
        judge::blocked(action, row)
    }

    fn badge(&self, shared: &Shared) -> String {
        let separator = shared.glyphs.separator;
        let progress = self.progress();
        let what = if self.by_session { "sessions" } else { "" };
        if let Some(title) = title::filtered(what, &progress, shared, self.columns) {
            return title;
        }
        if self.by_session {
            let at_least = if progress.exact { "" } else { "+" };
            return format!("sessions{separator}last active first{separator}{}{at_least}", human::count(progress.total));
        }
        if self.nothing_stored(shared) {
            return String::new();
        }
        format!("newest first{separator}{}", human::count(self.window.stored().max(shared.beat.traces)))
    }

    fn standing(&self, shared: &Shared) -> Option<String> {
        if self.nothing_stored(shared) {
            return Some("LIVE".to_owned());
        }
        if !self.by_session && review::is_on(shared) {
            return Some(review::standing(shared));
        }
        let (held, arrivals) = match self.by_session {
            true => (self.sessions.is_held(), self.sessions.arrivals(shared)),
            false => (self.window.is_held(), self.window.arrivals(shared)),
        };
        if !held {
            return Some("FOLLOW".to_owned());
        }
        Some(match arrivals {
            Some(0) | None => "HELD".to_owned(),
            Some(arrivals) => format!("HELD +{}", human::count(arrivals)),
        })
    }

    fn selected_row(&self) -> Option<u16> {
        let place = if self.by_session { self.sessions.selected_place() } else { self.window.selected_place() };
        place.and_then(|place| u16::try_from(place + 1).ok())
    }

    fn remember(&self) -> Vec<(&'static str, String)> {
        vec![("list", if self.by_session { SESSIONS } else { RUNS }.to_owned())]
    }

    fn recall(&mut self, name: &str, value: &str) {
        if name == "list" {
            self.by_session = value == SESSIONS;
        }
    }

    fn list_rows(&self) -> Range<u16> {
        1..u16::try_from(self.window.visible().count()).unwrap_or(u16::MAX).saturating_add(1)
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        if self.by_session {
            return self.sessions.draw(area, buffer, view);
        }
        if self.window.rows().is_empty() {
            return empty::draw(self.window.page(), &self.progress(), &self.guide, area, buffer, view);
        }
        let columns = columns::fitting(usize::from(area.width), view);
        card::line(area, 0, &Line::styled(columns::heads(&columns), view.style(Role::Column)), buffer);
        let list = Rect { y: area.y.saturating_add(1), height: area.height.saturating_sub(1), ..area };
        for (place, row) in (0..list.height).zip(self.window.visible()) {
            let selected = self.window.selected() == Some(row.sequence);
            let line = columns::row(&columns, row, selected, view);
            card::line(list, place, &line, buffer);
            if selected {
                let role = if view.focused { Role::Selection } else { Role::SelectionUnfocused };
                buffer.set_style(Rect { y: list.y + place, height: 1, ..list }, view.style(role));
            }
        }
    }
}

#[cfg(test)]
#[path = "stream/tests.rs"]
mod tests;

#[cfg(test)]
#[path = "stream/finding_tests.rs"]
mod finding_tests;
