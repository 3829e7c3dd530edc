//! A tool was called for a request that another of the tools offered fits better.

use super::shown::Shown;
use crate::{
    analysis::{
        excerpt,
        run::{Ended, Run},
    },
    model::failure::{Failure, FailureCode},
};

/// At most one failure: where the calls of a request are more likely wrong than right, none seems to be missing, and the request has the
/// words of another tool.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    let Some((index, better)) = &run.validity().better_tool else { return Vec::new() };
    let Some(call) = run.calls.get(*index) else { return Vec::new() };
    let says = format!(
        "{} was called at step {}, and {} fits the request better",
        excerpt::line(call.name, 60),
        call.step,
        excerpt::line(better, 60)
    );
    let recovered = run.ended == Ended::Right;
    vec![Shown { code: FailureCode::WrongTool, step: Some(call.step), subject: Some(call.name), recovered }.says(run, says)]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        analysis::testing::{TraceBuilder, find_in, found, trace},
        model::ids::StepNumber,
    };

    fn offered(request: &str) -> TraceBuilder {
        let city = json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
        trace()
            .offers("forecast_temperature", city.clone())
            .offers("forecast_rain", city)
            .message("user", request)
            .tool("forecast_temperature", json!({"city": "Rome"}))
    }

    #[test]
    fn the_request_has_the_words_of_another_tool() {
        let failure = found(&offered("How much rain will fall in Rome?").build(), FailureCode::WrongTool);
        assert_eq!((failure.step, failure.subject.as_deref()), (Some(StepNumber(2)), Some("forecast_temperature")));
        assert_eq!(failure.says, "forecast_temperature was called at step 2, and forecast_rain fits the request better");
    }

    #[test]
    fn not_found_where_it_only_looks_so() {
        let both = offered("The temperature in Rome, and then the rain").tool("forecast_rain", json!({"city": "Rome"}));
        let went_on = offered("How much rain will fall in Rome?").returns(json!(21)).says("I will look at the rain next.");
        for trace in [offered("What is the temperature in Rome?"), both, went_on] {
            assert!(find_in(&trace.build()).iter().all(|failure| failure.code != FailureCode::WrongTool));
        }
    }
}
