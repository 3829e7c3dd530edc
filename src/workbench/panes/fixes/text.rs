//! What is said of a fix: its head, its sentences, and its text to copy or write.

use crate::{
    model::fix::{Fix, FixKind},
    text::{
        clean::clean_line,
        human::{count, percent},
        width::fit,
    },
    workbench::{
        failure_words::{choice, choice_role, named},
        glyphs::Glyphs,
        message::PaintKey,
        theme::Role,
    },
};

/// What accepting does, where there is a diff.
const ACCEPTING_DIFF: &str = "writes a patch file and records your decision; the pattern is watched from then on. Your code is changed only \
                              when you press A and say yes.";
/// What accepting does, where there is none.
const ACCEPTING_GUIDANCE: &str =
    "records your decision; from then on the pattern is watched and will say fixed, or BACK AGAIN. No file is changed.";

/// What accepting does.
pub(super) const fn accepting(fix: &Fix) -> &'static str {
    if fix.diff.is_some() { ACCEPTING_DIFF } else { ACCEPTING_GUIDANCE }
}

/// Under what the change is kept, of a fix that is applied.
pub(super) fn applied(fix: &Fix) -> Option<&str> {
    fix.change.as_ref()?.applied.as_deref()
}

/// What was checked of a diff, as a sentence.
pub(super) fn checked(fix: &Fix) -> Option<String> {
    let change = fix.change.as_ref().filter(|change| change.applied.is_none())?;
    Some(match &change.compiled {
        Some(version) => format!("the changed file parses, and Python {version} compiles it"),
        None => "the changed file parses; no Python was there to compile it".to_owned(),
    })
}

/// What came since it was accepted, and how that reads.
pub(super) fn watched(fix: &Fix) -> Option<(String, Role)> {
    let watch = fix.watch.as_ref()?;
    let runs = format!("{} runs", count(watch.runs));
    Some(match (&watch.back, watch.runs) {
        (Some(run), _) => {
            let run = clean_line(run.as_str()).into_owned();
            (format!("BACK: {} of {} since failed with it again, last {run}", count(watch.again), runs), Role::Bad)
        }
        (None, 0) => ("watched: no run since it was accepted".to_owned(), Role::Dim),
        (None, 1) => ("watched: not back in the one run since".to_owned(), Role::Good),
        (None, _) => (format!("fixed since {runs}"), Role::Good),
    })
}

/// The word for a fix nobody has decided on.
const OPEN: &str = "not decided";
/// From this width on the kind of help is explained.
const FULL: u16 = 100;

/// The snippet, or the diff where there is one.
pub(super) fn code(fix: &Fix) -> &str {
    fix.diff.as_deref().unwrap_or(&fix.snippet)
}

/// The language of [`code`].
pub(super) fn language(fix: &Fix) -> &str {
    if fix.diff.is_some() { "diff" } else { &fix.language }
}

/// Under what the colours of [`code`] are kept.
pub(super) fn paint_key(fix: &Fix) -> PaintKey {
    PaintKey::of(code(fix), language(fix))
}

/// Which kind of help this is, in a word that is always shown.
const fn kind(fix: &Fix) -> &'static str {
    match fix.kind {
        FixKind::Diff => "diff",
        FixKind::Guidance => "guidance",
    }
}

/// The kind in a sentence.
fn kind_meaning(fix: &Fix) -> String {
    match (fix.kind, &fix.file) {
        (FixKind::Guidance, None) => "a snippet for you to place, not a diff on your file".to_owned(),
        (FixKind::Guidance, Some(file)) => format!("a snippet for you to place in {}, not a diff on it", named(file)),
        (FixKind::Diff, Some(file)) => format!("changes {}", named(file)),
        (FixKind::Diff, None) => "changes a file of yours".to_owned(),
    }
}

