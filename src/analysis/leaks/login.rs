//! Logins on the way: `Authorization: Basic …`, `curl -u user:password`, `IDENTIFIED BY '…'`, `sshpass -p …`.

use std::ops::Range;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::placeholder;

/// Longest login looked at.
const LOGIN_BYTES: usize = 512;

fn is_word_end(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b"\"'`;,)}]<>\\".contains(&byte)
}

/// The login in base64 behind the word `Basic ` that ends at `end`.
pub(super) fn basic(text: &str, end: usize) -> Option<(Range<usize>, f64)> {
    let bytes = text.as_bytes();
    let window = &bytes[end..bytes.len().min(end + LOGIN_BYTES)];
    let start = end + window.iter().take_while(|byte| **byte == b' ').count();
    let length = window[start - end..].iter().position(|byte| is_word_end(*byte)).unwrap_or(window.len() - (start - end));
    let encoded = text.get(start..start + length)?;
    if encoded.len() < 8 {
        return None;
    }
    let padded = format!("{}{}", encoded.trim_end_matches('='), "=".repeat((4 - encoded.trim_end_matches('=').len() % 4) % 4));
    let plain = String::from_utf8(STANDARD.decode(padded).ok()?).ok()?;
    let (user, password) = plain.split_once(':')?;
    let real = !plain.chars().any(char::is_control) && !placeholder::is_reference(password) && (user.len() + password.len()) >= 6;
    let example = placeholder::stands_for_another(password) && placeholder::stands_for_another(user);
    (real && !example).then_some((start..start + length, 0.85))
}

/// The password of a login behind a flag of a command that ends at `end`.
pub(super) fn flag(text: &str, start: usize, end: usize) -> Option<(Range<usize>, f64)> {
    let bytes = text.as_bytes();
    let from = text.ceil_char_boundary(start.saturating_sub(300));
    let line = text[from..start].rsplit("\n\n").next()?;
    let curl = line.contains("curl") || line.contains("wget") || line.contains("http ");
    let mut at = end;
    while at < bytes.len() && matches!(bytes[at], b' ' | b'=') {
        at += 1;
    }
    let quote = bytes.get(at).copied().filter(|byte| matches!(byte, b'"' | b'\''));
    at += usize::from(quote.is_some());
    let window = &bytes[at..bytes.len().min(at + LOGIN_BYTES)];
    let length = match quote {
        Some(quote) => window.iter().position(|byte| *byte == quote || *byte == b'\n')?,
        None => window.iter().position(|byte| is_word_end(*byte)).unwrap_or(window.len()),
    };
    let login = text.get(at..at + length)?;
    let (user, password) = login.split_once(':')?;
    let real = curl
        && !user.contains('/')
        && password.len() >= 3
        && !placeholder::stands_for_another(password)
        && !login.contains(' ')
        && !password.starts_with("//");
    real.then(|| (at + user.len() + 1..at + length, 0.75))
}

/// The quoted password behind words of a statement that end at `end`.
pub(super) fn quoted(text: &str, end: usize) -> Option<(Range<usize>, f64)> {
    let bytes = text.as_bytes();
    let mut at = end;
    while at < bytes.len() && bytes[at] == b' ' && at < end + 4 {
        at += 1;
    }
    let quote = bytes.get(at).copied().filter(|byte| matches!(byte, b'"' | b'\''))?;
    let window = &bytes[at + 1..bytes.len().min(at + 1 + LOGIN_BYTES)];
    let length = window.iter().position(|byte| *byte == quote || *byte == b'\n')?;
    let password = text.get(at + 1..at + 1 + length)?;
    let real = password.len() >= 4 && !placeholder::stands_for_another(password) && !password.contains(' ');
    real.then_some((at + 1..at + 1 + length, 0.7))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_found_where_they_are_sent() {
        let encoded = STANDARD.encode("deploy:Zq8kfR2m");
        let header = format!("Authorization: Basic {encoded}\"");
        assert_eq!(basic(&header, "Authorization: Basic ".len()).map(|(range, _)| header[range].to_owned()), Some(encoded));
        let command = "curl -u deploy:Zq8kfR2m https://a.b";
        assert_eq!(flag(command, 5, 8).map(|(range, _)| &command[range]), Some("Zq8kfR2m"));
        let statement = "CREATE USER me IDENTIFIED BY 'Zq8kfR2m'";
        let end = statement.find(" 'Z").map_or(0, |at| at + 1);
        assert_eq!(quoted(statement, end).map(|(range, _)| &statement[range]), Some("Zq8kfR2m"));
    }

    #[test]
    fn places_for_logins_are_not_logins() {
        assert_eq!(basic("Basic authentication is used", 6), None);
        assert_eq!(flag("curl -u $USER:$PASSWORD x", 5, 8), None);
        assert_eq!(flag("docker run -u 1000:1000 x", 11, 14), None);
        assert_eq!(quoted("identified by 'password'", 14), None);
    }
}
