//! Whatever the text: no panic, and what is edited stays a module with everything else as it was.

use proptest::prelude::*;

use super::*;
use crate::repair::fixes::REMEDIES;

/// Pieces of Python, of which any pile is parsed or refused, never more.
const PIECES: &[&str] = &[
    "import requests\n",
    "import os, sys\n",
    "from __future__ import annotations\n",
    "from agents import (\n    Agent,\n    function_tool,\n)\n",
    "\"\"\"Doc.\"\"\"\n",
    "# a note\n",
    "\n",
    "if TYPE_CHECKING:\n    import time\n",
    "try:\n    import httpx\nexcept ImportError:\n    httpx = None\n",
    "@tool(\"get_quote\")\n",
    "@function_tool\n",
    "def get_quote(symbol: str, amount: float = 0):\n",
    "async def get_quote(symbol):\n",
    "    \"\"\"Doc.\"\"\"\n",
    "    return requests.get(symbol)\n",
    "    return float(amount)\n",
    "    await ask(symbol)\n",
    "\treturn 1\n",
    "class Desk:\n",
    "    def get_quote(self, symbol):\n",
    "        return requests.get(\n            symbol,  # why\n        )\n",
    "agent = Agent(name='desk', tools=[get_quote])\n",
    "agent = create_agent(\n    model, middleware=[\n        A(),\n    ])\n",
    "while True:\n",
    "    reply = client.responses.create(tools=T)\n",
    "    if done: break\n",
    "        result = TOOLS[name](**arguments)\n",
    "        print(result)\n",
    "x = (\n",
    ")\n",
    "\u{feff}",
    "\u{c}\n",
    "é = 'ü'\n",
    "'''text\n",
    "f'{x!r:>{y}}'\n",
    "print 'two'\n",
    "\\\n",
    "match x:\n    case 1: pass\n",
    "lambda: (yield)\n",
    ";",
    "x = 1; import time\n",
];

fn pile() -> impl Strategy<Value = String> {
    let pieces = proptest::collection::vec(proptest::sample::select(PIECES), 0..14).prop_map(|pieces| pieces.concat());
    (pieces, any::<bool>()).prop_map(|(text, windows)| if windows { text.replace('\n', "\r\n") } else { text })
}

/// Every remedy at every definition of a module, for a failure of each of its codes.
fn all_edits(module: &Module, framework: Option<&'static str>) -> Vec<Vec<Edit>> {
    let mut made = Vec::new();
    let (trace, verdict) =
        failing(FailureCode::ToolError, "get_quote", json!({"symbol": "ACME", "amount": "12,50"}), "amount must be a number");
    for remedy in REMEDIES {
        for code in remedy.codes {
            let mut verdict = verdict.clone();
            verdict.failures[0].code = *code;
            let Some(subject) = Subject::all(&trace, &verdict).next() else { continue };
            let context = Context::new(subject, framework);
            let places = module.definitions().iter();
            made.extend(places.filter_map(|place| edit(remedy.id, &context, module, place, &Installed::default())));
        }
    }
    made
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn any_text_is_parsed_or_refused(text in any::<String>()) {
        if let Err(problem) = Module::parse(&text) {
            prop_assert!(problem.line >= 1 && problem.column >= 1 && !problem.says.is_empty());
        }
    }

    #[test]
    fn edits_of_any_module_give_a_module_that_is_the_same_elsewhere(
        text in pile(),
        framework in proptest::sample::select(vec![None, Some("langchain"), Some("openai-agents"), Some("pydantic-ai"), Some("crewai"), Some("langgraph")]),
    ) {
        let Ok(module) = Module::parse(&text) else { return Ok(()) };
        let windows = text.contains("\r\n");
        for edits in all_edits(&module, framework) {
            let edited = apply(&text, &edits).expect("edits fit together");
            prop_assert!(Module::parse(&edited).is_ok(), "{}", edited);
            prop_assert_ne!(&edited, &text);
            if windows {
                prop_assert_eq!(edited.matches('\n').count(), edited.matches("\r\n").count(), "{:?}", edited);
            }
            // Without what was put in, the rest is the text without what was taken out.
            let (mut at, mut rest) = (0, edited.as_str());
            for edit in &edits {
                prop_assert!(edit.range.start >= at);
                let kept = &text[at..edit.range.start];
                prop_assert!(rest.starts_with(kept));
                rest = &rest[kept.len()..];
                prop_assert!(rest.starts_with(edit.text.as_str()));
                rest = &rest[edit.text.len()..];
                at = edit.range.end;
            }
            prop_assert_eq!(rest, &text[at..]);
        }
    }
}

#[test]
fn the_piles_are_worth_piling() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut edited = 0;
    for _ in 0..2_000 {
        let text = proptest::strategy::ValueTree::current(&pile().new_tree(&mut runner).unwrap());
        edited += Module::parse(&text).map_or(0, |module| all_edits(&module, None).len());
    }
    assert!(edited > 100, "only {edited} edits: the pieces do not fit together");
}
