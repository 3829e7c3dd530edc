//! The mouse as stories: nothing before it is switched on, then clicks, wheel, borders, and what stands in front.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use crate::workbench::{
    message::{Effect, Msg},
    pane::PaneId,
    testing::{
        Desk,
        fixtures::{overview, page},
    },
};

fn live(width: u16, height: u16) -> Desk {
    let mut desk = Desk::new(width, height);
    desk.beat(1, 500).answer_status(overview(500)).answer("stream", page(500, 120, 500)).press("M");
    desk
}

fn mouse(desk: &mut Desk, kind: MouseEventKind, (column, row): (u16, u16)) {
    desk.send(Msg::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
}

fn click(desk: &mut Desk, at: (u16, u16)) {
    mouse(desk, MouseEventKind::Down(MouseButton::Left), at);
    mouse(desk, MouseEventKind::Up(MouseButton::Left), at);
}

fn drag(desk: &mut Desk, from: (u16, u16), to: (u16, u16)) {
    mouse(desk, MouseEventKind::Down(MouseButton::Left), from);
    mouse(desk, MouseEventKind::Drag(MouseButton::Left), to);
    mouse(desk, MouseEventKind::Up(MouseButton::Left), to);
}

/// The frame of a pane.
fn frame(desk: &Desk, pane: &'static str) -> Rect {
    desk.workbench.arrangement().unwrap().places.iter().find(|place| place.pane == PaneId(pane)).unwrap().frame
}

/// Where a text stands on the screen.
fn place(desk: &Desk, text: &str) -> (u16, u16) {
    let screen = desk.screen();
    let (row, line) =
        screen.lines().enumerate().find(|(_, line)| line.contains(text)).unwrap_or_else(|| panic!("{text} is not on\n{screen}"));
    let column = line.split(text).next().unwrap().chars().count();
    (u16::try_from(column).unwrap(), u16::try_from(row).unwrap())
}

#[test]
fn it_is_the_terminals_until_it_is_switched_on() {
    let mut desk = Desk::new(160, 48);
    click(&mut desk, (120, 20));
    assert_eq!(desk.workbench.focused().0, "stream");
    assert!(desk.press("M").take_effects().contains(&Effect::Mouse(true)));
    assert!(desk.screen().contains("Shift selects text as before; M switches it off"), "{}", desk.screen());
    assert!(desk.screen().lines().rev().nth(1).unwrap().contains("mouse"), "the status line says so");
    assert!(desk.press("M").take_effects().contains(&Effect::Mouse(false)));
    click(&mut desk, (120, 20));
    assert_eq!(desk.workbench.focused().0, "stream");
}

#[test]
fn a_click_focuses_a_pane_or_goes_to_a_tab() {
    let mut desk = live(160, 48);
    for pane in ["cost", "failures", "scenarios", "trace", "stream"] {
        let place = *desk.workbench.arrangement().unwrap().places.iter().find(|place| place.pane == PaneId(pane)).unwrap();
        click(&mut desk, (place.inside.x + 3, place.inside.y));
        assert_eq!(desk.workbench.focused().0, pane);
    }
    let mut desk = live(80, 24);
    for (tab, pane) in [("3 Cost", "cost"), ("7 Trace", "trace"), ("1 Stream", "stream")] {
        let at = place(&desk, tab);
        click(&mut desk, at);
        assert_eq!(desk.workbench.focused().0, pane);
    }
}

#[test]
fn a_click_on_a_row_selects_it_and_a_second_one_opens_it() {
    let mut desk = live(80, 24);
    desk.wait(5_000);
    click(&mut desk, (10, 6));
    assert_eq!(desk.workbench.shared.subject.as_ref().map(|subject| subject.sequence.0), Some(500 - 3), "{}", desk.screen());
    assert!(desk.screen().lines().nth(6).unwrap().contains(" > "), "the row stays under the mouse\n{}", desk.screen());
    desk.wait(1_000);
    click(&mut desk, (10, 6));
    assert_eq!(desk.workbench.focused().0, "stream", "two clicks apart are not one");
    click(&mut desk, (10, 6));
    assert_eq!(desk.workbench.focused().0, "trace");
}

#[test]
fn the_wheel_moves_what_is_under_it_and_leaves_the_focus() {
    let mut desk = live(160, 48);
    desk.press("3");
    mouse(&mut desk, MouseEventKind::ScrollDown, (10, 6));
    assert_eq!(desk.workbench.shared.subject.as_ref().map(|subject| subject.sequence.0), Some(497));
    assert_eq!(desk.workbench.focused().0, "cost");
    mouse(&mut desk, MouseEventKind::ScrollUp, (10, 6));
    assert_eq!(desk.workbench.shared.subject.as_ref().map(|subject| subject.sequence.0), Some(500));
}

#[test]
fn a_border_is_dragged_and_the_keys_do_the_same() {
    let mut desk = live(160, 48);
    let before = frame(&desk, "stream");
    drag(&mut desk, (before.right(), 30), (before.right() - 20, 30));
    assert_eq!(frame(&desk, "stream").right(), before.right() - 20);
    assert_eq!(frame(&desk, "cost").x, before.right() - 20);
    desk.press("1");
    for _ in 0..10 {
        desk.press(">");
    }
    assert_eq!(frame(&desk, "stream"), before);
    let cost = frame(&desk, "cost");
    drag(&mut desk, (cost.x + 5, cost.bottom()), (cost.x + 5, cost.bottom() + 2));
    assert_eq!(frame(&desk, "cost").height, cost.height + 2);
    assert_eq!(frame(&desk, "failures").height, cost.height - 2, "the border under it stays");
    desk.press("3 { {");
    assert_eq!(frame(&desk, "cost"), cost);
}

#[test]
fn a_border_goes_no_further_than_leaves_room_and_says_so() {
    let mut desk = live(160, 48);
    let edge = frame(&desk, "stream").right();
    drag(&mut desk, (edge, 30), (0, 30));
    assert_eq!(frame(&desk, "stream").width, 24);
    desk.press("1 <");
    assert_eq!(frame(&desk, "stream").width, 24);
    assert!(desk.screen().contains("narrower: no border of this pane can go further that way"), "{}", desk.screen());
    desk.press(":").type_text("borders between panes back").press("Enter");
    assert_eq!(frame(&desk, "stream").right(), edge);
    let mut desk = live(80, 24);
    desk.press(">");
    assert!(desk.screen().contains("one pane is shown, so there is no border to move"), "{}", desk.screen());
}

#[test]
fn what_is_moved_at_one_size_holds_in_proportion_at_another() {
    let mut desk = live(160, 48);
    drag(&mut desk, (104, 30), (80, 30));
    desk.send(Msg::Resize(200, 60));
    assert_eq!(frame(&desk, "stream").width, 100);
    desk.press("1").send(Msg::Resize(130, 40));
    assert_eq!(frame(&desk, "stream").width, 71, "list beside detail is another border");
    desk.send(Msg::Resize(160, 48));
    assert_eq!(frame(&desk, "stream").width, 80);
}

#[test]
fn a_click_runs_an_entry_of_the_palette_and_one_outside_closes_it() {
    let mut desk = live(80, 24);
    desk.press(":").type_text("cost by model");
    let at = place(&desk, "Break the cost down");
    click(&mut desk, at);
    assert_eq!(desk.workbench.focused().0, "cost");
    assert!(desk.workbench.overlay.is_none());
    desk.press(":");
    click(&mut desk, (0, 10));
    assert!(desk.workbench.overlay.is_none(), "{}", desk.screen());
    assert_eq!(desk.workbench.focused().0, "cost", "what is under it hears nothing of that click");
}

#[test]
fn the_themes_are_tried_on_by_clicks() {
    let mut desk = live(80, 24);
    desk.send(Msg::Themes(vec!["bare".to_owned(), "dusk".to_owned(), "mono".to_owned()]));
    desk.press(":").type_text("choose a theme").press("Enter").take_effects();
    let at = place(&desk, "mono");
    click(&mut desk, at);
    assert!(desk.take_effects().contains(&Effect::LoadTheme("mono".to_owned())));
    click(&mut desk, (0, 5));
    assert!(desk.take_effects().contains(&Effect::LoadTheme("bare".to_owned())), "a click outside is Esc");
}
