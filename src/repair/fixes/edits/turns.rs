//! `while True` loops that ask a model: counted, and asked for an answer without tools after so many turns.

use tree_sitter::Node;

use super::super::{
    iteration_limit::turns,
    site::{Api, Site, asks_model},
};
use crate::repair::python::{
    Edit,
    definition::keyword,
    items::add_keyword,
    style::{leading, line_start},
    walk::{children, descendants, own},
};

/// Names for the counter, of which the first is taken that the module does not use.
const COUNTERS: &[&str] = &["turn", "model_turn", "agent_turn"];

pub(super) fn edit(site: &Site<'_>) -> Option<Vec<Edit>> {
    let module = site.module;
    let within = site.node().filter(|node| find(site, *node).is_some()).unwrap_or(module.root());
    let (round, call, api) = find(site, within)?;
    let counter = COUNTERS.iter().find(|counter| !site.is_used(counter))?;
    let limit = turns(site.context);
    let body = round.child_by_field_name("body")?;
    let first = children(body).into_iter().next()?;
    let text = module.text();
    let (outer, inner) = (leading(text, round.start_byte())?, leading(text, first.start_byte())?);
    let mut draft = site.draft();
    let newline = draft.style.newline;
    draft.insert(
        line_start(text, round.start_byte()),
        format!("{outer}{counter} = 0  # after {limit} turns the model is asked to answer with what it has{newline}"),
    );
    let mut head = line_start(text, first.start_byte());
    // Comments at the top of the loop stay at its top.
    if let Some(above) = text.get(..head).filter(|above| above.trim_end().ends_with(':')) {
        head = above.len();
    }
    draft.insert(head, format!("{inner}{counter} += 1{newline}"));
    let (none, auto) = match api {
        Api::OpenAi => ("\"none\"", "\"auto\""),
        Api::Anthropic => ("{\"type\": \"none\"}", "{\"type\": \"auto\"}"),
    };
    let choice = format!("{none} if {counter} > {limit} else {auto}");
    match keyword(module, call, "tool_choice") {
        None => add_keyword(&mut draft, call, "tool_choice", &choice)?,
        Some(value) if module.source(value).replace('\'', "\"") == auto => {
            let choice = draft.style.quoted(&choice);
            draft.replace(value.byte_range(), choice);
        }
        Some(_) => return None,
    }
    draft.finish()
}

/// The loop without end that asks a model once a turn, with tools to choose from, and that ends when there is no call left to make.
fn find<'s>(site: &Site<'s>, within: Node<'s>) -> Option<(Node<'s>, Node<'s>, Api)> {
    let module = site.module;
    let mut found = None;
    for round in descendants(within).filter(|node| node.kind() == "while_statement") {
        let endless = round.child_by_field_name("condition").is_some_and(|condition| matches!(module.source(condition), "True" | "1"));
        let Some(body) = round.child_by_field_name("body").filter(|_| endless) else { continue };
        let mut asked = own(body).filter(|node| node.kind() == "call").filter_map(|call| Some((call, asks_model(module, call)?)));
        let (Some((call, api)), None) = (asked.next(), asked.next()) else { continue };
        let ends = own(body).any(|node| matches!(node.kind(), "break_statement" | "return_statement"));
        if !ends || keyword(module, call, "tools").is_none() {
            continue;
        }
        if found.replace((round, call, api)).is_some() {
            return None;
        }
    }
    found
}
