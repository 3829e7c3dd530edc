//! A fix in a real terminal: seen, accepted as a patch, applied after a yes, undone, rejected with a reason.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

#[path = "support/program.rs"]
#[allow(dead_code, unreachable_pub)]
mod program;
#[path = "support/terminal.rs"]
#[allow(dead_code, unreachable_pub)]
mod terminal;
use serde_json::json;
use terminal::Terminal;

const TOOLS: &str =
    "import requests\n\n\ndef fetch_order(order):\n    return requests.get(f\"https://shop.example/orders/{order}\").json()\n";

#[test]
fn a_fix_is_accepted_applied_undone_and_rejected_by_hand() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("shop/tools.py");
    fs::create_dir(home.path().join("shop")).unwrap();
    fs::write(&file, TOOLS).unwrap();
    let error = "TimeoutError: fetch_order timed out after 30 s";
    let run = json!({
        "trace_id": "slow", "agent_id": "clerk", "output": null, "success": false, "execution_time": 30.0,
        "error": { "type": "TimeoutError", "message": "fetch_order timed out after 30 s", "failed_at_step": 1 },
        "tool_calls": [{ "step": 1, "name": "fetch_order", "input": { "order": "A-1" }, "error": error, "success": false, "duration_ms": 30000 }]
    });
    let mut import = program::program(home.path());
    import.args(["import", "-"]);
    assert!(program::run_with_input(import, run.to_string().as_bytes()).status.success());

    let mut terminal = Terminal::start(&["--listen", "127.0.0.1:0", "--project", "shop"], home.path(), 110, 34);
    terminal.wait_for("clerk");
    terminal.press("6");
    terminal.wait_until("the diff", |screen| screen.contains("tools.py:5") && screen.contains("timeout="));

    terminal.press("a");
    terminal.wait_for("the patch is");
    assert_eq!(fs::read_to_string(&file).unwrap(), TOOLS, "accepting changes no file");
    let patches: Vec<_> = fs::read_dir(home.path().join(".arc-eval/exports")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(patches.len() == 1 && fs::read_to_string(&patches[0]).unwrap().starts_with("--- a/tools.py\n+++ b/tools.py\n"));

    terminal.press("A");
    terminal.wait_for("Apply this fix to your file?");
    terminal.press("\r");
    terminal.wait_until("the question gone", |screen| !screen.contains("Apply this fix"));
    assert_eq!(fs::read_to_string(&file).unwrap(), TOOLS, "Enter is no");
    terminal.press("A");
    terminal.wait_for("Apply this fix to your file?");
    terminal.press("y");
    terminal.wait_for("applied to tools.py");
    assert_eq!(fs::read_to_string(&file).unwrap().matches("timeout=").count(), 1);

    terminal.wait_until("it to be shown as applied", |screen| screen.contains("changes tools.py · applied ·"));
    terminal.press("U");
    terminal.wait_for("Sure?");
    terminal.press("y");
    terminal.wait_for("undone; tools.py is what it was before");
    assert_eq!(fs::read_to_string(&file).unwrap(), TOOLS);

    terminal.press("x");
    terminal.wait_for("Why not?");
    terminal.press("the shop is slow by nature\r");
    terminal.wait_for("rejected; it is not offered again");
    terminal.press("D");
    let told = ["History of fixes", "accepted", "applied", "undone", "the shop is slow by nature"];
    terminal.wait_until("the history with all of it", |screen| told.iter().all(|word| screen.contains(word)));
    terminal.press("\x1b");
    terminal.wait_until("the history gone", |screen| !screen.contains("History of fixes"));
    terminal.press("q");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    terminal.assert_sane();
}
