//! What a model is called: the many spellings of one name, and the spellings that mean another model.
//!
//! Names are compared whole, never by how they begin: `gpt-4o` is not `gpt-4o-mini`. What is dropped is only what is known not to change the
//! model: the path under which a host files it, the date of a snapshot, `latest`, a version mark of Bedrock, a region.

/// Longest model name looked at, in bytes; what is longer names no model.
pub(super) const MODEL_MAX_BYTES: usize = 256;

/// Regions that stand before a Bedrock model (`us.anthropic.…`).
const BEDROCK_REGIONS: &[&str] = &["us", "eu", "apac", "au", "jp", "ca", "sa", "in", "global", "us-gov", "regional"];

/// Data zones that stand before an Azure model (`eu/gpt-4o`).
const AZURE_ZONES: &[&str] = &["us", "eu", "apac", "global", "global-standard", "data-zone", "datazone"];

/// Families of Claude, which some write after the version (`claude-3-opus`) and some before (`claude-opus-4`).
const CLAUDE_FAMILIES: &[&str] = &["opus", "sonnet", "haiku", "fable", "mythos"];

/// A name in lower case, without the path under which a host files its models:
/// `models/…`, `publishers/google/models/…`, `projects/…/models/…`, `accounts/fireworks/models/…`, `arn:aws:bedrock:…/…`.
pub(super) fn bare(name: &str) -> Option<String> {
    let name = name.trim();
    if name.is_empty() || name.len() > MODEL_MAX_BYTES {
        return None;
    }
    let lower = name.to_ascii_lowercase();
    if let Some(arn) = lower.strip_prefix("arn:") {
        // arn:aws:bedrock:REGION:ACCOUNT:foundation-model/NAME; inference profiles and imported models end in an id of their own.
        let region = arn.split(':').nth(2).unwrap_or_default();
        let resource = arn.splitn(5, ':').nth(4).unwrap_or_default();
        let name = resource.strip_prefix("foundation-model/").or_else(|| resource.strip_prefix("inference-profile/"))?;
        return Some(if name.starts_with(|c: char| c.is_ascii_alphabetic()) && resource.starts_with("foundation-model/") {
            format!("{region}/{name}")
        } else {
            name.to_owned()
        });
    }
    let short = without_path(&lower);
    Some(if short.len() == lower.len() { lower } else { short.to_owned() })
}

/// A name in lower case without the folders of a host, and without the way of calling that LiteLLM writes there for Bedrock.
pub(super) fn without_path(name: &str) -> &str {
    const FOLDERS: &[&str] = &["models/", "accounts/fireworks/models/", "accounts/fireworks/routers/", "converse/", "invoke/"];
    if let Some(rest) = FOLDERS.iter().find_map(|folder| name.strip_prefix(folder)) {
        return rest;
    }
    if name.starts_with("publishers/") || name.starts_with("projects/") {
        return name.rsplit_once("/models/").map_or(name, |(_, rest)| rest);
    }
    name
}

/// The provider written in front of a name, as routers do: `openai/gpt-4o`, `groq:llama-3.3-70b`. Whether it is one is for the table to say.
pub(super) fn split_provider(name: &str) -> Option<(&str, &str)> {
    let at = name.find(['/', ':'])?;
    Some((&name[..at], &name[at + 1..]))
}

/// The spelling under which all spellings of the same model meet; dates of snapshots and marks that do not change the model are gone.
pub(super) fn canonical(name: &str) -> String {
    // A fine-tuned model is `ft:base:owner::id`; it has the price of fine-tuned bases, not that of the base.
    let name = match name.strip_prefix("ft:") {
        Some(rest) => return format!("ft:{}", canonical(rest.split(':').next().unwrap_or(rest))),
        None => name,
    };
    let mut text = name.to_owned();
    // Marks may stand in any order (`-20240620-v1:0`, `-v1:0:200k`), so each pass may lay bare another.
    loop {
        let before = text.len();
        for mark in ["-latest", "@latest", "@default", ":latest"] {
            if let Some(rest) = text.strip_suffix(mark) {
                text.truncate(rest.len());
            }
        }
        text = without_date(text);
        if is_bedrock(&text) {
            text = without_bedrock_version(text);
        }
        if text.len() == before {
            break;
        }
    }
    if let Some(rest) = text.strip_prefix("gpt-35-") {
        text = format!("gpt-3.5-{rest}");
    }
    if text.starts_with("gemini-") && text.len() > 4 && text.is_char_boundary(text.len() - 4) {
        let (head, tail) = text.split_at(text.len() - 4);
        if tail.starts_with("-00") && tail.ends_with(|c: char| c.is_ascii_digit()) {
            text.truncate(head.len());
        }
    }
    if let Some(at) = text.find("claude-") {
        let spelled = claude(&text[at + "claude-".len()..]);
        text.truncate(at + "claude-".len());
        text.push_str(&spelled);
    }
    text
}

