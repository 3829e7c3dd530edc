//! Modules as people write them, and as nobody should.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

fn refused(text: &str) -> SyntaxProblem {
    Module::parse(text).map(|_| ()).unwrap_err()
}

fn tool_names(text: &str) -> Vec<(String, Option<String>)> {
    let module = Module::parse(text).unwrap();
    module.definitions().iter().map(|definition| (definition.qualified.clone(), definition.tool_name.clone())).collect()
}

fn named(found: &[(&str, Option<&str>)]) -> Vec<(String, Option<String>)> {
    found.iter().map(|(name, tool)| ((*name).to_owned(), tool.map(str::to_owned))).collect()
}

#[test]
fn definitions_are_found_wherever_they_stand() {
    let text = "import agents\n\n\ndef build():\n    async def look_up(x): pass\n    return look_up\n\n\nclass Desk:\n    def __init__(self):\n        self.agent = agents.Agent(name='desk')\n\n    @staticmethod\n    @agents.function_tool\n    async def quote(symbol): ...\n\n\nif True:\n    ünit = 1\n    def grüße(): pass\n";
    let module = Module::parse(text).unwrap();
    let found: Vec<_> = module.definitions().iter().map(|d| (d.qualified.as_str(), d.kind, d.line)).collect();
    assert_eq!(
        found,
        [
            ("build", DefinitionKind::Function, 4),
            ("build.look_up", DefinitionKind::AsyncFunction, 5),
            ("Desk", DefinitionKind::Class, 9),
            ("Desk.__init__", DefinitionKind::Method, 10),
            ("Desk.__init__.agent", DefinitionKind::Value, 11),
            ("Desk.quote", DefinitionKind::AsyncMethod, 15),
            ("grüße", DefinitionKind::Function, 20),
        ]
    );
    let quote = &module.definitions()[5];
    assert_eq!(quote.decorators, ["staticmethod", "agents.function_tool"]);
    assert!(text[quote.range.clone()].starts_with("@staticmethod") && text[quote.range.clone()].ends_with("..."));
    let agent = &module.definitions()[4];
    assert_eq!((agent.callee.as_deref(), agent.label.as_deref()), (Some("agents.Agent"), Some("desk")));
}

#[test]
fn tools_are_known_by_the_names_they_are_offered_under() {
    assert_eq!(
        tool_names(
            "@tool('quote')\ndef a(): pass\n\n@function_tool(name_override=\"rate\")\ndef b(): pass\n\n@agent.tool\ndef c(): pass\n\n@property\ndef d(): pass\n"
        ),
        named(&[("a", Some("quote")), ("b", Some("rate")), ("c", Some("c")), ("d", None)])
    );
    assert_eq!(
        tool_names(
            "def a(): pass\ndef b(): pass\nt = Tool(name='quote', func=a)\nu = StructuredTool.from_function(b, name='rate')\nv = FunctionTool(a, name='other')\n"
        ),
        named(&[("a", Some("quote")), ("b", Some("rate")), ("t", Some("quote")), ("u", Some("rate")), ("v", Some("other"))])
    );
    assert_eq!(
        tool_names("class Quote(BaseTool):\n    name: str = 'quote'\n    def _run(self): pass\n    def helper(self): pass\n"),
        named(&[("Quote", Some("quote")), ("Quote._run", Some("quote")), ("Quote.helper", None)])
    );
    assert_eq!(
        tool_names(
            "def a(): pass\ndef b(): pass\ndef c(): pass\nTOOLS = {'quote': a, 'rate': {'function': b, 'schema': {}}}\nif name == 'fee':\n    result = c(**arguments)\n"
        ),
        named(&[("a", Some("quote")), ("b", Some("rate")), ("c", Some("fee")), ("result", None)])
    );
}

#[test]
fn errors_say_where() {
    let problem = refused("x = 1\ndef f(:\n    pass\n");
    assert_eq!(problem.line, 2, "{problem}");
    assert_eq!(refused("x = 1\r\ny = (\r\n").line, 2);
    assert!(refused("print 'hello'\n").says.contains("Python 2"));
    assert_eq!((refused("a = 1\0").line, refused("a = 1\0").column), (1, 6));
    assert!(refused("a = 1\rb = 2\n").says.contains("carriage return"));
    assert!(refused(&"x = 1\n".repeat(SOURCE_MAX / 6 + 1)).says.contains("2 MB"));
}

