//! What speaks for and against each step as the decisive mistake: one row of numbers a moment, each with a name and a sentence.

use std::collections::BTreeMap;

use super::{
    excerpts::{self, Excerpt},
    moment::{Act, Moment, Shape},
    signs::{Seen, Sign},
    tokens::{self, Marks},
};
use crate::{
    analysis::{excerpt, run::Run, stated_count, tool_nature::Nature},
    model::failure::{Failure, FailureCode},
};

macro_rules! features {
    ($( $(#[$doc:meta])* $variant:ident = $name:literal, $says:literal; )+) => {
        /// What is measured of a step.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Feature { $( $(#[$doc])* $variant, )+ }

        /// The names, in the order of the numbers of a row.
        pub(crate) const NAMES: &[&str] = &[ $( $name, )+ ];

        /// What each says where it speaks for a step.
        const SENTENCES: &[&str] = &[ $( $says, )+ ];

        /// How many there are.
        const COUNT: usize = NAMES.len();
    };
}

features! {
    /// 1 for the first step.
    Opens = "opens_the_run", "it opens the run";
    /// 1 for the first action of the run, 1/2 for the second, and so on; 0 for what is no action.
    EarlyAction = "early_action", "it is among the first actions, on which the others build";
    /// A tool is called, or an agent does as it was told.
    Calls = "calls", "something is done here, and not only said";
    /// A tool answers.
    Returns = "returns", "a tool answers here";
    /// Somebody assumes, simulates, recalls.
    Assumes = "assumes", "something is assumed, simulated or recalled here, and not looked up";
    /// Code whose data is made up.
    MakesUpData = "makes_up_data", "the code written here works on data that is made up";
    /// A value of the final answer comes up for the first time.
    AnswerAppears = "answer_appears", "a value of the final answer comes up here for the first time";
    /// A call that changes something.
    ChangesState = "changes_state", "something is changed here";
    /// A count that no list in the last result has.
    CountDiffers = "count_differs", "the count stated here is the size of nothing in the last result";
    /// Fewer than 60 bytes are said.
    SaysLittle = "says_little", "hardly anything is said here";
    /// The first thing that went wrong and was not made up for.
    FirstTrouble = "first_trouble", "it is the first step that went wrong";
    /// The first thought or statement after something went wrong.
    AfterTrouble = "after_trouble", "it is the first to speak after something went wrong";
    /// The run broke off here.
    BreaksOff = "breaks_off", "the run breaks off here";
    /// How early it is, -ln(place), in a run of talk.
    EarlyTalk = "early_in_talk", "it comes early";
    /// The same, where an agent works alone.
    EarlyAlone = "early_alone", "it comes early";
    /// The same in a dialogue with a person.
    EarlyDialogue = "early_in_dialogue", "it comes where dialogues tend to go wrong";
    /// The same where one agent leads others.
    EarlyLed = "early_when_led", "it comes early";
    /// The same in such a run of more than forty steps.
    EarlyLongLed = "early_in_long_led_run", "it comes early in a long run";
    /// The work is declared done.
    DeclaresDone = "declares_done", "the work is declared done here";
    /// A plan that holds little of what was asked for.
    PlanStrays = "plan_strays", "the plan made here holds little of what was asked for";
    /// 1 for the first turn of those who are led, 1/2 for the second, and so on.
    EarlyExecution = "early_execution", "it is among the first turns of those who carry out the plan";
    /// Share of the request's words that the result holds.
    ResultOnSubject = "result_on_subject", "the result here is about what was asked, so that it is easily taken for the answer";
    /// It repeats an earlier call.
    RepeatsCall = "repeats_call", "an earlier call is repeated here";
    /// The earliest failure that structure shows and nothing made up for.
    LastingFailure = "lasting_failure", "it is the earliest failure that nothing made up for";
}

/// The numbers of one moment.
pub(super) type Row = [f64; COUNT];

impl Feature {
    /// What it says where it speaks for a step.
    pub(super) fn says(place: usize) -> &'static str {
        SENTENCES.get(place).copied().unwrap_or_default()
    }
}

/// Where a value comes up: its number, and the place of the moment.
pub(super) type Appearance = (u64, u32);

/// What was measured of a run.
pub(super) struct Measured {
    /// One row a moment.
    pub(super) rows: Vec<Row>,
    /// Every value in the order of the moments.
    pub(super) appearances: Vec<Appearance>,
}

/// Values looked at in one moment: a page of figures says no more than its beginning.
const MOST_VALUES: usize = 1_000;

/// Below so many bytes a step says little.
const LITTLE: usize = 60;

/// A led run of more steps is long.
const LONG: usize = 40;

/// A text shorter than this is no plan, in bytes.
const SHORTEST_PLAN: usize = 500;

/// A plan with a smaller share of the request's words strays from it.
const STRAYS_BELOW: f64 = 0.4;

/// A request with fewer words is too short to tell.
const FEWEST_WORDS: usize = 5;

/// What the words of a moment give away.
#[derive(Clone, Copy, Default)]
struct Given {
    text: Seen,
    result: Seen,
}

/// Measures every moment; one pass over the texts.
pub(super) fn measure(run: &Run<'_>, moments: &[Moment<'_>], shape: Shape, failures: &[Failure]) -> Measured {
    let signs = &run.rules.signs;
    let text_of = |moment: &Moment<'_>| if moment.act == Act::Returned { signs.trouble(&moment.text) } else { signs.of(&moment.text) };
    let given: Vec<Given> = moments.iter().map(|moment| Given { text: text_of(moment), result: signs.trouble(&moment.result) }).collect();
    let appearances = appearances(moments);
    let request = run.trace.input.as_ref().map(excerpts::of).unwrap_or_default();
    let asked_for = tokens::subject(request.parts());
    let mut answer = answer_values(run, moments);
    for part in request.parts() {
        tokens::values(part, |value, _| {
            answer.remove(&value);
        });
    }
    let answer_at = first_of_answer(&answer, &appearances);
    let lasting = failures.iter().filter(|failure| is_lasting(failure)).filter_map(|failure| failure.step).min();
    let mut faults = Faults::of(run);
    let plan = moments.iter().position(|moment| !matches!(moment.act, Act::Heard | Act::Instructed | Act::Returned));

    let mut rows = Vec::with_capacity(moments.len());
    let (mut actions, mut executions, mut trouble, mut spoke) = (0_u32, 0_u32, false, false);
    for (place, moment) in moments.iter().enumerate() {
        let mut row: Row = [0.0; COUNT];
        let mut set = |feature: Feature, value: f64| row[feature as usize] = value;
        let mark = |holds: bool| f64::from(u8::from(holds));
        let says = matches!(moment.act, Act::Said | Act::Coded | Act::Ordered);
        let calls = matches!(moment.act, Act::Called | Act::Coded);
        let seen = given[place];
        let (broke_off, fault) = faults.at(moment);

        set(Feature::Opens, mark(place == 0));
        if place > 0 && (says || calls) {
            actions += 1;
            set(Feature::EarlyAction, 1.0 / f64::from(actions));
        }
        if shape == Shape::Led && calls {
            executions += 1;
            set(Feature::EarlyExecution, 1.0 / f64::from(executions));
        }
        set(Feature::Calls, mark(moment.act == Act::Called));
        set(Feature::Returns, mark(moment.act == Act::Returned));
        set(Feature::Assumes, mark(place > 0 && says && (seen.text.has(Sign::Assumes) || seen.text.has(Sign::MakesUp))));
        set(Feature::MakesUpData, mark(place > 0 && moment.act == Act::Coded && seen.text.has(Sign::MakesUp)));
        set(Feature::AnswerAppears, mark(answer_at == Some(place)));
        set(Feature::ChangesState, mark(run.calls[moment.calls.clone()].iter().any(|call| call.nature == Nature::Writes)));
        set(Feature::CountDiffers, mark(moment.act == Act::Said && count_differs(run, moment)));
        set(Feature::SaysLittle, mark(moment.text.len() < LITTLE));
        set(Feature::BreaksOff, mark(broke_off || (moment.act != Act::Returned && seen.text.has(Sign::BrokeOff))));
        set(Feature::DeclaresDone, mark(seen.text.has(Sign::DeclaresDone)));
        set(Feature::RepeatsCall, mark(moment.calls.clone().any(|call| run.repeats.previous.get(call).is_some_and(Option::is_some))));
        set(Feature::LastingFailure, mark(lasting == Some(moment.number)));

        let early = -(1.0 + place as f64).ln();
        let position = match shape {
            Shape::Talk => Feature::EarlyTalk,
            Shape::Alone => Feature::EarlyAlone,
            Shape::Dialogue => Feature::EarlyDialogue,
            Shape::Led => Feature::EarlyLed,
        };
        set(position, early);
        if shape == Shape::Led && moments.len() > LONG {
            set(Feature::EarlyLongLed, early);
        }

        if plan == Some(place) && asked_for.len() >= FEWEST_WORDS && moment.text.len() > SHORTEST_PLAN {
            set(Feature::PlanStrays, mark(share(&moment.text, &asked_for) < STRAYS_BELOW));
        }
        let own_text = moment.act == Act::Returned || moment.executes;
        let result = if moment.result.is_empty() && own_text { &moment.text } else { &moment.result };
        set(Feature::ResultOnSubject, share(result, &asked_for));

        let answered = given.get(place + 1).filter(|_| moments.get(place + 1).is_some_and(|next| next.act == Act::Returned));
        let result_erred = if moment.result.is_empty() { answered.is_some_and(|next| next.text.trouble()) } else { seen.result.trouble() };
        let went_wrong = fault
            || match moment.act {
                Act::Coded => result_erred,
                // A report of what was done may mention errors; that nothing was to be had is what it reports.
                Act::Called => result_erred || seen.text.has(Sign::KeptOut),
                // What a tool answers is the consequence of the step that called it.
                _ => false,
            };
        if trouble && !spoke && matches!(moment.act, Act::Led | Act::Said) {
            spoke = true;
            set(Feature::AfterTrouble, 1.0);
        }
        set(Feature::FirstTrouble, mark(went_wrong && !trouble));
        trouble |= went_wrong;
        rows.push(row);
    }
    Measured { rows, appearances }
}

