//! What stands where a secret would be and is none: examples, masks, variables, templates, code, public values.

/// Words that documentation writes into the place of a value.
const WORDS: &[&str] = &[
    "example",
    "sample",
    "dummy",
    "placeholder",
    "changeme",
    "change_me",
    "change-me",
    "replaceme",
    "replace_me",
    "replace-me",
    "replace_with",
    "redacted",
    "your_",
    "your-",
    "yourapi",
    "yourkey",
    "yourtoken",
    "yourpass",
    "yoursecret",
    "insert_",
    "insert-",
    "fakekey",
    "fake_",
    "fake-",
    "notasecret",
    "not_a_secret",
    "not-a-secret",
    "mysecret",
    "my_secret",
    "my-secret",
    "mypassword",
    "my_password",
    "supersecret",
    "goes_here",
    "goes-here",
    "gohere",
    "todo",
    "xxxx",
    "....",
    "…",
    "****",
    "••",
    "<key>",
    "<token>",
    "lorem",
    "foobar",
    "test_key",
    "test-key",
    "testkey",
    "test_token",
    "test-token",
    "testtoken",
    "testpass",
    "test_pass",
    "test-pass",
    "undefined",
    "deadbeef",
    "cafebabe",
];

/// Whole values that name the place instead of filling it, or fill it with nothing.
const EMPTY: &[&str] = &[
    "password",
    "passwd",
    "pass",
    "pwd",
    "secret",
    "token",
    "key",
    "apikey",
    "api_key",
    "api-key",
    "access_token",
    "accesstoken",
    "bearer",
    "basic",
    "null",
    "none",
    "nil",
    "true",
    "false",
    "undefined",
    "string",
    "str",
    "text",
    "value",
    "test",
    "testing",
    "unset",
    "empty",
    "required",
    "optional",
    "username",
    "user",
    "admin",
    "root",
    "default",
    "hidden",
    "masked",
    "removed",
    "unknown",
    "n/a",
    "na",
    "any",
    "bytes",
    "object",
    "int",
    "integer",
    "number",
    "boolean",
    "bool",
    "secretstr",
    "credentials",
    "self",
    "this",
    "foo",
    "bar",
    "baz",
];

/// Whether somebody wrote this for a value to come: an example, a mask, a variable, a template.
pub(super) fn stands_for_another(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let name = lower.trim_matches(|character: char| !character.is_ascii_alphanumeric());
    name.is_empty() || EMPTY.contains(&name) || WORDS.iter().any(|word| lower.contains(word)) || is_reference(value) || is_masked(value)
}

/// A variable or a template as a whole: `${X}`, `$X`, `{{ x }}`, `<key>`, `%X%`, `%(x)s`, `#{x}`, `[token]`, `@Microsoft.KeyVault(…)`.
pub(super) fn is_reference(value: &str) -> bool {
    let value = value.trim();
    let enclosed = |open: &str, close: &str| value.len() > open.len() + close.len() && value.starts_with(open) && value.ends_with(close);
    if [("{", "}"), ("<", ">"), ("[", "]"), ("%", "%"), ("(", ")"), ("__", "__"), ("`", "`")]
        .iter()
        .any(|(open, close)| enclosed(open, close))
    {
        return true;
    }
    let starts = [
        "${",
        "$(",
        "{{",
        "<%",
        "#{",
        "@{",
        "%(",
        "%{",
        "${{",
        "$env:",
        "@microsoft.",
        "&{",
        "!ref",
        "!sub",
        "ref+",
        "op://",
        "vault:",
        "arn:",
    ];
    let lower = crate::analysis::excerpt::head(value, 16).to_ascii_lowercase();
    if starts.iter().any(|start| lower.starts_with(start))
        || value.contains("{{") && value.contains("}}")
        || value.contains("${") && value.contains('}')
    {
        return true;
    }
    // $NAME, also with a path or an index behind it; a password may begin with $ too, but is no name then.
    value.strip_prefix('$').is_some_and(|name| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'[' | b']' | b'-' | b'>' | b'\'' | b'"'))
            && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
    })
}

