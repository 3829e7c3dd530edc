//! The pure update: one message in, the changed workbench and a list of effects out. No I/O, no clock, no waiting.

mod act;
mod carry;
mod settle;

use crossterm::event::{KeyEvent, KeyEventKind};

use crate::model::time::Timestamp;

use super::{
    chord::Chord,
    effects::{Effects, Orders},
    layout::believable,
    message::{Beat, Effect, FeedbackResult, KeyNews, Msg, Slot, Toast, ViewNews},
    need::Arrived,
    pane::PaneMsg,
    root::Workbench,
    theme::{Theme, ThemeProblem},
};

/// Changes of keys that can be taken back.
const KEY_CHANGES_KEPT: usize = 32;

/// Takes one message at one moment.
pub fn update(workbench: &mut Workbench, msg: Msg, now: Timestamp) -> Effects {
    let mut effects = Effects::new();
    workbench.shared.now = now;
    match msg {
        Msg::Key(event) => key(workbench, event, now, &mut effects),
        Msg::Mouse(event) => workbench.take_mouse(event, now, &mut effects),
        Msg::Paste(text) => paste(workbench, &text, now),
        Msg::Resize(width, height) => {
            workbench.size = believable(width, height);
            workbench.dirty = true;
        }
        Msg::Pulse(beat) => pulse(workbench, beat, now, &mut effects),
        Msg::Arrived { slot, generation, answer } => {
            let done = answer.as_ref().map_or(true, Arrived::is_done);
            if workbench.slots.accept(slot, generation, done) {
                arrived(workbench, slot, answer, now, &mut effects);
            }
        }
        Msg::FeedbackDone(result) => feedback_done(workbench, result, now),
        Msg::Done(result) => {
            workbench.slots.doubt_all();
            workbench.say(result.map_or_else(Toast::problem, Toast::news), now);
        }
        Msg::Keys(result) => keys(workbench, result, now),
        Msg::Say(toast) => workbench.say(toast, now),
        Msg::Theme(result) => theme(workbench, result, now),
        Msg::Themes(names) => workbench.themes = names,
        Msg::Views(news) => views(workbench, news, now),
        Msg::Highlighted(paint) => {
            workbench.shared.keep_paint(paint);
            workbench.dirty = true;
        }
        Msg::Listener(state) => {
            workbench.shared.listener = state;
            workbench.dirty = true;
        }
        Msg::Resumed => {
            workbench.dirty = true;
            // Files may have been edited meanwhile.
            workbench.slots.doubt_all();
            effects.push(Effect::Redraw);
        }
        Msg::Tick => workbench.dirty = true,
        Msg::Terminate => effects.push(Effect::Quit),
    }
    workbench.dirty |= workbench.toasts.expire(now);
    workbench.settle(now, &mut effects);
    effects
}

fn key(workbench: &mut Workbench, event: KeyEvent, now: Timestamp, effects: &mut Effects) {
    if event.kind == KeyEventKind::Release {
        return;
    }
    workbench.dirty = true;
    let chord = Chord::of(&event);
    let meaning = workbench.keys.meaning(chord);
    // It ends a prompt's program, too, unless it is a character someone has made it be.
    let interrupt = meaning.is_some_and(|id| id.0 == "interrupt") && (workbench.overlay.is_none() || !chord.is_text());
    if !interrupt {
        workbench.interrupted = None;
        if let Some(mut overlay) = workbench.overlay.take() {
            let outcome = overlay.key(&event, now);
            return workbench.follow(overlay, outcome, now, effects);
        }
    }
    let Some(id) = meaning else { return };
    workbench.act(id, event.kind == KeyEventKind::Repeat, now, effects);
}

fn paste(workbench: &mut Workbench, text: &str, now: Timestamp) {
    workbench.dirty = true;
    if let Some(mut overlay) = workbench.overlay.take() {
        overlay.paste(text, now);
        workbench.overlay = Some(overlay);
    }
}

