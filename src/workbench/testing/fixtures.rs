//! Facts to test screens with: made-up runs of three agents, and the same with hostile texts.

mod traces;

use std::{sync::Arc, time::Duration};

use crate::{
    model::{
        failure::{FailureCode, Severity},
        grade::{Grade, Letter},
        ids::{Fingerprint, Sequence, StepNumber, TraceId},
        money::Money,
        probability::{Interval, Probability},
        progress::Progress,
        session::Session,
        summary::{FailureMark, Insight, Summary},
        time::{Elapsed, Timestamp},
        usage::TokenUsage,
        verdict::{Outcome, OutcomeSource, OutcomeState},
    },
    workbench::{
        hygiene,
        need::{Arrived, Overview, RowPage, SessionPage},
    },
};

pub(crate) use traces::{doubted, endless_trace, hostile_trace, laid_out, refund, verdict};

use super::NOON;

/// What a hostile sender puts into every text: clear screen, title, bidi override, zero width, newline, tab, wide and combining characters.
pub(crate) const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{202e}evil\u{200b}\r\n\tX\u{9b}31m 宽字符 z\u{300}\u{300}algo \u{2066}";

/// The pattern the refund agent's failures belong to.
pub(crate) const BAD_AMOUNT: Fingerprint = Fingerprint(0x5eed_0000_0000_0001);

/// The run with this sequence number: the agents take turns, every fifth run is a refund that failed. Newer runs are later.
pub(crate) fn run(sequence: u64) -> Summary {
    let at = Timestamp::from_micros(NOON.micros() + i64::try_from(sequence).unwrap() * 1_000_000).minus(Duration::from_secs(20_000));
    let base = Summary {
        sequence: Sequence(sequence),
        trace_id: TraceId::new(&format!("01J9XK{sequence:06}QF")).unwrap(),
        revision: 1,
        arrived: at,
        time: at,
        agent: "checkout".to_owned(),
        session: None,
        project: None,
        domain: Some("finance".to_owned()),
        framework: Some("langchain".to_owned()),
        steps: 11,
        took: Some(Elapsed::from_micros(4_200_000)),
        model_time: None,
        tool_time: None,
        usage: Some(TokenUsage { input_tokens: 2_900, output_tokens: 220, ..TokenUsage::default() }),
        cost: Some(Money::from_pico(13_100_000_000)),
        tool_calls: 4,
        wrong_tool_calls: 0,
        outcome: Outcome { state: OutcomeState::Ok, source: Some(OutcomeSource::Reported), reported: Some(true) },
        probability: Some(Probability::clamped(0.95)),
        failures: Vec::new(),
        tools: vec!["search".to_owned()],
        models: Vec::new(),
        error: None,
        leaks: 0,
        incomplete: false,
        progress: Progress::Whole,
        insight: Insight::default(),
        feedback: None,
        body_bytes: 4_000,
        rules: "2026.11.1".to_owned(),
    };
    match sequence % 5 {
        0 => Summary {
            agent: "refund-bot".to_owned(),
            framework: Some("crewai".to_owned()),
            steps: 6,
            took: Some(Elapsed::from_micros(1_100_000)),
            cost: Some(Money::from_pico(4_000_000_000)),
            outcome: Outcome { state: OutcomeState::Failed, source: Some(OutcomeSource::Reported), reported: Some(false) },
            probability: Some(Probability::clamped(0.05)),
            failures: vec![mark(FailureCode::ToolBadArguments, Severity::High, false, Some(BAD_AMOUNT))],
            error: Some("ToolError: amount must be a number".to_owned()),
            ..base
        },
        2 => Summary {
            agent: "kyc-screen".to_owned(),
            framework: None,
            domain: Some("security".to_owned()),
            steps: 14,
            took: Some(Elapsed::from_micros(9_800_000)),
            cost: None,
            failures: vec![mark(FailureCode::ToolTimeout, Severity::Medium, false, None)],
            ..base
        },
        3 => Summary {
            agent: "scratch-agent".to_owned(),
            framework: None,
            domain: None,
            usage: None,
            took: None,
            outcome: Outcome { state: OutcomeState::Unknown, source: None, reported: None },
            probability: None,
            ..base
        },
        // Now and then one that says ok and does not look it.
        4 if sequence % 20 == 14 => Summary {
            probability: Some(Probability::clamped(0.82)),
            insight: Insight { inferred: Some(Probability::clamped(0.19)), ..Insight::default() },
            ..base
        },
        _ => base,
    }
}

