//! What a field's name says about its value: a password, a key, a token; or an id, a count, a public key.

/// What a name promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Promise {
    /// Some key: may be one of many harmless ones.
    Key,
    /// A secret, token or API key.
    Secret,
    /// A password, which people choose.
    Password,
}

/// Ends of words that name a password.
const PASSWORDS: &[&str] = &["password", "passwd", "passphrase", "passcode", "passwort", "motdepasse", "contrasena", "pwd"];

/// Whole words that name one.
const SHORT_PASSWORDS: &[&str] = &["pass", "pw", "psw", "pswd", "requirepass", "userpass", "dbpass", "mypass", "pgpass"];

/// Ends of words that name a secret.
const SECRETS: &[&str] = &[
    "secret",
    "token",
    "credential",
    "credentials",
    "apikey",
    "accesskey",
    "secretkey",
    "authkey",
    "privatekey",
    "masterkey",
    "signingkey",
    "encryptionkey",
    "accountkey",
    "licensekey",
    "bearer",
    "authorization",
    "secrets",
    "jwt",
    "passkey",
    "apitoken",
    "authtoken",
    "creds",
];

/// Words that make a `key` behind them a secret.
const KEY_OWNERS: &[&str] = &[
    "api",
    "app",
    "access",
    "secret",
    "auth",
    "private",
    "master",
    "signing",
    "encryption",
    "account",
    "license",
    "licence",
    "admin",
    "service",
    "shared",
    "storage",
    "webhook",
    "hmac",
    "crypto",
    "consumer",
    "subscription",
    "write",
    "read",
    "deploy",
    "ssh",
    "personal",
    "rest",
    "server",
    "client",
    "developer",
    "dev",
    "integration",
    "bot",
    "security",
    "symmetric",
    "aes",
    "fernet",
    "session",
    "root",
    "ingest",
    "cookie",
    "cipher",
];

/// Words that take the promise back wherever they stand.
const HARMLESS: &[&str] = &[
    "public",
    "trial",
    "pub",
    "csrf",
    "xsrf",
    "keyword",
    "keywords",
    "tokenizer",
    "tokens",
    "prompt",
    "completion",
    "cached",
    "reasoning",
    "used",
    "max",
    "min",
    "total",
    "count",
    "counts",
    "limit",
    "per",
    "pagination",
    "idempotency",
    "dedup",
    "partition",
    "foreign",
    "primary",
    "sort",
    "continuation",
    "next",
    "page",
    "cursor",
    "pad",
    "eos",
    "bos",
    "unk",
    "mask",
    "stop",
    "cache",
    "hint",
    "etag",
    "checksum",
    "fingerprint",
    "digest",
    "sha1",
    "sha256",
    "sha512",
    "md5",
    "hash",
    "hashed",
    "integrity",
    "encrypted",
    "sealed",
    "bcrypt",
    "argon2",
    "policy",
    "rotation",
    "publishable",
    "sync",
    "input",
    "output",
    "resume",
    "budget",
    "usage",
    "price",
    "cost",
];

/// Words that take the promise back where they stand last: the value is about the secret, not the secret.
const ABOUT: &[&str] = &[
    "id",
    "ids",
    "name",
    "names",
    "length",
    "len",
    "size",
    "type",
    "types",
    "url",
    "urls",
    "uri",
    "path",
    "file",
    "files",
    "filename",
    "index",
    "version",
    "format",
    "field",
    "fields",
    "label",
    "title",
    "expires",
    "expiry",
    "expiration",
    "expired",
    "ttl",
    "store",
    "tag",
    "selector",
    "variable",
    "var",
    "ref",
    "arn",
    "provider",
    "manager",
    "service",
    "handler",
    "error",
    "errors",
    "valid",
    "required",
    "enabled",
    "reset",
    "placeholder",
    "regex",
    "pattern",
    "class",
    "env",
    "endpoint",
    "status",
    "state",
    "method",
    "strength",
    "changed",
    "attempts",
    "created",
    "updated",
    "at",
    "on",
    "date",
    "time",
    "timestamp",
    "age",
    "algorithm",
    "alg",
    "kind",
    "scope",
    "scopes",
    "issuer",
    "audience",
    "bytes",
    "bits",
    "encoding",
    "prefix",
    "suffix",
    "position",
    "location",
    "source",
    "region",
    "set",
    "map",
    "list",
    "confirmation",
    "prompt",
    "message",
    "text",
    "description",
    "help",
    "example",
    "dir",
    "directory",
    "host",
    "port",
    "user",
    "username",
    "email",
    "header",
    "param",
    "function",
    "exists",
    "present",
    "missing",
    "mode",
    "alias",
    "template",
    "value_from",
    "required?",
    "mount",
    "volume",
    "agent",
    "engine",
    "validator",
    "generator",
    "less",
    "hasher",
    "mismatch",
];

