//! Arguments checked, and put right where that is safe, before the tool uses them.

use serde_json::Value;

use super::{
    ALWAYS, Remedy,
    context::{Argument, Context},
    edits,
    framework::{ToolParts, tool},
    literal,
};
use crate::{model::failure::FailureCode, repair::subject::quoted};

pub(super) const REMEDY: Remedy = Remedy {
    id: "check-arguments",
    codes: &[FailureCode::ToolBadArguments, FailureCode::ToolUngroundedArguments],
    title: |context| match context.suspect() {
        Some(argument) if wants_number(context, argument) => format!("read {} as a number before {} uses it", argument.name, context.tool),
        Some(argument) => format!("check {} before {} uses it", argument.name, context.tool),
        None => format!("check the arguments of {}", context.tool),
    },
    why,
    snippet,
    edit: Some(edits::arguments::edit),
    applies: ALWAYS,
};

const TO_NUMBER: &str = r#"def number(name: str, value) -> float:
    """12.5, "12.50" and "12,50" are the number 12.5; what could mean two things, or nothing, is refused with the reason."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    text = str(value).strip().replace("\u00a0", "").replace(" ", "")
    if re.fullmatch(r"[+-]?\d+,\d{1,2}", text):
        text = text.replace(",", ".")
    elif re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+\.\d+", text):
        text = text.replace(",", "")
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{name} must be a number such as 12.50, not {value!r}") from None
"#;

const REQUIRED: &str = r#"def required(name: str, value, kind: type):
    """The value, if it is of its kind and not empty; else the reason why it cannot be used."""
    if not isinstance(value, kind) or value in ("", [], {}):
        raise ValueError(f"{name} must be a {kind.__name__} and not empty, not {value!r}")
    return value
"#;

/// Whether an argument is to be a number: its schema says so, the error says so, or its text is one in another spelling.
pub(super) fn wants_number(context: &Context<'_>, argument: &Argument<'_>) -> bool {
    match context.schema_type(argument) {
        Some("number" | "integer") => return true,
        Some(_) => return false,
        None => {}
    }
    let says_number = context.subject.message().to_ascii_lowercase().contains("number");
    let looks_like_one = argument.value.as_str().is_some_and(|text| {
        let text = text.trim();
        text.contains(',')
            && text.bytes().any(|b| b.is_ascii_digit())
            && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b',' | b'.' | b'-' | b'+'))
    });
    says_number || looks_like_one
}

fn why(context: &Context<'_>) -> String {
    let asked = match context.suspect() {
        Some(argument) => format!("{} was asked for with {} = {}", context.tool, argument.name, quoted(argument.value)),
        None => match context.subject.call().and_then(|call| call.input.as_ref()) {
            Some(input) => format!("{} was asked for with {}", context.tool, quoted(input)),
            None => format!("{} was asked for without arguments that can be read", context.tool),
        },
    };
    let refused = match context.subject.message() {
        "" => "and that could not be used".to_owned(),
        message => format!("and failed: {}", quoted(&Value::from(message))),
    };
    format!("{asked} {refused}. A value that is put right, or refused with a reason the model can act on, does not end the run.")
}

fn snippet(context: &Context<'_>) -> String {
    let tell = context.framework.tell("str(error)");
    match context.suspect() {
        Some(argument) => {
            let as_number = wants_number(context, argument);
            let check = if as_number { "number($FIELD$, $ARGUMENT$)" } else { "required($FIELD$, $ARGUMENT$, $KIND$)" };
            let body = format!(
                "# in the run: $ARGUMENT$ = $SEEN$\ntry:\n    $ARGUMENT$ = {check}\nexcept ValueError as error:\n    {tell}\nreturn $CALL$\n"
            );
            let (field, seen) = (literal::text(argument.name), literal::value(argument.value));
            let values =
                [("ARGUMENT", argument.name), ("FIELD", field.as_str()), ("SEEN", seen.as_str()), ("KIND", context.kind(argument))];
            let (imports, helpers) = if as_number { ("import re\n\n", TO_NUMBER) } else { ("", REQUIRED) };
            let loose = as_number.then_some(argument.name);
            tool(context, ToolParts { imports, helpers, body: &body, loose, values: &values, ..ToolParts::default() })
        }
        None => {
            let body =
                format!("# in the run: $SEEN$\ntry:\n    return $CALL$\nexcept (TypeError, ValueError, KeyError) as error:\n    {tell}\n");
            let seen = context.arguments_literal();
            tool(context, ToolParts { body: &body, values: &[("SEEN", &seen)], ..ToolParts::default() })
        }
    }
}
