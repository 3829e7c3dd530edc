//! What English words tell of the places beside them: nouns that announce a name, words that are never one, states.

/// Nouns behind which a name stands: `user root`, `container web`. The next word is a value unless it is one of [`is_function_word`] or
/// [`is_state`].
#[rustfmt::skip]
const NAMED_KINDS: &[&str] = &[
    "account", "agent", "bucket", "collection", "column", "container", "customer", "database", "deployment", "domain", "function",
    "group", "host", "hostname", "image", "interface", "library", "method", "model", "module", "namespace", "node", "package", "partition", "pod",
    "queue", "region", "relation", "repository", "role", "schema", "server", "service", "table", "target", "tenant", "tool", "topic", "user",
    "username", "volume", "zone",
];

/// Words between which and the next a name often stands.
const BEFORE_NAMES: &[&str] = &["for", "from", "by", "via", "named", "called"];

/// Words that join a sentence together and are no value.
#[rustfmt::skip]
const FUNCTION_WORDS: &[&str] = &[
    "and", "any", "are", "as", "at", "be", "because", "been", "but", "by", "can", "cannot", "could", "did", "do", "does", "due", "for", "from",
    "had", "has", "have", "if", "in", "into", "is", "it", "its", "may", "must", "no", "nor", "not", "of", "on", "or", "out", "should", "so", "than",
    "that", "the", "then", "these", "this", "to", "too", "was", "were", "when", "which", "while", "will", "with", "without", "would",
];

/// Adjectives and nouns of state besides the participles.
#[rustfmt::skip]
const STATES: &[&str] = &[
    "active", "alive", "available", "bad", "busy", "dead", "down", "empty", "failure", "full", "idle", "inactive", "incomplete", "invalid",
    "left", "lost", "missing", "offline", "ok", "online", "open", "ready", "shutdown", "startup", "unavailable", "unhealthy", "unknown",
    "unreachable", "up", "valid",
];

/// Methods of an HTTP request: they say what was being done.
const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE"];

fn holds(list: &[&str], word: &str) -> bool {
    // The longest word of any list has nine letters or fewer.
    word.len() <= 12 && list.binary_search(&word.to_ascii_lowercase().as_str()).is_ok()
}

/// Whether the next word is the name of such a thing.
pub(super) fn announces_a_name(word: &str) -> bool {
    holds(NAMED_KINDS, word)
}

/// Whether a name often stands after this word.
pub(super) fn stands_before_names(word: &str) -> bool {
    BEFORE_NAMES.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// Whether the word only joins others.
pub(super) fn is_function_word(word: &str) -> bool {
    holds(FUNCTION_WORDS, word)
}

/// Whether the word is the method of an HTTP request.
pub(super) fn is_method(word: &str) -> bool {
    METHODS.contains(&word)
}

/// Whether the word is an error by name: an exception's type or an operating system's code (`ECONNRESET`).
pub(super) fn names_an_error(word: &str) -> bool {
    let code = word.len() > 4 && word.starts_with('E') && word.bytes().all(|b| b.is_ascii_uppercase());
    code || ["Exception", "Error", "Fault"].iter().any(|end| word.len() > end.len() && word.ends_with(end))
}

/// Whether the word says what became of something: `opened`, `closing`, `unknown`. Messages that differ in one of these say different things.
pub(super) fn is_state(word: &str) -> bool {
    let plain = word.len() > 4 && word.bytes().all(|b| b.is_ascii_alphabetic());
    let lower = word.to_ascii_lowercase();
    (plain && (lower.ends_with("ed") || lower.ends_with("ing"))) || holds(STATES, word)
}

/// Whether the word looks like a name rather than one of a language: `a.b`, `a_b`, `kube-system`, `ShareLock`.
pub(super) fn looks_like_a_name(word: &str) -> bool {
    let inner_capital = word.as_bytes().windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    word.contains(['.', '_', '-']) || inner_capital
}

/// Whether the word is a path of names, as packages and properties have: `system.time.zone`.
pub(super) fn is_qualified_name(word: &str) -> bool {
    let parts = word.split('.');
    parts.clone().count() > 2 && parts.clone().all(|part| part.starts_with(|c: char| c.is_alphabetic() || c == '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_for_searching() {
        for list in [NAMED_KINDS, FUNCTION_WORDS, STATES] {
            assert!(list.is_sorted());
            assert!(list.iter().all(|word| word.len() <= 12));
        }
    }

    #[test]
    fn words_are_told_apart() {
        assert!(announces_a_name("user") && announces_a_name("User") && !announces_a_name("users"));
        assert!(is_state("opened") && is_state("Starting") && is_state("unknown") && !is_state("root") && !is_state("red"));
        assert!(
            names_an_error("java.io.IOException") && names_an_error("ECONNRESET") && !names_an_error("Error") && !names_an_error("EXIT")
        );
        assert!(looks_like_a_name("ShareLock") && looks_like_a_name("kube-system") && !looks_like_a_name("HTTP"));
        assert!(is_qualified_name("com.example.mail") && !is_qualified_name("a.b"));
    }
}
