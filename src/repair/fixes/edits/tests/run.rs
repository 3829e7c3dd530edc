//! Files that fail before and do their work after, run by the Python of this machine; skipped, and said so, where there is none.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use super::*;

/// What Python says to a program; `None` where there is no Python.
fn python(program: &str) -> Option<Output> {
    let started = Command::new("python3").arg("-").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(mut python) = started else {
        eprintln!("no python3 here: nothing was run");
        return None;
    };
    python.stdin.take().unwrap().write_all(program.as_bytes()).unwrap();
    Some(python.wait_with_output().unwrap())
}

/// Runs a source before and after its remedy: it must fail with `fails`, and then print `prints`.
fn solved(case: &Case<'_>, source: &str, fails: &str, prints: &str) {
    let edited = case.made(source).unwrap_or_else(|| panic!("nothing was made of\n{source}"));
    let (Some(before), Some(after)) = (python(source), python(&edited)) else { return };
    let says = |output: &Output| format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!before.status.success() && says(&before).contains(fails), "before:\n{}", says(&before));
    assert!(after.status.success() && says(&after).contains(prints), "after:\n{edited}\n{}", says(&after));
}

#[test]
fn a_service_that_comes_back_is_asked_again() {
    solved(
        &Case::default(),
        r#"
import time
time.sleep = lambda seconds: None
asked = 0

def get_quote(symbol):
    """The last price."""
    global asked
    asked += 1
    if asked < 3:
        raise TimeoutError("late")
    return 12.5

print(get_quote("ACME"), get_quote.__name__, get_quote.__doc__)
"#,
        "TimeoutError",
        "12.5 get_quote The last price.",
    );
    solved(
        &Case::default(),
        r#"
import asyncio

class Busy(Exception):
    status_code = 429

asked = 0

async def no_sleep(seconds): pass
asyncio.sleep = no_sleep

async def get_quote(symbol):
    global asked
    asked += 1
    if asked < 4:
        raise Busy()
    return 12.5

print(asyncio.run(get_quote("ACME")))
"#,
        "Busy",
        "12.5",
    );
}

#[test]
fn an_error_that_stays_is_raised_at_once() {
    let source = "asked = 0\n\ndef get_quote(symbol):\n    global asked\n    asked += 1\n    raise KeyError(symbol)\n\ntry:\n    get_quote('ACME')\nexcept KeyError:\n    print('asked', asked)\n";
    let edited = Case::default().made(source).unwrap();
    let Some(after) = python(&edited) else { return };
    assert_eq!(String::from_utf8_lossy(&after.stdout), "asked 1\n");
}

#[test]
fn a_call_that_hangs_ends_in_time() {
    let limit = Case { remedy: "time-limit", code: FailureCode::ToolTimeout, ..Case::default() };
    let source = r#"
import threading

def get_quote(symbol):
    threading.Event().wait(4)
    raise SystemExit("it hung")

LIMIT
try:
    print(get_quote("ACME"))
except TimeoutError as error:
    print("told:", error)
"#;
    let edited = limit.made(source).unwrap().replace("@time_limit(10)", "@time_limit(0.1)");
    let Some(after) = python(&edited.replace("\nLIMIT\n", "\n")) else { return };
    assert_eq!(String::from_utf8_lossy(&after.stdout), "told: get_quote did not answer within 0.1 s; go on without it, or say so\n");
    assert!(after.status.success(), "{}", String::from_utf8_lossy(&after.stderr));
    let waiting = "import asyncio\n\nasync def get_quote(symbol):\n    await asyncio.sleep(4)\n\ntry:\n    asyncio.run(get_quote('ACME'))\nexcept TimeoutError as error:\n    print('told:', error)\n";
    let edited = limit.made(waiting).unwrap().replace("@async_time_limit(10)", "@async_time_limit(0.1)");
    let after = python(&edited).unwrap();
    assert!(String::from_utf8_lossy(&after.stdout).starts_with("told: get_quote did not answer within 0.1 s"), "{edited}");
}

