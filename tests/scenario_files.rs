//! Scenarios written as files really run: against an agent that has the fault they fail, against the same agent mended they pass.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::{Value, json};

/// An agent without a model: it reads the amount out of the request and calls its tool.
const AGENT: &str = r#"
def issue_refund(order, amount):
    """Pays money back."""
    return {"order": order, "paid": float(amount)}

TOOLS = {"issue_refund": issue_refund}

def answer(request):
    order, amount = request.split()[-1], request.split()[1]
    return "paid " + str(TOOLS["issue_refund"](order=order, amount=amount))
"#;

/// The same, mended: it understands a decimal comma and tells what its tool cannot do.
const MENDED: &str = r#"
def issue_refund(order, amount):
    """Pays money back."""
    return {"order": order, "paid": float(str(amount).replace(",", "."))}

TOOLS = {"issue_refund": issue_refund}

def answer(request):
    order, amount = request.split()[-1], request.split()[1]
    try:
        return "paid " + str(TOOLS["issue_refund"](order=order, amount=amount))
    except Exception as error:
        return f"the refund could not be made: {error}"
"#;

fn program(home: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_arc-eval-tui")).args(arguments).env("HOME", home).current_dir(home).output().unwrap()
}

/// The failing run, as the agent above would have sent it.
fn failing_run() -> Value {
    json!({
        "trace_id": "r-1", "agent_id": "refund-bot", "input": "refund 12,50 for A-1182", "output": null, "success": false, "execution_time": 0.4,
        "error": {"type": "ValueError", "message": "amount must be a number, got \"12,50\"", "failed_at_step": 1},
        "tools_available": [{"name": "issue_refund", "parameters": {"type": "object", "properties": {"order": {"type": "string"}, "amount": {"type": "string"}}, "required": ["order", "amount"]}}],
        "tool_calls": [{"step": 1, "name": "issue_refund", "input": {"order": "A-1182", "amount": "12,50"}, "success": false,
            "error": "ValueError: amount must be a number, got \"12,50\""}],
    })
}

/// What Python's unittest says of the folder's tests, and whether all is well.
fn tests(folder: &Path, agent: &str) -> (bool, String) {
    let done = Command::new("python3")
        .args(["-B", "-m", "unittest", "-v", "test_scenarios"])
        .env("ARC_EVAL_AGENT", agent)
        .current_dir(folder)
        .output()
        .unwrap();
    (done.status.success(), String::from_utf8_lossy(&done.stderr).into_owned())
}

#[test]
fn a_written_scenario_fails_with_the_fault_and_passes_without_it() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("run.json"), failing_run().to_string()).unwrap();
    fs::write(home.path().join("agent.py"), AGENT).unwrap();
    fs::write(home.path().join("mended.py"), MENDED).unwrap();
    let listed = program(home.path(), &["scenarios", "--input", "run.json", "--json"]);
    assert!(listed.status.success(), "{listed:?}");
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    let count = listed["generated"].as_u64().unwrap();
    assert!(count >= 8 && listed["scenarios"][0]["difficulty"] == json!({"failed": 1, "of": 1}), "{listed}");

    let written = program(home.path(), &["scenarios", "--input", "run.json", "write", "suite"]);
    assert!(written.status.success(), "{written:?}");
    let suite = home.path().join("suite");
    let (fine, said) = tests(&suite, "../agent.py:answer");
    assert!(!fine && said.contains("could not convert string to float: '12,50'"), "{said}");
    let (fine, said) = tests(&suite, "../mended.py:answer");
    assert!(fine && said.contains(&format!("Ran {count} tests")) && !said.contains("skipped"), "{said}");
}

#[test]
fn without_an_agent_the_tests_are_skipped_with_a_reason() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("run.json"), failing_run().to_string()).unwrap();
    assert!(program(home.path(), &["scenarios", "write", "suite", "--input", "run.json"]).status.success());
    let (fine, said) = tests(&home.path().join("suite"), "");
    assert!(fine && said.contains("skipped") && said.contains("set ARC_EVAL_AGENT=FILE_OR_MODULE:NAME"), "{said}");
}

#[test]
fn what_there_is_not_is_told() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("fine.json"), r#"{"trace_id":"ok-1","agent_id":"a","output":"done","success":true,"execution_time":1}"#)
        .unwrap();
    let none = program(home.path(), &["scenarios", "list", "--input", "fine.json"]);
    assert_eq!((none.status.code(), String::from_utf8_lossy(&none.stdout).trim()), (Some(0), "No failures to learn from"));
    fs::write(home.path().join("run.json"), failing_run().to_string()).unwrap();
    let unknown = program(home.path(), &["scenarios", "list", "--input", "run.json", "--pattern", "tool.nothing"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("there are: tool."), "{unknown:?}");
    let missing = program(home.path(), &["scenarios", "list"]);
    assert_eq!(missing.status.code(), Some(4), "there is no store, and none is made to be read");
}