#[test]
fn what_nobody_writes_costs_nothing() {
    for deep in ["(", "[", "{1:", "f(", "-", "not ", "lambda: ", "a[b", "if x:\n "] {
        let _ = Module::parse(&deep.repeat(20_000));
    }
    assert!(refused(&format!("x = {}1{}\n", "(".repeat(20_000), ")".repeat(20_000))).says.contains("nested too deeply"));
    let mut blocks = String::new();
    for depth in 0..300 {
        blocks.push_str(&format!("{}if x:\n", " ".repeat(depth)));
    }
    let _ = Module::parse(&blocks);
    let chain = format!("x = {}1\n", "1 + ".repeat(2_000));
    assert!(Module::parse(&chain).is_ok());
}

#[test]
fn a_large_module_is_read_in_good_time() {
    let text = "@tool\ndef look_up(symbol: str) -> dict:\n    \"\"\"Find it.\"\"\"\n    return {'symbol': symbol, 'rows': [row for row in ROWS if row]}\n\n\n".repeat(8_000);
    let started = std::time::Instant::now();
    let module = Module::parse(&text).unwrap();
    assert_eq!(module.definitions().len(), 8_000);
    assert!(started.elapsed() < std::time::Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn marks_and_form_feeds_are_part_of_the_text() {
    let text = "\u{feff}import os\r\n\u{c}\r\ndef f():\r\n\treturn os\r\n";
    let module = Module::parse(text).unwrap();
    assert_eq!(module.text(), text);
    let style = style::Style::of(&module);
    assert_eq!((style.indent.as_str(), style.newline), ("\t", "\r\n"));
}

#[test]
fn edits_that_do_not_fit_are_refused() {
    let edit = |range, text: &str| Edit { range, text: text.to_owned() };
    assert_eq!(apply("abcdef", &[edit(4..5, "X"), edit(1..2, ""), edit(1..1, "Y")]).as_deref(), Some("aYcdXf"));
    assert_eq!(apply("abc", &[edit(0..2, ""), edit(1..3, "")]), None);
    assert_eq!(apply("abc", &[edit(2..9, "")]), None);
    assert_eq!(apply("é", &[edit(1..1, "x")]), None);
}

/// Imports added to heads of all kinds: what comes out, line by line.
#[test]
fn imports_come_where_they_belong() {
    let imported = |text: &str, plain: &'static str, from: Option<(&'static str, &'static str)>| -> String {
        let module = Module::parse(text).unwrap();
        let mut draft = draft::Draft::new(&module);
        draft.import(plain).unwrap();
        if let Some((package, name)) = from {
            draft.import_from(package, name).unwrap();
        }
        draft.insert(text.len(), "x\n");
        apply(text, &draft.finish().unwrap()).unwrap()
    };
    assert_eq!(imported("", "time", None), "import time\nx\n");
    assert_eq!(imported("import os\nimport re\n", "time", None), "import os\nimport re\nimport time\nx\n");
    assert_eq!(imported("import re\nfrom os import path\n", "abc", None), "import abc\nimport re\nfrom os import path\nx\n");
    assert_eq!(imported("import requests\n", "time", None), "import time\n\nimport requests\nx\n");
    assert_eq!(
        imported("\"\"\"Doc.\"\"\"\nfrom __future__ import annotations\n\ny = 1\n", "time", None),
        "\"\"\"Doc.\"\"\"\nfrom __future__ import annotations\n\nimport time\n\ny = 1\nx\n"
    );
    assert_eq!(imported("#!/bin/python\ny = 1\n", "time", None), "#!/bin/python\n\nimport time\n\ny = 1\nx\n");
    assert_eq!(
        imported("import os\nif TYPE_CHECKING:\n    import time\n", "time", None),
        "import os\nimport time\nif TYPE_CHECKING:\n    import time\nx\n"
    );
    assert_eq!(
        imported("import os\n\nfrom agents import Agent, Runner, tool\n", "os", Some(("agents", "RunConfig"))),
        "import os\n\nfrom agents import Agent, RunConfig, Runner, tool\nx\n"
    );
    assert_eq!(
        imported("import os\nfrom agents import (\n    Agent,  # why\n)\n", "os", Some(("agents", "RunConfig"))),
        "import os\nfrom agents import (\n    RunConfig,\n    Agent,  # why\n)\nx\n"
    );
    assert_eq!(
        imported("import os\nfrom .own import y\n", "os", Some(("agents", "Agent"))),
        "import os\n\nfrom agents import Agent\nfrom .own import y\nx\n"
    );
    assert_eq!(
        imported("import os\nos.environ['K'] = 'v'\nfrom agents import Agent\n", "os", Some(("agents", "Runner"))),
        "import os\nos.environ['K'] = 'v'\nfrom agents import Agent, Runner\nx\n"
    );
    assert_eq!(imported("import os", "time", None), "import os\nimport time\nx\n");
}