/// Whether a failure lasts and may be a cause. An empty result may be how things are.
pub(super) fn is_lasting(failure: &Failure) -> bool {
    !failure.recovered && failure.code.family() != "efficiency" && failure.code != FailureCode::ToolEmptyResult
}

/// The errors of a run that nothing made up for, walked through in the order of the moments.
struct Faults {
    /// (number of the step, whether the run ended with it), sorted by step.
    lasting: Vec<(u32, bool)>,
    next: usize,
}

impl Faults {
    fn of(run: &Run<'_>) -> Self {
        let lasting = run.faults.iter().filter(|fault| !fault.recovered && !fault.harmless);
        let mut lasting: Vec<_> = lasting.filter_map(|fault| Some((fault.step?.0, fault.ended_run))).collect();
        lasting.sort_unstable();
        Self { lasting, next: 0 }
    }

    /// Whether the run broke off at this moment, and whether something lasting went wrong there.
    fn at(&mut self, moment: &Moment<'_>) -> (bool, bool) {
        let (mut broke_off, mut any) = (false, false);
        while let Some((step, ended)) = self.lasting.get(self.next).filter(|(step, _)| *step <= moment.number.0) {
            any |= *step == moment.number.0;
            broke_off |= *ended;
            self.next += 1;
        }
        (broke_off, any)
    }
}

