//! Sessions around an anchor, last active first; under a filter those of which any run is shown.

use std::{cmp::Reverse, collections::HashMap, ops::ControlFlow, time::Duration};

use xxhash_rust::xxh3::xxh3_128;

use super::{
    Anchor, Cancel, Facts, NameKind, SessionPage, SessionQuery,
    search::{Tell, everything},
    sweep::{Judge, Keep, is_empty},
};
use crate::{
    engine::error::EngineError,
    model::ids::Sequence,
    query::fields::Row,
    store::{Counts, NamedBy, SessionPlace, SessionRow, Toward},
};

/// Most sessions one call gives in each direction.
const MOST_SESSIONS: usize = 1_000;

/// Sessions that are opened, run by run, for a screen of those that match; where they do not fill it, all runs are searched first. Of
/// runs whose bodies have to be read, fewer.
const OPENED_MOST: usize = 2_000;
const OPENED_WITH_BODIES_MOST: usize = 200;

/// Sessions read from the store in one go.
const TOGETHER: usize = 256;

/// How often a long answer is told again while it is refined.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// Sessions whose names are listed: those last active.
const NAMED_SESSIONS: usize = 1_000;

/// As many sessions as are looked up one by one rather than found by going through all of them.
const FEW: usize = 20_000;

/// Which sessions there are, told by a hash of their project and id; each with one of its runs.
type Found = HashMap<u128, Sequence, foldhash::fast::FixedState>;

/// The sessions on one side of the anchor, the nearest first.
struct Side {
    toward: Toward,
    wanted: usize,
    /// The last one looked at.
    at: Option<SessionPlace>,
    rows: Vec<SessionRow>,
    /// Whether there are none beyond.
    ended: bool,
}

/// How a session is told to match.
enum Test<'a, 'b> {
    /// All do.
    All,
    /// By opening its runs, while the number of sessions lasts.
    Open(&'a mut Judge<'b>, usize),
    /// By what a search of all runs has found.
    Among(&'a Found),
}

impl Facts {
    /// Sessions around an anchor. `tell` gets what is found so far, every now and then; the answer is the last word. The order and limit of
    /// the filter are left aside. When it is not wanted any more it ends early with what it has.
    pub fn sessions(
        &self,
        query: &SessionQuery<'_>,
        cancel: &Cancel,
        tell: &mut dyn FnMut(SessionPage),
    ) -> Result<SessionPage, EngineError> {
        let counts = self.snapshot.counts()?;
        let (before, after) = (query.before.min(MOST_SESSIONS), query.after.min(MOST_SESSIONS));
        let anchor = match query.anchor {
            Anchor::Newest => None,
            Anchor::At(run) => self.session_of(run)?,
            Anchor::Oldest => self.snapshot.sessions(None, Toward::Newer, 1)?.pop(),
        };
        let (before, after) = if query.anchor == Anchor::Oldest { ((before + after).saturating_sub(1), 1) } else { (before, after) };
        let mut sides = Sides::around(anchor, before, after);
        let Some(filter) = query.filter.filter(|filter| !filter.shows_all()) else {
            self.fill(&mut sides, &mut Test::All, cancel)?;
            return Ok(sides.page(&counts, counts.sessions, true, 0));
        };
        let sweep = self.sweep(filter, cancel);
        let opened = if filter.reads_bodies() { OPENED_WITH_BODIES_MOST } else { OPENED_MOST };
        self.fill(&mut sides, &mut Test::Open(&mut sweep.judge(), opened), cancel)?;
        let mut page = sides.page(&counts, sides.found(), false, 0);
        page.done = false;
        tell(page.clone());
        let mut found = Found::default();
        let session = |row: &Row<'_>| row.session().map(|id| (session_hash(row.project(), id), row.sequence()));
        let mut told = Tell::new(TELL_EVERY, TELL_EVERY, tell);
        let rest = sweep.run(everything(&counts), Toward::Older, &Keep { most: usize::MAX, of: &session }, &mut |part| {
            found.extend(part.kept.into_iter().flatten());
            page.searched += part.searched;
            page.total = page.total.max(found.len() as u64);
            told.now_and_then(|| page.clone());
            ControlFlow::Continue(())
        })?;
        if found.len() <= FEW {
            self.take_all(&mut sides, &found)?;
        } else {
            self.fill(&mut sides, &mut Test::Among(&found), cancel)?;
        }
        Ok(sides.page(&counts, found.len() as u64, is_empty(rest), page.searched))
    }

    /// Fills both sides with sessions of which all are known.
    fn take_all(&self, sides: &mut Sides, found: &Found) -> Result<(), EngineError> {
        let mut sessions = Vec::with_capacity(found.len());
        for run in found.values() {
            sessions.extend(self.session_of(*run)?);
        }
        sessions.sort_unstable_by_key(|session| Reverse(session.place));
        // The anchor itself, shown or not, is at the head of what is below.
        let middle = sides.middle.map_or(0, |anchor| sessions.partition_point(|session| session.place > anchor));
        let below = sessions.split_off(middle);
        sides.above.rows = sessions.into_iter().rev().take(sides.above.wanted + 1).collect();
        sides.below.rows = below.into_iter().take(sides.below.wanted + 1).collect();
        (sides.above.ended, sides.below.ended) = (true, true);
        Ok(())
    }

