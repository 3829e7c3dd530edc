//! The parameters behind the question mark of a request.

use super::{percent, problem::Problem};
use crate::engine::window::Window;

/// The parameters of one request, decoded; only those the endpoint knows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads a query. A name the endpoint does not know is refused: a typing mistake in `where` must not answer with everything.
    pub(super) fn read(query: Option<&str>, known: &[&str]) -> Result<Self, Problem> {
        let mut parameters = Vec::new();
        for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (percent::decode_query(name)?, percent::decode_query(value)?);
            if !known.contains(&name.as_str()) {
                let hint = if known.is_empty() { "this path takes none".to_owned() } else { format!("known: {}", known.join(", ")) };
                return Err(Problem::bad(format!("unknown parameter {name:?}; {hint}")));
            }
            if parameters.iter().any(|(seen, _): &(String, String)| *seen == name) {
                return Err(Problem::bad(format!("parameter {name:?} is given twice")));
            }
            parameters.push((name, value));
        }
        Ok(Self(parameters))
    }

    /// The value of a parameter.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether a switch such as `raw` is on: there, and not `false` or `0`.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| !matches!(value, "false" | "0"))
    }

    /// A count between 1 and `most`; `default` when absent.
    pub(super) fn count(&self, name: &str, default: usize, most: usize) -> Result<usize, Problem> {
        let Some(value) = self.get(name) else { return Ok(default) };
        let wrong = || Problem::bad(format!("parameter {name:?} is {value:?}; a number from 1 to {most} is expected"));
        value.parse().ok().filter(|count| (1..=most).contains(count)).ok_or_else(wrong)
    }

    /// The parameter `window`; `default` when absent.
    pub(super) fn window(&self, default: Window) -> Result<Window, Problem> {
        let Some(value) = self.get("window") else { return Ok(default) };
        Window::parse(value).ok_or_else(|| {
            let names: Vec<&str> = Window::ALL.iter().map(|window| window.name()).collect();
            Problem::bad(format!("parameter \"window\" is {value:?}; expected one of {}", names.join(", ")))
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    const KNOWN: &[&str] = &["where", "limit", "raw", "window"];

    #[test]
    fn values_are_decoded_and_checked() {
        let parameters = Parameters::read(Some("where=grade%3CC+agent:a&limit=5&raw"), KNOWN).unwrap();
        assert_eq!(parameters.get("where"), Some("grade<C agent:a"));
        assert_eq!(parameters.count("limit", 100, 1000).unwrap(), 5);
        assert!(parameters.is_on("raw"));
        assert_eq!(parameters.window(Window::Week).unwrap(), Window::Week);
        assert_eq!(Parameters::read(None, KNOWN).unwrap().count("limit", 100, 1000).unwrap(), 100);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for query in ["wheer=x", "limit=1&limit=2", "where=%zz"] {
            assert!(Parameters::read(Some(query), KNOWN).is_err(), "{query}");
        }
        for value in ["0", "-1", "1001", "x", ""] {
            let parameters = Parameters::read(Some(&format!("limit={value}")), KNOWN).unwrap();
            assert!(parameters.count("limit", 100, 1000).is_err(), "{value}");
        }
        assert!(Parameters::read(Some("window=year"), KNOWN).unwrap().window(Window::Auto).unwrap_err().message.contains("fortnight"));
    }
}
