//! Reads a filter, one word after the other.

use jiff::tz::TimeZone;

use super::{
    condition::{Condition, FailureTest, Operator, Test, Value},
    error::{FilterError, did_you_mean, shown},
    fields::{ANYWHERE, FIELDS, Field, Kind},
    filter::{Filter, Term},
    glob::Glob,
    moment,
    needle::Needle,
    quantity::{Quantity, Unit},
    scan,
    sort::Sort,
};
use crate::model::{grade::Letter, time::Timestamp};

/// Reads a text that is within the length limit.
pub(super) fn parse(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Filter, FilterError> {
    let mut parser = Parser { text: text.chars().collect(), at: 0, now, zone, filter: Filter::default() };
    parser.run()?;
    Ok(parser.filter)
}

struct Parser<'a> {
    text: Vec<char>,
    /// Index of the next character.
    at: usize,
    now: Timestamp,
    zone: &'a TimeZone,
    filter: Filter,
}

/// A value before it is understood.
struct Raw {
    at: usize,
    written: String,
    quoted: bool,
}

/// What can stand on either side of a `|`.
#[derive(PartialEq, Eq)]
enum Before {
    Nothing,
    Condition,
    Directive,
}

impl Parser<'_> {
    fn run(&mut self) -> Result<(), FilterError> {
        let mut before = Before::Nothing;
        let mut bar = None;
        loop {
            while self.peek().is_some_and(char::is_whitespace) {
                self.at += 1;
            }
            match self.peek() {
                None => break,
                Some('|') => {
                    if bar.is_some() || before != Before::Condition {
                        let message = "`|` stands between two conditions; put the text in quotes to search for it";
                        return Err(FilterError::at(self.at, message));
                    }
                    bar = Some(self.at);
                    self.at += 1;
                }
                Some(_) => before = self.word(bar.take())?,
            }
        }
        match bar {
            Some(at) => Err(FilterError::at(at, "`|` needs a condition on its right as well")),
            None => Ok(()),
        }
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    /// Reads a word; `bar` is where the `|` before it is, if there is one.
    fn word(&mut self, bar: Option<usize>) -> Result<Before, FilterError> {
        let start = self.at;
        let negated = self.peek() == Some('-');
        if negated {
            self.at += 1;
            if self.peek() == Some('-') {
                return Err(FilterError::at(self.at, "one `-` negates; put the text in quotes to search for it"));
            }
        }
        let Some(prefix) = scan::prefix(&self.text, self.at) else {
            let values = self.values(&ANYWHERE, negated)?;
            for raw in values.iter().filter(|raw| !raw.quoted) {
                refuse_lookalikes(raw)?;
            }
            self.add(Condition { negated, field: &ANYWHERE, operator: Operator::Is, values: self.understand(&ANYWHERE, values)? }, bar);
            return Ok(Before::Condition);
        };
        let field = Field::named(&prefix.name).ok_or_else(|| unknown_field(self.at, &prefix.name))?;
        if !field.operators().contains(&prefix.operator.written()) {
            let message = format!("`{}` takes {}, as in `{}`", field.name, field.operators().join(" "), field.example);
            return Err(FilterError::at(prefix.operator_at, message).expecting(field.operators()));
        }
        self.at = prefix.value_at;
        let values = self.values(field, negated)?;
        if matches!(field.kind, Kind::Sort(_) | Kind::Limit) {
            if negated || bar.is_some() || values.len() > 1 {
                let message = format!("`{}` is no condition: it takes one value and neither `-` before it nor `|`", field.name);
                return Err(FilterError::at(start, message));
            }
            values.iter().try_for_each(|raw| self.direct(field, start, raw))?;
            return Ok(Before::Directive);
        }
        self.add(Condition { negated, field, operator: prefix.operator, values: self.understand(field, values)? }, bar);
        Ok(Before::Condition)
    }

    fn add(&mut self, condition: Condition, bar: Option<usize>) {
        match self.filter.terms.last_mut().filter(|_| bar.is_some()) {
            Some(term) => term.any.push(condition),
            None => self.filter.terms.push(Term { any: vec![condition] }),
        }
    }

    fn direct(&mut self, field: &Field, start: usize, raw: &Raw) -> Result<(), FilterError> {
        let is_set = match field.kind {
            Kind::Sort(keys) => {
                let sort = Sort::read(&raw.written).ok_or_else(|| {
                    let names = keys.iter().map(|key| key.name);
                    let guess = did_you_mean(raw.written.trim_start_matches('-'), names.clone());
                    let message = format!("{} is nothing to sort by{guess}", shown(&raw.written));
                    FilterError::at(raw.at, message).expecting(names)
                })?;
                self.filter.sort.replace(sort).is_some()
            }
            _ => {
                let count = Quantity::read(&raw.written, Unit::Count).and_then(|count| usize::try_from(count.value).ok());
                let limit = count.filter(|count| *count > 0).ok_or_else(|| {
                    FilterError::at(raw.at, format!("{} is no limit; it takes a whole number from 1, such as 500", shown(&raw.written)))
                })?;
                self.filter.limit.replace(limit).is_some()
            }
        };
        if is_set {
            return Err(FilterError::at(start, format!("`{}` is given twice; once is enough", field.name)));
        }
        Ok(())
    }

    /// The values that start here, joined by `|` without spaces. A `|` before another field is left for the caller.
    fn values(&mut self, field: &'static Field, negated: bool) -> Result<Vec<Raw>, FilterError> {
        let mut values = vec![self.value(field)?];
        while self.peek() == Some('|') {
            let next = self.at + 1;
            match self.text.get(next) {
                None => break,
                Some(character) if character.is_whitespace() => break,
                Some('-') => {
                    let message = "`-` right after `|` could mean two things; put spaces around `|` to negate, or quotes around the value";
                    return Err(FilterError::at(next, message));
                }
                Some(_) => {}
            }
            if let Some(prefix) = scan::prefix(&self.text, next) {
                if negated {
                    let message = "`-` before conditions on two fields could mean two things; put spaces around `|`";
                    return Err(FilterError::at(self.at, message));
                }
                if Field::named(&prefix.name).is_none() {
                    return Err(unknown_field(next, &prefix.name));
                }
                break;
            }
            self.at = next;
            values.push(self.value(field)?);
        }
        Ok(values)
    }

    fn value(&mut self, field: &Field) -> Result<Raw, FilterError> {
        let at = self.at;
        if self.peek() == Some('"') {
            let (written, end) =
                scan::quoted(&self.text, at).ok_or_else(|| FilterError::at(at, "this quote is not closed").expecting(["\""]))?;
            self.at = end;
            if self.peek().is_some_and(|character| !character.is_whitespace() && character != '|') {
                return Err(FilterError::at(self.at, "a closing quote is followed by a space or `|`"));
            }
            return if written.is_empty() { Err(missing_value(at, field)) } else { Ok(Raw { at, written, quoted: true }) };
        }
        let end =
            self.text[at..].iter().position(|c| c.is_whitespace() || matches!(c, '|' | '"')).map_or(self.text.len(), |length| at + length);
        if end == at {
            return Err(missing_value(at, field));
        }
        if self.text.get(end) == Some(&'"') {
            return Err(FilterError::at(end, "a quote stands at the start of a value; inside quotes it is written \\\""));
        }
        self.at = end;
        Ok(Raw { at, written: self.text[at..end].iter().collect(), quoted: false })
    }

    fn understand(&self, field: &Field, values: Vec<Raw>) -> Result<Vec<Value>, FilterError> {
        values.into_iter().map(|raw| Ok(Value { test: self.test(field, &raw)?, written: raw.written, quoted: raw.quoted })).collect()
    }

    fn test(&self, field: &Field, raw: &Raw) -> Result<Test, FilterError> {
        let text = raw.written.as_str();
        let wildcards = !raw.quoted;
        let wrong = |takes: &str| FilterError::at(raw.at, format!("`{}` takes {takes}; {} is not one", field.name, shown(text)));
        match field.kind {
            Kind::Name(_) => Ok(Test::Text(Glob::whole(text, wildcards))),
            Kind::Text(_) => Ok(Test::Text(Glob::within(text, wildcards))),
            Kind::Body(_) => Ok(Test::Body(Needle::new(text, wildcards))),
            Kind::Number(unit, _) => Quantity::read(text, unit).map(Test::Number).ok_or_else(|| wrong(unit.written())),
            Kind::Grade(_) => Letter::parse(text).map(Test::Letter).ok_or_else(|| {
                wrong("a letter from F to A+, such as C or B-").expecting(Letter::SCALE.iter().map(|(_, _, letter)| letter))
            }),
            Kind::Pattern(_) => Ok(Test::Failure(FailureTest::new(text, wildcards))),
            Kind::Since(_) | Kind::Before(_) => {
                moment::read(text, self.now, self.zone).map(Test::Moment).ok_or_else(|| wrong(moment::WRITTEN))
            }
            Kind::Flag(flags) => flags.iter().find(|flag| flag.name.eq_ignore_ascii_case(text)).map(Test::Flag).ok_or_else(|| {
                let names = flags.iter().map(|flag| flag.name);
                let guess = did_you_mean(text, names.clone());
                FilterError::at(raw.at, format!("`is:` does not know {}{guess}", shown(text))).expecting(names)
            }),
            // The caller reads these itself.
            Kind::Sort(_) | Kind::Limit => Err(wrong("no condition")),
        }
    }
}

