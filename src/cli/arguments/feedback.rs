//! The arguments of `feedback`.

use clap::{ArgGroup, Args};

/// What `feedback` says about a run.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("word").args(["correct", "wrong", "score", "notes", "clear"]).required(true).multiple(true))]
pub struct FeedbackArguments {
    /// The run's id
    #[arg(value_name = "TRACE")]
    pub trace: String,
    /// The run did its task
    #[arg(long, conflicts_with_all = ["wrong", "clear"])]
    pub correct: bool,
    /// The run did not do its task
    #[arg(long, conflicts_with = "clear")]
    pub wrong: bool,
    /// How good it was, from 1 (bad) to 5 (good)
    #[arg(long, value_name = "1-5", value_parser = clap::value_parser!(u8).range(1..=5), conflicts_with = "clear")]
    pub score: Option<u8>,
    /// A comment
    #[arg(long, value_name = "TEXT", conflicts_with = "clear")]
    pub notes: Option<String>,
    /// Take back what was said about it
    #[arg(long)]
    pub clear: bool,
    /// Ask a running workbench or server, and nothing else
    #[arg(long)]
    pub live: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
