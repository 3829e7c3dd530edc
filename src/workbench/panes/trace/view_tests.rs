//! The views of the trace pane as stories: going through them, folding, searching, reading values, following a run that grows; and their looks.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use crate::{
    model::{
        ids::{Sequence, StepNumber},
        progress::Progress,
        step::{CodeLocation, RequestedTool, Step, StepKind},
    },
    workbench::{
        body::BodyText,
        message::{Effect, Msg},
        need::{Arrived, Ask, TraceView},
        testing::{
            Desk, NOON, SIZES, assert_harmless,
            fixtures::{HOSTILE, doubted, endless_trace, hostile_trace, laid_out, overview, page, refund},
        },
    },
};

/// A desk on which a run was opened from the stream and given the whole screen.
fn opened(width: u16, height: u16, view: TraceView) -> Desk {
    let mut desk = Desk::new(width, height);
    desk.beat(1, 500).answer_status(overview(500)).answer("stream", page(500, 120, 500)).press("Enter");
    desk.answer("trace", Arrived::Trace(Some(Arc::new(view))));
    if width >= 120 {
        desk.press("z");
    }
    desk
}

/// The refund as two agents made it: a planner alone, then a clerk whose model asks for the tools.
fn crew() -> TraceView {
    let mut view = doubted(500);
    for (step, agent) in view.trace.steps.iter_mut().zip(["planner", "planner", "clerk", "clerk", "clerk", "clerk"]) {
        step.agent = Some(agent.to_owned());
    }
    let asked = |name: &str| RequestedTool { name: name.to_owned(), ..RequestedTool::default() };
    view.trace.steps[2].model.as_mut().unwrap().requested_tools = vec![asked("policy_check"), asked("issue_refund")];
    let messages = &mut view.trace.steps[5].model.as_mut().unwrap().messages;
    messages.as_mut().unwrap().as_array_mut().unwrap().extend([
        json!({"role": "assistant", "content": null, "tool_calls": [{"name": "issue_refund", "arguments": {"order": "A-1182", "amount": "12,50"}}]}),
        json!({"role": "tool", "content": "ToolError: amount must be a number"}),
    ]);
    view.trace.steps[5].model.as_mut().unwrap().output = Some(json!("I am sorry, the refund could not be made."));
    laid_out(view)
}

/// The title of the pane.
fn title(desk: &Desk) -> String {
    desk.screen().lines().find(|line| line.contains(" Trace ") && line.contains('━')).unwrap_or_default().to_owned()
}

/// What stands on the row of the cursor, without the frame.
fn under_cursor(desk: &Desk) -> String {
    let screen = desk.screen();
    let row = screen.lines().find_map(|line| line.split_once("┃>").or_else(|| line.split_once("│>")));
    row.map(|(_, rest)| rest.trim_end_matches('┃').trim().to_owned()).unwrap_or_default()
}

fn copied(desk: &mut Desk) -> Vec<String> {
    let copy = |effect| if let Effect::Copy(text) = effect { Some(text) } else { None };
    desk.take_effects().into_iter().filter_map(copy).collect()
}

#[test]
fn one_key_goes_through_all_views_and_each_says_its_name() {
    let mut desk = opened(120, 40, crew());
    for name in ["waterfall", "tree", "conversation", "JSON", "attributes", "as sent", "waterfall"] {
        assert!(title(&desk).contains(&format!("· {name}")), "{name}\n{}", desk.screen());
        desk.press("v");
    }
}

#[test]
fn enter_looks_into_a_step_and_esc_comes_back() {
    let mut desk = opened(120, 40, crew());
    desk.press("Enter");
    let screen = desk.screen();
    assert!(title(&desk).contains("JSON") && screen.contains("▾ arguments {2}") && screen.contains("amount: \"12,50\""), "{screen}");
    desk.press("]");
    assert!(desk.screen().contains("── step 6  gpt-4o"), "{}", desk.screen());
    desk.press("Esc");
    assert!(title(&desk).contains("waterfall") && under_cursor(&desk).starts_with("* 6 "), "{}", desk.screen());
}

