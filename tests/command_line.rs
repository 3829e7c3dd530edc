//! The commands as scripts use them: data on stdout, talk on stderr, and the promised exit status.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{fs, path::Path, process::Output};

use serde_json::Value;

#[path = "support/program.rs"]
#[allow(dead_code, unreachable_pub)]
mod support;
use support::{Server, program, request, run_with_input};

const TRACE: &str = r#"{"trace_id":"one","agent_id":"refund-bot","output":"done","success":true,"execution_time":1.5}"#;

fn run(home: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = program(home);
    command.args(arguments);
    run_with_input(command, input.as_bytes())
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("ended by a signal: {}", stderr(output)))
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn lines(output: &Output) -> Vec<Value> {
    String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn analyse_prints_one_verdict_a_line_in_input_order() {
    let home = tempfile::tempdir().unwrap();
    let input = format!("{TRACE}\n{}\n", TRACE.replace("\"one\"", "\"two\"").replace("true", "false"));
    let output = run(home.path(), &["analyse", "-"], &input);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let verdicts = lines(&output);
    assert_eq!(verdicts.len(), 2);
    assert_eq!((verdicts[0]["trace_id"].as_str(), verdicts[0]["input"]["line"].as_u64()), (Some("one"), Some(1)));
    assert_eq!((verdicts[1]["trace_id"].as_str(), verdicts[1]["input"]["line"].as_u64()), (Some("two"), Some(2)));
    assert_eq!(verdicts[0]["outcome"]["state"], "ok");
    assert_eq!(verdicts[1]["outcome"]["state"], "failed");
    assert!(!home.path().join(".arc-eval").exists(), "analyse touches no store");
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_still_judged() {
    let home = tempfile::tempdir().unwrap();
    let output = run(home.path(), &["analyse", "-"], &format!("{TRACE}\nnot json\n{TRACE}\n"));
    assert_eq!(status(&output), 3);
    assert_eq!(lines(&output).len(), 2);
    assert!(stderr(&output).contains("line 2"), "{}", stderr(&output));

    let output = run(home.path(), &["analyse", "nowhere.json"], "");
    assert_eq!(status(&output), 3);
    assert!(stderr(&output).contains("nowhere.json"), "{}", stderr(&output));
}

#[test]
fn import_says_what_it_took_and_what_was_there_already() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("runs.jsonl"), format!("{TRACE}\n{}\n", TRACE.replace("\"one\"", "\"two\""))).unwrap();
    let output = run(home.path(), &["import", "--json", "runs.jsonl"], "");
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    assert_eq!(lines(&output)[0]["imported"], 2);
    let output = run(home.path(), &["import", "--json", "runs.jsonl"], "");
    assert_eq!((lines(&output)[0]["imported"].as_u64(), lines(&output)[0]["unchanged"].as_u64()), (Some(0), Some(2)));
}

#[test]
fn import_goes_through_the_program_that_has_the_store_open() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(home.path());
    fs::write(home.path().join("runs.jsonl"), format!("{TRACE}\n[1]\n")).unwrap();
    let output = run(home.path(), &["import", "--json", "runs.jsonl"], "");
    assert_eq!(status(&output), 3, "one line is no trace");
    assert_eq!(lines(&output)[0]["imported"], 1);
    assert!(stderr(&output).contains(&server.address), "{}", stderr(&output));
    let (found, body) = request(&server.address, "GET", "/api/analysis/one", b"").unwrap();
    assert_eq!(found, 200, "{body}");
}

#[test]
fn a_second_server_on_the_store_is_told_who_has_it() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(home.path());
    let output = run(home.path(), &["serve", "--listen", "127.0.0.1:0"], "");
    assert_eq!(status(&output), 4);
    let said = stderr(&output);
    assert!(said.contains(&server.id().to_string()) && said.contains(&server.address) && said.contains("--store"), "{said}");
}

#[test]
fn a_taken_port_says_how_to_choose_another() {
    let home = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = run(home.path(), &["serve", "--listen", &address], "");
    assert_eq!(status(&output), 4);
    assert!(stderr(&output).contains(&address) && stderr(&output).contains("--listen"), "{}", stderr(&output));
}

