//! Secrets in manifests of Kubernetes: the values under `data` of an object of kind Secret, in base64.

use std::ops::Range;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::placeholder;

/// How far from the words `kind: Secret` the values may stand.
const MANIFEST_BYTES: usize = 4 * 1024;

/// The values around the words `kind: Secret` at `at`.
pub(super) fn find(text: &str, at: usize) -> Vec<Range<usize>> {
    let from = text.ceil_char_boundary(at.saturating_sub(MANIFEST_BYTES));
    let to = text.floor_char_boundary((at + MANIFEST_BYTES).min(text.len()));
    let start = text[from..at].rfind("\n---").map_or(from, |mark| from + mark);
    let end = text[at..to].find("\n---").map_or(to, |mark| at + mark);
    let manifest = &text[start..end];
    let Some(data) = manifest.find("\ndata:").map(|found| found + 1).or_else(|| manifest.find("\"data\"")) else { return Vec::new() };
    let mut values = Vec::new();
    let mut line_start = start + data;
    for line in manifest[data..].split_inclusive('\n') {
        let begins = line_start;
        line_start += line.len();
        if !line.starts_with([' ', '\t', '"']) && begins > start + data {
            break;
        }
        for (sign, _) in line.match_indices(':') {
            let rest = line[sign + 1..].trim_start_matches([' ', '"', '\'']);
            let at = begins + line.len() - rest.len();
            let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte)).count();
            let value = &rest[..length];
            let encoded = length >= 8 && length % 4 == 0 && STANDARD.decode(value).is_ok();
            if encoded && !placeholder::is_filler(value) && !placeholder::is_masked(value) {
                values.push(at..at + length);
            }
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_a_secret_and_of_nothing_else() {
        let value = STANDARD.encode("hunter2hunter2hu");
        let secret = format!(
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  password: {value}\n  other: {{{{ x }}}}\nstringData:\n  a: abcdefgh\n"
        );
        let at = secret.find("kind:").unwrap_or_default();
        assert_eq!(find(&secret, at).into_iter().map(|range| &secret[range]).collect::<Vec<_>>(), [value.as_str()]);
        assert!(find("kind: Secret\nmetadata:\n  name: db\n", 0).is_empty());
    }
}
