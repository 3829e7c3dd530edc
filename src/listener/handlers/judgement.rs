//! What people decide: feedback, baselines; and the comparison that rests on them.

use serde::{Deserialize, Serialize};

use crate::{
    engine::{
        error::EngineError,
        judgement::{BaselineChoice, FeedbackInput},
    },
    listener::{answer, call::Call, endpoints::Reply, problem::Problem},
    model::{
        grade::Letter,
        ids::{Sequence, TraceId},
    },
    query::Filter,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FeedbackBody {
    correct: Option<bool>,
    score: Option<u8>,
    notes: Option<String>,
    #[serde(default)]
    clear: bool,
}

#[derive(Serialize)]
struct FeedbackAnswer {
    status: &'static str,
    impact: &'static str,
    agent_id: String,
    before: Option<f64>,
    after: Option<f64>,
    grade_before: Option<Letter>,
    grade_after: Option<Letter>,
}

/// `POST /api/feedback/{id}`
pub(in crate::listener) fn feedback(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        let id = call.trace_id()?;
        let body: FeedbackBody = call.json().await?.ok_or_else(|| Problem::bad("feedback needs a body such as {\"correct\": true}"))?;
        let FeedbackBody { correct, score, notes, clear } = body;
        let said = correct.is_some() || score.is_some() || notes.is_some();
        if clear && said {
            return Err(Problem::bad("`clear` takes feedback back; give it alone"));
        }
        let input = if clear { FeedbackInput::Clear } else { FeedbackInput::Give { correct, score, notes } };
        let receipt = call.engine().feedback(&id, input).await.map_err(|error| Problem::from(error).about(&id))?;
        let moved = receipt.before != receipt.after;
        answer::json(&FeedbackAnswer {
            status: if clear { "feedback cleared" } else { "feedback recorded" },
            impact: if moved { "reliability score updated" } else { "reliability score unchanged" },
            agent_id: receipt.agent,
            before: receipt.before,
            after: receipt.after,
            grade_before: receipt.grade_before.map(|grade| grade.letter),
            grade_after: receipt.grade_after.map(|grade| grade.letter),
        })
    })
}

#[derive(Deserialize)]
#[serde(untagged)]
enum BaselineBody {
    Ids(Vec<String>),
    Named(Box<NamedBaseline>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedBaseline {
    name: Option<String>,
    trace_ids: Option<Vec<String>>,
    r#where: Option<String>,
    agent: Option<String>,
}

#[derive(Serialize)]
struct BaselineAnswer {
    baseline_id: String,
    name: Option<String>,
    traces: usize,
}

/// `POST /api/baseline`
pub(in crate::listener) fn baseline(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        const WANTED: &str = "an array of trace ids, or an object with `name` and one of `trace_ids`, `where` and `agent`";
        let value: serde_json::Value = call.json().await?.ok_or_else(|| Problem::bad(format!("a baseline needs a body: {WANTED}")))?;
        let body = BaselineBody::deserialize(value).map_err(|_| Problem::bad(format!("not a baseline; expected {WANTED}")))?;
        let (name, choice) = match body {
            BaselineBody::Ids(ids) => (None, BaselineChoice::Ids(trace_ids(&ids)?)),
            BaselineBody::Named(named) => match *named {
                NamedBaseline { name, trace_ids: Some(ids), r#where: None, agent: None } => (name, BaselineChoice::Ids(trace_ids(&ids)?)),
                NamedBaseline { name, trace_ids: None, r#where: Some(text), agent: None } => {
                    let filter = Filter::parse(&text, call.engine().now()).map_err(EngineError::from)?;
                    (name, BaselineChoice::Matching(Box::new(filter)))
                }
                NamedBaseline { name, trace_ids: None, r#where: None, agent: Some(agent) } => (name, BaselineChoice::Agent(agent)),
                _ => return Err(Problem::bad(format!("a baseline is {WANTED}"))),
            },
        };
        let baseline = call.engine().set_baseline(name, choice).await?;
        answer::json(&BaselineAnswer { baseline_id: baseline.id, name: baseline.name, traces: baseline.runs.len() })
    })
}

fn trace_ids(ids: &[String]) -> Result<Vec<TraceId>, Problem> {
    let read = |(index, id): (usize, &String)| TraceId::new(id).map_err(|error| Problem::bad(format!("trace_ids[{index}]: {error}")));
    ids.iter().enumerate().map(read).collect()
}

/// `POST /api/regrade`
pub(in crate::listener) fn regrade(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        let from = call.parameters.get("from").map(|text| {
            let wrong = || Problem::bad(format!("parameter \"from\" is {text:?}; give the `next` of the answer before"));
            text.parse().map(Sequence).map_err(|_| wrong())
        });
        let regraded = call.engine().regrade_some(from.transpose()?).await?;
        answer::json(&regraded)
    })
}

/// `GET /api/compare/{baseline}/{current}`
pub(in crate::listener) fn compare(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        let (before, current) = (call.segment(0).to_owned(), call.segment(1).to_owned());
        let comparison = call.read(move |facts| facts.compare(&before, &current)).await?;
        answer::json(&comparison)
    })
}