/// Masked: most of it one character, or a mask's character several times in a row.
pub(super) fn is_masked(value: &str) -> bool {
    longest_repeat(value, |byte| matches!(byte, b'x' | b'X' | b'*' | b'#' | b'.' | b'0' | b'-' | b'_')) >= 6 && !value.starts_with("-----")
}

/// Filled up by hand: one character many times, a ladder (`12345678`, `abcdefgh`), or hardly any different characters.
pub(super) fn is_filler(value: &str) -> bool {
    if longest_repeat(value, |byte| byte.is_ascii_alphanumeric()) >= 7 {
        return true;
    }
    let mut seen = [false; 256];
    value.bytes().for_each(|byte| seen[usize::from(byte.to_ascii_lowercase())] = true);
    let different = seen.iter().filter(|seen| **seen).count();
    if value.len() >= 12 && different <= (value.len() / 10).clamp(3, 6) {
        return true;
    }
    let (mut ladder, mut longest, mut before) = (1, 1, 0_u8);
    for byte in value.bytes() {
        let climbs = before.checked_add(1) == Some(byte) || before == b'9' && byte == b'0';
        ladder = if climbs && byte.is_ascii_alphanumeric() { ladder + 1 } else { 1 };
        longest = longest.max(ladder);
        before = byte;
    }
    longest >= 8 && longest * 10 > value.len() * 3
}

fn longest_repeat(value: &str, counts: impl Fn(u8) -> bool) -> usize {
    let (mut run, mut longest, mut before) = (0, 0, None);
    for byte in value.bytes() {
        run = if before == Some(byte) { run + 1 } else { 1 };
        if counts(byte) {
            longest = longest.max(run);
        }
        before = Some(byte);
    }
    longest
}

/// Code rather than a value: a call, a member, an index, an operator.
pub(super) fn is_code(value: &str) -> bool {
    if value.contains('(') && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.()[]$:,'\"".contains(&byte)) {
        return true;
    }
    if value.contains("::") || value.contains("->") || value.contains("=>") || value.contains("&&") || value.contains("||") {
        return true;
    }
    let head = value.split(['[', '(']).next().unwrap_or_default();
    let parts = head.split('.').map(|part| part.trim_end_matches(['?', '!'])).filter(|part| !part.is_empty());
    let is_name = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '_' | '$' | '@'))
            && part.len() <= 40
            && part.bytes().skip(1).all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && digits(part) <= 2
    };
    let (mut names, mut all) = (0, true);
    for part in parts {
        names += 1;
        all &= is_name(part);
    }
    all && names >= 2 || all && names == 1 && head.len() < value.len() && value.contains('[')
}

fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// Public by its form: an address, a path, a version, a date, a digest that says so, a public key, a constant's name.
pub(super) fn is_public(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let starts = [
        "http:",
        "https:",
        "file:",
        "s3:",
        "gs:",
        "urn:",
        "data:",
        "mailto:",
        "sha1-",
        "sha256-",
        "sha384-",
        "sha512-",
        "sha256:",
        "sha512:",
        "md5:",
        "ssh-rsa",
        "ssh-ed25519",
        "ecdsa-sha2",
        "mii",
        "/",
        "./",
        "../",
        "~/",
        "c:\\",
        "pk_live_",
        "pk_test_",
        "pk-lf-",
        "age1",
        "lazo",
        "aaaab3nza",
    ];
    if starts.iter().any(|start| lower.starts_with(start)) {
        return true;
    }
    let ends = [
        ".json", ".yaml", ".yml", ".pem", ".crt", ".cer", ".p12", ".jks", ".key", ".txt", ".py", ".js", ".ts", ".go", ".rs", ".java",
        ".html", ".htm", ".png", ".jpg", ".jpeg", ".svg", ".gif", ".pdf", ".csv", ".keytab", ".md", ".toml", ".xml", ".ini", ".env",
        ".com", ".org", ".net", ".io", ".css", ".zip", ".gz", ".tar", ".so", ".dll", ".exe", ".class", ".jar", ".sql", ".sh", ".log",
        ".lock", ".bfu", ".bin", ".woff2",
    ];
    if ends.iter().any(|end| lower.ends_with(end)) {
        return true;
    }
    let numeric = value.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b':' | b'/' | b'T' | b'Z' | b'+' | b','));
    let constant = value.contains('_')
        && value.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit())
        && digits(value) * 4 < value.len();
    numeric || constant || value.contains(' ') && value.split(' ').count() > 2
}