/// All values with the moments that hold them.
fn appearances(moments: &[Moment<'_>]) -> Vec<Appearance> {
    let mut all = Vec::new();
    for (place, moment) in moments.iter().enumerate() {
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        let most = all.len() + MOST_VALUES;
        for part in moment.text.parts().chain(moment.asked.parts()).chain(moment.result.parts()) {
            tokens::values(part, |value, _| {
                if all.len() < most {
                    all.push((value, place));
                }
            });
        }
    }
    all
}

/// The first moment after the opening at which a value of the answer comes up that the opening did not hold.
fn first_of_answer(answer: &Marks, appearances: &[Appearance]) -> Option<usize> {
    if answer.is_empty() {
        return None;
    }
    let opening: Marks = appearances.iter().take_while(|(_, place)| *place == 0).map(|(value, _)| *value).collect();
    let first = appearances.iter().find(|(value, place)| *place > 0 && answer.contains(value) && !opening.contains(value))?;
    usize::try_from(first.1).ok()
}

/// The values of the final answer: of what follows the words "final answer", else of the last thing said.
fn answer_values(run: &Run<'_>, moments: &[Moment<'_>]) -> Marks {
    const LAST_MOMENTS: usize = 3;
    const END_BYTES: usize = 500;
    const SHORTEST: usize = 20;
    let output = run.trace.output.as_ref().map(excerpts::of).unwrap_or_default();
    let ends = moments.iter().rev().take(LAST_MOMENTS).map(|moment| excerpt::tail(moment.text.end(), END_BYTES));
    let mut values = Marks::default();
    // Identifiers are handed on as they are; what an answer claims are figures and names.
    let mut take = |text: &str| {
        tokens::values(text, |value, token| {
            if !tokens::is_identifier(token) {
                values.insert(value);
            }
        });
    };
    let mut named = false;
    for answer in output.parts().chain(ends).flat_map(final_answers) {
        named = true;
        take(answer);
    }
    if !named {
        let last = moments.iter().rev().find(|moment| moment.act != Act::Returned && moment.text.len() > SHORTEST);
        take(last.map_or("", |moment| excerpt::tail(moment.text.end(), END_BYTES)));
    }
    values
}

