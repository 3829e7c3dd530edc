//! The tools a model could call, in the shapes senders list them.

use serde_json::{Map, Value};

use super::{facts::Facts, field::Field, flattened, part::take_text, value};
use crate::{formats::limits::Allowance, model::trace::ToolDefinition};

/// Deepest nesting of lists and wrappers that is followed.
const MAX_DEPTH: u8 = 6;

/// The tools a span lists; of several lists the first that names any.
pub(super) fn read(facts: &Facts<'_>) -> Vec<ToolDefinition> {
    let whole = facts.all(Field::Tools).iter().map(|fact| (fact.rank(), Some(fact.value), &[][..]));
    let lists = facts.lists(Field::Tools).filter_map(|list| Some((list.first()?.rank(), None, list)));
    let mut ranked: Vec<_> = whole.chain(lists).collect();
    ranked.sort_by_key(|(rank, ..)| *rank);
    let read = ranked.into_iter().map(|(_, whole, pieces)| {
        let Some(value) = whole else {
            return of(&Value::Array(flattened::entries(pieces, &facts.allowance)), &facts.allowance);
        };
        of(value, &facts.allowance)
    });
    read.into_iter().find(|tools| !tools.is_empty()).unwrap_or_default()
}

/// The tools in one value, in any of the shapes.
pub(super) fn of(value: &Value, allowance: &Allowance) -> Vec<ToolDefinition> {
    let mut tools = Vec::new();
    value::json(value, allowance).into_iter().for_each(|value| gather(value, allowance, &mut tools, MAX_DEPTH));
    tools
}

fn gather(value: Value, allowance: &Allowance, tools: &mut Vec<ToolDefinition>, depth: u8) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match value::into_json(value, allowance) {
        Value::Array(entries) => entries.into_iter().for_each(|entry| gather(entry, allowance, tools, depth)),
        // A list of names alone, also written with commas.
        Value::String(names) => {
            let names = names.split(',').map(str::trim).filter(|name| !name.is_empty() && !name.contains(char::is_whitespace));
            tools.extend(names.map(|name| ToolDefinition { name: name.to_owned(), description: None, parameters: None }));
        }
        Value::Object(fields) => gather_object(fields, allowance, tools, depth),
        _ => {}
    }
}

fn gather_object(mut fields: Map<String, Value>, allowance: &Allowance, tools: &mut Vec<ToolDefinition>, depth: u8) {
    // OpenAI, OpenInference, Bedrock, Haystack, Gemini, Pydantic AI: the tool lies inside.
    for inner in ["function", "json_schema", "toolSpec", "data", "function_declarations", "functionDeclarations", "function_tools", "tools"]
    {
        if fields.get(inner).is_some_and(|inner| inner.is_object() || inner.is_array()) {
            if let Some(inner) = fields.remove(inner) {
                gather(inner, allowance, tools, depth);
            }
            return;
        }
    }
    let Some(name) = take_text(&mut fields, &["name", "tool_name"]) else { return };
    let description = take_text(&mut fields, &["description"]);
    let schemas = ["parameters", "input_schema", "inputSchema", "parameters_json_schema", "json_schema", "args_schema", "schema"];
    let parameters = schemas.iter().find_map(|key| fields.remove(*key)).filter(|schema| !schema.is_null());
    let parameters = parameters.map(|schema| match value::into_json(schema, allowance) {
        // Bedrock wraps the schema once more.
        Value::Object(mut wrapped) if wrapped.len() == 1 && wrapped.contains_key("json") => wrapped.remove("json").unwrap_or(Value::Null),
        schema => schema,
    });
    tools.push(ToolDefinition { name, description, parameters });
}
