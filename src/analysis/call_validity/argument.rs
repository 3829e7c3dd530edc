//! The arguments of one call against the documentation of its tool and the request: each value that does not come from there.

use std::sync::LazyLock;

use serde_json::Value;

use super::{
    documentation::{Parameter, Tool},
    feature::{Feature, Findings},
    grounding::{self, Source},
    number,
    request::Request,
    word::{self, Stems},
};
use crate::analysis::{call::Call, excerpt};

/// Values of one call that are looked at.
const MOST_VALUES: usize = 200;

/// Deepest value looked at.
const DEEPEST: usize = 8;

/// Bytes of a text that are looked at.
const TEXT_BYTES: usize = 400;

/// Arguments named as ungrounded.
pub(super) const MOST_NAMED: usize = 8;

/// Words in the names of switches that say nothing of what is switched.
static SWITCHING: LazyLock<Stems> =
    LazyLock::new(|| ["include", "return", "get", "set", "show", "is", "has", "with", "use", "all"].map(word::stem).into_iter().collect());

/// What is to be said of the arguments of one call.
#[derive(Debug)]
pub(super) struct Examined<'a> {
    /// The counts.
    pub(super) findings: Findings<'a>,
    /// Values looked at.
    pub(super) values: u32,
    /// Values that the request does not give.
    pub(super) ungrounded: u32,
    /// Where, as JSON pointers.
    pub(super) pointers: Vec<String>,
}

/// Looks through the arguments of a call.
pub(super) fn examine<'a>(call: &Call<'a>, tool: Option<&Tool<'a>>, request: &Request<'_>) -> Examined<'a> {
    let mut examined = Examined { findings: Findings::none(), values: 0, ungrounded: 0, pointers: Vec::new() };
    let misfits = call.violations.len() + usize::from(call.offered == Some(false)) + usize::from(call.input_error.is_some());
    examined.findings.add(Feature::SchemaErrors, misfits as f64);
    let (Some(Value::Object(arguments)), Some(tool)) = (call.input, tool) else { return examined };
    for (name, value) in arguments {
        match tool.parameter(name) {
            Some(parameter) => examined.argument(name, value, parameter, request),
            // Frameworks wrap arguments; one unknown name among known ones is a mistake.
            None if tool.known && arguments.len() > 1 => examined.findings.show(Feature::SchemaErrors, name),
            None => {}
        }
    }
    examined.set_share();
    examined
}

impl<'a> Examined<'a> {
    /// Sets the share of values that are not in the request.
    pub(super) fn set_share(&mut self) {
        let share = if self.values > 0 { f64::from(self.ungrounded) / f64::from(self.values) } else { 0.0 };
        self.findings.set(Feature::UngroundedShare, share);
    }

