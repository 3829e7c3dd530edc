#![allow(clippy::unwrap_used, clippy::print_stderr)]
use std::{
    io::Write,
    process::{Command, Stdio},
};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    model::{
        ids::Fingerprint,
        pattern::{PatternPoints, PatternReport, PatternState},
        probability::Interval,
        trace::ToolDefinition,
        usage::TokenUsage,
        verdict::OutcomeState,
    },
    repair::sample::{MARK, failing, pattern},
};

const MESSAGE: &str = "amount must be a number, got \"12,50\"";

fn refund(code: FailureCode) -> (Trace, Verdict) {
    failing(code, "issue_refund", json!({"order": "A-1182", "amount": "12,50"}), MESSAGE)
}

fn report(code: FailureCode, unrecovered: u64, fingerprint: Fingerprint) -> PatternReport {
    let mut pattern = pattern(code, "issue_refund", unrecovered);
    pattern.fingerprint = fingerprint;
    let failed = u32::try_from(unrecovered).unwrap();
    PatternReport {
        pattern,
        state: PatternState::Known,
        days: Vec::new(),
        title: String::new(),
        example_id: None,
        points: vec![PatternPoints {
            agent: "refund-bot".to_owned(),
            points: 18.0,
            interval: Interval { low: 11.0, high: 25.0 },
            runs: failed,
            failed_runs: failed * 2,
            failed_with: failed,
        }],
    }
}

#[test]
fn the_snippet_names_the_runs_own_tool_arguments_and_values() {
    let (trace, mut verdict) = refund(FailureCode::ToolBadArguments);
    verdict.framework = Some("langchain".to_owned());
    let fixes = propose(&trace, &verdict, &[report(FailureCode::ToolBadArguments, 37, MARK)]);
    let fix = &fixes[0];
    assert_eq!(fix.title, "read amount as a number before issue_refund uses it");
    assert_eq!((fix.kind, fix.diff.as_ref(), fix.language.as_str(), fix.verified), (FixKind::Guidance, None, "python", false));
    for part in [
        "from langchain_core.tools import ToolException, tool",
        "@tool(\"issue_refund\")",
        "# in the run: amount = \"12,50\"",
        "number(\"amount\", amount)",
        "_issue_refund(order=order, amount=amount)",
    ] {
        assert!(fix.snippet.contains(part), "{part} is not in\n{}", fix.snippet);
    }
    assert!(fix.why.contains("amount = \"12,50\""), "{}", fix.why);
    assert_eq!(fix.evidence.len(), 2);
    assert_eq!((fix.covers, fix.confidence, fix.framework.as_deref()), (40, None, Some("langchain")));
    let impact = fix.impact.unwrap();
    assert!(impact.low < 37 && 37 < impact.high && impact.of == 74, "{impact:?}");
}

#[test]
fn what_a_framework_makes_up_for_by_itself_needs_no_fix() {
    let proposed = |code, framework: &str| {
        let (trace, mut verdict) = refund(code);
        verdict.framework = Some(framework.to_owned());
        propose(&trace, &verdict, &[])
    };
    for framework in ["crewai", "autogen", "smolagents", "strands", "agno", "llama-index", "dspy", "semantic-kernel"] {
        assert!(proposed(FailureCode::ToolError, framework).is_empty(), "{framework} tells the model");
        assert!(!proposed(FailureCode::ToolTimeout, framework).is_empty(), "{framework} limits no tool");
    }
    assert!(proposed(FailureCode::Loop, "crewai").is_empty() && proposed(FailureCode::ToolMissing, "langchain").is_empty());
    let turned_off = proposed(FailureCode::ToolError, "openai-agents");
    assert!(
        turned_off[0].why.starts_with("openai-agents tells the model of such an error unless that is turned off"),
        "{}",
        turned_off[0].why
    );
}

#[test]
fn fixes_of_the_pattern_with_most_failed_runs_come_first() {
    let (trace, mut verdict) = refund(FailureCode::ToolBadArguments);
    let mut other = verdict.failures[0].clone();
    other.code = FailureCode::ToolRateLimit;
    other.fingerprint = Some(Fingerprint(2));
    verdict.failures.push(other);
    let reports = [report(FailureCode::ToolBadArguments, 3, MARK), report(FailureCode::ToolRateLimit, 30, Fingerprint(2))];
    let fixes = propose(&trace, &verdict, &reports);
    assert_eq!(
        fixes.iter().map(|fix| fix.code).collect::<Vec<_>>(),
        [FailureCode::ToolRateLimit, FailureCode::ToolBadArguments, FailureCode::ToolBadArguments]
    );
    assert!(fixes.len() <= FIXES_MAX);
}

