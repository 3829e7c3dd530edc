//! One condition of a filter, ready to be tested on rows.

use std::fmt;

use super::{
    fields::{Field, Flag, Kind, Row},
    glob::Glob,
    needle::Needle,
    quantity::Quantity,
    scan::in_quotes,
};
use crate::model::{failure::FailureCode, grade::Letter, ids::Fingerprint, progress::Moment, summary::FailureMark, time::Timestamp};

/// How a field and a value are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    /// `:` or `=`.
    Is,
    /// `<`.
    Less,
    /// `<=`.
    AtMost,
    /// `>`.
    More,
    /// `>=`.
    AtLeast,
}

impl Operator {
    pub(super) const fn written(self) -> &'static str {
        match self {
            Self::Is => ":",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }

    fn compare<T: Ord>(self, seen: T, value: T) -> bool {
        match self {
            Self::Is => seen == value,
            Self::Less => seen < value,
            Self::AtMost => seen <= value,
            Self::More => seen > value,
            Self::AtLeast => seen >= value,
        }
    }
}

/// Any of some values holds for a field; or, negated, none does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) negated: bool,
    pub(super) field: &'static Field,
    pub(super) operator: Operator,
    /// At least one.
    pub(super) values: Vec<Value>,
}

/// A value as written, and what it asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) written: String,
    pub(super) quoted: bool,
    pub(super) test: Test,
}

/// What a value asks of a row. The parser makes the one that fits its field's kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Test {
    Text(Glob),
    Body(Needle),
    Number(Quantity),
    Letter(Letter),
    Moment(Timestamp),
    Flag(&'static Flag),
    Failure(FailureTest),
}

impl Condition {
    /// Whether it holds as far as the row tells; `None` when the body decides.
    pub(super) fn judge(&self, row: &Row<'_>, moment: Moment) -> Option<bool> {
        let any = any(self.values.iter().map(|value| self.holds(&value.test, row, moment)));
        any.map(|any| any != self.negated)
    }

    /// Whether it holds; `body` is asked for what the row does not tell.
    pub(super) fn matches(&self, row: &Row<'_>, moment: Moment, body: &mut dyn FnMut(&Needle) -> bool) -> bool {
        self.judge(row, moment).unwrap_or_else(|| {
            let mut found = |value: &Value| matches!(&value.test, Test::Body(needle) if body(needle));
            self.values.iter().any(&mut found) != self.negated
        })
    }

    /// Whether bodies may decide it.
    pub(super) const fn reads_bodies(&self) -> bool {
        matches!(self.field.kind, Kind::Body(_))
    }

    /// Whether what it says of a row can change by time alone.
    pub(super) fn passes(&self) -> bool {
        self.values.iter().any(|value| matches!(&value.test, Test::Flag(flag) if flag.passes))
    }

    fn holds(&self, test: &Test, row: &Row<'_>, moment: Moment) -> Option<bool> {
        Some(match (&self.field.kind, test) {
            (Kind::Body(any_text), Test::Body(needle)) => return any_text(row, &mut |text| needle.is_in(text)).then_some(true),
            (Kind::Name(any_text) | Kind::Text(any_text), Test::Text(glob)) => any_text(row, &mut |text| glob.matches(text)),
            (Kind::Number(_, read), Test::Number(quantity)) => read(row).is_some_and(|seen| quantity.holds(self.operator, seen)),
            (Kind::Grade(read), Test::Letter(letter)) => read(row).is_some_and(|seen| self.operator.compare(seen, *letter)),
            (Kind::Pattern(any_failure), Test::Failure(failure)) => any_failure(row, &mut |mark| failure.matches(mark)),
            (Kind::Since(read), Test::Moment(moment)) => read(row) >= *moment,
            (Kind::Before(read), Test::Moment(moment)) => read(row) < *moment,
            (Kind::Flag(_), Test::Flag(flag)) => (flag.read)(row, moment),
            // The parser builds no other pair.
            _ => false,
        })
    }
}

/// Whether any holds: `Some(true)` as soon as one does, `None` when none does and some are not known.
pub(super) fn any(holds: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut any = Some(false);
    for one in holds {
        match one {
            Some(true) => return Some(true),
            Some(false) => {}
            None => any = None,
        }
    }
    any
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negated {
            f.write_str("-")?;
        }
        if !self.field.name.is_empty() {
            write!(f, "{}{}", self.field.name, self.operator.written())?;
        }
        for (place, value) in self.values.iter().enumerate() {
            if place > 0 {
                f.write_str("|")?;
            }
            if value.quoted { f.write_str(&in_quotes(&value.written))? } else { f.write_str(&value.written)? }
        }
        Ok(())
    }
}

/// Failures by name or by pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FailureTest {
    codes: Vec<FailureCode>,
    fingerprints: Option<FingerprintPrefix>,
}

/// The first so many hexadecimal digits of a fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FingerprintPrefix {
    value: u64,
    digits: u32,
}

impl FailureTest {
    /// By code (`tool.timeout`), its last part (`timeout`), its title (`tool-timed-out`), the original system's name (`api_timeout`), or a
    /// fingerprint's sixteen digits (its first ones with `*`). Other names hold for nothing: patterns are data, and come and go.
    pub(super) fn new(text: &str, wildcards: bool) -> Self {
        let glob = Glob::whole(&dashed(text), wildcards);
        let is_named = |code: &FailureCode| {
            let last_part = code.code().rsplit('.').next().unwrap_or_default();
            [code.code(), last_part, code.title(), code.original_name()].iter().any(|name| !name.is_empty() && glob.matches(&dashed(name)))
        };
        Self { codes: FailureCode::ALL.iter().copied().filter(is_named).collect(), fingerprints: FingerprintPrefix::read(text, wildcards) }
    }

    fn matches(&self, mark: &FailureMark) -> bool {
        self.codes.contains(&mark.code)
            || mark.fingerprint.zip(self.fingerprints).is_some_and(|(fingerprint, prefix)| prefix.matches(fingerprint))
    }
}

impl FingerprintPrefix {
    fn read(text: &str, wildcards: bool) -> Option<Self> {
        let (hex, whole) = text.strip_suffix('*').filter(|_| wildcards).map_or((text, true), |start| (start, false));
        let digits = u32::try_from(hex.len()).ok()?;
        let fits = if whole { digits == 16 } else { (1..=16).contains(&digits) };
        (fits && hex.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(())?;
        Some(Self { value: u64::from_str_radix(hex, 16).ok()?, digits })
    }

    const fn matches(self, fingerprint: Fingerprint) -> bool {
        fingerprint.0 >> (64 - 4 * self.digits) == self.value
    }
}

/// Names as they are compared: underscores, spaces and dashes are the same.
fn dashed(name: &str) -> String {
    name.replace(['_', ' '], "-")
}
