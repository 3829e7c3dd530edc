//! Facts to test screens with: made-up runs of three agents, and the same with hostile texts.

use std::{sync::Arc, time::Duration};

use serde_json::json;

use crate::{
    model::{
        cost::{Cost, CostLine},
        failure::{Failure, FailureCode, Severity},
        grade::{Grade, Letter},
        ids::{Fingerprint, Sequence, StepNumber, TraceId},
        latency::Latency,
        money::Money,
        pattern::{Pattern, PatternReport, PatternState},
        probability::{Interval, Probability},
        step::{ModelCall, Step, StepKind, ToolCall},
        summary::{FailureMark, Summary},
        time::{Elapsed, Timestamp},
        trace::Trace,
        usage::{TokenClass, TokenUsage},
        verdict::{Outcome, OutcomeSource, OutcomeState, RootCause, Tools, Verdict},
    },
    workbench::{
        hygiene,
        need::{Arrived, Overview, RowPage, TraceView},
        waterfall::Waterfall,
    },
};

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
        store_bytes: 214_000_000,
    })
}

/// A verdict that knows nothing.
pub(crate) fn verdict(id: &TraceId) -> Verdict {
    Verdict {
        trace_id: id.clone(),
        agent_id: "refund-bot".to_owned(),
        rules: "2026.11.1".to_owned(),
        domain: None,
        domain_signal: None,
        outcome: Outcome { state: OutcomeState::Unknown, source: None, reported: None },
        success_probability: None,
        reliability_score: None,
        grade: None,
        evidence: Vec::new(),
        framework: None,
        framework_signal: None,
        tool_accuracy: None,
        tools: Tools::default(),
        call_valid_probability: None,
        root_cause: None,
        failures: Vec::new(),
        issues: Vec::new(),
        cost: Cost::default(),
        cost_per_run: None,
        usage: None,
        latency: Latency::default(),
        leaks: Vec::new(),
        domain_checks: Vec::new(),
        incomplete: Vec::new(),
    }
}

/// A refund that failed at its fifth of six steps, as in the sketches: with times, a root cause, a pattern and a fix.
pub(crate) fn refund(sequence: u64) -> TraceView {
    let row = Summary { took: Some(Elapsed::from_micros(1_100_000)), ..run(sequence - sequence % 5) };
    let mut trace = Trace::empty(row.trace_id.clone());
    trace.agent = Some("refund-bot".to_owned());
    trace.input = Some(json!({"args": ["refund A-1182, 12,50"], "kwargs": {}}));
    trace.output = Some(json!("I am sorry, the refund could not be made."));
    trace.success = Some(false);
    trace.execution_time = row.took;
    trace.steps = [
        ("plan", StepKind::Reasoning, 0, 80),
        ("lookup_order", StepKind::ToolCall, 90, 60),
        ("gpt-4o", StepKind::LlmCall, 160, 420),
        ("policy_check", StepKind::ToolCall, 600, 130),
        ("issue_refund", StepKind::ToolCall, 740, 190),
        ("gpt-4o", StepKind::LlmCall, 940, 160),
    ]
    .into_iter()
    .zip(1..)
    .map(|((name, kind, start, took), number)| step(number, name, kind, start, took))
    .collect();
    trace.steps[4].error = Some("ToolError: amount must be a number, got \"12,50\"".to_owned());
    let failure = Failure {
        code: FailureCode::ToolBadArguments,
        severity: Severity::High,
        step: Some(StepNumber(5)),
        says: "issue_refund refused \"12,50\": amount must be a number".to_owned(),
        subject: Some("issue_refund".to_owned()),
        message: "amount must be a number, got \"12,50\"".to_owned(),
        recovered: false,
        fingerprint: Some(BAD_AMOUNT),
    };
    let verdict = Verdict {
        outcome: row.outcome,
        failures: vec![failure],
        root_cause: Some(RootCause {
            step: Some(StepNumber(3)),
            agent: None,
            category: Some("invalid_invocation".to_owned()),
            module: Some("action".to_owned()),
            code: Some(FailureCode::ToolBadArguments),
            confidence: None,
            says: "the model asked for issue_refund with the amount as text".to_owned(),
            chain: vec![StepNumber(3), StepNumber(5)],
        }),
        cost: Cost { usd: row.cost, lines: vec![cost_line(3, 640, 2_300), cost_line(6, 120, 600)], ..Cost::default() },
        ..verdict(&row.trace_id)
    };
    let waterfall = Waterfall::new(&trace, &verdict);
    TraceView {
        summary: row,
        trace,
        waterfall,
        verdict,
        pattern: Some(pattern()),
        fix: Some("parse the amount before the call".to_owned()),
    }
}