#[test]
fn what_is_folded_says_how_much_it_hides_and_whether_something_is_wrong_there() {
    let mut desk = opened(120, 40, crew());
    assert!(under_cursor(&desk).starts_with("x 5"), "{}", desk.screen());
    desk.press("h h");
    assert!(under_cursor(&desk).contains("▸ gpt-4o") && desk.screen().contains("▾ planner"), "{}", desk.screen());
    assert!(!desk.screen().contains("policy_check"), "{}", desk.screen());
    desk.press("h h");
    let screen = desk.screen();
    assert!(under_cursor(&desk).contains("▸ clerk") && screen.contains("+ 4 steps, x 1 wrong"), "{screen}");
    desk.press(")");
    assert!(desk.screen().contains("policy_check") && under_cursor(&desk).contains("▾ clerk"), "{}", desk.screen());
    desk.press("( j");
    assert!(desk.screen().contains("▸ planner") && under_cursor(&desk).contains("clerk"), "folded rows are passed over\n{}", desk.screen());
    desk.press("l l");
    assert!(under_cursor(&desk).contains("gpt-4o"), "unfolded, then gone into\n{}", desk.screen());
}

#[test]
fn wrong_steps_and_the_suspected_one_are_a_key_away_whatever_is_folded() {
    let mut view = crew();
    view.trace.steps[1].error = Some("no such order".to_owned());
    let mut desk = opened(120, 40, laid_out(view));
    desk.press("g ( n");
    assert!(under_cursor(&desk).starts_with("x 2"), "{}", desk.screen());
    desk.press("n");
    assert!(under_cursor(&desk).starts_with("x 5"), "{}", desk.screen());
    desk.press("n N N");
    assert!(under_cursor(&desk).starts_with("x 2") || under_cursor(&desk).starts_with("x 5"), "they go round\n{}", desk.screen());
    desk.press("!");
    assert!(under_cursor(&desk).starts_with("? 3"), "{}", desk.screen());
}

#[test]
fn a_search_goes_from_step_to_step_and_esc_ends_it() {
    let mut desk = opened(120, 40, crew());
    desk.press("g /").type_text("GPT-4O".to_lowercase().as_str()).press("Enter");
    assert!(under_cursor(&desk).starts_with("? 3") && desk.screen().contains("/gpt-4o  1 of 2"), "{}", desk.screen());
    desk.press("n");
    assert!(under_cursor(&desk).starts_with("* 6") && desk.screen().contains("2 of 2"), "{}", desk.screen());
    desk.press("n N N");
    assert!(desk.screen().contains("1 of 2"), "{}", desk.screen());
    desk.press("Esc");
    assert!(!desk.screen().contains("/gpt-4o"), "{}", desk.screen());
    desk.press("/").type_text("nothing like it");
    assert!(desk.screen().contains("no match"), "{}", desk.screen());
    desk.press("Esc");
    assert!(!desk.screen().contains("no match"), "a search that was given up leaves nothing\n{}", desk.screen());
}

#[test]
fn a_search_in_json_opens_what_hides_the_match() {
    let mut desk = opened(120, 40, crew());
    desk.press("Enter (").press("/").type_text("12,50").press("Enter");
    assert!(under_cursor(&desk).starts_with("amount: \"12,50\""), "{}", desk.screen());
}

#[test]
fn the_dialogue_tells_each_thing_once_and_keeps_to_the_step() {
    let mut desk = opened(120, 40, crew());
    desk.press("g v v");
    let mut seen = String::new();
    for _ in 0..12 {
        seen.push_str(&desk.screen());
        desk.press("j");
    }
    for said in [
        "You refund orders.",
        "asks for issue_refund",
        "tool issue_refund",
        "err  ToolError: amount",
        "I am sorry, the refund could not be made.",
    ] {
        assert!(seen.contains(said), "{said}\n{seen}");
    }
    let last = desk.press("G").screen();
    assert!(last.contains("not repeated"), "{last}");
    assert_eq!(last.matches("You refund orders.").count(), 1, "{last}");
    desk.press("g ] ]").press("v");
    assert!(desk.screen().contains("── step 3  gpt-4o"), "the other views are at the same step\n{}", desk.screen());
}