fn pulse(workbench: &mut Workbench, beat: Beat, now: Timestamp, effects: &mut Effects) {
    if beat == workbench.shared.beat {
        return;
    }
    workbench.rate.note(beat.last, now);
    workbench.shared.beat = beat;
    workbench.dirty = true;
    workbench.tell_all(&PaneMsg::Pulse, now, effects);
}

fn arrived(workbench: &mut Workbench, slot: Slot, answer: Result<Arrived, String>, now: Timestamp, effects: &mut Effects) {
    workbench.dirty = true;
    match (slot, answer) {
        (Slot::Status, Ok(Arrived::Overview(overview))) => {
            let toasts = workbench.alarms.note(&overview.budgets);
            workbench.shared.overview = Some(overview);
            toasts.into_iter().for_each(|toast| workbench.say(toast, now));
        }
        (Slot::Names, Ok(Arrived::Names(names))) => {
            if let Some(overlay) = workbench.overlay.as_mut() {
                overlay.named(&names);
            }
        }
        (Slot::Prompt, answer) => {
            if let Some(overlay) = workbench.overlay.as_mut() {
                overlay.arrived(answer);
            }
        }
        (Slot::Pane(pane), Ok(answer)) => {
            if let Some(seat) = workbench.index_of(pane).and_then(|index| workbench.seats.get_mut(index)) {
                seat.problem = None;
                let mut orders = Orders::default();
                seat.pane.update(&PaneMsg::Arrived(answer), &workbench.shared, &mut orders);
                workbench.carry(orders, now, effects);
            }
        }
        (slot, Err(problem)) => {
            if let Some(seat) = workbench.slot_index(slot).and_then(|index| workbench.seats.get_mut(index)) {
                seat.problem = Some(problem);
            }
        }
        (Slot::Status | Slot::Names, Ok(_)) => {}
    }
}

fn feedback_done(workbench: &mut Workbench, result: Result<FeedbackResult, String>, now: Timestamp) {
    workbench.slots.doubt_all();
    let toast = match result {
        Ok(done) => Toast::news(super::words::regraded(&done, &workbench.shared.glyphs)),
        Err(problem) => Toast::problem(problem),
    };
    workbench.say(toast, now);
}

fn keys(workbench: &mut Workbench, result: Result<KeyNews, String>, now: Timestamp) {
    let toast = match result {
        Ok(news) => {
            workbench.keys = news.keys;
            workbench.rebound.extend(news.undo);
            let surplus = workbench.rebound.len().saturating_sub(KEY_CHANGES_KEPT);
            workbench.rebound.drain(..surplus);
            if let Some(overlay) = &mut workbench.overlay {
                overlay.rekey(&workbench.keys);
            }
            Toast::news(news.says)
        }
        Err(problem) => Toast::problem(problem),
    };
    workbench.say(toast, now);
}

fn theme(workbench: &mut Workbench, result: Result<Theme, ThemeProblem>, now: Timestamp) {
    let toast = match result {
        Ok(theme) => {
            let again = theme.name == workbench.shared.theme.name;
            let words = if again { "theme reloaded" } else { "theme" };
            let toast = Toast::news(format!("{words}: {}", theme.name));
            workbench.shared.theme = theme;
            toast
        }
        Err(problem) => Toast::problem(format!("{problem}; the theme before stays")),
    };
    workbench.say(toast, now);
}

fn views(workbench: &mut Workbench, news: ViewNews, now: Timestamp) {
    workbench.dirty = true;
    let toast = match news.views {
        Ok(views) => {
            workbench.shared.views = views;
            Toast::news(news.says)
        }
        Err(problem) => Toast::problem(format!("{problem}; the views before stay")),
    };
    if let Some(overlay) = workbench.overlay.as_mut() {
        overlay.reviewed(&workbench.shared.views, now);
    }
    if !toast.text.is_empty() {
        workbench.say(toast, now);
    }
}

#[cfg(test)]
mod help_tests;
#[cfg(test)]
mod tests;
