//! Any reports of agents and costs, for properties that must hold for all of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use crate::{
    model::{
        agent::{AgentReport, ChangePoint, Component, Taught, TrendPoint},
        comparison::Change,
        cost_report::{CostReport, CostShare, UnpricedModel},
        grade::Grade,
        money::Money,
        probability::Interval,
        time::Timestamp,
        usage::TokenClass,
    },
    text::clean::clean_line,
    workbench::{hygiene, need::AgentView},
};

use super::{
    NOON,
    figures::{HOSTILE, agent, costs_with_advice, grade},
};

fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), (0..HOSTILE.len()).prop_map(|at| HOSTILE[at].to_owned()), "[a-z-]{1,12}"]
}

fn any_clean() -> impl Strategy<Value = String> {
    any_name().prop_map(|name| clean_line(&name).into_owned())
}

fn any_money() -> impl Strategy<Value = Money> {
    prop_oneof![any::<i128>().prop_map(Money::from_pico), (0i128..1_000_000_000_000).prop_map(Money::from_pico), Just(Money::ZERO)]
}

fn any_change() -> impl Strategy<Value = Option<Change>> {
    let values = (any::<f64>(), any::<f64>(), any::<f64>(), any::<bool>(), any::<u32>(), any::<u32>());
    proptest::option::of(values.prop_map(|(difference, low, high, could_be_chance, before_runs, current_runs)| Change {
        difference,
        interval: Interval { low, high },
        could_be_chance,
        before_runs,
        current_runs,
    }))
}

/// A grade keeps its promises: a score and an interval on the scale, its ends in order.
fn any_grade() -> impl Strategy<Value = Option<Grade>> {
    let ends = (0.0..=100.0f64, 0.0..=100.0f64, 0.0..=100.0f64, prop_oneof![0u32..50, any::<u32>()]);
    proptest::option::of(ends.prop_map(|(score, one, other, runs)| grade(score, one.min(other), one.max(other), runs)))
}

fn any_series() -> impl Strategy<Value = Vec<TrendPoint>> {
    let point = (any::<i64>(), any::<u32>(), any::<f64>(), any_money());
    proptest::collection::vec(
        point.prop_map(|(start, known, successes, cost)| TrendPoint {
            start: Timestamp::from_micros(start),
            known,
            runs: known,
            successes,
            cost,
            unpriced: known,
        }),
        0..90,
    )
}

fn any_component() -> impl Strategy<Value = Component> {
    (any_clean(), any::<u32>(), prop_oneof![Just(0), any::<u32>()], proptest::option::of((any::<f64>(), any::<f64>())), any_clean())
        .prop_map(|(name, good, of, interval, says)| Component {
            name,
            good,
            of,
            interval: interval.map(|(low, high)| Interval { low, high }),
            says,
        })
}

/// Any agents, told apart by their names.
pub(crate) fn any_agents() -> impl Strategy<Value = Vec<AgentView>> {
    let texts = (any_name(), proptest::option::of(any_clean()), proptest::collection::vec(any_clean(), 0..3));
    let figures = (any_grade(), any::<u32>(), any::<u32>(), any::<u64>(), any_change(), any_change());
    let rest = (proptest::collection::vec(any_component(), 0..8), any_series(), proptest::option::of(any_money()), any::<i64>());
    let view =
        (texts, figures, rest).prop_map(|((name, cap, rules), (grade, runs, unknown_runs, total_runs, trend, since_baseline), rest)| {
            let mut view = agent(&name, grade);
            let (components, series, cost_per_run, last_seen) = rest;
            let last_seen = Timestamp::from_micros(last_seen);
            view.report = hygiene::agent(AgentReport {
                cap,
                rules,
                runs,
                unknown_runs,
                total_runs,
                trend,
                since_baseline,
                components,
                series,
                cost_per_run,
                last_seen,
                trend_same_tasks: trend,
                since_baseline_same_tasks: since_baseline,
                changes: trend
                    .into_iter()
                    .chain(since_baseline)
                    .map(|change| ChangePoint { at: last_seen, before: change.difference, after: change.interval.high, change })
                    .collect(),
                taught: Some(Taught { votes: runs, shared_score: grade.map(|grade| grade.score), offset: f64::NAN }),
                reported_ok: runs,
                doubtful: unknown_runs,
                ..view.report
            });
            view
        });
    proptest::collection::vec(view, 0..12).prop_map(|mut views: Vec<AgentView>| {
        let mut seen = std::collections::HashSet::new();
        views.retain(|view| seen.insert(view.name.clone()));
        views
    })
}

/// Any report.
pub(crate) fn any_costs() -> impl Strategy<Value = CostReport> {
    let share =
        (any_name(), any::<u64>(), any::<u64>(), any_money(), any::<f64>(), any::<u64>(), proptest::collection::vec(any_money(), 0..90))
            .prop_map(|(name, count, tokens, cost, share, unpriced, series)| CostShare {
                agent: None,
                name,
                count,
                tokens,
                cost,
                share,
                unpriced,
                estimated: count % 2 == 1,
                series,
            });
    let classes = [TokenClass::Input, TokenClass::CachedInput, TokenClass::CacheWriteInput, TokenClass::Output, TokenClass::Reasoning];
    let class = ((0..5usize).prop_map(move |at| classes[at]), any_money());
    let unpriced = (any_name(), any::<u64>(), any::<u64>()).prop_map(|(model, calls, tokens)| UnpricedModel { model, calls, tokens });
    let lists = (
        proptest::collection::vec(share, 0..12),
        proptest::collection::vec(class, 0..6),
        proptest::collection::vec(unpriced, 0..9),
        any_series(),
    );
    (lists, any_money(), any_money(), any::<u64>(), any::<u64>()).prop_map(
        |((mut shares, by_class, unpriced, series), today, total, runs, unpriced_runs)| {
            let mut seen = std::collections::HashSet::new();
            shares.retain(|share| seen.insert(share.name.clone()));
            hygiene::costs(CostReport {
                from: NOON,
                to: NOON,
                today,
                total,
                runs,
                unpriced_runs,
                shares,
                by_class,
                unpriced,
                series,
                ..costs_with_advice()
            })
        },
    )
}
