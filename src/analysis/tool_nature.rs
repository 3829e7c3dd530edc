//! What kind of act a tool's name announces: reading, changing something, or handing over to another agent.

/// What calling a tool does, as far as its name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nature {
    /// It looks something up.
    Reads,
    /// It works something out from what it is given, and neither looks up nor changes anything.
    Ponders,
    /// It changes something.
    Writes,
    /// It hands the work to another agent.
    HandsOver,
    /// The name does not say.
    Unsaid,
}

/// Verbs, by what they announce.
const VERBS: &[(Nature, &str)] = &[
    (
        Nature::Reads,
        "get find search list lookup look read fetch query retrieve check show describe count browse view select inspect verify load",
    ),
    (Nature::Ponders, "calculate compute think plan validate convert estimate"),
    (
        Nature::Writes,
        "create update delete remove add set send issue book cancel modify change post write execute run insert apply place schedule \
         save upload commit push pay refund exchange return approve reject submit transfer buy sell move rename edit put patch start \
         stop restart deploy click type press navigate open close order reserve grant revoke block unblock enable disable reset \
         register record store notify email charge withdraw",
    ),
];

/// How hand-over tools begin, with `_` for whatever joins the words.
const HAND_OVERS: &[&str] = &["transfer_to_", "transfer_back_to_", "handoff_to_", "hand_off_to_", "delegate_to_", "delegate_work_to_"];

/// What a tool's name announces; the first verb in it decides.
pub(crate) fn of(name: &str) -> Nature {
    if receiver_in(name).is_some() {
        return Nature::HandsOver;
    }
    let announced = |word: &str| VERBS.iter().find(|(_, verbs)| verbs.split(' ').any(|verb| verb.eq_ignore_ascii_case(word)));
    words(name).find_map(announced).map_or(Nature::Unsaid, |(nature, _)| *nature)
}

/// To whom a hand-over tool hands, as its name says: `billing` of `transfer_to_billing`.
pub(crate) fn receiver_in(name: &str) -> Option<&str> {
    HAND_OVERS.iter().find_map(|prefix| {
        let (start, rest) = name.split_at_checked(prefix.len())?;
        let alike = start
            .bytes()
            .zip(prefix.bytes())
            .all(|(byte, wanted)| if wanted == b'_' { matches!(byte, b'_' | b' ' | b'-') } else { byte.eq_ignore_ascii_case(&wanted) });
        (alike && !rest.is_empty()).then_some(rest)
    })
}

/// The words of a name, split where it is not a letter or digit and where a small letter meets a capital.
pub(crate) fn words(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = name;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        if rest.is_empty() {
            return None;
        }
        let mut small_before = false;
        let end = rest
            .char_indices()
            .find(|(_, c)| {
                let ends = !c.is_alphanumeric() || (small_before && c.is_uppercase());
                small_before = c.is_lowercase();
                ends
            })
            .map_or(rest.len(), |(at, _)| at);
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_verb_decides() {
        assert_eq!(of("get_order"), Nature::Reads);
        assert_eq!(of("fhir.searchPatient"), Nature::Reads);
        assert_eq!(of("get_update_status"), Nature::Reads);
        assert_eq!(of("IssueRefund"), Nature::Writes);
        assert_eq!(of("think"), Nature::Ponders);
        assert_eq!(of("weather"), Nature::Unsaid);
        assert_eq!(of(""), Nature::Unsaid);
    }

    #[test]
    fn hand_overs_name_their_receiver() {
        assert_eq!(receiver_in("transfer_to_billing"), Some("billing"));
        assert_eq!(receiver_in("Handoff to finance desk"), Some("finance desk"));
        assert_eq!(receiver_in("transfer_to_"), None);
        assert_eq!(receiver_in("transfer_money"), None);
        assert_eq!(of("transfer_to_billing"), Nature::HandsOver);
        assert_eq!(of("Delegate work to coworker"), Nature::HandsOver);
    }

    #[test]
    fn words_of_names_in_any_style() {
        assert_eq!(words("getOrder_by-ID2").collect::<Vec<_>>(), ["get", "Order", "by", "ID2"]);
        assert_eq!(words("__ü__").collect::<Vec<_>>(), ["ü"]);
        assert_eq!(words("").count(), 0);
    }
}
