//! What speaks for and against each step as the decisive mistake: one row of numbers a moment, each with a name and a sentence.

use super::{
    answer,
    excerpts::{self, Excerpt},
    flow::{self, Appearance},
    moment::{Act, Moment, Shape},
    signs::{Seen, Sign},
    tokens::{self, Marks},
};
use crate::{
    analysis::{run::Run, tool_nature::Nature},
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
    EarlyAction = "early_action", "it is action {nth} of the run, on which the later ones build";
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
    /// Fewer than 60 bytes are said.
    SaysLittle = "says_little", "hardly anything is said here";
    /// The first thing that went wrong and was not made up for.
    FirstTrouble = "first_trouble", "it is the first step that went wrong";
    /// The first thought or statement after something went wrong.
    AfterTrouble = "after_trouble", "it is the first to speak after something went wrong";
    /// The run broke off here.
    BreaksOff = "breaks_off", "the run breaks off here";
    /// How early it is, -ln(place), in a run of talk.
    EarlyTalk = "early_in_talk", "it is step {place} of {count}";
    /// The same, where an agent works alone.
    EarlyAlone = "early_alone", "it is step {place} of {count}";
    /// The same in a dialogue with a person.
    EarlyDialogue = "early_in_dialogue", "it is step {place} of {count}, and dialogues go wrong when it comes to acting, not at the beginning";
    /// The same where one agent leads others.
    EarlyLed = "early_when_led", "it is step {place} of {count}";
    /// The same in such a run of more than forty steps.
    EarlyLongLed = "early_in_long_led_run", "it comes early in a run of {count} steps: long runs go wrong at the beginning";
    /// The work is declared done.
    DeclaresDone = "declares_done", "the work is declared done here";
    /// A plan that holds little of what was asked for.
    PlanStrays = "plan_strays", "the plan made here holds little of what was asked for";
    /// 1 for the first turn of those who are led, 1/2 for the second, and so on.
    EarlyExecution = "early_execution", "it is turn {nth} of those who carry out the plan";
    /// Share of the request's words that the result holds.
    ResultOnSubject = "result_on_subject", "the result here holds {percent} % of the request's words, so that it is easily taken for the answer";
    /// It repeats an earlier call.
    RepeatsCall = "repeats_call", "an earlier call is repeated here";
    /// The earliest failure that structure shows and nothing made up for.
    LastingFailure = "lasting_failure", "it is the earliest failure that nothing made up for";
}

/// The numbers of one moment.
pub(super) type Row = [f64; COUNT];

/// What a feature says where it speaks for a step: `value` is the feature's, `place` the step's, among `count`.
pub(super) fn says(feature: usize, value: f64, place: usize, count: usize) -> String {
    let sentence = SENTENCES.get(feature).copied().unwrap_or_default();
    let fill = |sentence: String, name: &str, number: f64| {
        if sentence.contains(name) { sentence.replace(name, &format!("{number:.0}")) } else { sentence }
    };
    let numbers = [
        ("{nth}", 1.0 / value.max(f64::MIN_POSITIVE)),
        ("{percent}", value * 100.0),
        ("{place}", place as f64 + 1.0),
        ("{count}", count as f64),
    ];
    numbers.into_iter().fold(sentence.to_owned(), |sentence, (name, number)| fill(sentence, name, number))
}

/// What was measured of a run.
pub(super) struct Measured {
    /// One row a moment.
    pub(super) rows: Vec<Row>,
    /// Every value in the order of the moments.
    pub(super) appearances: Vec<Appearance>,
}

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
    let appearances = flow::appearances(moments);
    let request = run.trace.input.as_ref().map(excerpts::of).unwrap_or_default();
    let asked_for = tokens::subject(request.parts());
    let mut answer = answer::values(run, moments);
    for part in request.parts() {
        tokens::values(part, |value, _| {
            answer.remove(&value);
        });
    }
    let answer_at = answer::first_appearance(&answer, &appearances);
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
