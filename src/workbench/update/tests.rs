//! The root as stories: focus and the way back, quitting, what is said for a moment, and asking the store no more than needed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::workbench::{
    glyphs::{GlyphSet, Glyphs},
    message::{Beat, Effect, ListenerState, Msg, Slot},
    need::{Arrived, Ask},
    pane::PaneId,
    testing::{
        Desk, assert_harmless,
        fixtures::{overview, page, refund},
    },
    theme::{Theme, ThemeProblem},
};

fn focus(desk: &Desk) -> &'static str {
    desk.workbench.focused().0
}

/// The screen without the number of actions there are, which grows with every pane.
pub(super) fn uncounted(screen: &str) -> String {
    regex::Regex::new(r"\d+ of \d+ actions").unwrap().replace(screen, "some actions").into_owned()
}

fn live(width: u16, height: u16) -> Desk {
    let mut desk = Desk::new(width, height);
    desk.beat(1, 500).answer_status(overview(500)).answer("stream", page(500, 120, 500));
    // What was asked before the store was heard of is asked again.
    desk.wait(1_100).answer_status(overview(500)).answer("stream", page(500, 120, 500));
    desk
}

fn fetches(desk: &mut Desk, wanted: Slot) -> Vec<Ask> {
    let of_slot = |effect| match effect {
        Effect::Fetch { slot, ask, .. } if slot == wanted => Some(ask),
        _ => None,
    };
    desk.take_effects().into_iter().filter_map(of_slot).collect()
}

#[test]
fn tab_goes_round_the_panes_and_comes_back() {
    let mut desk = live(160, 48);
    let mut seen = vec![focus(&desk)];
    for _ in 0..6 {
        seen.push(focus(desk.press("Tab")));
    }
    assert_eq!(seen, ["stream", "grade", "cost", "failures", "scenarios", "fixes", "trace"]);
    assert_eq!(focus(desk.press("Tab")), "stream");
    assert_eq!(focus(desk.press("Shift-Tab")), "trace");
}

#[test]
fn the_focus_shows_in_frame_and_title() {
    let mut desk = live(160, 48);
    desk.press("3");
    let screen = desk.screen();
    assert!(screen.contains("┏━ [3 Cost] ━"), "{screen}");
    assert!(screen.contains("┌─ 1 Live stream ─"), "{screen}");
}

#[test]
fn every_pane_is_zoomed_at_any_size() {
    for (width, height) in [(60, 16), (80, 24), (120, 40), (160, 48), (200, 60)] {
        for pane in 1..=7 {
            let mut desk = live(width, height);
            desk.press(&format!("{pane} z"));
            let places = desk.workbench.arrangement().unwrap().places;
            assert_eq!(places.len(), 1, "{width}x{height}: {}", desk.screen());
            assert_eq!(places[0].pane, desk.workbench.focused());
            let alone = desk.press("Esc z").screen();
            assert!(!desk.take_effects().contains(&Effect::Quit), "{alone}");
        }
    }
}

#[test]
fn zoom_gives_one_pane_the_screen_and_esc_takes_it_back() {
    let mut desk = live(160, 48);
    desk.press("2 z");
    assert!(!desk.screen().contains("3 Cost ─"), "{}", desk.screen());
    desk.press("Esc");
    assert!(desk.screen().contains("3 Cost ─"), "{}", desk.screen());
}

#[test]
fn esc_goes_one_step_back_at_a_time_and_never_quits() {
    let mut desk = live(160, 48);
    desk.press("/").type_text("is:failed").press("Enter z :");
    assert!(desk.screen().contains("Command palette"));
    desk.press("Esc");
    assert!(!desk.screen().contains("Command palette"), "first what is in front goes");
    assert!(desk.workbench.zoomed);
    desk.press("Esc");
    assert!(!desk.workbench.zoomed, "then the zoom");
    assert!(desk.workbench.shared.filter.is_some());
    desk.press("Esc");
    assert_eq!(desk.workbench.shared.filter, None, "then the filter");
    desk.take_effects();
    desk.press("Esc Esc Esc");
    assert!(!desk.take_effects().contains(&Effect::Quit));
}

