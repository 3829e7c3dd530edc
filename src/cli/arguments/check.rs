//! The arguments of `check`.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use crate::cli::quantity;

/// What `check` holds runs to.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("rule").required(true).multiple(true).args([
    "min_reliability", "max_cost", "max_failure_rate", "max_median_latency", "max_p95_latency", "min_tool_accuracy", "max_leaks",
]))]
pub struct CheckArguments {
    /// Least reliability: 0.8 or 80%
    #[arg(long, value_name = "SHARE", value_parser = quantity::share)]
    pub min_reliability: Option<f64>,
    /// Most dollars a run, on average
    #[arg(long, value_name = "USD", value_parser = quantity::dollars)]
    pub max_cost: Option<f64>,
    /// Most failed runs among all: 0.1 or 10%
    #[arg(long, alias = "max-failures-rate", value_name = "SHARE", value_parser = quantity::share)]
    pub max_failure_rate: Option<f64>,
    /// Longest time of a run in the middle: 800ms, 2s, 1.5m
    #[arg(long, value_name = "TIME", value_parser = quantity::millis)]
    pub max_median_latency: Option<f64>,
    /// Longest time of 95 runs in 100
    #[arg(long, value_name = "TIME", value_parser = quantity::millis)]
    pub max_p95_latency: Option<f64>,
    /// Least right tool calls among all: 0.9 or 90%
    #[arg(long, value_name = "SHARE", value_parser = quantity::share)]
    pub min_tool_accuracy: Option<f64>,
    /// Most pieces of sensitive data in all runs together
    #[arg(long, value_name = "NUMBER")]
    pub max_leaks: Option<u64>,
    /// Fewest runs a rule may rest on
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub min_runs: u32,
    /// A rule is kept only where the whole 90 % interval keeps it, so that luck does not
    #[arg(long)]
    pub confident: bool,
    /// Which runs, as in the workbench's filter [default: those each agent's grade rests on: its last 200 runs or 7 days; all of --input]
    #[arg(long = "where", value_name = "FILTER")]
    pub filter: Option<String>,
    /// Ask a running workbench or server, and nothing else
    #[arg(long, conflicts_with = "input")]
    pub live: bool,
    /// Look at the runs of this file instead of the store (repeatable; `-` is standard input)
    #[arg(long, value_name = "FILE")]
    pub input: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
