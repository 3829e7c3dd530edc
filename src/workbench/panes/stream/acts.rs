//! What the actions of the stream do: on the list, on a session, on a run.

use crate::workbench::{
    action::{ActionId, verbs},
    effects::{Order, Orders, OverlayKind},
    judge,
    message::{BaselineRuns, Effect, Toast},
    need::NameKind,
    pane::{Handled, Link, Motion},
    run_pair,
    shared::Shared,
};

use super::{Stream, fingerprint, review, search::Search, sessions};

impl Stream {
    /// What can be done whatever is listed; false when it is something else.
    fn act_on_list(&mut self, id: ActionId, shared: &Shared, orders: &mut Orders) -> bool {
        match id {
            _ if id == verbs::FILTER.id => orders.push(Order::Overlay(OverlayKind::Filter)),
            _ if id == verbs::VIEWS.id => orders.push(Order::Overlay(OverlayKind::Views)),
            _ if id == verbs::NARROW.id => orders.push(Order::Overlay(OverlayKind::Narrow(NameKind::Agent))),
            _ if id == verbs::SAVE_VIEW.id => {
                orders.extend(shared.filter.clone().map(|filter| Order::Overlay(OverlayKind::SaveView(filter))));
            }
            _ if id == verbs::BREAK_DOWN.id => {
                self.by_session = !self.by_session;
                self.search = Search::beginning(shared.now);
                self.opened = None;
                self.sessions.filtered(shared.filter.as_deref());
            }
            _ => return false,
        }
        true
    }

    fn act_on_session(&mut self, id: ActionId, shared: &Shared, orders: &mut Orders) -> Handled {
        match id {
            _ if id == verbs::HOLD.id => self.sessions.toggle(shared.beat.last),
            _ if id == verbs::OPEN.id => {
                let Some(session) = self.sessions.selected() else { return Handled::No };
                match sessions::runs(session) {
                    Ok(filter) => {
                        self.sessions.hold(shared.beat.last);
                        self.opened = Some((filter.clone(), shared.filter.clone()));
                        self.by_session = false;
                        orders.push(Order::Filter(Some(filter)));
                    }
                    Err(reason) => orders.say(Toast::news(reason)),
                }
            }
            _ if id == verbs::COPY.id => orders.extend(self.sessions.selected().map(|session| Order::Do(Effect::Copy(session.id.clone())))),
            _ => return Handled::No,
        }
        Handled::Yes
    }

    /// Ends a search that goes on; else goes back from the runs of a session to the sessions, as they were.
    pub(super) fn back(&mut self, shared: &Shared, orders: &mut Orders) -> Handled {
        if shared.filter.is_some() && self.search.goes_on(&self.found()) {
            self.search.stop();
            return Handled::Yes;
        }
        let Some((_, before)) = self.opened.take() else { return Handled::No };
        self.by_session = true;
        orders.push(Order::Filter(before));
        Handled::Yes
    }

    pub(super) fn act(&mut self, id: ActionId, shared: &Shared, orders: &mut Orders) -> Handled {
        if self.search.is_stopped() && id == verbs::HOLD.id {
            self.search = Search::beginning(shared.now);
            return Handled::Yes;
        }
        if self.act_on_list(id, shared, orders) {
            return Handled::Yes;
        }
        if self.by_session {
            return self.act_on_session(id, shared, orders);
        }
        let failure = self.window.selected_row().and_then(fingerprint);
        match id {
            _ if id == verbs::OPEN.id => {
                self.window.hold(shared.beat.last);
                self.select(shared, orders);
                orders.extend(self.subject().map(|subject| Order::Open(Link::Trace(subject))));
            }
            _ if id == verbs::HOLD.id => {
                self.window.toggle(shared.beat.last);
                self.select(shared, orders);
            }
            _ if id == verbs::PATTERN.id => orders.extend(failure.map(|failure| Order::Open(Link::Pattern(failure)))),
            _ if id == verbs::SCENARIOS.id => orders.push(Order::Open(Link::Scenarios(failure))),
            _ if id == verbs::FIX.id => orders.push(Order::Open(Link::Fixes(failure))),
            _ if id == verbs::BASELINE.id => orders.extend(self.baseline(shared)),
            _ if id == verbs::REVIEW.id => orders.push(Order::Filter(review::turned(shared.filter.as_deref()))),
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
                    if [verbs::RIGHT.id, verbs::WRONG.id].contains(&id) && review::is_on(shared) {
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