#[test]
fn q_quits_and_so_does_ctrl_c_pressed_twice() {
    let mut desk = live(80, 24);
    assert!(desk.press("q").take_effects().contains(&Effect::Quit));
    desk.press("Ctrl-c");
    assert!(!desk.take_effects().contains(&Effect::Quit));
    assert!(desk.screen().contains("Ctrl-c again quits"));
    assert!(desk.press("Ctrl-c").take_effects().contains(&Effect::Quit));
    let mut desk = live(80, 24);
    desk.press("Ctrl-c").wait(3_000).press("Ctrl-c");
    assert!(!desk.take_effects().contains(&Effect::Quit), "twice means soon after one another");
}

#[test]
fn ctrl_c_quits_from_inside_a_prompt_too() {
    let mut desk = live(80, 24);
    desk.press("/ Ctrl-c Ctrl-c");
    assert!(desk.take_effects().contains(&Effect::Quit));
}

#[test]
fn the_same_news_is_counted_and_goes_after_a_while() {
    let mut desk = live(80, 24);
    for _ in 0..3 {
        desk.send(Msg::Done(Ok("written".to_owned())));
    }
    assert!(desk.screen().contains("written x3"), "{}", desk.screen());
    desk.wait(4_100);
    assert!(!desk.screen().contains("written"), "{}", desk.screen());
    desk.press(":").type_text("messages").press("Enter");
    assert!(desk.screen().contains("written x3"), "it can be read again\n{}", desk.screen());
}

#[test]
fn messages_are_listed_with_their_time_and_copied() {
    let mut desk = live(80, 24);
    desk.send(Msg::Done(Err(format!("cannot write exports/a.json: {}", "no space ".repeat(20))))).press("Esc");
    desk.wait(61_000);
    for _ in 0..2 {
        desk.send(Msg::Done(Ok("written".to_owned())));
    }
    desk.press(":").type_text("messages").press("Enter j");
    insta::assert_snapshot!("messages_80x24", desk.screen());
    desk.press("y");
    let copied = desk.take_effects().into_iter().find_map(|effect| match effect {
        Effect::Copy(text) => Some(text),
        _ => None,
    });
    assert!(copied.unwrap().starts_with("cannot write exports/a.json: no space no space"), "all of it is copied");
    desk.press("Esc");
    assert!(!desk.screen().contains("Messages"));
}

#[test]
fn a_terminal_that_lies_about_its_size_breaks_nothing() {
    let mut desk = live(80, 24);
    for (width, height) in [(0, 0), (0, 24), (u16::MAX, u16::MAX), (1, u16::MAX), (u16::MAX, 1), (80, 24)] {
        desk.send(Msg::Resize(width, height));
        desk.screen();
        let (columns, rows) = desk.workbench.size;
        assert!(u32::from(columns) * u32::from(rows) <= 400_000, "{columns}x{rows}");
    }
    desk.send(Msg::Resize(0, 0));
    assert!(desk.screen().contains("Live stream"), "80x24 is assumed\n{}", desk.screen());
}

#[test]
fn a_problem_stays_until_it_is_dismissed() {
    let mut desk = live(80, 24);
    desk.send(Msg::Done(Err("cannot write exports/a.json: no space".to_owned()))).wait(60_000);
    assert!(desk.screen().contains("! cannot write"), "{}", desk.screen());
    desk.press("Esc");
    assert!(!desk.screen().contains("cannot write"), "{}", desk.screen());
}

#[test]
fn at_most_three_things_are_said_at_once_and_never_over_the_selected_row() {
    let mut desk = live(80, 24);
    desk.press("j j j j j j j j j j j j j j j j j");
    for number in 0..5 {
        desk.send(Msg::Done(Err(format!("problem {number}"))));
    }
    let screen = desk.screen();
    assert_eq!(screen.matches("problem").count(), 3, "{screen}");
    let selected = screen.lines().find(|line| line.contains(" > ")).unwrap();
    assert!(!selected.contains("problem"), "{screen}");
}

