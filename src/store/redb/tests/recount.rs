//! Counts every figure anew from the rows, the slow and plain way, and compares with what the store says.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
};

use super::fixture::{likeness, snapshot};
use crate::{
    model::{
        ids::Sequence,
        money::Money,
        session::Session,
        summary::Summary,
        time::Timestamp,
        usage::{TokenClass, TokenUsage},
        verdict::OutcomeState,
    },
    store::{AgentBucket, AgentRow, ModelBucket, NamedBy, Resolution, Snapshot, Store, Toward},
};

const BEGIN: Timestamp = Timestamp::from_micros(0);
const END: Timestamp = Timestamp::from_micros(i64::MAX / 2);

/// Panics where a figure of the store is not what its rows add up to.
pub(super) fn check(store: &dyn Store) {
    let view = snapshot(store);
    let rows = view.rows_before(None, usize::MAX).unwrap();
    let counts = view.counts().unwrap();
    assert_eq!(counts.traces, rows.len() as u64);
    assert_eq!(counts.last, rows.first().map(|row| row.sequence));
    assert_eq!(counts.first, rows.last().map(|row| row.sequence));
    for row in &rows {
        let stored = view.stored(row.sequence).unwrap().unwrap();
        assert_eq!(&stored.summary, row);
        assert_eq!(stored.body.len(), row.body_bytes as usize);
        assert_eq!(view.find(&row.trace_id).unwrap(), Some(row.sequence));
    }
    let mut by_time = rows.clone();
    by_time.sort_by_key(|row| std::cmp::Reverse((row.time, row.sequence)));
    assert_eq!(view.time_rows(None, None, usize::MAX).unwrap(), by_time);
    check_agents(&*view, &by_time);
    for resolution in [Resolution::Minute, Resolution::Hour, Resolution::Day] {
        assert_eq!(view.agent_buckets(resolution, BEGIN, END, None).unwrap(), agent_buckets(&rows, resolution));
        assert_eq!(view.model_buckets(resolution, BEGIN, END).unwrap(), model_buckets(&rows, resolution));
    }
    check_patterns(&*view, &rows);
    check_likenesses(&*view, &rows);
    check_sessions(&*view, &by_time);
    check_names(&*view, &rows);
}

