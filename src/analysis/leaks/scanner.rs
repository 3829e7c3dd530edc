//! The pass over a text: marks and telling words at once, numbers and long words each in a quick loop of their own.

use std::ops::Range;

use super::{
    card, context, crypto, digits, email, iban,
    kind::Kind,
    login, manifest,
    marks::Marks,
    names::{self, Promise, promise_of},
    national_id, network,
    phone::{self, Around},
    private_key,
    providers::{self, Compiled, Format},
    randomness::Randomness,
    surroundings::{around_of, speaks_of_cards, speaks_of_social_security, speaks_of_telephones},
    url_login,
    value::{self, Written},
    web_token, words,
};

/// Most finds of one text.
const MOST_FINDS: usize = 10_000;

/// Sensitive data in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Find {
    /// What it is.
    pub kind: Kind,
    /// The rule that found it.
    pub rule: &'static str,
    /// Its bytes.
    pub range: Range<usize>,
    /// How sure the rule is, 0 to 1.
    pub probability: f64,
}

/// What a mark leads to.
#[derive(Debug, Clone, Copy)]
enum Lead {
    Format(usize),
    Name,
    Url,
    PrivateKey,
    WebToken,
    Basic,
    LoginFlag,
    QuotedLogin,
    Manifest,
}

/// Words in names of secrets, as names have them.
const NAMES: &[&str] = &[
    "pass",
    "Pass",
    "PASS",
    "pwd",
    "Pwd",
    "PWD",
    "psw",
    "Psw",
    "PSW",
    "secret",
    "Secret",
    "SECRET",
    "token",
    "Token",
    "TOKEN",
    "credential",
    "Credential",
    "CREDENTIAL",
    "creds",
    "Creds",
    "CREDS",
    "key",
    "Key",
    "KEY",
    "auth",
    "Auth",
    "AUTH",
    "bearer",
    "Bearer",
    "BEARER",
    "jwt",
    "Jwt",
    "JWT",
    "_pw",
    "_PW",
    "webhook",
    "Webhook",
    "WEBHOOK",
];

/// What leads to the other rules.
const LEADS: &[(&str, Lead)] = &[
    ("://", Lead::Url),
    ("PRIVATE KEY", Lead::PrivateKey),
    ("eyJ", Lead::WebToken),
    ("ewo", Lead::WebToken),
    ("Basic ", Lead::Basic),
    ("basic ", Lead::Basic),
    (" -u ", Lead::LoginFlag),
    (" -u=", Lead::LoginFlag),
    (" --user ", Lead::LoginFlag),
    (" --user=", Lead::LoginFlag),
    (" --proxy-user ", Lead::LoginFlag),
    ("IDENTIFIED BY ", Lead::QuotedLogin),
    ("identified by ", Lead::QuotedLogin),
    ("sshpass -p ", Lead::QuotedLogin),
    ("kind: Secret", Lead::Manifest),
    ("\"kind\": \"Secret\"", Lead::Manifest),
    ("\"kind\":\"Secret\"", Lead::Manifest),
];

