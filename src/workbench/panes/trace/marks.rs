//! What every row of steps begins with, and what the verdict makes of a step in a mark and in words.
//!
//! | mark | says |
//! |---|---|
//! | `x` | something is wrong here and nothing made up for it |
//! | `!` | something was wrong here, and was made up for |
//! | `?` | the decisive mistake may be here |
//! | `\|` | on the way from the suspected mistake to what is seen |
//! | `*` | the verdict rests on this, among other things |

use ratatui::{style::Style, text::Span};

use crate::{
    text::{
        human,
        width::{pad_left, pad_right},
    },
    workbench::{
        need::TraceView,
        outline::Item,
        pane::View,
        theme::Role,
        waterfall::{Sign, StepLine},
        words::counted,
    },
};

use super::list::List;

/// Words with the role that colours them.
pub(super) type Words = (String, Role);

/// Levels that names are set in at most: a name must still be read.
const DEEPEST: u16 = 5;

/// Columns of a step's number and one of air.
pub(super) fn number_columns(trace: &TraceView) -> usize {
    let last = trace.waterfall.steps.last().map_or(0, |step| step.number.0);
    last.to_string().len().max(2) + 1
}

/// The mark of a step.
pub(super) fn mark(step: &StepLine) -> (&'static str, Role) {
    match (&step.trouble, step.sign) {
        (Some(trouble), _) if !trouble.recovered => ("x", Role::Bad),
        (_, Some(Sign::Suspect(_))) => ("?", Role::Warn),
        (Some(_), _) => ("!", Role::Warn),
        (None, Some(Sign::Chain)) => ("|", Role::Warn),
        (None, Some(Sign::Evidence(_))) => ("*", Role::Dim),
        (None, None) => (" ", Role::Dim),
    }
}

/// What is to be known of a step, in words: what is wrong there, else what the verdict makes of it.
pub(super) fn words(step: &StepLine) -> Option<Words> {
    let cause = |sure: Option<crate::model::probability::Probability>| match sure {
        Some(sure) => format!("cause {:.0} %", sure.percent()),
        None => "cause".to_owned(),
    };
    let also = match step.sign {
        Some(Sign::Suspect(sure)) => format!(", {}", cause(sure)),
        _ => String::new(),
    };
    Some(match (&step.trouble, step.sign) {
        (Some(trouble), _) if trouble.recovered => (format!("! recovered: {}{also}", trouble.says), Role::Warn),
        (Some(trouble), _) => (format!("x {}{also}", trouble.says), Role::Bad),
        (None, Some(Sign::Suspect(sure))) => (format!("? {}", cause(sure)), Role::Warn),
        (None, Some(Sign::Chain)) => ("| leads to the failure".to_owned(), Role::Warn),
        (None, Some(Sign::Evidence(Some(weight)))) => (format!("* evidence {weight:+.1}"), Role::Dim),
        (None, Some(Sign::Evidence(None))) => ("* decides".to_owned(), Role::Dim),
        (None, None) => return None,
    })
}

/// All that is to be known of the step in a row, what it hides included; `None` where that is nothing.
pub(super) fn known(trace: &TraceView, list: &List, row: usize, step: &StepLine) -> Option<Words> {
    match (words(step), folded(trace, list, row)) {
        (Some((words, role)), Some((hidden, hidden_role))) => {
            let role = if role == Role::Bad { role } else { hidden_role };
            Some((format!("{words}  {hidden}"), role))
        }
        (words, hidden) => words.or(hidden),
    }
}

/// What a folded row hides, in words; `None` where it hides nothing.
pub(super) fn folded(trace: &TraceView, list: &List, row: usize) -> Option<Words> {
    let folding = list.folding();
    if !folding.is_closed(row) {
        return None;
    }
    let hidden = folding.within(row) as u64;
    let (first, last) = places(trace, list, folding.inside(row))?;
    let troubled = &trace.waterfall.troubled;
    let inside = troubled.partition_point(|place| *place < first)..troubled.partition_point(|place| *place <= last);
    let wrong = troubled.get(inside).map_or(0, |places| places.iter().filter(|place| trace.waterfall.stands(**place)).count());
    let within = format!("+ {}", counted(hidden, "step"));
    Some(if wrong > 0 { (format!("{within}, x {wrong} wrong"), Role::Bad) } else { (within, Role::Dim) })
}

/// The first and last step among rows that lie within one.
fn places(trace: &TraceView, list: &List, mut rows: std::ops::Range<usize>) -> Option<(usize, usize)> {
    let outline = list.outline(trace);
    let first = rows.find_map(|row| outline.step_in(row))?;
    Some((first, rows.rev().find_map(|row| outline.step_in(row)).unwrap_or(first)))
}

/// The whole run in words.
pub(super) fn whole_run(trace: &TraceView) -> String {
    format!("the whole run, {}", counted(trace.waterfall.steps.len() as u64, "step"))
}

/// The cursor, the mark and the number.
pub(super) fn lead(trace: &TraceView, list: &List, row: usize, columns: usize, view: &View<'_>) -> Vec<Span<'static>> {
    let cursor = if row == list.selected() { view.shared.glyphs.cursor } else { " " };
    let step = match list.outline(trace).items().get(row) {
        Some(Item::Step(place)) => trace.waterfall.steps.get(*place),
        _ => None,
    };
    let (mark, role) = step.map_or((" ", Role::Dim), mark);
    let number = step.map_or_else(String::new, |step| step.number.to_string());
    vec![
        Span::styled(format!("{cursor} "), view.style(Role::Accent)),
        Span::styled(mark.to_owned(), view.style(role)),
        Span::styled(format!("{} ", pad_left(&number, columns - 1)), view.style(Role::Dim)),
    ]
}

/// A name in so many columns and one of air, set in by its level, with a mark where it folds.
pub(super) fn name(list: &List, row: usize, name: &str, columns: usize, style: Style, view: &View<'_>) -> Span<'static> {
    let folding = list.folding();
    let level = folding.level(row);
    let fold = match (folding.within(row) > 0, list.folds()) {
        (true, _) => format!("{} ", view.shared.glyphs.folds[usize::from(folding.is_closed(row))]),
        (false, true) => "  ".to_owned(),
        (false, false) => String::new(),
    };
    let told = if level > DEEPEST { format!("{level}: ") } else { String::new() };
    // A name that is set in must be read too: at most half the room goes to setting in.
    let room = (columns / 2).saturating_sub(told.len());
    let deep = format!("{}{told}", " ".repeat(usize::from(level.min(DEEPEST) * 2).min(room)));
    Span::styled(format!("{} ", pad_right(&format!("{deep}{fold}{name}"), columns)), style)
}

/// A count in short where there is room for no more.
pub(super) fn tokens(value: Option<(u64, u64)>) -> String {
    value.map_or_else(|| "-".to_owned(), |(input, output)| format!("{}/{}", human::compact(input), human::compact(output)))
}