/// 8-4-4-4-12 hexadecimal digits.
pub(super) fn is_uuid(value: &str) -> bool {
    value.len() == 36
        && value.bytes().enumerate().all(|(at, byte)| if matches!(at, 8 | 13 | 18 | 23) { byte == b'-' } else { byte.is_ascii_hexdigit() })
}

/// Whether a long base64 text is of readable bytes: encoded data is not random, however random it looks.
pub(super) fn is_encoded_text(value: &str) -> bool {
    use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
    value.split(|character: char| !(character.is_ascii_alphanumeric() || matches!(character, '+' | '/' | '-' | '_'))).any(|part| {
        let plain: String = part
            .chars()
            .map(|character| {
                if character == '-' {
                    '+'
                } else if character == '_' {
                    '/'
                } else {
                    character
                }
            })
            .collect();
        part.len() >= 16
            && STANDARD_NO_PAD.decode(&plain[..plain.len() - usize::from(plain.len() % 4 == 1)]).is_ok_and(|bytes| {
                let readable = bytes.iter().filter(|byte| (32..127).contains(*byte) || matches!(byte, b'\t' | b'\n' | b'\r')).count();
                readable * 100 >= bytes.len() * 95
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_a_value_is_known() {
        for place in [
            "${API_KEY}",
            "$DB_PASSWORD",
            "{{ vault.token }}",
            "<your key>",
            "%PASSWORD%",
            "%(secret)s",
            "****************",
            "xxxxxxxx-1234",
            "YOUR_API_KEY",
            "AKIAIOSFODNN7EXAMPLE",
            "changeme",
            "null",
            "[redacted secret]",
            "…",
            "op://vault/item/field",
            "--",
        ] {
            assert!(stands_for_another(place), "{place}");
        }
        for value in ["k3Jx9QmZ2vLp8RtW", "p{a}s$w0rd!x", "Tr0ub4dor&3", "$ecr3t!pass"] {
            assert!(!stands_for_another(value), "{value}");
        }
    }

    #[test]
    fn fillers_and_masks() {
        assert!(is_filler("aaaaaaaaaaaaaaaaaa"));
        assert!(is_filler("1234567890abcdef"));
        assert!(is_filler("abcdefghijkl"));
        assert!(is_filler("abababababababab"));
        assert!(!is_filler("9f86d081884c7d659a2feaa0c55ad015"));
        assert!(is_masked("sk-xxxxxxxxxxxx"));
        assert!(!is_masked("k3Jx9QmZ2vLp8RtW"));
    }

    #[test]
    fn code_is_not_a_value() {
        for code in [
            "os.environ[KEY]",
            "get_password()",
            "self.config.token",
            "process.env.API_KEY",
            "settings[0]",
            "Foo::bar",
            "req.body.password",
        ] {
            assert!(is_code(code), "{code}");
        }
        for value in ["k3Jx9QmZ2vLp8RtW", "hunter2!Hunter2", "Tr0ub4dor&3"] {
            assert!(!is_code(value), "{value}");
        }
    }

    #[test]
    fn public_forms() {
        for public in ["https://a.b/c", "v/1.2.3.json", "2024-01-02", "1.2.3", "MAX_TOKEN_COUNT", "sha256:abc", "/etc/ssl/key"] {
            assert!(is_public(public), "{public}");
        }
        assert!(is_uuid("123e4567-e89b-12d3-a456-426614174000"));
        assert!(is_encoded_text("dGhpcyBpcyBqdXN0IHBsYWluIHRleHQ="));
        assert!(!is_encoded_text("k3Jx9QmZ2vLp8RtWaaQ0"));
    }
}
