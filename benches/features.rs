//! Writes the features that a model weighs, one JSON line a row, for the scripts in `benches/fit/` that fit it.
//!
//! `cargo bench --bench features -- MODEL FILE`, where FILE holds one trace body a line (`.gz` is unpacked). Lines that hold no trace are
//! passed over and counted on standard error.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
};

use arc_eval_tui::{
    analysis::{
        Rules,
        features::{FeatureRow, MODELS},
    },
    formats,
    model::ids::TraceId,
};
use serde_json::{Map, Value, json};

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let (Some(wanted), Some(path)) = (arguments.next(), arguments.next()) else {
        let known: Vec<_> = MODELS.iter().map(|(name, _)| *name).collect();
        writeln!(io::stdout(), "usage: cargo bench --bench features -- MODEL FILE, where MODEL is one of: {}", known.join(", "))?;
        return Ok(());
    };
    let Some((_, measure)) = MODELS.iter().find(|(name, _)| *name == wanted) else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("no model is called {wanted}")));
    };
    let file = File::open(&path)?;
    let plain: Box<dyn Read> = if path.ends_with(".gz") { Box::new(flate2::read::GzDecoder::new(file)) } else { Box::new(file) };
    let rules = Rules::bundled();
    let mut out = BufWriter::new(io::stdout().lock());
    let mut passed_over = 0;
    for line in BufReader::new(plain).lines() {
        let Ok(trace) = formats::decode(line?.as_bytes(), TraceId::generate) else {
            passed_over += 1;
            continue;
        };
        for FeatureRow { step, values } in measure(&trace, &rules) {
            let features: Map<String, Value> = values.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
            writeln!(out, "{}", json!({"trace_id": trace.id.as_str(), "agent_id": trace.agent, "step": step, "features": features}))?;
        }
    }
    out.flush()?;
    if passed_over > 0 {
        writeln!(io::stderr(), "{passed_over} lines hold no trace")?;
    }
    Ok(())
}
