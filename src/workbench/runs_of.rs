//! The filter for the runs behind a figure of something that has a name.

use crate::query::{LENGTH_MAX, quote};

/// `agent:"my agent" since:7d`: the runs whose field is this name as sent, and what else must hold; an error says why it cannot be asked.
pub fn filter(field: &str, name: &str, rest: Option<&str>) -> Result<String, &'static str> {
    if name.trim().is_empty() {
        return Err("it has no name to ask by");
    }
    let mut filter = format!("{field}:{}", quote(name));
    if let Some(rest) = rest {
        filter.push(' ');
        filter.push_str(rest);
    }
    if filter.len() > LENGTH_MAX { Err("its name is too long for a filter") } else { Ok(filter) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::{
        model::progress::Moment,
        query::Filter,
        workbench::testing::{
            NOON,
            figures::{run_of, run_with},
        },
    };

    #[test]
    fn what_cannot_be_asked_says_why() {
        assert_eq!(filter("agent", " ", None), Err("it has no name to ask by"));
        assert_eq!(filter("agent", &"x".repeat(LENGTH_MAX), None), Err("its name is too long for a filter"));
        assert_eq!(filter("agent", "refund-bot", Some("since:7d")).as_deref(), Ok("agent:refund-bot since:7d"));
    }

    proptest! {
        #[test]
        fn a_name_is_taken_literally_whatever_it_holds(name in any::<String>()) {
            for (field, run, other) in [("agent", run_of(&name), run_of(&format!("{name}x"))), ("model", run_with(&name), run_with(&format!("{name}x")))] {
                if let Ok(text) = filter(field, &name, Some("since:7d")) {
                    let filter = Filter::parse(&text, NOON).unwrap();
                    prop_assert!(filter.matches(&run, Moment::default()), "{}", text);
                    prop_assert!(!filter.matches(&other, Moment::default()), "{}", text);
                }
            }
        }
    }
}
