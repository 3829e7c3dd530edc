//! Handing work to another agent: how such tools are named, and to whom they hand.

use serde_json::Value;

/// How the names begin, with `_` for whatever joins the words.
const BEGINNINGS: &[&str] = &["transfer_to_", "transfer_back_to_", "handoff_to_", "hand_off_to_", "delegate_to_", "delegate_work_to_"];

/// Arguments that name the receiver, where the tool's name does not.
const ARGUMENTS: &[&str] = &["agent_name", "agent", "coworker", "to", "target", "recipient"];

/// What stands in a name for a receiver that the arguments name.
const ANYONE: &[&str] = &["agent", "coworker"];

/// What follows the hand-over in a tool's name: `billing` of `transfer_to_billing`, `agent` of `transfer_to_agent`.
pub(super) fn receiver_in(name: &str) -> Option<&str> {
    BEGINNINGS.iter().find_map(|beginning| {
        let (start, rest) = name.split_at_checked(beginning.len())?;
        let alike = start.bytes().zip(beginning.bytes()).all(|(byte, wanted)| match wanted {
            b'_' => matches!(byte, b'_' | b' ' | b'-'),
            wanted => byte.eq_ignore_ascii_case(&wanted),
        });
        (alike && !rest.is_empty()).then_some(rest)
    })
}

/// A hand-over in words, `handoff to billing`; `None` where a tool's name is no hand-over.
pub(super) fn title(name: &str, arguments: Option<&Value>) -> Option<String> {
    let named = receiver_in(name)?;
    let argument = || ARGUMENTS.iter().find_map(|key| arguments?.get(*key)?.as_str());
    let receiver = if ANYONE.contains(&named) { argument().unwrap_or(named) } else { named };
    Some(format!("handoff to {receiver}"))
}
