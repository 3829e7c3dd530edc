//! Places that are not to be changed, and why.

use super::*;

/// Says that nothing is made of a source.
fn alone(why: &str, case: &Case<'_>, source: &str) {
    assert_eq!(case.edits(source), None, "{why}");
}

#[test]
fn a_tool_that_changes_something_is_not_called_twice() {
    let retry = |tool| Case { tool, place: tool, ..Case::default() };
    alone("by its name", &retry("issue_refund"), "def issue_refund(order):\n    return bank.refund(order)\n");
    alone("by what it calls", &retry("quote"), "def quote(symbol):\n    return requests.post(URL, json=symbol)\n");
    alone(
        "by its own words to a database",
        &retry("quote"),
        "def quote(symbol):\n    return db.execute('insert into asked values (?)', symbol)\n",
    );
    assert!(retry("quote").edits("def quote(symbol):\n    return db.execute('select last from quotes')\n").is_some());
}

#[test]
fn what_is_there_is_not_added_again() {
    alone("tenacity", &Case::default(), "from tenacity import retry\n\n@retry\ndef get_quote(symbol):\n    return ask(symbol)\n");
    alone(
        "its own loop",
        &Case::default(),
        "def get_quote(symbol):\n    for _ in range(3):\n        time.sleep(1)\n    return ask(symbol)\n",
    );
    let limit = Case { remedy: "time-limit", code: FailureCode::ToolTimeout, ..Case::default() };
    alone("a limit of its own", &limit, "import requests\n\ndef get_quote(symbol):\n    return requests.get(URL, timeout=3)\n");
    let tell = Case { remedy: "tell-the-model", code: FailureCode::ToolError, ..Case::default() };
    let told = "def turn(name, arguments):\n    client.responses.create()\n    try:\n        return str(TOOLS[name](**arguments))\n    except Exception as error:\n        return str(error)\n\ndef get_quote(symbol):\n    pass\n";
    alone("a loop that tells", &tell, told);
}

#[test]
fn names_that_mean_something_else_are_not_taken() {
    alone(
        "a function of the user's",
        &Case::default(),
        "def retry_passing(x):\n    return x\n\ndef get_quote(symbol):\n    return ask(symbol)\n",
    );
    alone("a module of the user's", &Case::default(), "from clock import time\n\ndef get_quote(symbol):\n    return ask(symbol)\n");
    alone("a variable of the user's", &Case::default(), "random = 4\n\ndef get_quote(symbol):\n    return ask(symbol)\n");
}

#[test]
fn what_comes_bit_by_bit_or_on_one_line_stays() {
    alone("a generator", &Case::default(), "def get_quote(symbol):\n    yield ask(symbol)\n");
    alone("a lambda", &Case { place: "get_quote", ..Case::default() }, "get_quote = functools.partial(ask, 'quote')\n");
    let check = Case {
        remedy: "check-arguments",
        code: FailureCode::ToolBadArguments,
        arguments: json!({"n": "1,5"}),
        message: "n must be a number",
        ..Case::default()
    };
    alone("no line to put it on", &check, "def get_quote(n): return ask(n)\n");
}

#[test]
fn a_place_that_is_not_the_tool_stays() {
    alone("another function", &Case { place: "other", ..Case::default() }, "def other(symbol):\n    return ask(symbol)\n");
    alone("an agent", &Case { place: "get_quote", framework: Some("crewai"), ..Case::default() }, "get_quote = Agent(role='x')\n");
}

#[test]
fn threads_are_not_changed_where_it_matters() {
    let limit = Case { remedy: "time-limit", code: FailureCode::ToolTimeout, ..Case::default() };
    alone(
        "a connection of one thread",
        &limit,
        "import sqlite3\n\ndb = sqlite3.connect('x')\n\ndef get_quote(symbol):\n    return db.execute('select 1')\n",
    );
    alone(
        "a change left behind",
        &Case { tool: "pay", place: "pay", ..limit.clone() },
        "def pay(order):\n    return bank.transfer(order)\n",
    );
    alone("a coroutine that never waits", &limit, "async def get_quote(symbol):\n    return ask(symbol)\n");
}

