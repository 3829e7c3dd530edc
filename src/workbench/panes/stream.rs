//! The live stream: every run in the order it arrived. It follows only while it shows the newest rows and nobody has moved in it;
//! otherwise it is held: arrivals are counted, and no row moves under the reader.

mod columns;
mod empty;
mod guide;
mod window;

use std::time::Duration;

use ratatui::{buffer::Buffer, layout::Rect, text::Line};

use crate::{
    model::{ids::Sequence, summary::Summary, time::Timestamp},
    query::Filter,
    text::human,
    workbench::{
        action::{Action, ActionId, verbs},
        draw::card,
        effects::{Order, Orders, OverlayKind},
        judge,
        message::{BaselineRuns, Effect},
        need::{Arrived, Ask, Need},
        pane::{Handled, Link, LinkKind, Motion, Pane, PaneId, PaneMsg, Room, Spec, Subject, View},
        run_pair,
        shared::Shared,
        theme::Role,
    },
};

use guide::Guide;
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
    verbs::CLEAR_VOTE,
    verbs::COMMENT,
    verbs::UNDO.says("undo vote", "Take back the last vote given here"),
    verbs::COMPARE,
    verbs::MARK,
    verbs::REVIEW.says("review", "Order runs so that few votes teach the most, or newest first again"),
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

/// The order of a review, as after `sort:`.
const REVIEW_ORDER: &str = "informative";

/// Its state.
#[derive(Debug, Default)]
pub struct Stream {
    window: Window,
    /// What is taught while there is no trace.
    guide: Guide,
    /// Whether an answer has come since the filter changed.
    answered: bool,
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

    /// Whether the store has nothing at all.
    fn nothing_stored(&self, shared: &Shared) -> bool {
        self.window.rows().is_empty() && self.window.stored() == 0 && shared.beat.traces == 0
    }

    fn act(&mut self, id: ActionId, shared: &Shared, orders: &mut Orders) -> Handled {
        let failure = self.window.selected_row().and_then(fingerprint);
        match id {
            _ if id == verbs::OPEN.id => {
                self.window.hold(shared.beat.last);
                self.select(shared, orders);
                orders.extend(self.subject().map(|subject| Order::Open(Link::Trace(subject))));
            }
            _ if id == verbs::FILTER.id => orders.push(Order::Overlay(OverlayKind::Filter)),
            _ if id == verbs::HOLD.id => {
                self.window.toggle(shared.beat.last);
                self.select(shared, orders);
            }
            _ if id == verbs::PATTERN.id => orders.extend(failure.map(|failure| Order::Open(Link::Pattern(failure)))),
            _ if id == verbs::SCENARIOS.id => orders.push(Order::Open(Link::Scenarios(failure))),
            _ if id == verbs::FIX.id => orders.push(Order::Open(Link::Fixes(failure))),
            _ if id == verbs::BASELINE.id => orders.extend(self.baseline(shared)),
            _ if id == verbs::REVIEW.id => orders.push(Order::Filter(review(shared.filter.as_deref()))),
            _ if id == verbs::NEXT.id => self.guide.next(),
            _ if id == verbs::PREVIOUS.id => self.guide.previous(),
            _ if id == verbs::COPY.id => match self.subject() {
                Some(subject) => orders.effect(Effect::Copy(subject.id.as_str().to_owned())),
                None => orders.effect(Effect::Copy(self.guide.python())),
            },
            _ if id == verbs::COPY_LONG.id => match self.subject() {
                Some(subject) => orders.effect(Effect::CopyBody(subject.sequence)),
                None => orders.extend(self.guide.curl(shared).map(|line| Order::Do(Effect::Copy(line)))),
            },
            _ => {
                self.window.hold(shared.beat.last);
                let Some(row) = self.window.selected_row() else { return Handled::No };
                if run_pair::act(id, row, shared, orders) == Handled::No {
                    let handled = judge::act(id, row, orders);
                    // A review goes on to the next run by itself.
                    if [verbs::RIGHT.id, verbs::WRONG.id].contains(&id) && reviewing(shared.filter.as_deref()) {
                        self.window.go(Motion::Down, shared.beat.last);
                        self.select(shared, orders);
                    }
                    return handled;
                }
            }
        }
        Handled::Yes
    }

    fn baseline(&self, shared: &Shared) -> Option<Order> {
        let runs = match &shared.filter {
            Some(filter) => BaselineRuns::Filter(filter.clone()),
            None => BaselineRuns::AgentOf(self.window.selected_row()?.sequence),
        };
        Some(Order::Do(Effect::Baseline { name: None, runs }))
    }
}

