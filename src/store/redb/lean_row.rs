//! A row read where it lies, and no further than it is asked: its texts are borrowed and its lists stay packed, so that a million can be
//! looked at in a second.

use std::cell::OnceCell;

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
    usage::TokenUsage,
    verdict::{Outcome, OutcomeState},
};

/// The first fields of a row, in the order of [`crate::model::summary::Summary`].
#[derive(Deserialize)]
struct Names<'a> {
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
}

/// Those that follow, up to its lists.
#[derive(Deserialize, Clone, Copy)]
struct Figures {
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

/// A row of today's version, or the one before. What lies behind its names is read when it is asked for.
pub(super) struct LeanRow<'a> {
    version: u8,
    names: Names<'a>,
    behind_names: &'a [u8],
    figures: OnceCell<Option<(Figures, &'a [u8])>>,
    failures: OnceCell<Option<Packed<'a>>>,
    tools: OnceCell<Option<Packed<'a>>>,
    models: OnceCell<Option<Packed<'a>>>,
    tail: OnceCell<Option<(Tail<'a>, Insight)>>,
    damage: OnceCell<Fault>,
}

/// A list as it lies there, and what follows it.
#[derive(Clone, Copy)]
struct Packed<'a> {
    items: u64,
    bytes: &'a [u8],
    behind: &'a [u8],
}

impl<'a> LeanRow<'a> {
    /// Reads a row; `None` for one of a version that has to be decoded whole.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Option<Self>, Fault> {
        let (version, rest) = match bytes.split_first() {
            Some((version @ (&codec::ROW | &codec::ROW_WITHOUT_INSIGHT), rest)) => (*version, rest),
            _ => return Ok(None),
        };
        let (names, behind_names) = take(rest)?;
        Ok(Some(Self {
            version,
            names,
            behind_names,
            figures: OnceCell::new(),
            failures: OnceCell::new(),
            tools: OnceCell::new(),
            models: OnceCell::new(),
            tail: OnceCell::new(),
            damage: OnceCell::new(),
        }))
    }

    /// What went wrong while it was asked for what lies behind its names: whatever was answered is not to be believed.
    pub(super) fn check(self) -> Result<(), Fault> {
        self.damage.into_inner().map_or(Ok(()), Err)
    }

    /// What was read, or a note of why it cannot be.
    fn noted<T>(&self, read: Result<T, Fault>) -> Option<T> {
        read.map_err(|fault| self.damage.set(fault)).ok()
    }

    fn figures(&self) -> Option<&(Figures, &'a [u8])> {
        self.figures.get_or_init(|| self.noted(take(self.behind_names))).as_ref()
    }

    /// What follows the figures, which nobody may have asked for.
    fn behind_figures(&self) -> Option<&'a [u8]> {
        match self.figures.get() {
            Some(figures) => figures.as_ref().map(|(_, behind)| *behind),
            None => self.noted(Skip(self.behind_names).figures()).map(|behind| behind.0),
        }
    }

    fn failures(&self) -> Option<&Packed<'a>> {
        let read = |behind| Packed::read(behind, |skip| skip.text()?.varint()?.byte()?.option(Skip::varint)?.option(Skip::text));
        self.failures.get_or_init(|| self.noted(read(self.behind_figures()?))).as_ref()
    }

    fn tools(&self) -> Option<&Packed<'a>> {
        self.tools.get_or_init(|| self.noted(Packed::read(self.failures()?.behind, Skip::text))).as_ref()
    }

    fn models(&self) -> Option<&Packed<'a>> {
        self.models.get_or_init(|| self.noted(Packed::read(self.tools()?.behind, Skip::model))).as_ref()
    }

    fn tail(&self) -> Option<&(Tail<'a>, Insight)> {
        let read = |rest| {
            let (tail, rest) = take::<Tail<'a>>(rest)?;
            let insight = if self.version == codec::ROW { take_owned::<Insight>(rest)?.0 } else { Insight::default() };
            Ok((tail, insight))
        };
        self.tail.get_or_init(|| self.noted(read(self.models()?.behind))).as_ref()
    }

    fn any<T>(
        &self,
        list: Option<&Packed<'a>>,
        read: impl Fn(&'a [u8]) -> Result<(T, &'a [u8]), Fault>,
        test: impl FnMut(T) -> bool,
    ) -> bool {
        list.and_then(|list| self.noted(list.any(read, test))).unwrap_or(false)
    }

    fn figure<T>(&self, read: impl Fn(&Figures) -> T) -> Option<T> {
        self.figures().map(|(figures, _)| read(figures))
    }
}

/// Of a row that cannot be read.
const NO_OUTCOME: Outcome = Outcome { state: OutcomeState::Unknown, source: None, reported: None };

impl<'a> Packed<'a> {
    /// The list that starts here; `skip` goes over one item.
    fn read(bytes: &'a [u8], skip: impl Fn(Skip<'a>) -> Result<Skip<'a>, Fault>) -> Result<Self, Fault> {
        let (items, start) = take_owned::<u64>(bytes)?;
        let mut rest = Skip(start);
        for _ in 0..items {
            rest = skip(rest)?;
        }
        Ok(Self { items, bytes: start, behind: rest.0 })
    }

    /// Whether any item passes.
    fn any<T>(&self, read: impl Fn(&'a [u8]) -> Result<(T, &'a [u8]), Fault>, mut test: impl FnMut(T) -> bool) -> Result<bool, Fault> {
        let mut rest = self.bytes;
        for _ in 0..self.items {
            let (item, after) = read(rest)?;
            if test(item) {
                return Ok(true);
            }
            rest = after;
        }
        Ok(false)
    }
}