#[test]
fn frameworks_that_recover_get_nothing() {
    let tell = |framework| Case { remedy: "tell-the-model", code: FailureCode::ToolError, framework: Some(framework), ..Case::default() };
    let tool = "def get_quote(symbol):\n    return PRICES[symbol]\n";
    for framework in ["crewai", "smolagents", "autogen", "agno", "strands", "llama-index"] {
        alone(framework, &tell(framework), tool);
    }
    alone(
        "told already",
        &tell("openai-agents"),
        "from agents import function_tool\n\n@function_tool\ndef get_quote(symbol):\n    return PRICES[symbol]\n",
    );
    let limit = Case { remedy: "limit-iterations", code: FailureCode::Loop, framework: Some("crewai"), place: "agent", ..Case::default() };
    alone("max_iter", &limit, "from crewai import Agent\n\nagent = Agent(role='desk')\n");
}

#[test]
fn decorators_of_other_packages_are_not_taken_for_the_frameworks() {
    let tell = Case { remedy: "tell-the-model", code: FailureCode::ToolError, framework: Some("langchain"), ..Case::default() };
    alone("a tracer's", &tell, "from tracer import tool\n\n@tool\ndef get_quote(symbol):\n    return PRICES[symbol]\n");
    let off = Case { framework: Some("openai-agents"), ..tell };
    alone(
        "a factory's",
        &off,
        "from mine import function_tool\n\n@function_tool(failure_error_function=None)\ndef get_quote(symbol):\n    return 1\n",
    );
}

#[test]
fn packages_that_are_too_old_get_nothing() {
    let limit = Case { remedy: "limit-iterations", code: FailureCode::Loop, place: "agent", ..Case::default() };
    let agents = Case { framework: Some("openai-agents"), installed: &[("openai-agents", "0.6.2")], ..limit.clone() };
    alone("no handlers", &agents, "from agents import Agent, Runner\n\nagent = Agent(name='desk')\nRunner.run_sync(agent, 'hi')\n");
    let chain = Case { framework: Some("langchain"), installed: &[("langchain", "0.3.27")], ..limit };
    alone("no middleware", &chain, "from langchain.agents import create_agent\n\nagent = create_agent('openai:gpt-4.1')\n");
}

#[test]
fn a_result_that_code_needs_is_not_made_text() {
    let empty = Case { remedy: "say-empty", code: FailureCode::ToolEmptyResult, ..Case::default() };
    alone("called elsewhere", &empty, "def get_quote(symbol):\n    return []\n\nprices = get_quote('ACME')\n");
    alone("gives nothing by design", &empty, "def get_quote(symbol):\n    print(symbol)\n");
    let tell = Case { remedy: "tell-the-model", code: FailureCode::ToolError, ..Case::default() };
    let used = "def turn(name, arguments):\n    client.responses.create()\n    result = TOOLS[name](**arguments)\n    return result.price\n\ndef get_quote(symbol):\n    pass\n";
    alone("its parts are read", &tell, used);
}

#[test]
fn what_the_failure_says_decides() {
    let retry = |message| Case { remedy: "model-retry", code: FailureCode::ModelError, message, place: "client", ..Case::default() };
    let source = "from openai import OpenAI\n\nclient = OpenAI()\n";
    alone("does not pass", &retry("BadRequestError: 400 invalid schema"), source);
    assert!(retry("InternalServerError: 500").edits(source).is_some());
    let agent =
        "from langchain.agents.middleware import ModelRetryMiddleware\nfrom langchain_openai import ChatOpenAI\n\nclient = ChatOpenAI()\n";
    alone("the agent asks again already", &Case { framework: Some("langchain"), ..retry("500") }, agent);
    let check = Case { remedy: "check-arguments", code: FailureCode::ToolBadArguments, message: "unknown symbol ACME", ..Case::default() };
    alone("not about a number", &check, "def get_quote(symbol):\n    return PRICES[symbol]\n");
}