#[test]
fn a_long_message_is_read_in_full_and_still_covers_no_selected_row() {
    let mut desk = live(80, 24);
    let said = "keys.toml, line 3: the key q means both `quit` (Quit) and `copy` (Copy the trace's id); give one of them another key";
    for selected in 0..20 {
        desk.send(Msg::Done(Err(said.to_owned())));
        let screen = desk.screen();
        assert!(screen.contains("! keys.toml, line 3: the key q means both"), "{selected}\n{screen}");
        assert!(screen.contains("another key"), "{selected}\n{screen}");
        assert!(screen.lines().any(|line| line.contains(" > ") && !line.contains("key")), "{selected}\n{screen}");
        desk.press("j");
    }
}

#[test]
fn while_the_store_changes_a_pane_asks_again_only_when_it_is_time() {
    let mut desk = live(80, 24);
    desk.wait(5_000).take_effects();
    desk.beat(2, 501);
    assert_eq!(fetches(&mut desk, Slot::Pane(PaneId("stream"))).len(), 1);
    for commits in 3..50 {
        desk.beat(commits, 500 + commits);
    }
    assert_eq!(fetches(&mut desk, Slot::Pane(PaneId("stream"))).len(), 0, "one question is open");
}

#[test]
fn a_question_whose_time_has_not_come_is_asked_when_it_has() {
    let mut desk = live(80, 24);
    desk.wait(5_000).beat(2, 501).answer("stream", page(501, 57, 501)).take_effects();
    desk.beat(3, 502);
    assert_eq!(fetches(&mut desk, Slot::Pane(PaneId("stream"))).len(), 0);
    let wake = desk.workbench.wake_at(desk.now).expect("a moment to ask again");
    let wait = wake.since(desk.now).as_millis();
    assert!(wait <= 1_000, "{wait}");
    desk.wait(100);
    assert_eq!(fetches(&mut desk, Slot::Pane(PaneId("stream"))).len(), 1);
}

#[test]
fn at_rest_nothing_is_due_and_nothing_is_dirty() {
    let mut desk = live(80, 24);
    desk.take_effects();
    desk.wait(60_000);
    let slots: Vec<_> = desk.take_effects().into_iter().filter(|effect| matches!(effect, Effect::Fetch { .. })).collect();
    assert!(slots.is_empty(), "{slots:?}");
    desk.workbench.drawn();
    assert_eq!(desk.workbench.wake_at(desk.now), None);
    desk.beat(1, 500);
    assert!(!desk.workbench.is_dirty(), "the same news is no news");
}

#[test]
fn an_answer_that_failed_is_told_in_its_place() {
    let mut desk = live(80, 24);
    desk.wait(2_000).beat(2, 501);
    let (generation, _) = desk.asked("stream").unwrap();
    let answer = Err("the store cannot read: page 7 is damaged".to_owned());
    desk.send(Msg::Arrived { slot: Slot::Pane(PaneId("stream")), generation, answer });
    assert!(desk.screen().contains("page 7 is damaged"), "{}", desk.screen());
}

#[test]
fn a_failing_store_is_a_red_line_that_says_what_it_means() {
    let mut desk = live(80, 24);
    desk.send(Msg::Pulse(Beat { commits: 2, traces: 500, failing: Some("no space left on device".to_owned()), ..Beat::default() }));
    let screen = desk.screen();
    let status = screen.lines().rev().nth(1).unwrap();
    assert!(status.contains("the store cannot write: no space left on device"), "{screen}");
}

#[test]
fn on_a_narrow_screen_listener_problems_and_follow_state_stay() {
    let mut desk = live(60, 16);
    desk.send(Msg::Pulse(Beat { commits: 2, traces: 1_004_881, refused: 12, queued: 300, ..Beat::default() }));
    let screen = desk.screen();
    let status = screen.lines().rev().nth(1).unwrap();
    for part in [":8000", "12 refused", "FOLLOW"] {
        assert!(status.contains(part), "{part} left\n{status}");
    }
    assert!(!status.contains("filter"), "{status}");
    desk.send(Msg::Listener(ListenerState::Down("taken".to_owned())));
    assert!(desk.screen().contains("not listening"));
}