#[test]
fn the_same_pattern_and_remedy_have_the_same_id() {
    let (trace, verdict) = refund(FailureCode::ToolTimeout);
    let ids = |verdict: &Verdict| -> Vec<String> { propose(&trace, verdict, &[]).into_iter().map(|fix| fix.id).collect() };
    let mut elsewhere = verdict.clone();
    elsewhere.framework = Some("langchain".to_owned());
    assert_eq!(ids(&verdict), ids(&elsewhere));
    elsewhere.failures[0].fingerprint = Some(Fingerprint(2));
    assert!(ids(&elsewhere).iter().all(|id| !ids(&verdict).contains(id)));
    assert_eq!(ids(&verdict).len(), 2, "a time limit, and a retry");
}

#[test]
fn without_a_pattern_nothing_is_counted() {
    let (trace, verdict) = refund(FailureCode::ToolTimeout);
    let fix = &propose(&trace, &verdict, &[])[0];
    assert_eq!((fix.covers, fix.impact, fix.confidence), (1, None, None));
}

#[test]
fn the_time_limit_is_three_times_what_a_good_answer_took() {
    let (mut trace, verdict) = refund(FailureCode::ToolTimeout);
    assert!(propose(&trace, &verdict, &[])[0].snippet.contains("within(10.0, _issue_refund, order=order, amount=amount)"));
    let mut good = trace.steps[1].clone();
    (good.error, good.success) = (None, Some(true));
    good.duration = crate::model::time::Elapsed::from_millis(1_500.0);
    trace.steps.push(good);
    let fix = &propose(&trace, &verdict, &[])[0];
    assert!(fix.snippet.contains("within(5.0, "), "{}", fix.snippet);
    assert!(fix.why.contains("1.5 s"), "{}", fix.why);
}

#[test]
fn a_misspelt_tool_is_offered_under_the_name_asked_for() {
    let (mut trace, verdict) = refund(FailureCode::ToolMissing);
    trace.tools_available = Some(vec![
        ToolDefinition { name: "lookup_order".to_owned(), description: None, parameters: None },
        ToolDefinition { name: "issueRefund".to_owned(), description: None, parameters: None },
    ]);
    let fix = &propose(&trace, &verdict, &[])[0];
    assert!(
        fix.snippet.starts_with("# the model asks for issue_refund and means issueRefund\n_issue_refund = issueRefund\n"),
        "{}",
        fix.snippet
    );
    trace.tools_available.as_mut().unwrap().pop();
    assert!(propose(&trace, &verdict, &[])[0].snippet.contains("NAMES = [\"lookup_order\"]"));
}

#[test]
fn a_reply_cut_off_gets_twice_the_room() {
    let (mut trace, mut verdict) = refund(FailureCode::Incomplete);
    verdict.failures[0].step = Some(crate::model::ids::StepNumber(1));
    trace.steps[0].model.as_mut().unwrap().usage = Some(TokenUsage { output_tokens: 1_024, ..TokenUsage::default() });
    let fix = &propose(&trace, &verdict, &[])[0];
    assert!(fix.snippet.contains("model=\"gpt-4o\"") && fix.snippet.contains("2048"), "{}", fix.snippet);
    assert!(fix.why.contains("1024 tokens"));
}

#[test]
fn a_run_that_succeeded_needs_no_fix() {
    let (trace, mut verdict) = refund(FailureCode::ToolTimeout);
    verdict.failures[0].recovered = true;
    assert!(propose(&trace, &verdict, &[]).is_empty());
    verdict.failures[0].recovered = false;
    verdict.failures[0].severity = crate::model::failure::Severity::Low;
    verdict.outcome.state = OutcomeState::Ok;
    assert!(propose(&trace, &verdict, &[]).is_empty());
}

#[test]
fn the_catalogue_is_well_kept() {
    for (index, remedy) in REMEDIES.iter().enumerate() {
        assert!(!remedy.codes.is_empty());
        assert!(REMEDIES[..index].iter().all(|other| other.id != remedy.id), "{} is there twice", remedy.id);
    }
    let answered = FailureCode::ALL.iter().filter(|code| remedies(**code).next().is_some()).count();
    assert!(answered >= 20, "{answered} codes have a remedy");
}