/// The rules, compiled. Dear to make, cheap to share.
#[derive(Debug)]
pub struct Scanner {
    marks: Marks,
    leads: Vec<Lead>,
    formats: Vec<(&'static Format, Compiled)>,
    randomness: Randomness,
}

impl Scanner {
    /// The rules that come with the program.
    #[must_use]
    pub fn bundled() -> Self {
        let formats: Vec<_> = providers::formats().map(|format| (format, Compiled::default())).collect();
        let mut led: Vec<(&'static str, Lead)> = LEADS.to_vec();
        led.extend(NAMES.iter().map(|name| (*name, Lead::Name)));
        for (index, (format, _)) in formats.iter().enumerate() {
            led.extend(format.marks.iter().map(|mark| (*mark, Lead::Format(index))));
        }
        let marks = Marks::new(led.iter().enumerate().map(|(number, (mark, _))| (*mark, number)));
        Self { marks, leads: led.into_iter().map(|(_, lead)| lead).collect(), formats, randomness: Randomness::bundled() }
    }

    /// Sensitive data in a text, in order and without overlaps. `name` is the name of the field that the text is the value of.
    #[must_use]
    pub fn find(&self, text: &str, name: Option<&str>) -> Vec<Find> {
        let mut finds = Vec::new();
        if let Some(name) = name {
            self.find_named(text, name, &mut finds);
        }
        self.find_led(text, &mut finds);
        self.find_in_words(text, name, &mut finds);
        self.find_addresses(text, &mut finds);
        self.find_numbers(text, name, &mut finds);
        settle(finds)
    }

    /// A number that stands alone as the value of a field.
    #[must_use]
    pub fn find_number(&self, digits: &str, name: Option<&str>) -> Option<Find> {
        let field = name.map(str::to_ascii_lowercase).unwrap_or_default();
        let identity = name.is_some_and(names::is_identity);
        let (kind, probability) = match digits.len() {
            9 if speaks_of_social_security("", 0, Some(&field)) => (Kind::Ssn, 0.75),
            13..=19 if !identity && card::is_card(digits) => (Kind::CreditCard, 0.9),
            7..=15 if speaks_of_telephones(&field) => (Kind::Phone, 0.8),
            _ => return None,
        };
        Some(Find { kind, rule: rule_of_number(kind), range: 0..digits.len(), probability })
    }

    /// The whole text is the value of a name.
    fn find_named(&self, text: &str, name: &str, finds: &mut Vec<Find>) {
        let Some(promise) = promise_of(name) else { return };
        let trimmed = text.trim();
        let value = ["Bearer ", "bearer ", "Token ", "token ", "Basic "]
            .iter()
            .find_map(|scheme| trimmed.strip_prefix(scheme))
            .unwrap_or(trimmed)
            .trim();
        if value.is_empty() || value.contains(['\n', '{']) {
            return;
        }
        let start = value.as_ptr() as usize - text.as_ptr() as usize;
        let likelihood = value::likelihood(promise, value, Written::Quoted, &self.randomness);
        push(finds, Kind::Secret, rule_of(promise), start..start + value.len(), likelihood);
    }

    fn find_led(&self, text: &str, finds: &mut Vec<Find>) {
        let mut named = 0;
        self.marks.each(text.as_bytes(), |start, end, number| match self.leads[number] {
            Lead::Format(index) => {
                let (format, compiled) = &self.formats[index];
                if let Some((first, last)) = compiled.find(format, text, start, end) {
                    self.push_key(finds, format, text, first..last);
                }
            }
            Lead::Name => {
                if end <= named {
                    return;
                }
                let name = context::name_around(text, start, end);
                named = name.end;
                if let Some(found) = context::assigned(text, name) {
                    let likelihood = value::likelihood(found.promise, &text[found.value.clone()], found.written, &self.randomness);
                    push(finds, Kind::Secret, rule_of(found.promise), found.value, likelihood);
                }
            }
            Lead::Url => {
                if let Some((range, probability)) = url_login::find(text, start, &self.randomness) {
                    push(finds, Kind::Secret, "url_password", range, probability);
                }
            }
            Lead::PrivateKey => {
                if let Some(range) = private_key::find(text, start, end) {
                    push(finds, Kind::Secret, "private_key", range, 0.99);
                }
            }
            Lead::WebToken => {
                if let Some(range) = web_token::find(text, start) {
                    push(finds, Kind::Secret, "json_web_token", range, 0.95);
                }
            }
            Lead::Basic => push_login(finds, "basic_login", login::basic(text, end)),
            Lead::LoginFlag => push_login(finds, "login_flag", login::flag(text, start, end)),
            Lead::QuotedLogin => push_login(finds, "quoted_login", login::quoted(text, end)),
            Lead::Manifest => {
                for range in manifest::find(text, start) {
                    push(finds, Kind::Secret, "manifest_value", range, 0.85);
                }
            }
        });
    }

    fn push_key(&self, finds: &mut Vec<Find>, format: &Format, text: &str, range: Range<usize>) {
        if Compiled::is_filled(format, &text[range.clone()], |body| self.randomness.of(body)) {
            push(finds, Kind::Secret, format.rule, range, 0.97);
        }
    }

    fn find_in_words(&self, text: &str, name: Option<&str>, finds: &mut Vec<Find>) {
        let identity = name.is_some_and(names::is_identity);
        words::long_words(text, |word| {
            let written = &text[word.clone()];
            for part in written.split(['=', ':', '.', '/', '|']) {
                if let Some(probability) = crypto::likelihood(part) {
                    let start = part.as_ptr() as usize - text.as_ptr() as usize;
                    push(finds, Kind::CryptoAddress, "coin_address", start..start + part.len(), probability);
                }
            }
            if !words::may_be_key(written) {
                return;
            }
            for (format, compiled) in self.formats.iter().filter(|(format, _)| format.marks.is_empty()) {
                if let Some((first, last)) = compiled.find_within(format, text, word.start, word.end) {
                    self.push_key(finds, format, text, first..last);
                }
            }
            if !identity && let Some((range, probability, rule)) = words::unknown_key(text, word, &self.randomness) {
                push(finds, Kind::Secret, rule, range, probability);
            }
        });
    }

    fn find_addresses(&self, text: &str, finds: &mut Vec<Find>) {
        for at in memchr::memchr_iter(b'@', text.as_bytes()) {
            if let Some(range) = email::find(text, at) {
                push(finds, Kind::Email, "email_address", range, 0.97);
            }
        }
        let mut seen = 0;
        for at in memchr::memchr_iter(b':', text.as_bytes()) {
            let bytes = text.as_bytes();
            let near = bytes.get(at + 1).is_some_and(|byte| byte.is_ascii_hexdigit() || *byte == b':');
            if near
                && at >= seen
                && let Some(range) = network::v6(text, at)
            {
                seen = range.end;
                push(finds, Kind::Ip, "ip_address", range, 0.9);
            }
        }
    }

    fn find_numbers(&self, text: &str, name: Option<&str>, finds: &mut Vec<Find>) {
        let field = name.map(str::to_ascii_lowercase);
        let identity = name.is_some_and(names::is_identity);
        digits::rows(text, |row| {
            if let Some(range) = iban::find(text, row.groups[0].start) {
                push(finds, Kind::Iban, "iban", range, 0.97);
                return;
            }
            let mut reading = Reading { text, row, field: field.as_deref(), identity, around: None };
            let mut left = row.groups.iter().map(ExactSizeIterator::len).sum::<usize>();
            let mut from = 0;
            // Nothing that is looked for has fewer digits.
            while left >= 7 || left >= 4 && row.groups.len() - from >= 4 {
                let found = reading.number_at(from, left);
                let next = found.as_ref().map_or(from + 1, |found| found.0.end);
                if let Some((_, kind, range, probability)) = found {
                    push(finds, kind, rule_of_number(kind), range, probability);
                }
                left -= (from..next).map(|index| row.groups[index].len()).sum::<usize>();
                from = next;
            }
        });
    }
}

/// A row of numbers and what is known around it.
struct Reading<'a, 'b> {
    text: &'a str,
    row: &'b digits::Row<'a>,
    field: Option<&'b str>,
    /// The row is the value of an id.
    identity: bool,
    around: Option<Around>,
}

impl Reading<'_, '_> {
    /// What begins with the group `from`, of a row that has `left` digits from there on: its groups, kind, bytes and how sure that is.
    fn number_at(&mut self, from: usize, left: usize) -> Option<(Range<usize>, Kind, Range<usize>, f64)> {
        let (text, row, field) = (self.text, self.row, self.field);
        if let Some((groups, probability)) = card::find(row, from)
            && let range = row.span(&groups)
            && (probability >= card::SURE || speaks_of_cards(text, &range, field))
        {
            return Some((groups, Kind::CreditCard, range, if self.identity { probability / 3.0 } else { probability }));
        }
        let named = || speaks_of_social_security(text, row.groups[from].start, field);
        if let Some((groups, probability)) = national_id::find(row, from, named) {
            let range = row.span(&groups);
            return Some((groups, Kind::Ssn, range, probability));
        }
        if let Some((groups, probability)) = network::v4(row, from) {
            let range = row.span(&groups);
            return Some((groups, Kind::Ip, range, probability));
        }
        if left < 7 || !phone::is_shaped(row, from) {
            return None;
        }
        // Looked around for only where that decides.
        phone::find(row, from, Around::Telephone).filter(|found| found.2 >= super::LEAK_FROM)?;
        let identity = self.identity;
        let around = *self.around.get_or_insert_with(|| if identity { Around::Other } else { around_of(text, row, field) });
        phone::find(row, from, around)
            .filter(|found| found.2 >= super::LEAK_FROM)
            .map(|(groups, range, probability)| (groups, Kind::Phone, range, probability))
    }
}

fn rule_of_number(kind: Kind) -> &'static str {
    match kind {
        Kind::CreditCard => "card_number",
        Kind::Phone => "phone_number",
        kind => kind.name(),
    }
}

fn rule_of(promise: Promise) -> &'static str {
    match promise {
        Promise::Password => "assigned_password",
        Promise::Secret => "assigned_secret",
        Promise::Key => "assigned_key",
    }
}