#[test]
fn a_theme_that_changed_is_taken_and_a_broken_one_is_told_with_its_line() {
    let mut desk = live(80, 24);
    desk.send(Msg::Theme(Ok(Theme::bare("dusk"))));
    assert!(desk.screen().contains("theme: dusk"));
    desk.send(Msg::Theme(Ok(Theme::bare("dusk"))));
    assert!(desk.screen().contains("theme reloaded: dusk"));
    let problem = ThemeProblem::File { file: "dusk.toml".to_owned(), line: 7, message: "there is no colour `rde`".to_owned() };
    desk.send(Msg::Theme(Err(problem)));
    assert_eq!(desk.workbench.shared.theme.name, "dusk", "the theme before stays");
    assert!(desk.screen().contains("line 7"), "{}", desk.screen());
}

#[test]
fn the_theme_picker_tries_themes_on_and_esc_takes_the_old_one_back() {
    let mut desk = live(80, 24);
    desk.send(Msg::Themes(vec!["bare".to_owned(), "dusk".to_owned(), "mono".to_owned()]));
    desk.press(":").type_text("choose a theme").press("Enter j");
    assert!(desk.take_effects().contains(&Effect::LoadTheme("dusk".to_owned())));
    desk.press("Esc");
    assert!(desk.take_effects().contains(&Effect::LoadTheme("bare".to_owned())));
}

#[test]
fn help_starts_with_what_can_be_done_here_and_filters_while_typing() {
    let mut desk = live(80, 24);
    desk.press("?");
    let screen = desk.screen();
    assert!(screen.contains("Help: Live stream") && screen.contains("Here"), "{screen}");
    insta::assert_snapshot!("help_80x24", uncounted(&screen));
    desk.type_text("copy");
    let screen = desk.screen();
    assert!(screen.contains("y          Copy") && !screen.contains("Open the selected trace"), "{screen}");
}

#[test]
fn the_palette_runs_an_action_of_another_pane_and_teaches_its_key() {
    let mut desk = live(80, 24);
    desk.press(":").type_text("next field");
    insta::assert_snapshot!("palette_80x24", uncounted(&desk.screen()));
    desk.press("Enter");
    assert_eq!(focus(&desk), "trace");
    assert!(desk.screen().contains("next has the key ]"), "{}", desk.screen());
}

#[test]
fn pasted_text_is_cleaned_before_it_stands_in_a_prompt() {
    let mut desk = live(80, 24);
    desk.press("/").send(Msg::Paste("\u{1b}[2Jis:\u{202e}failed\r\n".to_owned()));
    assert_harmless(&desk.screen());
    assert!(desk.screen().contains("failed"), "{}", desk.screen());
}

#[test]
fn prompts_look_as_they_should() {
    let mut filter = live(120, 40);
    filter.press("/").type_text("grade<C tok");
    insta::assert_snapshot!("filter_120x40", filter.screen());
    let mut comment = live(80, 24);
    comment.press("c").type_text("refund was not made").press("Tab 2");
    insta::assert_snapshot!("comment_80x24", comment.screen());
}

#[test]
fn the_ascii_set_stays_inside_ascii() {
    for keys in ["", "Enter", "2", "3", "4", "5", "6", "?", "/ i s :", "c"] {
        let mut desk = live(160, 48);
        desk.workbench.shared.glyphs = Glyphs::of(GlyphSet::Ascii);
        desk.press(keys);
        if keys == "Enter" {
            desk.answer("trace", Arrived::Trace(Some(std::sync::Arc::new(refund(500)))));
        }
        let screen = desk.screen();
        assert!(screen.is_ascii(), "{}", screen.chars().filter(|character| !character.is_ascii()).collect::<String>());
    }
}

#[test]
fn without_a_filter_esc_has_nothing_left_to_undo() {
    let mut desk = live(80, 24);
    desk.press("j j");
    let before = desk.screen();
    desk.press("Esc");
    assert_eq!(desk.screen(), before);
}