/// The name without the region it runs in; `None` when it names none.
pub(super) fn without_region(name: &str) -> Option<&str> {
    if let Some((region, rest)) = name.split_once('.')
        && BEDROCK_REGIONS.contains(&region)
        && is_bedrock(rest)
    {
        return Some(rest);
    }
    let (zone, rest) = name.split_once('/')?;
    let is_aws_region = {
        let mut parts = zone.rsplitn(3, '-');
        let number = parts.next().unwrap_or_default();
        let direction = parts.next().unwrap_or_default();
        let area = parts.next().unwrap_or_default();
        number.len() == 1
            && number.bytes().all(|b| b.is_ascii_digit())
            && direction.len() >= 4
            && direction.bytes().all(|b| b.is_ascii_lowercase())
            && (2..=6).contains(&area.len())
    };
    (is_aws_region || AZURE_ZONES.contains(&zone)).then_some(rest)
}

/// The name as its maker writes it: without the vendor that a gateway (`anthropic/claude-…`) or Bedrock (`anthropic.claude-…`) puts before it.
pub(super) fn without_vendor(name: &str) -> &str {
    let name = name.rsplit_once('/').map_or(name, |(_, rest)| rest);
    if is_bedrock(name) { name.split_once('.').map_or(name, |(_, rest)| rest) } else { name }
}

/// Whether a name has Bedrock's form `vendor.model`: letters before the first dot (`gpt-4.1` has a digit there).
fn is_bedrock(name: &str) -> bool {
    let name = name.rsplit_once('/').map_or(name, |(_, rest)| rest);
    name.split_once('.').is_some_and(|(vendor, rest)| {
        vendor.len() >= 2 && !rest.is_empty() && (vendor.bytes().all(|b| b.is_ascii_lowercase()) || vendor == "ai21" || vendor == "us-gov")
    })
}

/// Drops `-v1:0`, `:0`, `-v1` and context marks (`:200k`) that Bedrock puts behind a name. A later version (`-v2:0`) is another model, except
/// for Claude 3 and later, where the version counts deployments of the same snapshot.
fn without_bedrock_version(mut text: String) -> String {
    if let Some((head, mark)) = text.rsplit_once(':')
        && mark.len() >= 2
        && mark.ends_with('k')
        && mark[..mark.len() - 1].bytes().all(|b| b.is_ascii_digit())
    {
        text.truncate(head.len());
    }
    if let Some(rest) = text.strip_suffix(":0") {
        text.truncate(rest.len());
    }
    let counted = text.contains("anthropic.claude-") && !text.contains("claude-v") && !text.contains("claude-instant");
    let versions: &[&str] = if counted { &["-v1", "-v2", "-v3"] } else { &["-v1"] };
    if let Some(rest) = versions.iter().find_map(|version| text.strip_suffix(version)) {
        text.truncate(rest.len());
    }
    text
}

/// Drops the date of a snapshot: `-2024-08-06`, `-20240620`, `@20240620`, where it ends the name or a version mark follows.
fn without_date(name: String) -> String {
    let bytes = name.as_bytes();
    for (at, _) in bytes.iter().enumerate().filter(|(_, byte)| matches!(byte, b'-' | b'@')) {
        let rest = &bytes[at + 1..];
        let length = if is_date(rest, false) {
            8
        } else if is_date(rest, true) {
            10
        } else {
            continue;
        };
        let after = &bytes[at + 1 + length..];
        if after.is_empty() || after[0] == b':' || after.starts_with(b"-v") {
            // Only ASCII was looked at on both sides of the cut, so both ends are character boundaries.
            return format!("{}{}", name.get(..at).unwrap_or(&name), name.get(at + 1 + length..).unwrap_or_default());
        }
    }
    name
}

/// Whether text begins with a date of this century's first half, with or without dashes.
fn is_date(text: &[u8], dashes: bool) -> bool {
    let digits = |range: std::ops::Range<usize>| -> Option<u32> {
        text.get(range)?.iter().try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
    };
    let (month, day) = if dashes {
        if text.get(4) != Some(&b'-') || text.get(7) != Some(&b'-') {
            return false;
        }
        (digits(5..7), digits(8..10))
    } else {
        (digits(4..6), digits(6..8))
    };
    matches!(digits(0..4), Some(2018..=2049)) && matches!(month, Some(1..=12)) && matches!(day, Some(1..=31))
}