    fn argument(&mut self, name: &'a str, value: &'a Value, parameter: &Parameter<'a>, request: &Request<'_>) {
        let empty = match value {
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(entries) => entries.is_empty(),
            Value::Null => return,
            _ => false,
        };
        if empty {
            let meant = parameter
                .default()
                .is_some_and(|default| matches!(&*default, "" | "[]" | "{}" | "None" | "none") || default.contains("empty"));
            // A value that is required and empty is lacking.
            match parameter.required {
                true => self.findings.show(Feature::SchemaErrors, name),
                false if !meant => self.findings.show(Feature::EmptyArguments, name),
                false => {}
            }
            return;
        }
        let before = self.ungrounded;
        let mut room = MOST_VALUES.saturating_sub(self.values as usize);
        self.value(name, value, parameter, request, value.is_array(), &mut room, 0);
        if self.ungrounded > before {
            let feature = if parameter.required { Feature::RequiredInvented } else { Feature::OptionalInvented };
            self.findings.show(feature, name);
            if self.pointers.len() < MOST_NAMED {
                self.pointers.push(format!("/{}", excerpt::head(name, 100).replace('~', "~0").replace('/', "~1")));
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "a walk through one value")]
    fn value(
        &mut self,
        name: &'a str,
        value: &'a Value,
        parameter: &Parameter<'a>,
        request: &Request<'_>,
        listed: bool,
        room: &mut usize,
        depth: usize,
    ) {
        if *room == 0 || depth > DEEPEST {
            return;
        }
        *room -= 1;
        match value {
            Value::Bool(on) => self.switch(name, *on, parameter, request),
            Value::Number(number) => {
                self.values += 1;
                self.number_type(name, number, parameter, listed);
                if let Some(number) = number.as_f64() {
                    self.number(name, number, parameter, request);
                }
            }
            Value::String(text) => {
                self.values += 1;
                self.text(excerpt::head(text, TEXT_BYTES), parameter, request);
            }
            Value::Array(items) => {
                for item in items {
                    self.value(name, item, parameter, request, listed, room, depth + 1);
                }
            }
            Value::Object(entries) => {
                for (key, item) in entries {
                    self.value(key, item, parameter, request, listed, room, depth + 1);
                }
            }
            Value::Null => {}
        }
    }

    /// A switch is set against its default, and nothing in the request has to do with it. One that is required may have no default.
    fn switch(&mut self, name: &'a str, on: bool, parameter: &Parameter<'a>, request: &Request<'_>) {
        let against = |default: &str| matches!((default.to_ascii_lowercase().as_str(), on), ("true", false) | ("false", true));
        let set = parameter.default().map_or(on && !parameter.required, |default| against(&default));
        if set
            && !grounding::speaks_of(request, &Stems::of(name), &SWITCHING)
            && !grounding::speaks_mostly_of(request, parameter.description)
        {
            self.findings.show(Feature::FlagUnasked, name);
        }
    }

    fn number_type(&mut self, name: &'a str, number: &serde_json::Number, parameter: &Parameter<'_>, listed: bool) {
        let whole = !number.is_f64();
        let decimals_listed = listed && matches!(parameter.item_kind(), "float" | "double");
        if (!whole && parameter.kind == "integer") || (whole && decimals_listed) {
            self.findings.show(Feature::NumericType, name);
        }
    }

    fn number(&mut self, name: &'a str, number: f64, parameter: &Parameter<'a>, request: &Request<'_>) {
        let decimal = matches!(parameter.kind, "float" | "number" | "double");
        if decimal && number.abs() >= 1.0 && request.percentages.has(number) && !parameter.speaks_of(&["percent", "%"]) {
            self.findings.show(Feature::PercentWhole, name);
        }
        // Nought and one are implied by much: where the argument need not be given, something must speak of it.
        let idle = !parameter.required
            && (number == 0.0 || number == 1.0)
            && !request.sources().any(|source| source.writes(number))
            && !grounding::speaks_of(request, &Stems::telling(name), &SWITCHING);
        // A number that must be given may be the count of what the request lists.
        let counts = parameter.required && number == request.numbers.len() as f64;
        if (idle || (grounding::of_number(number, request) == Source::Nowhere && !counts)) && !is_default_number(number, parameter) {
            self.ungrounded += 1;
        }
    }

    fn text(&mut self, text: &'a str, parameter: &Parameter<'a>, request: &Request<'_>) {
        match grounding::of_text(text, request) {
            Source::Given => {}
            _ if parameter.default().is_some_and(|default| default.eq_ignore_ascii_case(text)) => {}
            Source::NoDate => {
                self.findings.show(Feature::InventedDate, text);
                self.ungrounded += 1;
            }
            Source::Part | Source::Less if grounding::asks_for_place(parameter.description) => {}
            Source::Nowhere | Source::Less => self.ungrounded += 1,
            Source::Part => self.findings.show(Feature::PartlyGrounded, text),
        }
    }
}

fn is_default_number(value: f64, parameter: &Parameter<'_>) -> bool {
    let Some(default) = parameter.default() else { return false };
    let written = number::all(&default).next().map(|number| number.value);
    default.parse().ok().or(written).is_some_and(|default: f64| default.abs() == value.abs())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;
    use crate::{
        analysis::{call, rules::Rules, testing::trace},
        model::trace::Trace,
    };

    fn amounts(request: &str, schema: Value, arguments: Value, feature: Feature) -> f64 {
        let trace: Trace = trace().offers("f", schema).tool("f", arguments).build();
        let calls = call::collect(&trace, &Rules::bundled());
        let tool = Tool::read(&trace.tools_available.as_ref().unwrap()[0]);
        examine(&calls[0], Some(&tool), &Request::read(request)).findings.amount(feature)
    }

    fn schema(kind: &str, description: &str, required: bool) -> Value {
        let required: &[&str] = if required { &["p"] } else { &[] };
        json!({"properties": {"p": {"type": kind, "description": description}, "q": {"type": "string"}}, "required": required})
    }

    #[test]
    fn a_percentage_is_a_fraction_unless_the_tool_says_otherwise() {
        let given = |value: f64, description| {
            amounts("a rate of 5%", schema("float", description, true), json!({"p": value}), Feature::PercentWhole)
        };
        assert_eq!(given(5.0, "The rate."), 1.0);
        assert_eq!(given(5.0, "The rate in percent."), 0.0);
        assert_eq!(given(0.05, "The rate."), 0.0);
    }

    #[test]
    fn values_that_the_request_does_not_give() {
        let invented = |request, value, description, required| {
            let feature = if required { Feature::RequiredInvented } else { Feature::OptionalInvented };
            amounts(request, schema("string", description, required), json!({ "p": value }), feature)
        };
        assert_eq!(invented("points of LeBron James", "Lakers", "The team", true), 1.0);
        assert_eq!(invented("points of LeBron James", "LeBron James", "The player", true), 0.0);
        assert_eq!(invented("points of LeBron James", "metric", "Default is 'metric'", false), 0.0);
    }

    #[test]
    fn switches_are_set_when_asked_for() {
        let unasked = |request, value: bool| {
            amounts(
                request,
                json!({"properties": {"traffic": {"type": "boolean", "description": "Default is false."}}}),
                json!({"traffic": value}),
                Feature::FlagUnasked,
            )
        };
        assert_eq!(unasked("the way to Rome", true), 1.0);
        assert_eq!(unasked("the way to Rome in this traffic", true), 0.0);
        assert_eq!(unasked("the way to Rome", false), 0.0);
    }

    #[test]
    fn dates_are_not_guessed() {
        let guessed = |request| amounts(request, schema("string", "", true), json!({"p": "2024-08-16"}), Feature::InventedDate);
        assert_eq!((guessed("a ticket for next Friday"), guessed("a ticket for August 16")), (1.0, 0.0));
    }

    #[test]
    fn what_the_schema_does_not_know() {
        let unknown = |arguments| amounts("x", schema("string", "", false), arguments, Feature::SchemaErrors);
        assert_eq!(unknown(json!({"p": "x", "z": "x"})), 1.0);
        assert_eq!(unknown(json!({"p": "x", "q": "x"})), 0.0);
        assert_eq!(unknown(json!({"p": 5})), 1.0);
    }
}
