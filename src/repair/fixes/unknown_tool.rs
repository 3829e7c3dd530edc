//! A tool under the name the model asks for, and a list of names when it asks for one that is not there.

use super::{
    ALWAYS, Remedy,
    context::Context,
    edits,
    framework::{Framework, ToolParts, tool},
    literal::{self, fill},
};
use crate::model::failure::FailureCode;

/// Most names listed.
const NAMES_MAX: usize = 12;

/// A name is near when it shares at least so much of its letter pairs (Dice's coefficient).
const NEAR: f64 = 0.5;

pub(super) const REMEDY: Remedy = Remedy {
    id: "tool-names",
    codes: &[FailureCode::ToolMissing, FailureCode::WrongTool],
    title: |context| match nearest(context) {
        Some(_) => format!("offer {} under the name the model asks for", context.tool),
        None => "tell the model which tools there are".to_owned(),
    },
    why,
    snippet,
    edit: Some(edits::unknown_tool::edit),
    applies: ALWAYS,
};

fn offered<'r>(context: &Context<'r>) -> Vec<&'r str> {
    context.subject.trace.tools_available.iter().flatten().map(|definition| definition.name.as_str()).collect()
}

/// The offered tool whose name is most like the one asked for, if it is like it.
fn nearest<'r>(context: &Context<'r>) -> Option<&'r str> {
    let asked = context.subject.tool()?;
    let near = offered(context).into_iter().filter(|name| *name != asked).map(|name| (likeness(asked, name), name));
    near.filter(|(likeness, _)| *likeness >= NEAR).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}

/// Dice's coefficient over letter pairs, case and separators set aside: 1 for the same, 0 for nothing in common.
fn likeness(one: &str, other: &str) -> f64 {
    let pairs = |name: &str| -> Vec<(char, char)> {
        let letters: Vec<char> = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(64).collect();
        letters.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))).collect()
    };
    let (first, mut second) = (pairs(one), pairs(other));
    let all = first.len() + second.len();
    if all == 0 {
        return 0.0;
    }
    let shared =
        first.iter().filter(|pair| second.iter().position(|known| known == *pair).map(|at| second.swap_remove(at)).is_some()).count();
    2.0 * shared as f64 / all as f64
}

fn why(context: &Context<'_>) -> String {
    let names = offered(context);
    let asked = format!("The model asked for {}", context.tool);
    match (nearest(context), names.len()) {
        (Some(near), _) => format!("{asked}, which is not there; {} is, and reads much the same.", literal::identifier(near)),
        (None, 0) => format!("{asked}, which is not there. A model that is told so can choose another."),
        (None, count) => {
            format!("{asked}, which is not among the {count} tools it has. A model that is told which there are can choose one.")
        }
    }
}

fn snippet(context: &Context<'_>) -> String {
    if let Some(near) = nearest(context) {
        let near = literal::identifier(near);
        let head = format!("# the model asks for {0} and means {near}\n_{0} = {near}\n", context.tool);
        return tool(context, ToolParts { head: Some(&head), body: "return $CALL$\n", ..ToolParts::default() });
    }
    let names = offered(context);
    let listed = if names.is_empty() {
        "[tool.name for tool in tools]".to_owned()
    } else {
        format!("[{}]", names.iter().take(NAMES_MAX).map(|name| literal::text(name)).collect::<Vec<_>>().join(", "))
    };
    let template = match context.framework {
        Framework::OpenAiAgents => {
            "from agents import RunConfig, Runner\n\n\nasync def run(agent, request: str):\n    # a call of a tool that is not there goes back to the model instead of ending the run\n    return await Runner.run(agent, request, run_config=RunConfig(tool_not_found_behavior=\"return_error_to_model\"))\n"
        }
        _ => {
            "NAMES = $NAMES$\n\n# at the end of the instructions you give the model now\ninstructions = instructions + f\"\\nCall only these tools, by exactly these names: {', '.join(NAMES)}. There is no tool called {$NAME$}.\"\n"
        }
    };
    // Quotes may not repeat inside the braces before Python 3.12, so the name is added behind.
    let template = template.replace(" There is no tool called {$NAME$}.\"", " There is no tool called \" + $NAME$ + \".\"");
    fill(&template, &[("NAMES", &listed), ("NAME", &context.tool_literal)])
}

#[cfg(test)]
mod tests {
    use super::likeness;

    #[test]
    fn names_that_read_alike_are_near() {
        assert!(likeness("get_order", "getOrder") > 0.99);
        assert!(likeness("fetch_order", "fetch_orders") > 0.9);
        assert!(likeness("issue_refund", "lookup_order") < 0.3);
        assert!(likeness("", "") == 0.0 && likeness("a", "b") == 0.0);
    }
}
