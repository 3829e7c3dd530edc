//! Turns proposals into diffs on the user's own files, where the place is found and the change is sure; else they stay guidance that says why.

use super::{
    change::{self, Kept, LATIN_1},
    diff,
    fixes::{self, Proposal},
    project::{
        Check, Look, Projects,
        encoding::{self, Encoding},
        locate::{Found, Place, locate},
        source,
    },
    python::{self, Module},
};
use crate::model::{
    decision::Choice,
    fix::{Fix, FixChange, FixEvidence, FixKind, FixPlace},
};

/// Makes the fixes of one list.
pub(super) struct Offers {
    look: Look,
    applied: Vec<Kept>,
}

impl Offers {
    /// Looks at the projects as they are now.
    pub(super) fn new(projects: &Projects) -> Self {
        let mut applied = projects.ledger().map(change::all).unwrap_or_default();
        applied.retain(|kept| kept.undone.is_none());
        Self { look: projects.look(), applied }
    }

    /// The fix, as a diff where it can be one.
    pub(super) fn make(&mut self, proposal: Proposal<'_>, decision: Option<Choice>) -> Fix {
        if decision == Some(Choice::Applied)
            && let Some(kept) = self.applied.iter().find(|kept| kept.fix == proposal.fix.id)
        {
            return as_applied(proposal.fix, kept);
        }
        let mut fix = proposal.fix.clone();
        match self.diff(&proposal, &mut fix) {
            Ok(()) => {}
            Err(says) => fix.evidence.push(FixEvidence { step: None, says }),
        }
        fix
    }

    /// Makes the fix a diff; else a sentence why it stays guidance.
    fn diff(&mut self, proposal: &Proposal<'_>, fix: &mut Fix) -> Result<(), String> {
        if let Some(nothing) = self.look.nothing() {
            return Err(format!("guidance only: {nothing}"));
        }
        let places = match locate(&self.look, proposal.context.subject()) {
            Found::Places(places) => places,
            Found::Several(told) => return Err(format!("guidance only: it could be any of {}", told.join(", "))),
            Found::Nowhere(says) => return Err(format!("guidance only: {says}")),
        };
        for place in &places {
            if let Some((change, diff, line)) = self.change(proposal, place) {
                fix.evidence.push(FixEvidence { step: None, says: format!("{}: {}", place.told(), place.how) });
                fix.kind = FixKind::Diff;
                fix.file = Some(place.opened.file.path.clone());
                fix.diff = Some(diff);
                fix.place = Some(at(place, line));
                fix.change = Some(change);
                return Ok(());
            }
        }
        let Some(place) = places.first() else { return Err("guidance only: the place was not found".to_owned()) };
        fix.file = Some(place.opened.file.path.clone());
        fix.place = Some(at(place, place.definition.line));
        Err(format!("guidance only: {} ({}) has it already, or is not to be changed by rule", place.told(), place.how))
    }

    /// The change at a place, checked: it parses, and no Python says that it stopped compiling. With its diff and first changed line.
    fn change(&mut self, proposal: &Proposal<'_>, place: &Place) -> Option<(FixChange, String, u32)> {
        let (file, source, module) = (&place.opened.file, &place.opened.source, &place.opened.module);
        let installed = self.look.installed(&file.root).clone();
        let edits = fixes::edit(proposal.remedy, &proposal.context, module, &place.definition, &installed)?;
        let text = python::apply(module.text(), &edits)?;
        Module::parse(&text).ok()?;
        let diff = diff::unified(&file.path, module.text(), &text)?;
        let (before, after) = (encoding::encode(module.text(), source.encoding)?, encoding::encode(&text, source.encoding)?);
        let compiled = match self.look.check(&before, &after) {
            Check::Compiles(version) => Some(version),
            Check::Unknown => None,
            Check::Broken(_) => return None,
        };
        let line = first_changed(module.text(), &text);
        let encoding = if source.encoding == Encoding::Latin1 { LATIN_1 } else { "utf-8" };
        let change = FixChange {
            base: source.digest.clone(),
            result: source::digest(&after),
            encoding: encoding.to_owned(),
            compiled,
            applied: None,
        };
        Some((change, diff, line))
    }
}

fn at(place: &Place, line: u32) -> FixPlace {
    let file = &place.opened.file;
    FixPlace { root: file.root.to_string_lossy().into_owned(), path: file.path.clone(), line }
}

/// The first line that differs, from 1.
fn first_changed(before: &str, after: &str) -> u32 {
    let same = before.split_inclusive('\n').zip(after.split_inclusive('\n')).take_while(|(one, other)| one == other).count();
    u32::try_from(same).unwrap_or(u32::MAX - 1) + 1
}

/// The fix as it was applied: with the diff that was, whatever has become of the file.
fn as_applied(mut fix: Fix, kept: &Kept) -> Fix {
    fix.kind = FixKind::Diff;
    fix.file = Some(kept.path.clone());
    fix.diff = Some(kept.diff.clone());
    fix.place = Some(FixPlace { root: kept.root.clone(), path: kept.path.clone(), line: kept.line });
    fix.change = Some(FixChange {
        base: kept.base.clone(),
        result: kept.result.clone(),
        encoding: "utf-8".to_owned(),
        compiled: None,
        applied: Some(kept.id.clone()),
    });
    fix
}