/// What follows the words "final answer" on their line.
fn final_answers(text: &str) -> impl Iterator<Item = &str> {
    const WORDS: &str = "final answer";
    const MOST_BYTES: usize = 160;
    let lower = text.to_ascii_lowercase();
    let places: Vec<usize> = lower.match_indices(WORDS).map(|(at, _)| at + WORDS.len()).collect();
    places.into_iter().map(move |at| excerpt::head(text[at..].lines().next().unwrap_or_default(), MOST_BYTES))
}

/// Whether a step states a count that nothing in the last result before it has.
fn count_differs(run: &Run<'_>, moment: &Moment<'_>) -> bool {
    let before = run.calls[..moment.calls.start].last().and_then(|call| call.output);
    before.and_then(|result| stated_count::misread(&moment.text.head, result)).is_some()
}

/// The share of the request's words that a text holds.
fn share(text: &Excerpt<'_>, asked_for: &Marks) -> f64 {
    if asked_for.is_empty() || text.is_empty() {
        return 0.0;
    }
    let mut held = Marks::default();
    for part in text.parts() {
        tokens::words(part, |word| {
            if asked_for.contains(&word) {
                held.insert(word);
            }
        });
    }
    held.len() as f64 / asked_for.len() as f64
}

/// For each value of a moment that comes up there first, the later moments that use it: (place, how many of them).
pub(super) fn uses(appearances: &[Appearance], place: usize) -> Vec<(usize, usize)> {
    let at = u32::try_from(place).unwrap_or(u32::MAX);
    let start = appearances.partition_point(|(_, moment)| *moment < at);
    let end = appearances.partition_point(|(_, moment)| *moment <= at);
    let mut new: Marks = appearances[start..end].iter().map(|(value, _)| *value).collect();
    for (value, _) in &appearances[..start] {
        new.remove(value);
    }
    let mut used: BTreeMap<usize, Marks> = BTreeMap::new();
    for (value, moment) in appearances[end..].iter().filter(|(value, _)| new.contains(value)) {
        used.entry(usize::try_from(*moment).unwrap_or(usize::MAX)).or_default().insert(*value);
    }
    used.into_iter().map(|(moment, values)| (moment, values.len())).collect()
}
