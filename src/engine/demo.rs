//! The bundled sample traces as a feed: a fortnight of history at once, then runs arriving live.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader},
};

use bytes::Bytes;
use serde_json::Value;

use crate::model::time::Timestamp;

/// Runs of three agents over a simulated fortnight, in order of time.
const SHOWCASE: &[u8] = include_bytes!("../../sample-traces/showcase.jsonl.gz");
/// Single runs of real frameworks.
const FRAMEWORKS: &[u8] = include_bytes!("../../sample-traces/frameworks.jsonl.gz");

/// How many of the newest showcase runs arrive live instead of being history.
const LIVE_SHOWCASE_RUNS: usize = 40;

/// How many runs of the history are handed over together.
const HISTORY_PART: usize = 50;

/// Keys of a trace body that hold moments.
const MOMENT_KEYS: &[&str] = &["timestamp", "started_at", "start_time", "end_time"];

/// Why the bundled samples cannot be shown. They are part of the program, so this is a fault of the build.
#[derive(Debug, thiserror::Error)]
#[error("the bundled sample traces cannot be read: {0}")]
pub struct DemoError(String);

/// The sample traces, moved in time so that the newest is now.
#[derive(Debug)]
pub struct DemoFeed {
    history: Vec<Value>,
    live: VecDeque<Value>,
}

impl DemoFeed {
    /// Reads the bundled samples and moves the fortnight so that the last run of the history is a minute before `now`.
    pub fn bundled(now: Timestamp) -> Result<Self, DemoError> {
        let mut showcase = read(SHOWCASE)?;
        let frameworks = read(FRAMEWORKS)?;
        showcase.sort_by_key(moment_of);
        let live_showcase = showcase.split_off(showcase.len().saturating_sub(LIVE_SHOWCASE_RUNS));
        let newest = showcase.iter().filter_map(moment_of).max().unwrap_or(now);
        let shift = now.micros() - 60_000_000 - newest.micros();
        for trace in &mut showcase {
            move_moments(trace, shift);
        }
        Ok(Self { history: showcase, live: take_turns(live_showcase, frameworks) })
    }

    /// The history as bodies of JSON lines, oldest first, each small enough to be taken at once; empty when asked a second time.
    pub fn take_history(&mut self) -> Vec<Bytes> {
        let parts = self.history.chunks(HISTORY_PART).map(|part| {
            let mut lines = Vec::new();
            for trace in part {
                lines.extend_from_slice(trace.to_string().as_bytes());
                lines.push(b'\n');
            }
            Bytes::from(lines)
        });
        let parts = parts.collect();
        self.history.clear();
        parts
    }

    /// The next run to arrive, dated `now`; `None` when all have.
    pub fn next_live(&mut self, now: Timestamp) -> Option<Bytes> {
        let mut trace = self.live.pop_front()?;
        if let Some(moment) = moment_of(&trace) {
            move_moments(&mut trace, now.micros() - moment.micros());
        }
        Some(trace.to_string().into_bytes().into())
    }

    /// Runs still to arrive.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.live.len()
    }
}

fn read(gzipped: &[u8]) -> Result<Vec<Value>, DemoError> {
    BufReader::new(flate2::read::MultiGzDecoder::new(gzipped))
        .lines()
        .map(|line| {
            let line = line.map_err(|error| DemoError(error.to_string()))?;
            serde_json::from_str(&line).map_err(|error| DemoError(error.to_string()))
        })
        .collect()
}

fn moment_of(trace: &Value) -> Option<Timestamp> {
    trace.get("timestamp").and_then(Value::as_str).and_then(Timestamp::parse)
}

/// Moves every moment inside a trace by `shift` microseconds.
fn move_moments(value: &mut Value, shift: i64) {
    match value {
        Value::Object(fields) => {
            for (key, field) in fields.iter_mut() {
                match field {
                    Value::String(text) if MOMENT_KEYS.contains(&key.as_str()) => {
                        if let Some(moment) = Timestamp::parse(text) {
                            *text = Timestamp::from_micros(moment.micros() + shift).to_string();
                        }
                    }
                    _ => move_moments(field, shift),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| move_moments(item, shift)),
        _ => {}
    }
}

/// One from each in turn, so that showcase agents and framework runs arrive mixed.
fn take_turns(left: Vec<Value>, right: Vec<Value>) -> VecDeque<Value> {
    let (mut left, mut right) = (left.into_iter(), right.into_iter());
    let mut mixed = VecDeque::new();
    loop {
        match (left.next(), right.next()) {
            (None, None) => return mixed,
            (one, other) => mixed.extend(one.into_iter().chain(other)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_fortnight_ends_a_minute_ago_and_live_runs_are_dated_now() {
        let now = Timestamp::parse("2027-03-01T12:00:00Z").unwrap();
        let mut feed = DemoFeed::bundled(now).unwrap();
        let history = feed.take_history();
        let moments: Vec<Timestamp> = history
            .concat()
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .filter_map(|line| moment_of(&serde_json::from_slice(line).unwrap()))
            .collect();
        assert!(moments.len() > 300);
        assert!(moments.iter().all(|moment| *moment < now));
        let days = now.since(moments[0]).as_secs() / 86_400;
        assert!((12..=16).contains(&days), "the history reaches {days} days back");
        let waiting = feed.remaining();
        let live: Value = serde_json::from_slice(&feed.next_live(now).unwrap()).unwrap();
        assert_eq!(moment_of(&live), Some(now));
        assert_eq!(feed.remaining(), waiting - 1);
    }
}