/// The filter with the order in which votes teach most; without, where it has it.
fn review(filter: Option<&str>) -> Option<String> {
    // Times in the filter stay as they are written, whatever the moment.
    let filter = Filter::parse(filter.unwrap_or_default(), Timestamp::default()).unwrap_or_default();
    let text = filter.in_order((!in_review(&filter)).then_some(REVIEW_ORDER)).to_string();
    (!text.is_empty()).then_some(text)
}

/// Whether runs are shown in the order in which votes teach most.
fn reviewing(filter: Option<&str>) -> bool {
    filter.and_then(|filter| Filter::parse(filter, Timestamp::default()).ok()).is_some_and(|filter| in_review(&filter))
}

fn in_review(filter: &Filter) -> bool {
    filter.sort().is_some_and(|sort| sort.key.name == REVIEW_ORDER)
}

/// The pattern of a run's worst failure.
fn fingerprint(row: &Summary) -> Option<crate::model::ids::Fingerprint> {
    row.worst_failure().and_then(|mark| mark.fingerprint)
}

impl Pane for Stream {
    fn update(&mut self, msg: &PaneMsg, shared: &Shared, orders: &mut Orders) -> Handled {
        match msg {
            PaneMsg::Act(id) => return self.act(*id, shared, orders),
            PaneMsg::Move(motion) => {
                self.window.go(*motion, shared.beat.last);
                self.select(shared, orders);
            }
            PaneMsg::Size { height, .. } => self.window.resize(usize::from(height.saturating_sub(1))),
            PaneMsg::Arrived(Arrived::Rows(page)) => {
                self.answered = true;
                let first = shared.subject.is_none();
                self.window.take(page.clone(), first);
                self.keep_selected(shared, orders);
            }
            PaneMsg::Open(Link::Runs(filter)) => orders.push(Order::Filter(Some(filter.clone()))),
            PaneMsg::Filter => {
                self.answered = false;
                self.window.restart();
            }
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn need(&self, shared: &Shared) -> Option<Need> {
        let (anchor, before, after) = self.window.wanted();
        let ask = Ask::Rows { anchor, before, after, filter: shared.filter.clone() };
        Some(Need::live(ask, if self.window.is_held() { HELD_EVERY } else { FOLLOW_EVERY }))
    }

    fn blocked(&self, action: ActionId, shared: &Shared) -> Option<String> {
        let row = self.window.selected_row();
        if action == verbs::COPY.id || action == verbs::COPY_LONG.id {
            return (row.is_none() && shared.url().is_none()).then(|| "nothing listens, so there is no address to send to".to_owned());
        }
        if action == verbs::NEXT.id || action == verbs::PREVIOUS.id {
            return (!self.nothing_stored(shared)).then(|| "lessons are shown while there are no traces".to_owned());
        }
        if [verbs::FILTER.id, verbs::HOLD.id, verbs::REVIEW.id].contains(&action) {
            return self.nothing_stored(shared).then(|| "there are no traces yet".to_owned());
        }
        if action == verbs::UNDO.id && shared.votes.is_empty() {
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
        let total = human::count(self.window.total());
        let at_least = if self.window.exact() { "" } else { "+" };
        match shared.filter_shown() {
            None if self.nothing_stored(shared) => String::new(),
            None => format!("newest first{separator}{}", human::count(self.window.stored().max(shared.beat.traces))),
            Some(filter) if !self.answered => format!("filter: {filter}{separator}searching"),
            Some(filter) => format!("filter: {filter}{separator}{total}{at_least} of {}", human::count(self.window.stored())),
        }
    }

    fn standing(&self, shared: &Shared) -> Option<String> {
        if self.nothing_stored(shared) {
            return Some("LIVE".to_owned());
        }
        if reviewing(shared.filter.as_deref()) {
            let judged = shared.votes.judged_on_the_day_of(shared.now, &shared.zone);
            return Some(format!("REVIEW, {judged} judged today"));
        }
        if !self.window.is_held() {
            return Some("FOLLOW".to_owned());
        }
        Some(match self.window.arrivals(shared) {
            Some(0) | None => "HELD".to_owned(),
            Some(arrivals) => format!("HELD +{}", human::count(arrivals)),
        })
    }

    fn selected_row(&self) -> Option<u16> {
        self.window.selected_place().and_then(|place| u16::try_from(place + 1).ok())
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        if self.window.rows().is_empty() {
            return empty::draw(self.window.page(), self.answered, &self.guide, area, buffer, view);
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
