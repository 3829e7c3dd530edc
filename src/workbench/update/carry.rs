//! Carrying out what panes and overlays ask of the root.

use crate::model::time::Timestamp;

use crate::workbench::{
    action::verbs,
    effects::{Effects, Order, Orders, OverlayKind},
    message::{Effect, Toast},
    overlays::{Overlay, apply::Apply, compare_periods::ComparePeriods, compare_runs::CompareRuns, history::History, reason::Reason},
    pane::{Handled, Link, PaneMsg},
    root::Workbench,
    views::Change,
    votes::Given,
};

/// How many rounds of orders that lead to orders are followed; a circle ends here.
const ROUNDS: usize = 16;

/// How many links Esc can go back.
const TRAIL_MOST: usize = 16;

impl Workbench {
    /// Carries out orders, and those that follow from them.
    pub(in crate::workbench) fn carry(&mut self, mut orders: Orders, now: Timestamp, effects: &mut Effects) {
        for _ in 0..ROUNDS {
            let round = orders.take();
            if round.is_empty() {
                return;
            }
            self.dirty = true;
            for order in round {
                self.obey(order, now, &mut orders, effects);
            }
        }
    }

    fn obey(&mut self, order: Order, now: Timestamp, orders: &mut Orders, effects: &mut Effects) {
        match order {
            Order::Do(effect) => effects.push(effect),
            Order::Open(link) => self.open(link, orders),
            Order::Focus(pane) => self.focus = self.index_of(pane).unwrap_or(self.focus),
            Order::Select(subject) => {
                if self.shared.subject != subject {
                    self.shared.subject = subject;
                    self.tell_each(&PaneMsg::Subject, orders);
                }
            }
            Order::Filter(filter) => {
                if self.shared.filter != filter {
                    self.shared.set_filter(filter);
                    self.tell_each(&PaneMsg::Filter, orders);
                }
            }
            Order::Judge { subject, vote, before } => {
                self.shared.votes.note(Given { subject: subject.clone(), before, at: now });
                effects.push(Effect::Feedback { trace: subject.id, agent: subject.agent, vote });
            }
            Order::UndoVote => {
                if let Some((subject, vote)) = self.shared.votes.undo() {
                    self.say(Toast::news(format!("the last vote, on a run of {}, is taken back", subject.agent)), now);
                    effects.push(Effect::Feedback { trace: subject.id, agent: subject.agent, vote });
                }
            }
            Order::Mark(run) => {
                let words = match &run {
                    Some(run) => format!(
                        "marked {}: {} on another run compares it with this one",
                        run.agent,
                        self.keys.shown(verbs::COMPARE.id).unwrap_or_default()
                    ),
                    None => "no run is marked any more".to_owned(),
                };
                self.shared.marked = run;
                self.say(Toast::news(words), now);
            }
            Order::Search(query) => {
                if let Some(seat) = self.seats.get_mut(self.focus) {
                    seat.pane.update(&PaneMsg::Search(query), &self.shared, orders);
                }
            }
            Order::Toast(toast) => self.say(toast, now),
            Order::Overlay(OverlayKind::Filter) => self.overlay = Some(Overlay::filter(self.shared.filter.as_deref(), &self.shared, now)),
            Order::Overlay(OverlayKind::EditFilter(text)) => self.overlay = Some(Overlay::filter(Some(&text), &self.shared, now)),
            Order::Overlay(OverlayKind::Search(before)) => self.overlay = Some(Overlay::search(before)),
            Order::Overlay(OverlayKind::Views) => self.overlay = Some(Overlay::views(&self.shared)),
            Order::Overlay(OverlayKind::SaveView(filter)) => self.overlay = Some(Overlay::save_view(filter, &self.shared)),
            Order::Overlay(OverlayKind::NameView(name)) => self.name_view(name, now, effects),
            Order::Overlay(OverlayKind::Narrow(kind)) => self.overlay = Some(Overlay::narrow(kind, &self.shared)),
            Order::Overlay(OverlayKind::Comment(subject, before)) => self.overlay = Some(Overlay::comment(subject, before)),
            Order::Overlay(OverlayKind::ComparePeriods(agent)) => {
                self.overlay = Some(Overlay::ComparePeriods(Box::new(ComparePeriods::new(agent))));
            }
            Order::Overlay(OverlayKind::Apply(fix)) => self.overlay = Some(Overlay::Apply(Apply::new(*fix))),
            Order::Overlay(OverlayKind::Reason(fix)) => self.overlay = Some(Overlay::Reason(Reason::new(*fix))),
            Order::Overlay(OverlayKind::History) => self.overlay = Some(Overlay::History(History::default())),
            Order::Overlay(OverlayKind::CompareRuns { left, right }) => {
                self.overlay = Some(Overlay::CompareRuns(Box::new(CompareRuns::new(left, right))));
            }
            Order::Overlay(OverlayKind::Text(title, lines)) => self.overlay = Some(Overlay::text(title, lines)),
            Order::Refresh => self.slots.doubt_all(),
        }
    }

    /// Keeps the filter in force under a name; a name that is taken is asked about.
    fn name_view(&mut self, name: String, now: Timestamp, effects: &mut Effects) {
        match self.shared.filter.clone() {
            None => self.say(Toast::news("no filter is set that could be saved; / sets one"), now),
            Some(filter) if self.shared.views.get(&name).is_some() => {
                self.overlay = Some(Overlay::save_view_as(filter, &name, &self.shared));
            }
            Some(filter) => effects.push(Effect::ChangeViews(Change::Save { name, filter })),
        }
    }

    /// The pane that opens this kind of link gets the focus and the link.
    fn open(&mut self, link: Link, orders: &mut Orders) {
        let kind = link.kind();
        let Some(index) = self.seats.iter().position(|seat| seat.registration.spec.opens == kind) else { return };
        if index != self.focus {
            self.trail.push(self.focus);
            let surplus = self.trail.len().saturating_sub(TRAIL_MOST);
            self.trail.drain(..surplus);
            self.focus = index;
        }
        if let Some(seat) = self.seats.get_mut(index) {
            seat.pane.update(&PaneMsg::Open(link), &self.shared, orders);
        }
    }

    /// Tells every pane, gathering their orders.
    fn tell_each(&mut self, msg: &PaneMsg, orders: &mut Orders) {
        for seat in &mut self.seats {
            seat.pane.update(msg, &self.shared, orders);
        }
    }

    /// Tells every pane and carries out what they ask.
    pub(super) fn tell_all(&mut self, msg: &PaneMsg, now: Timestamp, effects: &mut Effects) {
        let mut orders = Orders::default();
        self.tell_each(msg, &mut orders);
        self.carry(orders, now, effects);
    }

    /// Tells the pane with the focus and carries out what it asks.
    pub(in crate::workbench) fn tell_focused(&mut self, msg: &PaneMsg, now: Timestamp, effects: &mut Effects) -> Handled {
        self.tell(self.focus, msg, now, effects)
    }

    /// Tells one pane and carries out what it asks.
    pub(in crate::workbench) fn tell(&mut self, index: usize, msg: &PaneMsg, now: Timestamp, effects: &mut Effects) -> Handled {
        let mut orders = Orders::default();
        let Some(seat) = self.seats.get_mut(index) else { return Handled::No };
        let handled = seat.pane.update(msg, &self.shared, &mut orders);
        self.carry(orders, now, effects);
        handled
    }

    /// Says something for a moment.
    pub(in crate::workbench) fn say(&mut self, toast: Toast, now: Timestamp) {
        self.toasts.say(toast, now);
        self.dirty = true;
    }
}
