//! How soon the fixes for a run stand in a project of 2,000 Python files: at the first look, and at every look after it.
//!
//! `cargo bench --bench project [-- FILES]`. The project is generated in a temporary folder. The first look of a process reads and indexes
//! all of it; the file system's own cache is warm in both cases, as it is beside an editor.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs, unreachable_pub)]

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use arc_eval_tui::{
    engine::{
        Engine,
        delivery::Source,
        options::{EngineOptions, StorePlace},
        receipt::Ingested,
    },
    model::{fix::FixKind, ids::TraceId},
    repair::{desk, project::Projects},
};
use serde_json::json;

/// Files of a project that is not small.
const FILES: usize = 2_000;
/// Files in a folder of it.
const EACH: usize = 40;
/// First looks measured, each by a memory of its own.
const COLD: usize = 5;
/// Looks after the first.
const WARM: usize = 20;

const PROMISED_COLD: Duration = Duration::from_millis(500);
const PROMISED_WARM: Duration = Duration::from_millis(50);

/// About what a module of an ordinary program looks like, no two alike.
fn module(number: usize) -> String {
    let mut text = format!("\"\"\"Part {number} of the shop.\"\"\"\n\nimport logging\n\nlog = logging.getLogger(__name__)\n");
    for function in 0..25 {
        text.push_str(&format!(
            "\n\ndef step_{number}_{function}(order, amount=0, *, note=None):\n    \"\"\"Does step {function} for an order of the shop, and says so.\"\"\"\n    \
             total = amount * {function} + {number}\n    if note is not None:\n        log.info(\"order %s: %s\", order, note)\n    \
             for part in range({function}):\n        total += part % 7\n    return {{\"order\": order, \"total\": total, \"fetch\": \"order\"}}\n"
        ));
    }
    text
}

const TOOL: &str = "import requests\n\n\ndef fetch_order(order):\n    \"\"\"Looks an order up.\"\"\"\n    return requests.get(f\"https://shop.example/{order}\").json()\n";

fn generate(root: &Path, files: usize) -> u64 {
    let mut bytes = 0;
    for number in 0..files {
        let folder = root.join(format!("part_{}", number / EACH));
        fs::create_dir_all(&folder).unwrap();
        let text = if number == files / 2 { TOOL.to_owned() } else { module(number) };
        bytes += text.len() as u64;
        fs::write(folder.join(format!("module_{number}.py")), text).unwrap();
    }
    bytes
}

fn main() {
    let files = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(FILES);
    let folder = tempfile::tempdir().unwrap();
    let bytes = generate(folder.path(), files);
    println!("{files} Python files, {:.1} MB", bytes as f64 / 1e6);

    let runtime = tokio::runtime::Runtime::new().unwrap();
    let engine = runtime.block_on(async {
        let engine = Engine::open(EngineOptions::new(StorePlace::Memory)).unwrap();
        let error = "TimeoutError: fetch_order timed out after 30 s";
        let body = json!({
            "trace_id": "slow", "agent_id": "clerk", "output": null, "success": false, "execution_time": 30.0,
            "error": { "type": "TimeoutError", "message": "fetch_order timed out after 30 s", "failed_at_step": 1 },
            "tool_calls": [{ "step": 1, "name": "fetch_order", "input": { "order": "A-1" }, "error": error, "success": false, "duration_ms": 30000 }]
        });
        let taken = engine.ingest(body.to_string().into(), Source::Http).await;
        assert!(matches!(taken, Ingested::Single(Ok(_))), "{taken:?}");
        engine
    });
    let id = TraceId::new("slow").unwrap();
    let look = |projects: &Projects| {
        let started = Instant::now();
        let fixes = desk::fixes_of(&engine.facts().unwrap(), projects, &id).unwrap().unwrap();
        let took = started.elapsed();
        assert!(fixes.iter().any(|fix| fix.kind == FixKind::Diff), "{fixes:#?}");
        took
    };
    let fresh = || Projects::new(vec![folder.path().to_owned()], None);
    let cold: Vec<Duration> = (0..COLD).map(|_| look(&fresh())).collect();
    let projects = fresh();
    look(&projects);
    let warm: Vec<Duration> = (0..WARM).map(|_| look(&projects)).collect();
    say("first look", cold, PROMISED_COLD);
    say("further looks", warm, PROMISED_WARM);
    runtime.block_on(engine.close()).unwrap();
}

fn say(what: &str, mut took: Vec<Duration>, promised: Duration) {
    took.sort();
    let (middle, worst) = (took[took.len() / 2], took[took.len() - 1]);
    let kept = if worst <= promised { "kept" } else { "NOT KEPT" };
    println!("{what}: median {middle:.1?}, worst {worst:.1?}; promised {promised:.0?}: {kept}");
}