    /// The session of a run.
    fn session_of(&self, run: Sequence) -> Result<Option<SessionRow>, EngineError> {
        let Some(row) = self.snapshot.summary(run)? else { return Ok(None) };
        let Some(id) = row.session else { return Ok(None) };
        Ok(self.snapshot.session(row.project.as_deref(), &id)?)
    }

    /// Fills what is not full yet.
    fn fill(&self, sides: &mut Sides, test: &mut Test<'_, '_>, cancel: &Cancel) -> Result<(), EngineError> {
        if let Some(anchor) = sides.anchor.take() {
            match self.is_shown(&anchor, test)? {
                Some(true) => sides.below.rows.push(anchor),
                Some(false) => {}
                None => sides.anchor = Some(anchor),
            }
        }
        for side in [&mut sides.above, &mut sides.below] {
            while side.rows.len() <= side.wanted && !side.ended && !cancel.is_cancelled() {
                let sessions = self.snapshot.sessions(side.at, side.toward, TOGETHER)?;
                side.ended = sessions.len() < TOGETHER;
                for session in sessions {
                    let Some(shown) = self.is_shown(&session, test)? else { return Ok(()) };
                    side.at = Some(session.place);
                    if shown {
                        side.rows.push(session);
                    }
                    if side.rows.len() > side.wanted {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether any run of a session is shown; `None` when enough were opened.
    fn is_shown(&self, session: &SessionRow, test: &mut Test<'_, '_>) -> Result<Option<bool>, EngineError> {
        match test {
            Test::All => Ok(Some(true)),
            Test::Among(found) => Ok(Some(found.contains_key(&session_hash(session.session.project.as_deref(), &session.session.id)))),
            Test::Open(_, 0) => Ok(None),
            Test::Open(judge, left) => {
                *left -= 1;
                let mut shown = Ok(false);
                self.snapshot.look_through_session(session.place, &mut |row| {
                    shown = judge.shows(row);
                    if matches!(shown, Ok(false)) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                })?;
                Ok(shown.map(Some)?)
            }
        }
    }

    /// Names of one kind with the runs that carry them, most runs first, at most `limit`; of sessions, those last active.
    pub fn names(&self, kind: NameKind, limit: usize) -> Result<Vec<(String, u64)>, EngineError> {
        let by = match kind {
            NameKind::Project => NamedBy::Project,
            NameKind::Model => NamedBy::Model,
            NameKind::Tool => NamedBy::Tool,
            NameKind::Agent => {
                let agents = self.snapshot.agents(usize::MAX)?;
                return Ok(most_first(agents.into_iter().map(|row| (row.agent, row.runs)).collect(), limit));
            }
            NameKind::Session => {
                let sessions = self.snapshot.sessions(None, Toward::Older, NAMED_SESSIONS)?;
                return Ok(most_first(sessions.into_iter().map(|row| (row.session.id, row.session.runs)).collect(), limit));
            }
        };
        Ok(self.snapshot.names(by, limit)?)
    }
}

fn most_first(mut names: Vec<(String, u64)>, limit: usize) -> Vec<(String, u64)> {
    names.sort_unstable_by(|(one, ones), (other, others)| others.cmp(ones).then_with(|| one.cmp(other)));
    names.truncate(limit);
    names
}

fn session_hash(project: Option<&str>, id: &str) -> u128 {
    // No text holds the byte between the two, so what is hashed is another text for each session.
    let mut bytes = Vec::with_capacity(id.len() + project.map_or(0, str::len) + 1);
    if let Some(project) = project {
        bytes.extend_from_slice(project.as_bytes());
        bytes.push(0xff);
    }
    bytes.extend_from_slice(id.as_bytes());
    xxh3_128(&bytes)
}

/// Both sides of the anchor.
struct Sides {
    /// Until it is known whether it is shown.
    anchor: Option<SessionRow>,
    /// The place of the anchor.
    middle: Option<SessionPlace>,
    above: Side,
    below: Side,
}

impl Sides {
    fn around(anchor: Option<SessionRow>, before: usize, after: usize) -> Self {
        let at = anchor.as_ref().map(|row| row.place);
        let side = |toward, wanted, ended| Side { toward, wanted, at, rows: Vec::new(), ended };
        // Above the first there is nothing.
        Self { above: side(Toward::Newer, before, anchor.is_none()), below: side(Toward::Older, after, false), anchor, middle: at }
    }

    fn found(&self) -> u64 {
        (self.above.rows.len() + self.below.rows.len()) as u64
    }

    /// What is known of them. Each side looks for one more than is wanted, which tells whether there are more.
    fn page(&self, counts: &Counts, total: u64, exact: bool, searched: u64) -> SessionPage {
        let shown = |side: &Side| side.rows.iter().take(side.wanted).map(|row| row.session.clone()).collect::<Vec<_>>();
        let more = |side: &Side| side.rows.len() > side.wanted || !side.ended;
        let mut sessions = shown(&self.above);
        sessions.reverse();
        sessions.extend(shown(&self.below));
        SessionPage {
            sessions,
            more_above: more(&self.above),
            more_below: more(&self.below),
            total,
            exact,
            searched,
            stored: counts.traces,
            done: true,
        }
    }
}