#[test]
fn a_number_with_a_comma_is_read() {
    let check = Case {
        remedy: "check-arguments",
        code: FailureCode::ToolBadArguments,
        tool: "issue_refund",
        arguments: json!({"order": "A-1182", "amount": "12,50"}),
        message: "amount must be a number, got '12,50'",
        place: "issue_refund",
        ..Case::default()
    };
    solved(
        &check,
        "def issue_refund(order: str, amount: float):\n    return min(100, amount)\n\nprint(issue_refund('A-1182', '12,50'))\n",
        "TypeError",
        "12.5",
    );
    let source = "from decimal import Decimal\n\ndef issue_refund(order, amount):\n    return Decimal(amount)\n\nfor text in ['12,50', '1,234.50', ' 7 ', '-0.5', '1,234', 'NaN', '1.234,5', '']:\n    try:\n        print(issue_refund('A', text))\n    except ValueError as error:\n        print(error)\n";
    let Some(after) = python(&check.made(source).unwrap()) else { return };
    let says = String::from_utf8_lossy(&after.stdout).into_owned();
    let refused = |text: &str| format!("amount must be a number such as 12, not '{text}'");
    assert_eq!(
        says.lines().collect::<Vec<_>>(),
        ["12.50", "1234.50", "7", "-0.5", &refused("1,234"), &refused("NaN"), &refused("1.234,5"), &refused("")]
    );
}

/// A client without a service: it asks for the tools in turn, then answers with the last thing it was told.
const CLIENT: &str = r#"
import json
from types import SimpleNamespace as Some

class Client:
    def __init__(self, calls):
        self.calls = list(calls)
        self.chat = Some(completions=Some(create=self.create))
    def create(self, messages, tools, tool_choice="auto"):
        call = self.calls.pop(0) if self.calls and tool_choice == "auto" else None
        calls = [Some(id="1", function=Some(name=call[0], arguments=call[1]))] if call else None
        content = None if calls else f"answer after {len(messages)} messages: {messages[-1]['content']}"
        return Some(choices=[Some(message=Some(tool_calls=calls, content=content))])
"#;

#[test]
fn a_tools_error_is_told_and_the_run_goes_on() {
    let tell = Case { remedy: "tell-the-model", code: FailureCode::ToolError, ..Case::default() };
    let source = format!(
        "{CLIENT}\n{}",
        r#"
def get_quote(symbol):
    return {"ACME": 12.5}[symbol]

TOOLS = {"get_quote": get_quote}

def answer(client):
    messages = [{"role": "user", "content": "What is ACME at?"}]
    while True:
        message = client.chat.completions.create(messages=messages, tools=[]).choices[0].message
        if not message.tool_calls:
            return message.content
        for call in message.tool_calls:
            arguments = json.loads(call.function.arguments)
            result = TOOLS[call.function.name](**arguments)
            messages.append({"role": "tool", "content": str(result)})

print(answer(Client([("get_quote", '{"symbol": "ACNE"}'), ("get_quote", '{"symbol": '), ("get_price", '{}'), ("get_quote", '{"symbol": "ACME"}')])))
"#
    );
    solved(&tell, &source, "KeyError: 'ACNE'", "answer after 5 messages: 12.5");
}

#[test]
fn a_loop_ends_with_an_answer() {
    let limit = Case { remedy: "limit-iterations", code: FailureCode::Loop, place: "answer", ..Case::default() };
    let source = format!(
        "{CLIENT}\n{}",
        r#"
def answer(client):
    messages = [{"role": "user", "content": "What is ACME at?"}]
    while True:
        if len(messages) > 50:
            raise RuntimeError("it goes on and on")
        message = client.chat.completions.create(messages=messages, tools=[]).choices[0].message
        if not message.tool_calls:
            return message.content
        messages.append({"content": "nothing yet"})

print(answer(Client([("get_quote", "{}")] * 100)))
"#
    );
    solved(&limit, &source, "it goes on and on", "answer after 7 messages: nothing yet");
}

#[test]
fn nothing_found_is_said() {
    let empty = Case { remedy: "say-empty", code: FailureCode::ToolEmptyResult, ..Case::default() };
    let source = "def get_quote(symbol):\n    return {'ACME': [12.5]}.get(symbol, [])\n\nTOOLS = {'get_quote': get_quote}\nfor symbol in ['ACME', 'ACNE']:\n    print(TOOLS['get_quote'](symbol)[:20])\n";
    let Some(after) = python(&empty.made(source).unwrap()) else { return };
    assert_eq!(String::from_utf8_lossy(&after.stdout), "[12.5]\nget_quote found noth\n");
}

/// Every reviewed result is a program to Python itself.
#[test]
fn every_result_compiles() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/repair/fixes/edits/tests/snapshots");
    let mut programs = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let (_, source) = text.split_once("\n---\n").unwrap();
        programs.push((path.file_name().unwrap().to_string_lossy().into_owned(), source.to_owned()));
    }
    assert!(programs.len() > 25, "{}", programs.len());
    let program = format!(
        "import json\nfor name, source in json.loads({}):\n    try:\n        compile(source, name, 'exec')\n    except SyntaxError as error:\n        print(name, error)\n",
        serde_json::to_string(&serde_json::to_string(&programs).unwrap()).unwrap()
    );
    let Some(output) = python(&program) else { return };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
}
