//! Scenarios and fixes made from one trace.

use serde::{Deserialize, Serialize};

use crate::{
    listener::{answer, call::Call, endpoints::Reply, problem::Problem},
    model::{
        decision::{Choice, Decision},
        fix::{Fix, Impact},
        ids::Fingerprint,
        scenario::Scenario,
    },
    repair::desk,
};

#[derive(Serialize)]
struct Scenarios {
    generated: usize,
    scenarios: Vec<Scenario>,
    message: String,
}

/// `GET /api/scenarios/{id}`
pub(in crate::listener) fn scenarios(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        let id = call.trace_id()?;
        let missing = Problem::missing("trace", id.as_str()).about(&id);
        let scenarios = call.read(move |facts| desk::scenarios_of(facts, &id)).await?.ok_or(missing)?;
        let message = match scenarios.len() {
            0 => "No failures to learn from".to_owned(),
            1 => "1 scenario from this trace's failures".to_owned(),
            many => format!("{many} scenarios from this trace's failures"),
        };
        answer::json(&Scenarios { generated: scenarios.len(), scenarios, message })
    })
}

/// Scenarios of a list unless asked for otherwise, and at most.
const LISTED: usize = 50;
const MOST_LISTED: usize = 500;

/// `GET /api/scenarios`
pub(in crate::listener) fn all_scenarios(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        let limit = call.parameters.count("limit", LISTED, MOST_LISTED)?;
        let pattern = pattern(call)?;
        let scenarios = call
            .read(move |facts| match pattern {
                Some(pattern) => desk::scenarios_for_pattern(facts, pattern),
                None => desk::scenarios(facts, limit),
            })
            .await?;
        let message = match scenarios.len() {
            0 => "No failures to learn from".to_owned(),
            1 => "1 scenario".to_owned(),
            many => format!("{many} scenarios"),
        };
        answer::json(&Scenarios { generated: scenarios.len(), scenarios, message })
    })
}

/// The pattern asked for.
fn pattern(call: &Call) -> Result<Option<Fingerprint>, Problem> {
    let Some(text) = call.parameters.get("pattern") else { return Ok(None) };
    let wrong = |_| Problem::bad(format!("parameter \"pattern\" is {text:?}; expected the fingerprint of a failure pattern"));
    text.parse::<Fingerprint>().map(Some).map_err(wrong)
}

#[derive(Serialize)]
struct Fixes {
    fixes: Vec<Fix>,
}

/// `GET /api/fixes`
pub(in crate::listener) fn all_fixes(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        let limit = call.parameters.count("limit", LISTED, MOST_LISTED)?;
        let pattern = pattern(call)?;
        let projects = call.service.projects.clone();
        let mut fixes = call
            .read(move |facts| match pattern {
                Some(pattern) => desk::fixes_for_pattern(facts, &projects, pattern),
                None => desk::fixes(facts, &projects, limit),
            })
            .await?;
        fixes.retain(|fix| fix.decision != Some(Choice::Rejected));
        fixes.truncate(limit);
        answer::json(&Fixes { fixes })
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DecisionBody {
    fix: String,
    choice: Choice,
    pattern: Option<Fingerprint>,
    reason: Option<String>,
}

#[derive(Serialize)]
struct Decided {
    status: &'static str,
}

/// Longest id of a fix, and longest reason, in bytes.
const ID_LONGEST: usize = 64;
const REASON_LONGEST: usize = 10_000;

/// `POST /api/decision`
pub(in crate::listener) fn decide(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        let body: DecisionBody = call.json().await?.ok_or_else(|| Problem::bad("a decision needs a body with `fix` and `choice`"))?;
        let DecisionBody { fix, choice, pattern, reason } = body;
        if fix.is_empty() || fix.len() > ID_LONGEST || !fix.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Problem::bad("`fix` is not the id of a fix: 16 hexadecimal digits"));
        }
        if reason.as_ref().is_some_and(|reason| reason.len() > REASON_LONGEST) {
            return Err(Problem::bad(format!("`reason` is longer than {REASON_LONGEST} bytes")));
        }
        let at = call.engine().now();
        let decision = Decision { subject: format!("fix:{fix}"), pattern, choice, reason, at };
        call.engine().decide(decision).await.map_err(Problem::from)?;
        answer::json(&Decided { status: "decision recorded" })
    })
}

#[derive(Serialize)]
struct CodeExample<'a> {
    fix: &'a str,
    language: &'a str,
    code: &'a str,
}

#[derive(Serialize)]
struct Improvement<'a> {
    fixes: &'a [Fix],
    /// Failed runs the first fix would have spared; `null` where nothing was counted.
    estimated_impact: Option<Impact>,
    code_examples: Vec<CodeExample<'a>>,
}

/// `POST /api/improve/{id}`
pub(in crate::listener) fn improve(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        let id = call.trace_id()?;
        let missing = Problem::missing("trace", id.as_str()).about(&id);
        let projects = call.service.projects.clone();
        let mut fixes = call.read(move |facts| desk::fixes_of(facts, &projects, &id)).await?.ok_or(missing)?;
        // What was rejected is not offered again.
        fixes.retain(|fix| fix.decision != Some(Choice::Rejected));
        let examples = fixes.iter().filter(|fix| !fix.snippet.is_empty());
        answer::json(&Improvement {
            fixes: &fixes,
            estimated_impact: fixes.first().and_then(|fix| fix.impact),
            code_examples: examples.map(|fix| CodeExample { fix: &fix.id, language: &fix.language, code: &fix.snippet }).collect(),
        })
    })
}
