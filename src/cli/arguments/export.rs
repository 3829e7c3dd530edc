//! The arguments of `export`.

use std::path::PathBuf;

use clap::{Args, builder::PossibleValuesParser};

use crate::report::export::ExportFormat;

/// What `export` gives out.
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// Which runs, as in the workbench's filter: `agent:clerk is:failed` [default: all]
    #[arg(long = "where", value_name = "FILTER")]
    pub filter: Option<String>,
    /// jsonl: one body a line, as sent; otlp: one OpenTelemetry export request a line; csv: one row a run, with a header. The first two can
    /// be imported again
    #[arg(long, value_name = "FORMAT", default_value = "jsonl", value_parser = PossibleValuesParser::new(ExportFormat::ALL.iter().map(|format| format.name())))]
    pub format: String,
    /// Write to this file, whole or not at all, instead of printing
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Write over the file of --out
    #[arg(long, requires = "out")]
    pub force: bool,
    /// Ask a running workbench or server, and nothing else
    #[arg(long)]
    pub live: bool,
    /// With --out: print what was written as JSON
    #[arg(long)]
    pub json: bool,
}