/// What a name, as it is written, promises of its value; `None` where it promises nothing secret.
pub(super) fn promise_of(name: &str) -> Option<Promise> {
    // Most names met are words of prose.
    if name.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return word_promise(name, None).filter(|_| !HARMLESS.contains(&name));
    }
    let words = words_of(name);
    let last = words.last()?;
    let mut found: Option<Promise> = None;
    let (mut at, mut position) = (0, 0);
    for (index, word) in words.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| words[before].as_str());
        let promise = word_promise(word, before);
        if promise.is_some() && promise >= found {
            found = promise;
            at = index;
        }
        position = index;
    }
    let found = found?;
    if words.iter().any(|word| HARMLESS.contains(&word.as_str())) || (at < position && ABOUT.contains(&last.as_str())) {
        return None;
    }
    Some(found)
}

fn word_promise(word: &str, before: Option<&str>) -> Option<Promise> {
    if SHORT_PASSWORDS.contains(&word) || PASSWORDS.iter().any(|end| word.ends_with(end)) {
        return Some(Promise::Password);
    }
    if SECRETS.iter().any(|end| word.ends_with(end)) && !word.ends_with("nontoken") {
        return Some(Promise::Secret);
    }
    match (word, before) {
        ("key", Some(before)) if KEY_OWNERS.contains(&before) => Some(Promise::Secret),
        ("auth" | "webhook" | "hmac" | "sas" | "dsn" | "license", None) => Some(Promise::Key),
        ("key" | "keys" | "auth", _) => Some(Promise::Key),
        _ => None,
    }
}

/// The words of a name in small letters: `dbPassword`, `DB_PASSWORD` and `db-password` are two.
fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut before, mut fresh) = (' ', true);
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        if !letter.is_alphanumeric() {
            fresh = true;
        } else {
            let begins = letter.is_uppercase()
                && (before.is_lowercase()
                    || before.is_numeric()
                    || before.is_uppercase() && letters.peek().is_some_and(|next| next.is_lowercase()));
            if fresh || begins {
                words.push(String::new());
                fresh = false;
            }
            if let Some(word) = words.last_mut() {
                word.extend(letter.to_lowercase());
            }
        }
        before = letter;
    }
    // `APIKey` and `api key` are two words, `token1` is a token.
    for word in &mut words {
        let kept = word.trim_end_matches(|character: char| character.is_ascii_digit()).len();
        if kept > 0 {
            word.truncate(kept);
        }
    }
    words
}

/// Whether a name says that its value is an id by which something is found again.
pub(super) fn is_identity(name: &str) -> bool {
    words_of(name).last().is_some_and(|last| {
        matches!(
            last.as_str(),
            "id" | "ids"
                | "uuid"
                | "guid"
                | "fingerprint"
                | "sha"
                | "commit"
                | "etag"
                | "traceid"
                | "spanid"
                | "runid"
                | "sessionid"
                | "threadid"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_promise() {
        for name in
            ["password", "DB_PASSWORD", "userPassword", "spring.datasource.password", "mysql-pwd", "pass", "PGPASSWORD", "rootPassword1"]
        {
            assert_eq!(promise_of(name), Some(Promise::Password), "{name}");
        }
        for name in [
            "api_key",
            "apiKey",
            "API key",
            "clientSecret",
            "AWS_SECRET_ACCESS_KEY",
            "authToken",
            "github.token",
            "x-api-key",
            "Authorization",
        ] {
            assert_eq!(promise_of(name), Some(Promise::Secret), "{name}");
        }
        for name in ["key", "stripe_key", "license"] {
            assert_eq!(promise_of(name), Some(Promise::Key), "{name}");
        }
    }

    #[test]
    fn names_that_are_about_a_secret_promise_nothing() {
        for name in [
            "password_hash",
            "passwordField",
            "secretName",
            "token_count",
            "max_tokens",
            "public_key",
            "keyword",
            "monkey",
            "csrf_token",
            "next_token",
            "primary_key",
            "author",
            "bypass",
            "compass",
            "key_id",
            "tokenizer",
            "secret_arn",
            "password_reset_url",
            "input_tokens",
            "",
        ] {
            assert_eq!(promise_of(name), None, "{name}");
        }
    }

    #[test]
    fn names_of_ids() {
        assert!(is_identity("trace_id") && is_identity("orderId") && is_identity("tool_call_id"));
        assert!(!is_identity("email") && !is_identity("idea"));
    }
}
