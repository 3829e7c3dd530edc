//! What the words around a number, or the name of its field, say that it is.

use std::ops::Range;

use super::{digits, phone::Around};

/// How far before a number it is looked for what it is.
const AROUND_BYTES: usize = 40;

/// Words that speak of telephones.
pub(super) fn speaks_of_telephones(text: &str) -> bool {
    [
        "phone",
        "mobile",
        "cell",
        "call me",
        "call us",
        "call at",
        "calling",
        "number to call",
        "fax",
        "whatsapp",
        "sms",
        "dial",
        "tel:",
        "tel.",
        "tel ",
        "contact me",
        "contact number",
        "contact:",
        "reach me",
        "reach us",
        "text me",
        "hotline",
        "voicemail",
        "ring ",
        "landline",
        "telefon",
        "handy",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// Whether the words around a number, or the name of its field, speak of payment cards.
pub(super) fn speaks_of_cards(text: &str, range: &Range<usize>, field: Option<&str>) -> bool {
    let from = text.ceil_char_boundary(range.start.saturating_sub(2 * AROUND_BYTES));
    let to = text.floor_char_boundary((range.end + AROUND_BYTES).min(text.len()));
    let around = format!("{} {} {}", &text[from..range.start], &text[range.end..to], field.unwrap_or_default()).to_ascii_lowercase();
    let words = ["card", "credit", "debit", "maestro", "visa", "payment", "cc ", "cc:", "billed", "charge"];
    words.iter().any(|word| around.contains(word))
}

pub(super) fn speaks_of_social_security(text: &str, at: usize, field: Option<&str>) -> bool {
    let before = text[text.ceil_char_boundary(at.saturating_sub(AROUND_BYTES))..at].to_ascii_lowercase();
    let words = ["ssn", "social security", "social-security", "social_security"];
    words.iter().any(|word| before.contains(word) || field.is_some_and(|field| field.contains(word)))
}

/// What the text around a number, or the name of its field, says that it is.
pub(super) fn around_of(text: &str, row: &digits::Row<'_>, field: Option<&str>) -> Around {
    let (at, end) = (row.groups[0].start, row.groups[row.groups.len() - 1].end);
    let after =
        text[end..text.floor_char_boundary((end + 12).min(text.len()))].trim_start_matches([' ', '-', '(', '[']).to_ascii_lowercase();
    let labelled = ["fax", "mobile", "cell", "phone", "tel", "office", "home", "work"].iter().any(|label| after.starts_with(label));
    if labelled || field.is_some_and(speaks_of_telephones) {
        return Around::Telephone;
    }
    let before = text[text.ceil_char_boundary(at.saturating_sub(AROUND_BYTES))..at].to_ascii_lowercase();
    let last = before.rsplit(['.', '!', '?', '\n', ';']).next().unwrap_or_default();
    if speaks_of_telephones(&before) {
        return Around::Telephone;
    }
    let other = [
        "order",
        "invoice",
        "account",
        "routing",
        "iban",
        "tracking",
        "reference",
        "isbn",
        "sku",
        "zip",
        "version",
        "serial",
        "policy",
        "booking",
        "flight",
        "amount",
        "price",
        "ticket",
        "case",
        " id",
        "_id",
        "\"id",
        "ein",
        "vat",
        "latitude",
        "longitude",
        "lat",
        "lon",
        "doi",
        "rfc",
        "isin",
        "pmid",
        "timestamp",
        "license",
        "licence",
    ];
    if other.iter().any(|word| last.contains(word)) { Around::Other } else { Around::Nothing }
}