fn push(finds: &mut Vec<Find>, kind: Kind, rule: &'static str, range: Range<usize>, probability: f64) {
    if probability >= super::LEAK_FROM && finds.len() < MOST_FINDS && !range.is_empty() {
        finds.push(Find { kind, rule, range, probability });
    }
}

fn push_login(finds: &mut Vec<Find>, rule: &'static str, found: Option<(Range<usize>, f64)>) {
    if let Some((range, probability)) = found {
        push(finds, Kind::Secret, rule, range, probability);
    }
}

/// The surest where finds overlap, in order.
fn settle(mut finds: Vec<Find>) -> Vec<Find> {
    finds.sort_by(|one, other| {
        one.range
            .start
            .cmp(&other.range.start)
            .then(other.range.end.cmp(&one.range.end))
            .then(other.probability.total_cmp(&one.probability))
    });
    let mut settled: Vec<Find> = Vec::with_capacity(finds.len());
    for find in finds {
        match settled.last_mut() {
            Some(last) if find.range.start < last.range.end => {
                // All bytes of both are sensitive; the surer one says of what kind.
                let end = last.range.end.max(find.range.end);
                if find.probability > last.probability {
                    let start = last.range.start;
                    *last = Find { range: start..end, ..find };
                } else {
                    last.range.end = end;
                }
            }
            _ => settled.push(find),
        }
    }
    settled
}