/// One step of the refund, in milliseconds from its start.
fn step(number: u32, name: &str, kind: StepKind, start: i64, took: u64) -> Step {
    let mut step = Step::new(StepNumber(number), kind, name);
    step.started = Some(Timestamp::from_micros(NOON.micros() + start * 1_000));
    step.duration = Some(Elapsed::from_micros(took * 1_000));
    match kind {
        StepKind::ToolCall => {
            let input = Some(json!({"order": "A-1182", "amount": "12,50"}));
            step.tool = Some(ToolCall { name: name.to_owned(), input, ..ToolCall::default() });
        }
        StepKind::LlmCall => {
            let usage = Some(TokenUsage { input_tokens: 640, output_tokens: 120, ..TokenUsage::default() });
            step.model = Some(ModelCall {
                provider: Some("openai".to_owned()),
                model: Some(name.to_owned()),
                usage,
                messages: Some(
                    json!([{"role": "system", "content": "You refund orders."}, {"role": "user", "content": "refund A-1182, 12,50"}]),
                ),
                output: Some(json!({"tool_calls": [{"name": "issue_refund", "arguments": {"order": "A-1182", "amount": "12,50"}}]})),
                finish_reason: Some("tool_calls".to_owned()),
                ..ModelCall::default()
            });
        }
        _ => step.content = Some("Look the order up, check the policy, refund it.".to_owned()),
    }
    step
}

fn cost_line(step: u32, tokens: u64, micros: i128) -> CostLine {
    CostLine {
        step: StepNumber(step),
        model: "gpt-4o".to_owned(),
        class: TokenClass::Input,
        tokens,
        per_million: Money::from_pico(2_500_000_000_000),
        usd: Money::from_pico(micros * 1_000_000),
    }
}

/// The refund's pattern.
pub(crate) fn pattern() -> PatternReport {
    PatternReport {
        pattern: Pattern {
            fingerprint: BAD_AMOUNT,
            code: FailureCode::ToolBadArguments,
            subject: Some("issue_refund".to_owned()),
            framework: Some("crewai".to_owned()),
            template: "amount must be a number, got <*>".to_owned(),
            runs: 37,
            unrecovered_runs: 37,
            agents: vec![("refund-bot".to_owned(), 37)],
            first_seen: NOON.minus(Duration::from_secs(3 * 86_400)),
            last_seen: NOON,
            cost: Money::from_pico(150_000_000_000),
            severity: Severity::High,
            example: Sequence(500),
        },
        state: PatternState::New,
        days: vec![0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 12, 20],
        title: "bad tool arguments: issue_refund".to_owned(),
        example_id: None,
        points: Vec::new(),
    }
}

/// The refund with a hostile text in every place a sender can write to.
pub(crate) fn hostile_trace(sequence: u64) -> TraceView {
    let mut view = refund(sequence);
    let hostile = || HOSTILE.to_owned();
    for step in &mut view.trace.steps {
        step.name = hostile();
        (step.role, step.agent, step.content, step.error) = (Some(hostile()), Some(hostile()), Some(hostile()), Some(hostile()));
        if let Some(tool) = &mut step.tool {
            tool.name = hostile();
            tool.input = Some(json!({HOSTILE: [HOSTILE, {"deep": HOSTILE}]}));
            tool.input_error = Some(hostile());
            tool.output = Some(json!(HOSTILE));
        }
        if let Some(model) = &mut step.model {
            (model.provider, model.model, model.finish_reason) = (Some(hostile()), Some(hostile()), Some(hostile()));
            model.messages = Some(json!([HOSTILE]));
            model.output = Some(json!(HOSTILE));
        }
    }
    view.trace.input = Some(json!(HOSTILE));
    view.trace.output = Some(json!({HOSTILE: HOSTILE}));
    for failure in &mut view.verdict.failures {
        failure.says = hostile();
    }
    if let Some(cause) = &mut view.verdict.root_cause {
        cause.says = hostile();
    }
    view.verdict.issues = vec![hostile()];
    view.verdict.incomplete = vec![hostile()];
    view.verdict = hygiene::verdict(view.verdict);
    view.summary = Summary { took: view.summary.took, ..hostile_run(sequence - sequence % 5) };
    view.waterfall = Waterfall::new(&view.trace, &view.verdict);
    view
}

/// A run with very many steps, only the last but one of which failed.
pub(crate) fn endless_trace(steps: u32) -> TraceView {
    let mut view = refund(500);
    view.trace.steps = (1..=steps).map(|number| step(number, "lookup_order", StepKind::ToolCall, i64::from(number) * 10, 8)).collect();
    view.verdict.failures[0].step = Some(StepNumber(steps - 1));
    view.waterfall = Waterfall::new(&view.trace, &view.verdict);
    view
}
