//! What values look like: numbers with units, dates, addresses, quotations.

use super::token::is_word_character;

const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

#[rustfmt::skip]
const UNITS: &[&str] = &[
    "%", "b", "kb", "mb", "gb", "tb", "pb", "kib", "mib", "gib", "tib", "kbps", "mbps", "gbps", "kb/s", "mb/s", "gb/s", "byte", "bytes",
    "kbyte", "kbytes", "mbytes", "gbytes", "ns", "us", "ms", "s", "sec", "secs", "second", "seconds", "min", "mins", "minute", "minutes",
    "h", "m", "d", "hr", "hrs", "hour", "hours", "day", "days", "msec", "msecs", "millisecond", "milliseconds", "token", "tokens", "char",
    "chars", "characters",
];

/// Ends of host names; a name with another end is a word until it is seen to vary.
const DOMAINS: &[&str] = &[
    "com",
    "net",
    "org",
    "edu",
    "gov",
    "io",
    "ai",
    "dev",
    "app",
    "cn",
    "hk",
    "uk",
    "de",
    "jp",
    "fr",
    "it",
    "kr",
    "tw",
    "ru",
    "br",
    "au",
    "eu",
    "us",
    "info",
    "local",
    "lan",
    "internal",
    "svc",
    "test",
    "example",
    "invalid",
    "localhost",
];

/// Bytes of the longest beginning whose characters all fit.
pub(super) fn run(text: &str, fits: impl Fn(char) -> bool) -> usize {
    text.find(|c| !fits(c)).unwrap_or(text.len())
}

/// Where a quotation ends; a backslash hides a quote. `None` when it does not end on its line.
pub(super) fn closing(text: &str, close: char) -> Option<usize> {
    let mut hidden = false;
    for (at, c) in text.char_indices() {
        match c {
            '\n' => return None,
            '\\' => hidden = !hidden,
            _ if c == close && !hidden => return Some(at),
            _ => hidden = false,
        }
    }
    None
}

pub(super) fn is_number(chunk: &str) -> bool {
    let digits = chunk.strip_suffix('%').unwrap_or(chunk).trim_start_matches(['+', '-', '$']);
    !digits.is_empty() && digits.starts_with(char::is_numeric) && digits.chars().all(|c| c.is_numeric() || c == '.')
}

/// Bytes of a unit, with the space before it, behind a number; also a quantity said again in brackets: `1314 bytes (1.28 KB)`.
pub(super) fn unit(after: &str) -> usize {
    let gap = usize::from(after.starts_with(' '));
    let word = run(&after[gap..], |c| c.is_ascii_alphabetic() || c == '%' || c == '/');
    let is_unit = word > 0
        && !after[gap + word..].starts_with(is_word_character)
        && UNITS.contains(&after[gap..gap + word].to_ascii_lowercase().as_str());
    if is_unit { gap + word } else { 0 }
}

pub(super) fn looks_like_date(chunk: &str) -> bool {
    chunk.len() >= 8 && chunk.as_bytes()[..4].iter().all(u8::is_ascii_digit) && chunk.as_bytes()[4] == b'-'
}

/// `Jan 5`, `Mon Jan 5`: the name of a day or month before a date.
pub(super) fn is_written_date(chunk: &str, after: &str) -> bool {
    let named = |names: &[&str], word: &str| {
        let word = word.to_ascii_lowercase();
        word.len() >= 3 && word.is_ascii() && names.contains(&&word[..3])
    };
    let following = after.trim_start_matches([',', ' ']);
    let digits = run(following, |c| c.is_ascii_digit());
    if chunk.len() <= 9 && named(MONTHS, chunk) && (1..=2).contains(&digits) && after.starts_with([' ', ',']) {
        return !following[digits..].starts_with(is_word_character);
    }
    let next = run(following, |c| c.is_ascii_alphabetic());
    chunk.len() == 3 && named(DAYS, chunk) && next >= 3 && named(MONTHS, &following[..next])
}

pub(super) fn is_email(chunk: &str) -> bool {
    chunk.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.starts_with('.'))
}

pub(super) fn is_host(chunk: &str) -> bool {
    chunk.rsplit_once('.').is_some_and(|(name, end)| {
        !name.is_empty()
            && DOMAINS.contains(&end.to_ascii_lowercase().as_str())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    })
}

/// A name with an extension: `main.rs`.
pub(super) fn names_a_file(part: &str) -> bool {
    part.rsplit_once('.').is_some_and(|(name, extension)| {
        !name.is_empty() && (1..=5).contains(&extension.len()) && extension.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}

/// A hardware address or an IPv6 address: groups of hexadecimal digits with colons (or dashes) between.
pub(super) fn network_address(text: &str) -> Option<usize> {
    let length = run(text, |c| c.is_ascii_hexdigit() || c == ':' || c == '-');
    let candidate = text[..length].trim_end_matches(['-', ':']);
    if text[length..].starts_with(is_word_character) {
        return None;
    }
    let pairs = |mark: char| candidate.split(mark).count() >= 6 && candidate.split(mark).all(|group| group.len() == 2);
    let groups = candidate.split(':').collect::<Vec<_>>();
    let is_v6 = groups.len() >= 4
        && groups.iter().all(|group| group.len() <= 4 && !group.contains('-'))
        && groups.iter().any(|group| !group.is_empty());
    (pairs(':') || pairs('-') || is_v6).then_some(candidate.len())
}

/// An IPv4 address.
pub(super) fn is_dotted_quad(chunk: &str) -> bool {
    let part = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    chunk.split('.').count() == 4 && chunk.split('.').all(part)
}