/// The rows that stay while the rest scrolls: which, what; kind, decision, framework, coverage; impact where it is counted.
pub(super) fn head(fix: &Fix, index: usize, total: usize, width: u16, glyphs: &Glyphs) -> Vec<(String, Role)> {
    let columns = usize::from(width).saturating_sub(2);
    let mut facts = vec![if width >= FULL { kind_sentence(fix) } else { kind(fix).to_owned() }];
    facts.push(choice(fix.decision, OPEN).to_owned());
    facts.extend(fix.framework.as_deref().map(|framework| named(framework).to_owned()));
    facts.push(covers(fix));
    facts.extend(fix.confidence.map(|confidence| format!("confidence {}", percent(confidence.get()))));
    facts.extend(fix.verified.then(|| "verified".to_owned()));
    let title = format!("{} of {total}  {}", index + 1, named(&fix.title));
    let facts = facts.join(glyphs.separator);
    let mut rows = vec![(fit(&title, columns).into_owned(), Role::Strong)];
    rows.push((fit(&facts, columns).into_owned(), choice_role(fix.decision)));
    match watched(fix) {
        Some((says, role)) => rows.push((fit(&says, columns).into_owned(), role)),
        None => rows.extend(impact(fix).map(|impact| (fit(&impact, columns).into_owned(), Role::Accent))),
    }
    rows
}

fn covers(fix: &Fix) -> String {
    match fix.covers {
        1 => "covers 1 run".to_owned(),
        runs => format!("covers {} runs", count(runs)),
    }
}

/// `would have spared 11 to 27 of 74 failed runs (90 %)`, where that is counted.
fn impact(fix: &Fix) -> Option<String> {
    let impact = fix.impact?;
    let spared = if impact.low == impact.high { count(impact.low) } else { format!("{} to {}", count(impact.low), count(impact.high)) };
    Some(format!("would have spared {spared} of {} failed runs (90 %)", count(impact.of)))
}

/// What a fix rests on, each with its step where it has one.
pub(super) fn evidence(fix: &Fix) -> impl Iterator<Item = String> {
    fix.evidence.iter().map(|evidence| match evidence.step {
        Some(step) => format!("step {step}: {}", evidence.says),
        None => evidence.says.clone(),
    })
}

/// The kind in a sentence, the word first.
pub(super) fn kind_sentence(fix: &Fix) -> String {
    format!("{}: {}", kind(fix), kind_meaning(fix))
}

/// The file and line a diff is on.
pub(super) fn where_it_is(fix: &Fix) -> String {
    fix.place.as_ref().map_or_else(|| "diff".to_owned(), |place| format!("{}:{}", clean_line(&place.path), place.line))
}

/// The ending of a file that holds the snippet.
pub(super) fn extension(fix: &Fix) -> &'static str {
    match language(fix) {
        "diff" => "patch",
        "python" => "py",
        "json" => "json",
        "typescript" => "ts",
        "javascript" => "js",
        "yaml" => "yaml",
        "toml" => "toml",
        "markdown" => "md",
        "bash" | "sh" => "sh",
        _ => "txt",
    }
}

/// The text with a line break at its end.
pub(super) fn ended(text: &str) -> String {
    if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

/// The whole fix, to paste into an issue.
pub(super) fn markdown(fix: &Fix) -> String {
    let mut text = format!("# {}\n\n{}", named(&fix.title), kind_sentence(fix));
    if let Some(framework) = &fix.framework {
        text.push_str(&format!(", for {framework}"));
    }
    text.push_str(&format!("; {}", covers(fix)));
    if let Some(impact) = impact(fix) {
        text.push_str(&format!("; {impact}"));
    }
    text.push_str(&format!("\n\n{}\n", fix.why));
    for says in evidence(fix) {
        text.push_str(&format!("\n- {says}"));
    }
    let code = code(fix);
    // A fence is longer than any run of backticks inside it.
    let mut fence = "```".to_owned();
    while code.contains(&fence) {
        fence.push('`');
    }
    text.push_str(&format!("\n\n{fence}{}\n{}{fence}\n", language(fix), ended(code)));
    text
}
