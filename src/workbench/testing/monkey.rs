//! Whatever is pressed, at whatever size, with whatever on the screen: nothing panics, and nothing harmful is drawn.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;

use crate::workbench::{
    message::{Effect, Msg, Slot},
    need::{Arrived, Ask, Counted, RowPage, SessionPage},
    pane::PaneId,
    table::entries,
};

use super::{
    Desk, assert_harmless,
    fixtures::{HOSTILE, hostile_run, hostile_session, hostile_trace, overview},
};

/// One thing a hand, a terminal or a store may do.
#[derive(Debug, Clone)]
enum Deed {
    Key(KeyEvent),
    Resize(u16, u16),
    Arrive(u64),
    Wait(u64),
    Paste(String),
    Mouse(MouseEvent),
    Answer,
}

fn deed() -> impl Strategy<Value = Deed> {
    let known: Vec<KeyEvent> = entries().iter().flat_map(|entry| entry.action.keys).map(|key| super::event(key)).collect();
    let anywhere = any::<char>().prop_map(|character| KeyEvent::new(KeyCode::Char(character), KeyModifiers::NONE));
    let editing = prop::sample::select(vec![
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Backspace,
        KeyCode::Delete,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Tab,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::PageUp,
        KeyCode::PageDown,
    ])
    .prop_map(|code| KeyEvent::new(code, KeyModifiers::NONE));
    prop_oneof![
        6 => prop::sample::select(known).prop_map(Deed::Key),
        1 => anywhere.prop_map(Deed::Key),
        2 => editing.prop_map(Deed::Key),
        1 => (1u16..=200, 1u16..=60).prop_map(|(width, height)| Deed::Resize(width, height)),
        1 => (0u64..1_000).prop_map(Deed::Arrive),
        1 => (0u64..10_000).prop_map(Deed::Wait),
        1 => any::<String>().prop_map(Deed::Paste),
        3 => mouse().prop_map(Deed::Mouse),
        4 => Just(Deed::Answer),
    ]
}

/// The mouse, on the screen and off it.
fn mouse() -> impl Strategy<Value = MouseEvent> {
    let left = MouseButton::Left;
    let kind = prop::sample::select(vec![
        MouseEventKind::Down(left),
        MouseEventKind::Up(left),
        MouseEventKind::Drag(left),
        MouseEventKind::Down(MouseButton::Right),
        MouseEventKind::Moved,
        MouseEventKind::ScrollUp,
        MouseEventKind::ScrollDown,
        MouseEventKind::ScrollLeft,
    ]);
    (kind, 0u16..220, 0u16..70).prop_map(|(kind, column, row)| MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })
}

/// Answers every open question with hostile facts, as far as it is about rows and traces.
fn answer(desk: &mut Desk, traces: u64) {
    for effect in desk.take_effects() {
        let Effect::Fetch { slot, generation, ask } = effect else { continue };
        let rows = || (1..=traces.min(120)).rev().map(hostile_run).collect();
        let answer = match (slot, ask) {
            (_, Ask::Overview) => overview(traces),
            (_, Ask::Count(_)) => Arrived::Count(Counted { matches: traces, searched: traces, stored: traces, done: true }),
            (_, Ask::Rows { .. }) => {
                Arrived::Rows(Arc::new(RowPage { rows: rows(), total: traces, exact: true, stored: traces, ..RowPage::default() }))
            }
            (_, Ask::Names(_)) => Arrived::Names(Arc::new(vec![(HOSTILE.to_owned(), 3), ("checkout".to_owned(), 2), (String::new(), 1)])),
            (_, Ask::Sessions { .. }) => {
                let sessions: Vec<_> = (1..=traces.min(90)).rev().map(hostile_session).collect();
                let total = sessions.len() as u64;
                Arrived::Sessions(Arc::new(SessionPage { sessions, total, stored: traces, ..SessionPage::default() }))
            }
            (Slot::Pane(PaneId("trace")), _) => Arrived::Trace((!traces.is_multiple_of(7)).then(|| Arc::new(hostile_trace(500)))),
            _ => continue,
        };
        desk.send(Msg::Arrived { slot, generation, answer: Ok(answer) });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_is_pressed_breaks_the_screen(
        size in (1u16..=200, 1u16..=60),
        deeds in prop::collection::vec(deed(), 0..60),
    ) {
        let mut desk = Desk::new(size.0, size.1);
        let (mut commits, mut traces) = (0, 0);
        for deed in deeds {
            match deed {
                Deed::Key(event) => { desk.send(Msg::Key(event)); }
                Deed::Resize(width, height) => { desk.send(Msg::Resize(width, height)); }
                Deed::Wait(millis) => { desk.wait(millis); }
                Deed::Mouse(event) => { desk.send(Msg::Mouse(event)); }
                Deed::Paste(text) => { desk.send(Msg::Paste(text)); }
                Deed::Answer => answer(&mut desk, traces),
                Deed::Arrive(count) => {
                    commits += 1;
                    traces += count;
                    desk.beat(commits, traces);
                }
            }
            assert_harmless(&desk.screen());
        }
    }
}
