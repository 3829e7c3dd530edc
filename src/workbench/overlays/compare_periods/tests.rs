//! Stories of two stretches of time beside each other, and how they look.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::{
    analysis::compare::compare,
    model::{money::Money, probability::Probability, summary::Summary, time::Elapsed},
    workbench::{
        message::{Effect, Msg, Slot},
        testing::{Desk, SIZES, assert_harmless, figures, fixtures, rows as text_rows},
    },
};

/// Runs of three agents: of the refunds so many in ten are good.
fn runs(good: u64, cost: f64) -> Vec<Summary> {
    (0..120)
        .map(|at| {
            let refund = at % 2 == 0;
            let fine = !refund || (at / 2) % 10 < good;
            Summary {
                agent: ["refund-bot", "checkout", "refund-bot", "kyc-screen"][usize::try_from(at % 4).unwrap()].to_owned(),
                probability: Some(Probability::clamped(if fine { 0.95 } else { 0.05 })),
                cost: Money::from_usd(cost * (1.0 + 0.01 * (at % 7) as f64)),
                took: Elapsed::from_millis(1_000.0 + 10.0 * (at % 13) as f64),
                failures: if fine { Vec::new() } else { fixtures::run(5).failures },
                tool_calls: 3,
                wrong_tool_calls: u32::from(!fine),
                ..fixtures::run(at + 1)
            }
        })
        .collect()
}

fn periods() -> Periods {
    let comparison = compare("yesterday", &runs(9, 0.019), "today", &runs(4, 0.018));
    let choice = |name: &str, label: &str| SideChoice { name: name.to_owned(), label: label.to_owned(), agent: None };
    Periods {
        before: "yesterday".to_owned(),
        current: "today".to_owned(),
        comparison,
        choices: vec![choice("today", "today"), choice("yesterday", "yesterday"), choice("b1", "baseline before the fix of 2026-11-20")],
    }
}

fn question(desk: &Desk) -> (u64, Ask) {
    let asked = desk.effects.iter().rev().find_map(|effect| match effect {
        Effect::Fetch { slot: Slot::Prompt, generation, ask } => Some((*generation, ask.clone())),
        _ => None,
    });
    asked.expect("the overlay asks")
}

/// A desk with the comparison open from the grade pane and answered.
fn compared(width: u16, height: u16) -> Desk {
    let mut desk = Desk::new(width, height);
    desk.press("2").beat(1, 1_204).answer("grade", Arrived::Agents(Arc::new(figures::agents()))).press("C");
    answer(&mut desk, Ok(Arrived::PeriodsCompared(Arc::new(periods()))));
    desk
}

fn answer(desk: &mut Desk, answer: Result<Arrived, String>) {
    let (generation, _) = question(desk);
    desk.send(Msg::Arrived { slot: Slot::Prompt, generation, answer });
}

fn asked(before: &str, current: &str) -> Ask {
    Ask::ComparePeriods { agent: Some("refund-bot".to_owned()), before: Some(before.to_owned()), current: Some(current.to_owned()) }
}

#[test]
fn it_opens_on_the_selected_agent_and_reads_at_every_size() {
    for (width, height) in SIZES {
        let desk = compared(width, height);
        insta::assert_snapshot!(format!("periods_{width}x{height}"), desk.screen());
    }
    let mut desk = compared(80, 24);
    desk.press("g");
    assert!(desk.screen().contains("all agents together"), "{}", desk.screen());
}

#[test]
fn each_side_is_turned_through_what_can_stand_there() {
    let mut desk = compared(80, 24);
    desk.press("]");
    assert_eq!(question(&desk).1, asked("b1", "today"));
    desk.press("Tab [");
    assert_eq!(question(&desk).1, asked("yesterday", "b1"), "the figures shown are still those of yesterday and today");
    desk.press("x");
    assert_eq!(question(&desk).1, asked("today", "yesterday"));
}

#[test]
fn an_agent_leads_to_its_grade() {
    let mut desk = compared(80, 24);
    desk.press("j Enter");
    assert_eq!(desk.workbench.focused().0, "grade");
    assert!(!desk.screen().contains("agent by agent"), "{}", desk.screen());
}

#[test]
fn why_there_is_nothing_to_compare_is_said() {
    let mut desk = Desk::new(80, 24);
    desk.press("2").beat(1, 1_204).answer("grade", Arrived::Agents(Arc::new(figures::agents()))).press("C");
    answer(&mut desk, Err("there is no baseline \"gone\"".to_owned()));
    assert!(desk.screen().contains("no baseline"), "{}", desk.screen());
    desk.press("] x Enter Esc");
}

#[test]
fn whatever_is_compared_fits_and_harms_nobody() {
    let mut hostile = runs(3, 0.1);
    hostile.iter_mut().zip(figures::HOSTILE.iter().cycle()).for_each(|(row, name)| row.agent = (*name).to_owned());
    let empty = compare("a", &[], "b", &[]);
    let odd = compare(figures::HOSTILE[0], &hostile, figures::HOSTILE[3], &hostile[..1]);
    let desk = Desk::new(80, 24);
    let view = View { shared: &desk.workbench.shared, focused: true, now: desk.now };
    for comparison in [empty, odd] {
        for (width, height) in [(0, 0), (1, 1), (9, 4), (40, 10), (80, 24), (200, 60)] {
            let mut overlay = ComparePeriods::new(None);
            overlay.arrived(Ok(Arrived::PeriodsCompared(Arc::new(Periods { comparison: comparison.clone(), ..periods() }))));
            for _ in 0..4 {
                let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
                overlay.draw(buffer.area, &mut buffer, &view);
                assert_harmless(&text_rows(&buffer).join("\n"));
                overlay.selected = (overlay.selected + 3).min(comparison.agents.len());
            }
        }
    }
}
