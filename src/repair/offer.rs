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
    python::{self, Definition, Module},
};
use crate::model::{
    decision::Choice,
    fix::{Fix, FixChange, FixEvidence, FixKind, FixPlace},
};

/// Makes the fixes of one list.
pub(super) struct Offers {
    projects: Projects,
    /// `None` until a fix asks for it: a run without failures needs no source.
    look: Option<Look>,
    applied: Vec<Kept>,
}

impl Offers {
    /// For these projects, as they are when the first fix is made.
    pub(super) fn new(projects: &Projects) -> Self {
        let mut applied = projects.ledger().map(change::all).unwrap_or_default();
        applied.retain(|kept| kept.undone.is_none());
        Self { projects: projects.clone(), look: None, applied }
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
        let look = self.look.get_or_insert_with(|| self.projects.look());
        if let Some(nothing) = look.nothing() {
            return Err(format!("guidance only: {nothing}"));
        }
        let located = locate(look, proposal.context.subject());
        for place in located.places() {
            if let Some((change, diff, line)) = change(look, proposal, place) {
                fix.evidence.push(FixEvidence { step: None, says: format!("{}: {}", place.told(), place.how) });
                fix.kind = FixKind::Diff;
                fix.file = Some(place.opened.file.path.clone());
                fix.diff = Some(diff);
                fix.place = Some(at(place, line));
                fix.change = Some(change);
                return Ok(());
            }
        }
        let asked = located.tool.as_ref().unwrap_or(&located.agent);
        Err(match asked {
            Found::Several(told) => format!("guidance only: it could be any of {}", told.join(", ")),
            Found::Nowhere(says) => format!("guidance only: {says}"),
            Found::Places(places) => match places.first() {
                Some(place) => {
                    fix.file = Some(place.opened.file.path.clone());
                    fix.place = Some(at(place, place.definition.line));
                    format!("guidance only: {} ({}) has it already, or is not to be changed by rule", place.told(), place.how)
                }
                None => "guidance only: the place was not found".to_owned(),
            },
        })
    }
}

/// The change at a place, checked: it parses, and no Python says that it stopped compiling. With its diff and first changed line.
fn change(look: &mut Look, proposal: &Proposal<'_>, place: &Place) -> Option<(FixChange, String, u32)> {
    let (file, source, module) = (&place.opened.file, &place.opened.source, &place.opened.module);
    let installed = look.installed(&file.root).clone();
    let edits = fixes::edit(proposal.remedy, &proposal.context, module, &place.definition, &installed)?;
    let text = python::apply(module.text(), &edits)?;
    let changed = Module::parse(&text).ok()?;
    // Made twice it would pile up: what is not recognised as done is not offered at all.
    let same = |other: &&Definition| (&other.qualified, other.kind) == (&place.definition.qualified, place.definition.kind);
    let again = changed.definitions().iter().find(same);
    if again.is_some_and(|again| fixes::edit(proposal.remedy, &proposal.context, &changed, again, &installed).is_some()) {
        return None;
    }
    let diff = diff::unified(&file.path, module.text(), &text)?;
    let (before, after) = (encoding::encode(module.text(), source.encoding)?, encoding::encode(&text, source.encoding)?);
    let compiled = match look.check(&before, &after) {
        Check::Compiles(version) => Some(version),
        Check::Unknown => None,
        Check::Broken(_) => return None,
    };
    let line = first_changed(module.text(), &text);
    let encoding = if source.encoding == Encoding::Latin1 { LATIN_1 } else { "utf-8" };
    let change =
        FixChange { base: source.digest.clone(), result: source::digest(&after), encoding: encoding.to_owned(), compiled, applied: None };
    Some((change, diff, line))
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