/// Goes over fields without reading them, as postcard writes them.
#[derive(Clone, Copy)]
struct Skip<'a>(&'a [u8]);

impl<'a> Skip<'a> {
    fn cut() -> Fault {
        Fault::Damaged { what: "a row", reason: "it ends too early".to_owned() }
    }

    fn byte(self) -> Result<Self, Fault> {
        self.0.split_first().map(|(_, rest)| Self(rest)).ok_or_else(Self::cut)
    }

    /// A number or the place of a word in its list: all bytes but the last have their highest bit set.
    fn varint(self) -> Result<Self, Fault> {
        let last = self.0.iter().position(|byte| *byte < 0x80).ok_or_else(Self::cut)?;
        Ok(Self(&self.0[last + 1..]))
    }

    fn text(self) -> Result<Self, Fault> {
        let (length, rest) = take_owned::<u64>(self.0)?;
        usize::try_from(length).ok().and_then(|length| rest.get(length..)).map(Self).ok_or_else(Self::cut)
    }

    fn option(self, some: impl Fn(Self) -> Result<Self, Fault>) -> Result<Self, Fault> {
        let rest = self.byte()?;
        if self.0.starts_with(&[0]) { Ok(rest) } else { some(rest) }
    }

    /// A [`TokenUsage`].
    fn usage(self) -> Result<Self, Fault> {
        self.varint()?.varint()?.varint()?.varint()?.varint()?.byte()
    }

    /// The eight bytes of a fraction.
    fn fraction(self) -> Result<Self, Fault> {
        self.0.get(8..).map(Self).ok_or_else(Self::cut)
    }

    /// [`Figures`].
    fn figures(self) -> Result<Self, Fault> {
        let times = self.varint()?.option(Self::varint)?.option(Self::varint)?.option(Self::varint)?;
        let calls = times.option(Self::usage)?.option(Self::varint)?;
        let outcome = calls.varint()?.varint()?;
        outcome.varint()?.option(Self::varint)?.option(Self::byte)?.option(Self::fraction)
    }

    /// A [`crate::model::summary::ModelUse`].
    fn model(self) -> Result<Self, Fault> {
        let by_class = self.text()?.varint()?.usage()?.option(Self::varint)?;
        Ok(Self(Packed::read(by_class.0, |skip| skip.varint()?.varint())?.behind))
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
    Ok((take::<&str>(bytes)?.0, Skip(bytes).model()?.0))
}

impl Facets for LeanRow<'_> {
    fn sequence(&self) -> Sequence {
        self.names.sequence
    }

    fn trace_id(&self) -> &str {
        self.names.trace_id
    }

    fn time(&self) -> Timestamp {
        self.names.time
    }

    fn agent(&self) -> &str {
        self.names.agent
    }

    fn session(&self) -> Option<&str> {
        self.names.session
    }

    fn project(&self) -> Option<&str> {
        self.names.project
    }

    fn domain(&self) -> Option<&str> {
        self.names.domain
    }

    fn framework(&self) -> Option<&str> {
        self.names.framework
    }

    fn steps(&self) -> u32 {
        self.figure(|figures| figures.steps).unwrap_or_default()
    }

    fn took(&self) -> Option<Elapsed> {
        self.figure(|figures| figures.took).flatten()
    }

    fn usage(&self) -> Option<TokenUsage> {
        self.figure(|figures| figures.usage).flatten()
    }

    fn cost(&self) -> Option<Money> {
        self.figure(|figures| figures.cost).flatten()
    }

    fn outcome(&self) -> Outcome {
        self.figure(|figures| figures.outcome).unwrap_or(NO_OUTCOME)
    }

    fn probability(&self) -> Option<Probability> {
        self.figure(|figures| figures.probability).flatten()
    }

    fn any_failure(&self, test: &mut dyn FnMut(&FailureMark) -> bool) -> bool {
        self.any(self.failures(), take_owned::<FailureMark>, |mark| test(&mark))
    }

    fn any_tool(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        self.any(self.tools(), take::<&str>, test)
    }

    fn any_model(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        self.any(self.models(), take_model, test)
    }

    fn error(&self) -> Option<&str> {
        self.tail().and_then(|(tail, _)| tail.error)
    }

    fn leaks(&self) -> u32 {
        self.tail().map_or(0, |(tail, _)| tail.leaks)
    }

    fn is_incomplete(&self) -> bool {
        self.tail().is_some_and(|(tail, _)| tail.incomplete)
    }

    fn progress(&self) -> Progress {
        self.tail().map_or(Progress::Whole, |(tail, _)| tail.progress)
    }

    fn feedback(&self) -> Option<&Feedback> {
        self.tail().and_then(|(tail, _)| tail.feedback.as_ref())
    }

    fn insight(&self) -> Insight {
        self.tail().map(|(_, insight)| *insight).unwrap_or_default()
    }
}
