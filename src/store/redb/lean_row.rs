//! A row read where it lies: its texts are borrowed and its lists stay packed, so that a million can be looked at in a second.

use serde::{Deserialize, de::DeserializeOwned};

use super::{codec, fault::Fault};
use crate::model::{
    facets::Facets,
    feedback::Feedback,
    ids::Sequence,
    money::Money,
    probability::Probability,
    progress::Progress,
    summary::{FailureMark, Insight},
    time::{Elapsed, Timestamp},
    usage::{TokenClass, TokenUsage},
    verdict::Outcome,
};

/// The fields of a row before its lists, in the order of [`crate::model::summary::Summary`].
#[derive(Deserialize)]
struct Head<'a> {
    sequence: Sequence,
    trace_id: &'a str,
    _revision: u32,
    _arrived: Timestamp,
    time: Timestamp,
    agent: &'a str,
    session: Option<&'a str>,
    project: Option<&'a str>,
    domain: Option<&'a str>,
    framework: Option<&'a str>,
    steps: u32,
    took: Option<Elapsed>,
    _model_time: Option<Elapsed>,
    _tool_time: Option<Elapsed>,
    usage: Option<TokenUsage>,
    cost: Option<Money>,
    _tool_calls: u32,
    _wrong_tool_calls: u32,
    outcome: Outcome,
    probability: Option<Probability>,
}

/// The fields behind its lists, but for the last, which older rows lack.
#[derive(Deserialize)]
struct Tail<'a> {
    error: Option<&'a str>,
    leaks: u32,
    incomplete: bool,
    progress: Progress,
    feedback: Option<Feedback>,
    _body_bytes: u32,
    _rules: &'a str,
}

/// The fields of a model's use, in the order of [`crate::model::summary::ModelUse`], up to its last.
type ModelStart<'a> = (&'a str, u32, TokenUsage, Option<Money>);

/// A row of today's version, or the one before.
pub(super) struct LeanRow<'a> {
    head: Head<'a>,
    failures: Packed<'a>,
    tools: Packed<'a>,
    models: Packed<'a>,
    tail: Tail<'a>,
    insight: Insight,
}

/// A list as it lies there.
#[derive(Clone, Copy)]
struct Packed<'a> {
    items: u64,
    bytes: &'a [u8],
}

impl<'a> LeanRow<'a> {
    /// Reads a row; `None` for one of a version that has to be decoded whole.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Option<Self>, Fault> {
        let (version, rest) = match bytes.split_first() {
            Some((version @ (&codec::ROW | &codec::ROW_WITHOUT_INSIGHT), rest)) => (*version, rest),
            _ => return Ok(None),
        };
        let (head, rest) = take::<Head<'a>>(rest)?;
        let (failures, rest) = Packed::read(rest, |rest| Ok(take_owned::<FailureMark>(rest)?.1))?;
        let (tools, rest) = Packed::read(rest, |rest| Ok(take::<&str>(rest)?.1))?;
        let (models, rest) = Packed::read(rest, |rest| Ok(take_model(rest)?.1))?;
        let (tail, rest) = take::<Tail<'a>>(rest)?;
        let insight = if version == codec::ROW { take_owned::<Insight>(rest)?.0 } else { Insight::default() };
        Ok(Some(Self { head, failures, tools, models, tail, insight }))
    }
}

impl<'a> Packed<'a> {
    /// The list that starts here, and what follows it; `skip` answers what follows one item.
    fn read(bytes: &'a [u8], skip: impl Fn(&'a [u8]) -> Result<&'a [u8], Fault>) -> Result<(Self, &'a [u8]), Fault> {
        let (items, start) = take_owned::<u64>(bytes)?;
        let mut rest = start;
        for _ in 0..items {
            rest = skip(rest)?;
        }
        Ok((Self { items, bytes: start }, rest))
    }

    /// Whether any item passes. Each was read once before, so that none can fail to be read.
    fn any<T>(&self, read: impl Fn(&'a [u8]) -> Result<(T, &'a [u8]), Fault>, mut test: impl FnMut(T) -> bool) -> bool {
        let mut rest = self.bytes;
        for _ in 0..self.items {
            let Ok((item, after)) = read(rest) else { return false };
            if test(item) {
                return true;
            }
            rest = after;
        }
        false
    }
}

fn take<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<(T, &'a [u8]), Fault> {
    postcard::take_from_bytes(bytes).map_err(|error| Fault::Damaged { what: "a row", reason: error.to_string() })
}

fn take_owned<T: DeserializeOwned>(bytes: &[u8]) -> Result<(T, &[u8]), Fault> {
    take(bytes)
}

/// The name of the model whose use starts here, and what follows the use.
fn take_model(bytes: &[u8]) -> Result<(&str, &[u8]), Fault> {
    let ((model, ..), rest) = take::<ModelStart<'_>>(bytes)?;
    let (_, rest) = Packed::read(rest, |rest| Ok(take_owned::<(TokenClass, Money)>(rest)?.1))?;
    Ok((model, rest))
}

impl Facets for LeanRow<'_> {
    fn sequence(&self) -> Sequence {
        self.head.sequence
    }

    fn trace_id(&self) -> &str {
        self.head.trace_id
    }

    fn time(&self) -> Timestamp {
        self.head.time
    }

    fn agent(&self) -> &str {
        self.head.agent
    }

    fn session(&self) -> Option<&str> {
        self.head.session
    }

    fn project(&self) -> Option<&str> {
        self.head.project
    }

    fn domain(&self) -> Option<&str> {
        self.head.domain
    }

    fn framework(&self) -> Option<&str> {
        self.head.framework
    }

    fn steps(&self) -> u32 {
        self.head.steps
    }

    fn took(&self) -> Option<Elapsed> {
        self.head.took
    }

    fn usage(&self) -> Option<TokenUsage> {
        self.head.usage
    }

    fn cost(&self) -> Option<Money> {
        self.head.cost
    }

    fn outcome(&self) -> Outcome {
        self.head.outcome
    }

    fn probability(&self) -> Option<Probability> {
        self.head.probability
    }

    fn any_failure(&self, test: &mut dyn FnMut(&FailureMark) -> bool) -> bool {
        self.failures.any(take_owned::<FailureMark>, |mark| test(&mark))
    }

    fn any_tool(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        self.tools.any(take::<&str>, test)
    }

    fn any_model(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        self.models.any(take_model, test)
    }

    fn error(&self) -> Option<&str> {
        self.tail.error
    }

    fn leaks(&self) -> u32 {
        self.tail.leaks
    }

    fn is_incomplete(&self) -> bool {
        self.tail.incomplete
    }

    fn progress(&self) -> Progress {
        self.tail.progress
    }

    fn feedback(&self) -> Option<&Feedback> {
        self.tail.feedback.as_ref()
    }

    fn insight(&self) -> Insight {
        self.insight
    }
}
