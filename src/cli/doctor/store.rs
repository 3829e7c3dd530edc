//! The store: whether it can be had, how large it is, and whether its runs are judged by the rules of today.

use bytes::Bytes;
use hyper::Method;

use super::finding::Finding;
use crate::{
    cli::{
        exit::CliError,
        facts_source::{FactsSource, Wanted, path},
        house,
        progress::Progress,
        quantity::runs_words,
        settings::Settings,
    },
    engine::{facts::StoreCondition, owner::Owner, regrade::Regraded},
    model::clock::{Clock, SystemClock},
    text::human,
};

/// A clock that is this much behind the newest run was set back.
const SET_BACK_MICROS: i64 = 300_000_000;

pub(super) async fn look(settings: &Settings, fix: bool) -> Vec<Finding> {
    let store = &settings.store.value;
    if !store.exists() && Owner::of(store).is_none() {
        let says = format!("{} is not there yet; the workbench, `serve` and `import` make it", store.display());
        return vec![Finding::ok("store", says)];
    }
    if house::rules(settings).is_err() {
        return vec![Finding::warning("store", "not looked at: it cannot be opened while the prices are wrong", "mend the prices first")];
    }
    match examine(settings, fix).await {
        Ok(findings) => findings,
        Err(error) => {
            let advice = "nothing was changed; name another store with --store, or end who has it";
            vec![Finding::problem("store", error.to_string(), advice)]
        }
    }
}

async fn examine(settings: &Settings, fix: bool) -> Result<Vec<Finding>, CliError> {
    let source = FactsSource::open(settings, Wanted::Any).await?;
    let condition = source.value::<StoreCondition>("/api/store").await;
    let holder = Owner::of(&settings.store.value).map(|owner| format!("; open in process {}", owner.pid)).unwrap_or_default();
    let mut condition = source.close_after(condition).await?;
    let mut judged = None;
    if fix && condition.outdated() > 0 {
        judged = Some(regrade(settings, condition.traces).await?);
        let source = FactsSource::open(settings, Wanted::Any).await?;
        let after = source.value("/api/store").await;
        condition = source.close_after(after).await?;
    }
    let path = settings.store.value.display();
    let size = human::bytes(condition.file_bytes);
    let mut findings = vec![Finding::ok("store", format!("{path}: {}, {size}{holder}", runs_words(condition.traces)))];
    findings.push(rules(&condition, judged));
    findings.extend(clock(&condition));
    Ok(findings)
}

fn rules(condition: &StoreCondition, judged: Option<u64>) -> Finding {
    let outdated = condition.outdated();
    if outdated == 0 {
        let judged = judged.map(|judged| format!("; {} judged anew", runs_words(judged))).unwrap_or_default();
        return Finding::ok("rules", format!("all runs are judged by the rules of today, {}{judged}", condition.rules));
    }
    let versions: Vec<String> = condition.judged_by.iter().map(|(version, runs)| format!("{version} ({})", human::count(*runs))).collect();
    let says = format!("{} judged by other rules than today's {}: {}", runs_words(outdated), condition.rules, versions.join(", "));
    let advice = if judged.is_some() { "they cannot be judged anew; the log says why" } else { "`doctor --fix` judges them anew" };
    Finding::warning("rules", says, advice)
}

fn clock(condition: &StoreCondition) -> Option<Finding> {
    let ahead = condition.last_arrived?.micros().saturating_sub(SystemClock.now().micros());
    let says = || format!("the newest run arrived {} in the future", human::duration(ahead.unsigned_abs()));
    (ahead > SET_BACK_MICROS)
        .then(|| Finding::warning("clock", says(), "the clock was set back; set it right, or windows of time will miss runs"))
}

/// Judges all runs anew that were judged by other rules; through the running program where there is one.
async fn regrade(settings: &Settings, traces: u64) -> Result<u64, CliError> {
    let source = FactsSource::open_to_change(settings, Wanted::Any).await?;
    let done = regrade_all(&source, traces).await;
    source.close_after(done).await
}

async fn regrade_all(source: &FactsSource, traces: u64) -> Result<u64, CliError> {
    let (mut judged, mut looked, mut after) = (0, 0, None::<String>);
    let mut progress = Progress::new();
    loop {
        let parameters: Vec<(&str, &str)> = after.as_deref().map(|after| ("from", after)).into_iter().collect();
        let step: Regraded = source.remote().value(Method::POST, &path("/api/regrade", &[], &parameters), Bytes::new()).await?;
        judged += step.judged;
        looked += step.looked;
        progress.show(|| format!("{} of {} looked at, {} judged anew …", human::count(looked), runs_words(traces), human::count(judged)));
        match step.next {
            Some(next) => after = Some(next.0.to_string()),
            None => return Ok(judged),
        }
    }
}