fn unknown_field(at: usize, name: &str) -> FilterError {
    let names = FIELDS.iter().map(|field| field.name);
    let guess = did_you_mean(name, names.clone());
    let hint = if guess.is_empty() { "; put the text in quotes to search for it" } else { "" };
    FilterError::at(at, format!("no field is called {}{guess}{hint}", shown(name))).expecting(names)
}

fn missing_value(at: usize, field: &Field) -> FilterError {
    if field.name.is_empty() {
        FilterError::at(at, "a condition is expected here, such as agent:refund* or a word to search for")
    } else {
        FilterError::at(at, format!("a value is expected here, as in `{}`", field.example))
    }
}

/// Words that look like grammar of some other language are refused instead of being searched for: a filter also says what to delete.
fn refuse_lookalikes(raw: &Raw) -> Result<(), FilterError> {
    let word = raw.written.as_str();
    let message = if scan::is_foreign_operator(word) {
        "a space means and, `|` means or, `-` means not"
    } else if word.starts_with(['(', ')']) {
        "there are no parentheses"
    } else if word.starts_with(['<', '>', '=', ':', '!']) {
        "an operator stands right after its field, without a space"
    } else if word.contains("!=") {
        "there is no `!=`: write `-` before the field, as in -agent:checkout"
    } else {
        return Ok(());
    };
    Err(FilterError::at(raw.at, format!("{message}; put {} in quotes to search for it", shown(word))))
}
