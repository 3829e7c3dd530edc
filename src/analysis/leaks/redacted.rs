//! What stands where sensitive data was taken out: `[redacted secret]`, by kind, so that it is counted wherever it is read.

use super::kind::Kind;

/// How all of them begin.
const OPENING: &str = "[redacted ";

/// What stands for a piece of a kind.
#[must_use]
pub(super) fn placeholder(kind: Kind) -> String {
    format!("{OPENING}{}]", kind.name())
}

/// Counts what was taken out of a text, by kind.
pub(super) fn count(text: &str, counts: &mut [u32; Kind::ALL.len()]) {
    for at in memchr::memmem::find_iter(text.as_bytes(), OPENING.as_bytes()) {
        let rest = &text[at + OPENING.len()..];
        let name = rest.split(']').next().unwrap_or_default();
        if let Some(kind) = Kind::ALL.iter().position(|kind| kind.name() == name) {
            counts[kind] = counts[kind].saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_counted_by_kind() {
        let text = format!("{} {} [redacted thing] [redacted", placeholder(Kind::Secret), placeholder(Kind::Secret));
        let mut counts = [0; Kind::ALL.len()];
        count(&text, &mut counts);
        assert_eq!(counts.iter().sum::<u32>(), 2);
        assert_eq!(counts[0], 2);
    }
}
