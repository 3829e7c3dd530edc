//! STAND-IN until the branch `verdict` is merged.
#![allow(missing_docs)]
use crate::model::{cost::Cost, feedback::Feedback, latency::Latency, probability::Probability, trace::Trace, verdict::*};
pub struct Rules {}
impl Rules {
    pub fn bundled() -> Self {
        Self {}
    }
}
pub fn analyse(trace: &Trace, _rules: &Rules, feedback: Option<&Feedback>) -> Verdict {
    let mut verdict = Verdict {
        trace_id: trace.id.clone(),
        agent_id: trace.agent_name().into(),
        rules: "stand-in".into(),
        domain: trace.domain.clone(),
        domain_signal: None,
        outcome: Outcome { state: OutcomeState::Unknown, source: None, reported: trace.success },
        success_probability: None,
        reliability_score: None,
        grade: None,
        evidence: vec![],
        framework: trace.framework.clone(),
        framework_signal: None,
        tool_accuracy: None,
        tools: Tools::default(),
        call_valid_probability: None,
        root_cause: None,
        failures: vec![],
        issues: vec![],
        cost: Cost::default(),
        cost_per_run: None,
        usage: None,
        latency: Latency::default(),
        leaks: vec![],
        domain_checks: vec![],
        incomplete: trace.incomplete.clone(),
    };
    let p = feedback.and_then(Feedback::decides).or(trace.success.map(|ok| Probability::clamped(if ok { 0.95 } else { 0.05 })));
    if trace.success == Some(false) {
        verdict.failures.push(crate::model::failure::Failure {
            code: crate::model::failure::FailureCode::ToolTimeout,
            severity: crate::model::failure::Severity::High,
            step: None,
            says: "x".into(),
            subject: None,
            message: trace.error.as_ref().and_then(|e| e.message.clone()).unwrap_or_default(),
            recovered: false,
            fingerprint: None,
        });
    }
    verdict.set_probability(p);
    verdict
}
pub mod summarise {
    use crate::model::{feedback::Feedback, ids::Sequence, summary::Summary, time::Timestamp, trace::Trace, verdict::Verdict};
    pub fn summarise(trace: &Trace, verdict: &Verdict, arrived: Timestamp, body_bytes: usize, feedback: Option<Feedback>) -> Summary {
        Summary {
            sequence: Sequence(0),
            trace_id: trace.id.clone(),
            revision: 0,
            arrived,
            time: trace.timestamp.unwrap_or(arrived),
            agent: trace.agent_name().into(),
            session: None,
            project: None,
            domain: None,
            framework: None,
            steps: trace.steps.len() as u32,
            took: None,
            model_time: None,
            tool_time: None,
            usage: None,
            cost: None,
            tool_calls: 0,
            wrong_tool_calls: 0,
            outcome: verdict.outcome,
            probability: verdict.success_probability,
            failures: verdict
                .failures
                .iter()
                .map(|f| crate::model::summary::FailureMark {
                    code: f.code,
                    severity: f.severity,
                    recovered: f.recovered,
                    step: f.step,
                    fingerprint: None,
                })
                .collect(),
            tools: vec![],
            models: vec![],
            error: None,
            leaks: 0,
            incomplete: false,
            feedback,
            body_bytes: body_bytes as u32,
            rules: verdict.rules.clone(),
        }
    }
}