/// One failure of a run.
pub(crate) fn mark(code: FailureCode, severity: Severity, recovered: bool, fingerprint: Option<Fingerprint>) -> FailureMark {
    FailureMark { code, severity, recovered, step: Some(StepNumber(5)), fingerprint }
}

/// A run whose every text is hostile, cleaned as all rows are.
pub(crate) fn hostile_run(sequence: u64) -> Summary {
    let text = || Some(HOSTILE.to_owned());
    hygiene::summary(Summary {
        trace_id: TraceId::new(HOSTILE).unwrap(),
        agent: HOSTILE.to_owned(),
        session: text(),
        project: text(),
        domain: text(),
        framework: text(),
        error: text(),
        tools: vec![HOSTILE.to_owned()],
        steps: u32::MAX,
        took: Some(Elapsed::from_micros(u64::MAX)),
        usage: Some(TokenUsage { input_tokens: u64::MAX, output_tokens: u64::MAX, ..TokenUsage::default() }),
        cost: Some(Money::from_pico(i128::MAX)),
        ..run(sequence)
    })
}

/// The session whose last run has this sequence number: a conversation of a few runs of one or two agents.
pub(crate) fn session(newest: u64) -> Session {
    let last = run(newest);
    let failed = u64::from(last.outcome.state == OutcomeState::Failed);
    Session {
        id: if newest.is_multiple_of(4) { format!("chat-{newest}-8c1f42e9-77aa-4d20-b1f3-{newest:012}") } else { format!("chat-{newest}") },
        project: newest.is_multiple_of(2).then(|| "shop".to_owned()),
        agents: if newest.is_multiple_of(3) { vec![last.agent, "triage".to_owned()] } else { vec![last.agent] },
        runs: 1 + newest % 7,
        failed,
        unknown: 0,
        first: last.time.minus(Duration::from_secs(600)),
        last: last.time,
        cost: last.cost,
        unpriced: u64::from(newest.is_multiple_of(4)),
        tokens: 3_120,
        newest: last.sequence,
        outcome: last.outcome.state,
    }
}

/// A session whose every text is hostile; agents are cleaned, id and project as sent.
pub(crate) fn hostile_session(newest: u64) -> Session {
    let text = crate::text::clean::clean_line(HOSTILE).into_owned();
    Session {
        id: HOSTILE.to_owned(),
        project: Some(format!("{HOSTILE}{newest}")),
        agents: vec![text; 3],
        runs: u64::MAX,
        failed: u64::MAX,
        tokens: u64::MAX,
        cost: Some(Money::from_pico(i128::MAX)),
        ..session(newest)
    }
}

/// Those sessions, the one active last first, all there are.
pub(crate) fn sessions(newest: impl IntoIterator<Item = u64>, stored: u64) -> Arrived {
    let sessions: Vec<Session> = newest.into_iter().map(session).collect();
    let total = sessions.len() as u64;
    Arrived::Sessions(Arc::new(SessionPage { sessions, total, stored, ..SessionPage::default() }))
}

/// The newest `count` runs of a store of `stored`, from `newest` down.
pub(crate) fn page(newest: u64, count: u64, stored: u64) -> Arrived {
    let oldest = newest.saturating_sub(count - 1).max(1);
    Arrived::Rows(Arc::new(RowPage {
        rows: (oldest..=newest).rev().map(run).collect(),
        more_above: newest < stored,
        more_below: oldest > 1,
        total: stored,
        exact: true,
        stored,
        searched: stored,
        done: true,
        relaxation: None,
    }))
}

/// A grade with its interval.
pub(crate) fn grade(score: f64, half: f64, runs: u32) -> Grade {
    Grade { letter: Letter::of_score(score), score, interval: Interval { low: score - half, high: score + half }, runs }
}

/// The figures of a store with so many traces.
pub(crate) fn overview(traces: u64) -> Arrived {
    Arrived::Overview(Overview {
        traces,
        agents: 3,
        grade: Some(grade(84.0, 4.0, 412)),
        cost_today: Some(Money::from_pico(3_210_000_000_000)),
        budgets: Vec::new(),
        store_bytes: 214_000_000,
    })
}