/// Claude's family and version in one order: `3.5-sonnet`, `3-5-sonnet`, `sonnet-3-5` become `sonnet-3-5`; `opus-4-0` becomes `opus-4`.
fn claude(rest: &str) -> String {
    let dashed: String = {
        let bytes = rest.as_bytes();
        let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        rest.char_indices().map(|(at, c)| if c == '.' && at > 0 && digit(at - 1) && digit(at + 1) { '-' } else { c }).collect()
    };
    let parts: Vec<&str> = dashed.split('-').collect();
    let is_version = |part: &&str| !part.is_empty() && part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit());
    let Some(family) = parts.iter().position(|part| CLAUDE_FAMILIES.contains(part)) else { return dashed };
    let before: Vec<&str> = parts[..family].to_vec();
    let after: Vec<&str> = parts[family + 1..].iter().copied().take_while(is_version).collect();
    if !before.iter().all(is_version) || (!before.is_empty() && !after.is_empty()) {
        return dashed;
    }
    let mut version = if before.is_empty() { after.clone() } else { before };
    if version.len() == 2 && version[1] == "0" {
        version.pop();
    }
    let others = &parts[family + 1 + after.len()..];
    std::iter::once(parts[family]).chain(version).chain(others.iter().copied()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_model_meet() {
        for (spelling, expected) in [
            ("gpt-4o-2024-08-06", "gpt-4o"),
            ("gpt-4o", "gpt-4o"),
            ("gpt-4o-mini-2024-07-18", "gpt-4o-mini"),
            ("gpt-35-turbo", "gpt-3.5-turbo"),
            ("claude-3-5-sonnet-20240620", "claude-sonnet-3-5"),
            ("claude-3-5-sonnet@20240620", "claude-sonnet-3-5"),
            ("claude-3.5-sonnet", "claude-sonnet-3-5"),
            ("claude-3-5-sonnet-latest", "claude-sonnet-3-5"),
            ("claude-opus-4-0", "claude-opus-4"),
            ("claude-4-opus-20250514", "claude-opus-4"),
            ("claude-sonnet-4.5", "claude-sonnet-4-5"),
            ("us.anthropic.claude-3-5-sonnet-20241022-v2:0", "us.anthropic.claude-sonnet-3-5"),
            ("anthropic.claude-3-haiku-20240307-v1:0:200k", "anthropic.claude-haiku-3"),
            ("amazon.nova-pro-v1:0", "amazon.nova-pro"),
            ("gemini-2.0-flash-001", "gemini-2.0-flash"),
            ("ft:gpt-4o-2024-08-06:acme::9xY", "ft:gpt-4o"),
        ] {
            assert_eq!(canonical(spelling), expected, "{spelling}");
        }
    }

    #[test]
    fn marks_that_mean_another_model_stay() {
        for name in [
            "gpt-4o-audio-preview",
            "gpt-4-0613",
            "gpt-4-1106-preview",
            "gpt-3.5-turbo-0125",
            "mistral-large-2411",
            "deepseek-v3",
            "deepseek.v3.2",
            "anthropic.claude-v2:1",
            "amazon.titan-embed-text-v2",
            "gemini-2.5-flash-preview-09-2025",
            "o1-mini",
            "text-embedding-ada-002",
        ] {
            assert_eq!(canonical(name), name);
        }
    }

    #[test]
    fn paths_are_dropped() {
        for (path, expected) in [
            ("models/gemini-2.0-flash", "gemini-2.0-flash"),
            ("publishers/google/models/gemini-2.5-pro", "gemini-2.5-pro"),
            ("projects/p/locations/us-east5/publishers/anthropic/models/claude-opus-4@20250514", "claude-opus-4@20250514"),
            ("accounts/fireworks/models/deepseek-v3", "deepseek-v3"),
            ("arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0", "eu-west-1/amazon.nova-lite-v1:0"),
            ("arn:aws:bedrock:us-east-1:1234:inference-profile/us.anthropic.claude-opus-4-6-v1", "us.anthropic.claude-opus-4-6-v1"),
            ("  GPT-4o ", "gpt-4o"),
        ] {
            assert_eq!(bare(path).as_deref(), Some(expected), "{path}");
        }
        assert_eq!(
            bare("arn:aws:bedrock:us-east-1:1234:application-inference-profile/a1b2"),
            None,
            "an id of the user's own names no model"
        );
        assert_eq!(bare(&"x".repeat(MODEL_MAX_BYTES + 1)), None);
        assert_eq!(bare("  "), None);
    }

    #[test]
    fn regions_are_seen() {
        assert_eq!(without_region("us.amazon.nova-pro-v1:0"), Some("amazon.nova-pro-v1:0"));
        assert_eq!(without_region("eu-west-1/meta.llama3-8b-instruct-v1:0"), Some("meta.llama3-8b-instruct-v1:0"));
        assert_eq!(without_region("us-gov-west-1/amazon.nova-lite"), Some("amazon.nova-lite"));
        assert_eq!(without_region("eu/gpt-4o"), Some("gpt-4o"));
        assert_eq!(without_region("gpt-4.1"), None);
        assert_eq!(without_region("meta-llama/llama-3-70b"), None);
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(name in "\\PC{0,60}") {
            if let Some(bare) = bare(&name) {
                let once = canonical(&bare);
                prop_assert_eq!(canonical(&once), once, "a canonical name is its own canonical name");
                let _ = without_region(&bare);
                let _ = without_vendor(&bare);
                let _ = split_provider(&bare);
            }
        }

        #[test]
        fn names_that_look_like_models_are_stable(name in "(us\\.)?(anthropic\\.)?(claude|gpt|gemini)-[a-z0-9.-]{0,20}(-20240620|@20240620|-2024-08-06)?(-v1)?(:0)?(-latest)?") {
            let once = canonical(&name);
            prop_assert_eq!(canonical(&once), once);
        }
    }
}