#[test]
fn a_file_that_is_no_store_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("notes.txt");
    fs::write(&path, "my notes, not a store").unwrap();
    let output = run(home.path(), &["serve", "--listen", "127.0.0.1:0", "--store", "notes.txt"], "");
    assert_eq!(status(&output), 4);
    assert!(stderr(&output).contains("notes.txt") && stderr(&output).contains("--store"), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(&path).unwrap(), "my notes, not a store");
}

#[test]
fn wrong_use_is_2() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(status(&run(home.path(), &["no-such-command"], "")), 2);
    assert_eq!(status(&run(home.path(), &["import"], "")), 2);
    assert_eq!(status(&run(home.path(), &["serve", "--listen", "not an address"], "")), 2);
    assert_eq!(status(&run(home.path(), &["--demo", "serve"], "")), 2);
    let mut production = program(home.path());
    production.args(["serve", "--listen", "127.0.0.1:0"]).env("ARC_EVAL_ENV", "production");
    let output = run_with_input(production, b"");
    assert_eq!(status(&output), 2, "a key is required and none is set: {}", stderr(&output));
    assert!(stderr(&output).contains("ARC_EVAL_API_KEY"), "{}", stderr(&output));
    assert_eq!(status(&run(home.path(), &["serve", "--listen", "0.0.0.0:0"], "")), 2, "open to the network without a key");
}

#[test]
fn the_workbench_without_a_terminal_says_so() {
    let home = tempfile::tempdir().unwrap();
    let output = run(home.path(), &["--listen", "127.0.0.1:0"], "");
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("terminal"), "{}", stderr(&output));
    assert!(stderr(&output).contains("serve"), "it names what works without one: {}", stderr(&output));
}

#[test]
fn themes_lists_what_there_is() {
    let home = tempfile::tempdir().unwrap();
    let output = run(home.path(), &["themes"], "");
    assert_eq!(status(&output), 0);
    let listed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(listed.contains("terminal") && listed.contains("mono"), "{listed}");
}

#[test]
fn keys_config_and_completions_print_what_they_say() {
    let home = tempfile::tempdir().unwrap();
    let keys = run(home.path(), &["keys", "--toml"], "");
    assert!(String::from_utf8_lossy(&keys.stdout).contains("palette"));
    let config = run(home.path(), &["config", "--json", "--listen", "127.0.0.1:9"], "");
    assert_eq!(lines(&config)[0]["listen"]["origin"], "flag");
    let script = run(home.path(), &["completions", "bash"], "");
    assert!(String::from_utf8_lossy(&script.stdout).contains("analyse"));
}

#[test]
fn a_stopped_server_ends_with_0_and_leaves_no_owner_behind() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(home.path());
    let owner = home.path().join(".arc-eval/traces.redb.owner");
    assert!(owner.exists());
    assert_eq!(server.terminate().code(), Some(0));
    assert!(!owner.exists());
}

#[test]
fn trace_prints_the_line_for_the_very_file_and_then_takes_its_traces() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("desk.py"), "from crewai import Crew\n\ncrew = Crew(\n    agents=[],\n)\n").unwrap();
    let asked = ["trace", "--agent-file", "desk.py", "--function", "crew", "--domain", "finance"];
    let printed = run(home.path(), &[&asked[..], &["--no-server"]].concat(), "");
    assert_eq!(status(&printed), 0, "{}", stderr(&printed));
    let code = String::from_utf8_lossy(&printed.stdout).into_owned();
    assert!(code.starts_with("# desk.py (CrewAI): after line 5, where it is made\n"), "{code}");
    assert!(code.contains("\ncrew = ArcTracer(domain=\"finance\").trace_agent(crew)\n"), "{code}");
    assert!(!home.path().join(".arc-eval").exists(), "nothing was opened");

    let json = run(home.path(), &[&asked[..], &["--no-server", "--json"]].concat(), "");
    assert_eq!((lines(&json)[0]["after_line"].as_u64(), lines(&json)[0]["framework"].as_str()), (Some(5), Some("crewai")));

    let unknown = run(home.path(), &["trace", "--agent-file", "desk.py", "--function", "crow", "--no-server"], "");
    assert_eq!(status(&unknown), 2);
    assert!(stderr(&unknown).contains("desk.py defines no `crow`; it defines crew"), "{}", stderr(&unknown));
    assert_eq!(status(&run(home.path(), &["trace", "--agent-file", "none.py", "--function", "f"], "")), 3);

    let server = Server::start(home.path());
    let beside = run(home.path(), &asked, "");
    assert_eq!(status(&beside), 0, "{}", stderr(&beside));
    let code = String::from_utf8_lossy(&beside.stdout).into_owned();
    assert!(code.contains(&format!("pip install http://{}/sdk/arc_tracer-", server.address)), "{code}");
}