#[test]
fn a_long_turn_is_short_until_it_is_opened() {
    let mut view = crew();
    view.trace.steps[0].content = Some((1..=40).map(|line| format!("line {line}\n")).collect());
    let mut desk = opened(120, 48, laid_out(view));
    desk.press("g j v v");
    assert!(!desk.screen().contains("line 20") && desk.screen().contains("Enter shows all"), "{}", desk.screen());
    desk.press("Enter");
    assert!(desk.screen().contains("line 20"), "{}", desk.screen());
    desk.press("h");
    assert!(!desk.screen().contains("line 20"), "{}", desk.screen());
}

#[test]
fn values_and_their_paths_are_copied() {
    let mut desk = opened(120, 40, crew());
    desk.press("Enter j j").take_effects();
    desk.press("y .");
    assert_eq!(copied(&mut desk), ["12,50", "arguments.amount"]);
    desk.press("k k y");
    assert_eq!(copied(&mut desk), [r#"{"order":"A-1182","amount":"12,50"}"#]);
    desk.press("Esc");
    assert!(desk.press(".").screen().contains("only values in JSON have a path"), "{}", desk.screen());
}

#[test]
fn a_huge_text_tells_its_size_and_is_read_in_front() {
    let mut view = crew();
    view.trace.steps[4].tool.as_mut().unwrap().output = Some(json!({"log": format!("begin {} end", "x y ".repeat(250_000))}));
    let mut desk = opened(120, 40, laid_out(view));
    desk.press("Enter G k");
    assert!(under_cursor(&desk).starts_with("log: \"begin x y") && under_cursor(&desk).ends_with("1.0 MB"), "{}", desk.screen());
    desk.press("Enter");
    assert!(desk.screen().contains("result.log, 1.0 MB") && desk.screen().contains("begin x y"), "{}", desk.screen());
    desk.press("G");
    assert!(desk.screen().contains("end"), "{}", desk.screen());
    desk.press("Esc Esc");
    assert!(title(&desk).contains("waterfall"));
}

#[test]
fn the_body_is_asked_for_when_it_is_looked_at() {
    let mut desk = opened(120, 40, crew());
    desk.press("v v v v v");
    assert_eq!(desk.asked("trace").unwrap().1, Ask::Body(Sequence(500)));
    assert!(desk.screen().contains("The body is being read."), "{}", desk.screen());
    let body = format!(r#"{{"agent_id":"refund-bot","note":"{}","last":true}}"#, "long ".repeat(600));
    desk.answer("trace", Arrived::Body(Some(Arc::new(BodyText::new(Sequence(500), body.as_bytes())))));
    let screen = desk.screen();
    assert!(screen.contains("as sent: JSON, 3.0 kB") && screen.contains(r#""agent_id": "refund-bot","#), "{screen}");
    desk.press("/").type_text("last").press("Enter");
    assert!(desk.screen().contains(r#""last": true"#), "{}", desk.screen());
}

#[test]
fn the_source_of_a_tool_is_opened_where_the_trace_tells_it() {
    let mut view = crew();
    let code = |file: &str, line| Some(CodeLocation { file: file.to_owned(), line, function: None });
    view.trace.steps[4].tool.as_mut().unwrap().code = code("tools/refund.py", Some(14));
    let mut desk = opened(120, 40, laid_out(view.clone()));
    desk.take_effects();
    desk.press("E");
    let opens = |desk: &mut Desk| desk.take_effects().into_iter().find(|effect| matches!(effect, Effect::OpenEditor { .. }));
    assert_eq!(opens(&mut desk), Some(Effect::OpenEditor { file: "tools/refund.py".into(), line: Some(14) }));
    desk.press("k E");
    assert!(opens(&mut desk).is_none() && desk.screen().contains("does not say where"), "{}", desk.screen());
    view.trace.code = code("agent.py", None);
    desk.answer_again(view);
    desk.press("E");
    assert_eq!(opens(&mut desk), Some(Effect::OpenEditor { file: "agent.py".into(), line: None }), "else the agent's");
}

#[test]
fn while_a_run_grows_step_folds_and_scroll_stay() {
    let mut view = crew();
    view.summary.progress = Progress::Spans { heard: NOON, ended: false };
    let mut desk = opened(120, 40, view.clone());
    desk.press("g j h");
    assert!(under_cursor(&desk).contains("▸ planner"), "{}", desk.screen());
    desk.press("G");
    let before = under_cursor(&desk);
    // A late span comes in between, and another at the end; steps are counted anew.
    let mut late = Step::new(StepNumber(0), StepKind::Decision, "late span");
    late.agent = Some("clerk".to_owned());
    view.trace.steps.insert(2, late.clone());
    view.trace.steps.push(Step { name: "newest".to_owned(), ..late });
    (1..).zip(&mut view.trace.steps).for_each(|(number, step)| step.number = StepNumber(number));
    desk.answer_again(laid_out(view));
    let screen = desk.screen();
    assert!(before.contains("gpt-4o") && under_cursor(&desk).contains("gpt-4o") && under_cursor(&desk).contains('7'), "{screen}");
    assert!(screen.contains("▸ planner") && screen.contains("late span") && screen.contains("newest"), "{screen}");
}

#[test]
fn values_stay_where_they_are_read_while_the_run_grows() {
    let mut view = crew();
    let mut desk = opened(120, 40, view.clone());
    desk.press("Enter j j");
    assert!(under_cursor(&desk).starts_with("amount"), "{}", desk.screen());
    view.trace.steps[4].tool.as_mut().unwrap().input = Some(json!({"first": 1, "order": "A-1182", "amount": "12,50"}));
    desk.answer_again(laid_out(view));
    assert!(under_cursor(&desk).starts_with("amount") && desk.screen().contains("first: 1"), "{}", desk.screen());
}

#[test]
fn steps_can_stand_in_the_order_of_time() {
    let mut view = crew();
    view.trace.steps[0].started = view.trace.steps[5].started.map(|at| at.plus(std::time::Duration::from_secs(1)));
    let mut desk = opened(120, 40, laid_out(view));
    desk.press("o");
    assert!(title(&desk).contains("in the order of time") && !desk.screen().contains("▾ clerk"), "{}", desk.screen());
    assert!(under_cursor(&desk).starts_with("x 5"), "the same step stays selected\n{}", desk.screen());
    desk.press("G");
    assert!(under_cursor(&desk).contains("plan"), "{}", desk.screen());
    desk.press("o");
    assert!(under_cursor(&desk).contains("plan") && desk.screen().contains("▾ clerk"), "{}", desk.screen());
}

#[test]
fn no_step_one_step_no_times_and_deep_nesting_are_shown() {
    let mut view = refund(500);
    view.trace.steps.clear();
    view.verdict.failures.clear();
    let mut desk = opened(80, 24, laid_out(view.clone()));
    assert!(desk.screen().contains("the whole run, 0 steps"), "{}", desk.screen());
    for _ in 0..6 {
        desk.press("j k G Enter Esc h l ( ) n N i ! ] [ v");
    }
    view.trace.steps.push(Step::new(StepNumber(1), StepKind::Decision, "choose"));
    let desk = opened(80, 24, laid_out(view.clone()));
    assert!(desk.screen().contains("the whole run, 1 step ") && title(&desk).contains("no times sent"), "{}", desk.screen());
    view.trace.steps = (0..=100)
        .map(|depth| Step { depth, ..Step::new(StepNumber(u32::from(depth) + 1), StepKind::Other, format!("inner {depth}")) })
        .collect();
    let mut desk = opened(80, 24, laid_out(view));
    desk.press("G");
    assert!(under_cursor(&desk).contains("100: ") && under_cursor(&desk).contains("inner"), "{}", desk.screen());
    desk.press("(");
    assert!(under_cursor(&desk).contains("▸ inner 0"), "{}", desk.screen());
}

#[test]
fn the_view_is_remembered_a_look_into_values_is_not() {
    let mut desk = opened(120, 40, crew());
    desk.press("v Enter");
    let pane = &mut desk.workbench.seats.iter_mut().find(|seat| seat.registration.spec.digit == 7).unwrap().pane;
    assert_eq!(pane.remember(), [("view", "tree".to_owned())]);
    pane.recall("view", "conversation");
    pane.recall("view", "no such view");
    pane.recall("colour", "blue");
    assert_eq!(pane.remember(), [("view", "tree".to_owned())], "what Enter came from counts");
}

#[test]
fn hostile_texts_are_harmless_in_every_view() {
    for (width, height) in SIZES {
        let mut desk = opened(width, height, hostile_trace(500));
        for _ in 0..6 {
            for keys in ["g", "j", ")", "G", "Enter", "]", "/"] {
                desk.press(keys);
                assert_harmless(&desk.screen());
            }
            desk.type_text("evil").press("Enter");
            assert_harmless(&desk.screen());
            desk.press("Esc Esc Esc v");
            if desk.asked("trace").unwrap().1 == Ask::Body(Sequence(500)) {
                let body = json!({HOSTILE: [HOSTILE]}).to_string();
                desk.answer("trace", Arrived::Body(Some(Arc::new(BodyText::new(Sequence(500), body.as_bytes())))));
            }
            desk.press("7 z");
        }
    }
}

impl Desk {
    /// The run that is shown arrives once more.
    fn answer_again(&mut self, view: TraceView) -> &mut Self {
        self.send(Msg::Done(Ok("stored".to_owned())));
        self.answer("trace", Arrived::Trace(Some(Arc::new(view))))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn whatever_is_pressed_something_selected_is_on_the_screen(keys in prop::collection::vec(prop::sample::select(vec![
        "j", "k", "g", "G", "PgDn", "PgUp", "h", "l", "(", ")", "n", "N", "i", "!", "]", "[", "v", "o", "Enter", "Esc", "z", "7",
    ]), 0..60), wide in any::<bool>()) {
        let (width, height) = if wide { (160, 48) } else { (60, 16) };
        let mut desk = opened(width, height, crew());
        for key in keys {
            desk.press(key);
            let listed = !desk.screen().contains("· as sent") && !desk.screen().contains("· attributes");
            if listed && desk.workbench.focused() == super::SPEC.id && desk.workbench.overlay.is_none() {
                prop_assert!(!under_cursor(&desk).is_empty(), "after {}\n{}", key, desk.screen());
            }
        }
    }
}

#[test]
fn what_the_views_look_like() {
    for (width, height) in [(80, 24), (120, 40), (160, 48), (200, 60)] {
        let mut desk = opened(width, height, crew());
        insta::assert_snapshot!(format!("view_waterfall_{width}x{height}"), desk.screen());
        desk.press("h h v");
        insta::assert_snapshot!(format!("view_tree_folded_{width}x{height}"), desk.screen());
        desk.press(") v");
        insta::assert_snapshot!(format!("view_conversation_{width}x{height}"), desk.screen());
        desk.press("v");
        insta::assert_snapshot!(format!("view_json_{width}x{height}"), desk.screen());
        desk.press("v v");
        let body =
            br#"{"agent_id":"refund-bot","input":{"args":["refund A-1182, 12,50"],"kwargs":{}},"success":false,"execution_time":1.10}"#;
        desk.answer("trace", Arrived::Body(Some(Arc::new(BodyText::new(Sequence(500), body)))));
        insta::assert_snapshot!(format!("view_as_sent_{width}x{height}"), desk.screen());
        let mut endless = opened(width, height, endless_trace(30_000));
        endless.press("v v");
        insta::assert_snapshot!(format!("view_conversation_endless_{width}x{height}"), endless.screen());
    }
}