/// Sessions are there exactly while a run is in them, and say what their runs add up to.
fn check_sessions(view: &dyn Snapshot, by_time: &[Summary]) {
    let mut runs: BTreeMap<(Option<&str>, &str), Vec<&Summary>> = BTreeMap::new();
    for row in by_time {
        if let Some(id) = &row.session {
            runs.entry((row.project.as_deref(), id)).or_default().push(row);
        }
    }
    let mut found = view.sessions(None, Toward::Older, usize::MAX).unwrap();
    assert_eq!(view.counts().unwrap().sessions, runs.len() as u64);
    assert!(found.windows(2).all(|pair| pair[0].place > pair[1].place), "last active first");
    let mut newer = view.sessions(None, Toward::Newer, usize::MAX).unwrap();
    newer.reverse();
    assert_eq!(found, newer);
    for (index, row) in found.iter().enumerate() {
        assert_eq!(view.sessions(Some(row.place), Toward::Older, usize::MAX).unwrap(), found[index + 1..]);
        assert_eq!(view.sessions(Some(row.place), Toward::Newer, 1).unwrap(), found[index.saturating_sub(1)..index]);
        assert_eq!(view.session(row.session.project.as_deref(), &row.session.id).unwrap().as_ref(), Some(row));
        let (mut shown, expected) = (Vec::new(), &runs[&(row.session.project.as_deref(), row.session.id.as_str())]);
        view.look_through_session(row.place, &mut |run| {
            shown.push(run.sequence());
            ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!(shown, expected.iter().map(|run| run.sequence).collect::<Vec<_>>(), "the last first");
    }
    assert_eq!(view.session(Some("nowhere"), "none").unwrap(), None);
    found.sort_by(|one, other| (&one.session.project, &one.session.id).cmp(&(&other.session.project, &other.session.id)));
    let told: Vec<Session> = found.into_iter().map(|row| row.session).collect();
    assert_eq!(told, runs.into_iter().map(|((project, id), runs)| session(project, id, &runs)).collect::<Vec<_>>());
}

/// What the runs of a session, the last first, add up to.
fn session(project: Option<&str>, id: &str, runs: &[&Summary]) -> Session {
    let mut agents: BTreeMap<&str, u64> = BTreeMap::new();
    runs.iter().for_each(|run| *agents.entry(&run.agent).or_default() += 1);
    let mut agents: Vec<(&str, u64)> = agents.into_iter().collect();
    agents.sort_by_key(|(_, runs)| std::cmp::Reverse(*runs));
    let ended = |state| runs.iter().filter(|run| run.outcome.state == state).count() as u64;
    let priced: Vec<Money> = runs.iter().filter_map(|run| run.cost).collect();
    Session {
        id: id.to_owned(),
        project: project.map(str::to_owned),
        agents: agents.into_iter().map(|(agent, _)| agent.to_owned()).collect(),
        runs: runs.len() as u64,
        failed: ended(OutcomeState::Failed),
        unknown: ended(OutcomeState::Unknown),
        first: runs[runs.len() - 1].time,
        last: runs[0].time,
        cost: (!priced.is_empty()).then(|| priced.iter().copied().sum()),
        unpriced: (runs.len() - priced.len()) as u64,
        tokens: runs.iter().filter_map(|run| run.usage).map(|usage| usage.total()).sum(),
        newest: runs[0].sequence,
        outcome: runs[0].outcome.state,
    }
}

/// Names are counted once a run, and gone with their last run.
fn check_names(view: &dyn Snapshot, rows: &[Summary]) {
    type NamesOf = fn(&Summary) -> Vec<&str>;
    let kinds: [(NamedBy, NamesOf); 3] = [
        (NamedBy::Project, |row| row.project.iter().map(String::as_str).collect()),
        (NamedBy::Model, |row| row.models.iter().map(|used| used.model.as_str()).collect()),
        (NamedBy::Tool, |row| row.tools.iter().map(String::as_str).collect()),
    ];
    for (kind, names_of) in kinds {
        let mut runs: BTreeMap<String, u64> = BTreeMap::new();
        for row in rows {
            for name in names_of(row).into_iter().collect::<BTreeSet<_>>() {
                *runs.entry(name.to_owned()).or_default() += 1;
            }
        }
        let mut expected: Vec<(String, u64)> = runs.into_iter().collect();
        expected.sort_by_key(|(_, runs)| std::cmp::Reverse(*runs));
        assert_eq!(view.names(kind, usize::MAX).unwrap(), expected);
        assert_eq!(view.names(kind, 1).unwrap(), expected[..expected.len().min(1)]);
        assert!(view.names(kind, 0).unwrap().is_empty());
    }
}

/// What can be compared is kept of the stored runs, of no others, and found by what they are about.
fn check_likenesses(view: &dyn Snapshot, rows: &[Summary]) {
    let mut by_subject: BTreeMap<u64, Vec<_>> = BTreeMap::new();
    for row in rows {
        let stored = view.stored(row.sequence).unwrap().unwrap();
        let kept = view.likeness(row.sequence).unwrap();
        assert_eq!(kept, likeness(std::str::from_utf8(&stored.body).unwrap()), "it is that of the stored body");
        for subject in kept.iter().flat_map(|kept| kept.subjects().to_vec()) {
            by_subject.entry(subject).or_default().push(row.sequence);
        }
    }
    for (subject, sequences) in &by_subject {
        let found: Vec<_> = view.about(&[*subject], usize::MAX).unwrap().into_iter().map(|(sequence, _)| sequence).collect();
        assert_eq!(&found, sequences, "newest first");
    }
    let stored: BTreeSet<_> = rows.iter().map(|row| row.sequence).collect();
    let last = rows.first().map_or(0, |row| row.sequence.0);
    let gone = (1..=last + 50).map(Sequence).filter(|sequence| !stored.contains(sequence));
    assert!(gone.into_iter().all(|sequence| view.likeness(sequence).unwrap().is_none()), "nothing is left of what is gone");
    for subject in (0..3).flat_map(|length| likeness(&"x".repeat(length)).unwrap().subjects().to_vec()) {
        assert_eq!(view.about(&[subject], usize::MAX).unwrap().len(), by_subject.get(&subject).map_or(0, Vec::len));
    }
    let unsettled = view.unsettled(None, usize::MAX).unwrap();
    assert!(unsettled.iter().all(|(subject, _)| by_subject.contains_key(subject)), "only what some run is about waits");
}

fn check_agents(view: &dyn Snapshot, by_time: &[Summary]) {
    let names: BTreeSet<&str> = by_time.iter().map(|row| row.agent.as_str()).collect();
    let mut expected = Vec::new();
    for name in names {
        let runs: Vec<Summary> = by_time.iter().filter(|row| row.agent == name).cloned().collect();
        assert_eq!(view.agent_rows(name, None, None, usize::MAX).unwrap(), runs);
        let mut judged: Vec<Summary> = runs.iter().filter(|row| decides(row)).cloned().collect();
        judged.sort_by_key(|row| std::cmp::Reverse((row.feedback.as_ref().map(|feedback| feedback.at), row.sequence)));
        assert_eq!(view.judged_rows(name, usize::MAX).unwrap(), judged);
        expected.push(AgentRow { agent: name.to_owned(), runs: runs.len() as u64, last_seen: runs[0].time });
    }
    let mut found = view.agents(usize::MAX).unwrap();
    assert!(found.windows(2).all(|pair| pair[0].last_seen >= pair[1].last_seen));
    found.sort_by(|a, b| a.agent.cmp(&b.agent));
    assert_eq!(found, expected);
}

fn decides(row: &Summary) -> bool {
    row.feedback.as_ref().is_some_and(|feedback| feedback.decides().is_some())
}

fn agent_buckets(rows: &[Summary], resolution: Resolution) -> Vec<AgentBucket> {
    let mut all: BTreeMap<(Timestamp, &str), AgentBucket> = BTreeMap::new();
    for row in rows {
        let start = resolution.start_of(row.time);
        let bucket = all.entry((start, &row.agent)).or_default();
        (bucket.start, bucket.agent) = (start, row.agent.clone());
        bucket.runs += 1;
        if let Some(probability) = row.probability {
            bucket.known += 1;
            bucket.histogram[((probability.get() * 20.0).floor() as usize).min(19)] += 1;
            bucket.success_millionths += (probability.get() * 1e6).round() as u64;
        }
        bucket.cost += row.cost.unwrap_or(Money::ZERO);
        bucket.unpriced += u32::from(row.cost.is_none());
        bucket.usage.add(&row.usage.unwrap_or(TokenUsage::default()));
        bucket.tool_calls += row.tool_calls;
        bucket.wrong_tool_calls += row.wrong_tool_calls;
        bucket.took_micros += row.took.map_or(0, |took| took.micros());
        bucket.timed += u32::from(row.took.is_some());
        bucket.failed_unrecovered += u32::from(row.failures.iter().any(|failure| !failure.recovered));
    }
    all.into_values().collect()
}

fn model_buckets(rows: &[Summary], resolution: Resolution) -> Vec<ModelBucket> {
    let mut all: BTreeMap<(Timestamp, &str, &str), ModelBucket> = BTreeMap::new();
    for row in rows {
        let start = resolution.start_of(row.time);
        for used in &row.models {
            let bucket = all.entry((start, &row.agent, &used.model)).or_default();
            (bucket.start, bucket.agent, bucket.model) = (start, row.agent.clone(), used.model.clone());
            bucket.calls += used.calls;
            bucket.unpriced_calls += if used.cost.is_none() { used.calls } else { 0 };
            bucket.usage.add(&used.usage);
            bucket.cost += used.cost.unwrap_or(Money::ZERO);
            for (class, money) in &used.by_class {
                let order =
                    [TokenClass::Input, TokenClass::CachedInput, TokenClass::CacheWriteInput, TokenClass::Output, TokenClass::Reasoning];
                bucket.by_class[order.iter().position(|known| known == class).unwrap()] += *money;
            }
        }
    }
    all.into_values().collect()
}

fn check_patterns(view: &dyn Snapshot, rows: &[Summary]) {
    let shown: BTreeSet<_> = rows.iter().flat_map(|row| &row.failures).filter_map(|mark| mark.fingerprint).collect();
    let found = view.patterns(usize::MAX).unwrap();
    assert!(found.windows(2).all(|pair| pair[0].runs >= pair[1].runs));
    assert_eq!(found.iter().map(|pattern| pattern.fingerprint).collect::<BTreeSet<_>>(), shown);
    for pattern in found {
        let marks = |row: &Summary, unrecovered: bool| {
            row.failures.iter().any(|mark| mark.fingerprint == Some(pattern.fingerprint) && !(unrecovered && mark.recovered))
        };
        let runs: Vec<&Summary> = rows.iter().filter(|row| marks(row, false)).collect();
        assert_eq!(pattern.runs, runs.len() as u64);
        assert_eq!(pattern.unrecovered_runs, runs.iter().filter(|row| marks(row, true)).count() as u64);
        assert_eq!(pattern.cost, runs.iter().filter_map(|row| row.cost).sum());
        assert_eq!(pattern.example, runs[0].sequence, "the newest run shows it");
        assert_eq!(Some(pattern.last_seen), runs.iter().map(|row| row.time).max());
        assert!(Some(pattern.first_seen) <= runs.iter().map(|row| row.time).min());
        let mut agents: BTreeMap<String, u64> = BTreeMap::new();
        runs.iter().for_each(|row| *agents.entry(row.agent.clone()).or_default() += 1);
        assert_eq!(pattern.agents.iter().cloned().collect::<BTreeMap<_, _>>(), agents);
        assert!(pattern.agents.windows(2).all(|pair| pair[0].1 >= pair[1].1));
        let read = view.pattern_rows(pattern.fingerprint, None, usize::MAX).unwrap();
        assert_eq!(read.iter().collect::<Vec<_>>(), runs);
        for resolution in [Resolution::Minute, Resolution::Hour, Resolution::Day] {
            let mut buckets: BTreeMap<Timestamp, u32> = BTreeMap::new();
            runs.iter().for_each(|row| *buckets.entry(resolution.start_of(row.time)).or_default() += 1);
            let read = view.pattern_buckets(pattern.fingerprint, resolution, BEGIN, END).unwrap();
            assert_eq!(read, buckets.into_iter().collect::<Vec<_>>());
        }
    }
}