/// An export request of one run: an agent and its model call.
fn export(number: u32) -> String {
    let trace = format!("{number:032x}");
    let span = |id: &str, parent: &str, name: &str, operation: &str| {
        format!(
            r#"{{"traceId":"{trace}","spanId":"{id}","parentSpanId":"{parent}","name":"{name}","startTimeUnixNano":"1795341600000000000","endTimeUnixNano":"1795341601000000000","attributes":[{{"key":"gen_ai.operation.name","value":{{"stringValue":"{operation}"}}}},{{"key":"gen_ai.agent.name","value":{{"stringValue":"clerk"}}}}]}}"#
        )
    };
    let spans =
        [span("00000000000000aa", "", "invoke_agent clerk", "invoke_agent"), span("00000000000000bb", "00000000000000aa", "chat", "chat")];
    format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"scope":{{"name":"strands.telemetry.tracer"}},"spans":[{}]}}]}}]}}"#, spans.join(","))
}

#[test]
fn an_export_request_is_judged_by_itself_in_its_place() {
    let home = tempfile::tempdir().unwrap();
    let input = format!("{}\n{TRACE}\n{}\n", export(1), export(1));
    let output = run(home.path(), &["analyse", "-"], &input);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let told: Vec<(u64, String)> = lines(&output)
        .iter()
        .map(|verdict| (verdict["input"]["line"].as_u64().unwrap(), verdict["agent_id"].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(told, [(1, "clerk".to_owned()), (2, "refund-bot".to_owned()), (3, "clerk".to_owned())]);
    assert_eq!(lines(&output)[0]["framework"], "strands");
}

#[test]
fn rows_of_an_export_are_one_run_for_analysis_and_for_import() {
    let row = |id: &str, parent: &str, name: &str, kind: &str| {
        format!(
            r#"{{"name":"{name}","span_kind":"{kind}","parent_id":{parent},"start_time":"2026-11-22T10:00:00Z","end_time":"2026-11-22T10:00:01Z","status_code":"OK","status_message":"","context.span_id":"{id}","context.trace_id":"000000000000000000000000000000c1","attributes.llm.model_name":"gpt-4o"}}"#
        )
    };
    let home = tempfile::tempdir().unwrap();
    let rows = [row("00000000000000aa", "null", "clerk", "AGENT"), row("00000000000000bb", "\"00000000000000aa\"", "chat", "LLM")];
    fs::write(home.path().join("spans.jsonl"), rows.join("\n")).unwrap();
    let output = run(home.path(), &["analyse", "spans.jsonl"], "");
    assert_eq!((status(&output), lines(&output).len()), (0, 1), "{}", stderr(&output));
    let imported = run(home.path(), &["import", "spans.jsonl"], "");
    assert_eq!(status(&imported), 0, "{}", stderr(&imported));
    let server = Server::start(home.path());
    let (_, body) = request(&server.address, "GET", "/api/traces", b"").unwrap();
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["traces"].as_array().unwrap().len(), 1, "{body}");
    assert_eq!(body["traces"][0]["models"][0], "gpt-4o");
}
