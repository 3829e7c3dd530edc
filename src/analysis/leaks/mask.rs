//! A value with its middle hidden: enough to recognise it by, too little to use it.

use super::kind::Kind;

/// Characters shown at each end, at most.
const SHOWN: usize = 4;

/// The masked form of a value.
pub(super) fn masked(kind: Kind, value: &str) -> String {
    if kind == Kind::Email
        && let Some((local, domain)) = value.rsplit_once('@')
    {
        return format!("{}…@{domain}", local.chars().next().unwrap_or('…'));
    }
    let count = value.chars().count();
    // A quarter at most is shown of anything, and of a secret only its beginning: the mark of its provider.
    let shown = (count / 4).min(SHOWN);
    let start: String = value.chars().take(shown).collect();
    let end: String = value.chars().skip(count - if kind == Kind::Secret { 0 } else { shown }).collect();
    let line = |text: String| text.replace(char::is_control, " ");
    format!("{}…{}", line(start), line(end))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ends_are_shown_and_secrets_only_begin() {
        assert_eq!(masked(Kind::CreditCard, "4111111111111111"), "4111…1111");
        assert_eq!(masked(Kind::Email, "maria@example.org"), "m…@example.org");
        assert_eq!(masked(Kind::Secret, "hunter2!"), "hu…");
        assert_eq!(masked(Kind::Secret, "a"), "…");
    }

    proptest! {
        #[test]
        fn at_most_half_is_shown(value in "[a-z0-9]{1,40}", kind in proptest::sample::select(vec![Kind::Secret, Kind::Iban, Kind::Phone])) {
            prop_assert!(masked(kind, &value).chars().count() - 1 <= value.len() / 2);
        }
    }
}