/// Every remedy in every framework for one run.
fn all_snippets(trace: &Trace, verdict: &Verdict) -> Vec<(String, String)> {
    let mut snippets = Vec::new();
    for framework in framework::Framework::ALL {
        for remedy in REMEDIES {
            for code in remedy.codes {
                let mut verdict = verdict.clone();
                verdict.failures[0].code = *code;
                let subject = Subject::all(trace, &verdict).next().unwrap();
                let context = Context::new(subject, framework.name());
                assert!(!(remedy.title)(&context).is_empty() && !(remedy.why)(&context).is_empty());
                snippets
                    .push((format!("{} {} {}", remedy.id, code.code(), framework.name().unwrap_or("plain")), (remedy.snippet)(&context)));
            }
        }
    }
    snippets
}

/// Runs that try to break out of their literals.
fn hostile() -> Vec<(Trace, Verdict)> {
    let attack = "\"\"\"'''\\\n\r\u{2028}\u{202e}$TOOL$ $NAME$ {x} {{ }} %s\n); import os  # \0";
    let mut runs = vec![
        refund(FailureCode::ToolError),
        failing(FailureCode::ToolError, attack, json!({"class": attack, attack: [attack, {attack: null}]}), attack),
    ];
    runs.push(failing(
        FailureCode::ToolError,
        "def",
        json!({"amount": attack, "note": null, "n": 1e300, "big": u64::MAX, "items": [], "flag": false}),
        attack,
    ));
    runs.push(failing(FailureCode::ToolError, "", json!("not an object"), ""));
    runs.push(failing(FailureCode::ToolError, "tool", json!({"error": 1, "tool": 2, "time": 3}), "error"));
    for (trace, verdict) in &mut runs {
        let model = trace.steps[0].model.as_mut().unwrap();
        model.model = Some(attack.to_owned());
        model.usage = Some(TokenUsage { input_tokens: u64::MAX, output_tokens: u64::MAX, ..TokenUsage::default() });
        verdict.failures[0].says = attack.to_owned();
        trace.tools_available = Some(vec![ToolDefinition { name: format!("{attack}x"), description: None, parameters: None }]);
    }
    runs
}

/// Python's own parser reads every snippet. Skipped, and said so, where there is no Python.
#[test]
fn every_snippet_is_valid_python() {
    let snippets: Vec<(String, String)> = hostile().iter().flat_map(|(trace, verdict)| all_snippets(trace, verdict)).collect();
    assert!(snippets.len() > 500, "{}", snippets.len());
    let program = "import ast, json, sys\nbad = []\nfor name, code in json.load(sys.stdin):\n    try:\n        tree = ast.parse(code, feature_version=(3, 9))\n        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}\n        assert 'os' not in names or 'os.environ' in code, 'os is used'\n    except Exception as error:\n        bad.append(f'{name}: {error!r}\\n{code}')\nprint('\\n'.join(bad))\n";
    let python = Command::new("python3").args(["-c", program]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut python) = python else {
        eprintln!("no python3 here: the snippets were not parsed");
        return;
    };
    python.stdin.take().unwrap().write_all(serde_json::to_string(&snippets).unwrap().as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "");
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 24, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            proptest::collection::vec((any::<String>(), inner), 0..10).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_run_puts_more_than_literals_into_a_snippet(tool in any::<String>(), arguments in any_json(), message in any::<String>()) {
        let (trace, verdict) = failing(FailureCode::ToolError, &tool, arguments, &message);
        for (name, snippet) in all_snippets(&trace, &verdict) {
            prop_assert!(snippet.bytes().all(|b| b == b'\n' || (b' '..=b'~').contains(&b)), "{}:\n{}", name, snippet);
            prop_assert!(!snippet.contains("$TELL$") && !snippet.contains("$OPTIONS$"), "{}:\n{}", name, snippet);
        }
    }

    #[test]
    fn any_failing_run_gets_at_most_three_fixes(code in proptest::sample::select(FailureCode::ALL), tool in any::<String>(), message in any::<String>()) {
        let (trace, verdict) = failing(code, &tool, json!({}), &message);
        let fixes = propose(&trace, &verdict, &[]);
        prop_assert!(fixes.len() <= FIXES_MAX);
        prop_assert_eq!(fixes.is_empty(), remedies(code).next().is_none());
    }
}
