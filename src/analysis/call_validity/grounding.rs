//! Whether a value comes from the request: as written, by its words, by what its numbers imply.

use super::{
    number,
    request::{Piece, Request, compact},
    word::{self, Stems},
};

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The request gives it.
    Given,
    /// The request gives more than half of it.
    Part,
    /// The request gives a half of it or less.
    Less,
    /// The request does not give it.
    Nowhere,
    /// It is a date that the request does not give.
    NoDate,
}

/// Where a text comes from.
pub(super) fn of_text(value: &str, request: &Request<'_>) -> Source {
    let short = compact(value);
    if short.is_empty() || request.sources().any(|source| holds(source, value, &short)) {
        return Source::Given;
    }
    if let Some(date) = date(value) {
        let placed = request.sources().any(|source| places(source, date));
        // A day is counted from another: where the instructions tell today's date, the request need not.
        return if placed || (request.relative_day && request.background.is_some()) { Source::Given } else { Source::NoDate };
    }
    let (mut all, mut missing) = (0_u32, 0_u32);
    for word in word::words(value) {
        let (stem, common) = word::stem_of(word);
        if !common {
            all += 1;
            missing += u32::from(!request.sources().any(|source| source.stems.has(stem) || shares_beginning(source, word)));
        }
    }
    for number in number::all(value) {
        all += 1;
        missing += u32::from(!request.sources().any(|source| source.implied.has(number.value)));
    }
    match missing {
        0 => Source::Given,
        _ if missing == all => Source::Nowhere,
        _ if missing * 2 >= all => Source::Less,
        _ => Source::Part,
    }
}

/// Where a number comes from.
pub(super) fn of_number(value: f64, request: &Request<'_>) -> Source {
    if request.sources().any(|source| source.implied.has(value)) { Source::Given } else { Source::Nowhere }
}

/// Whether the value stands in the request; one or two letters only as a word of their own.
fn holds(request: &Request<'_>, value: &str, short: &str) -> bool {
    if !request.compact.contains(short) {
        return false;
    }
    short.len() > 2
        || !value.bytes().all(|byte| byte.is_ascii_alphabetic())
        || request.pieces.iter().any(|piece| matches!(piece, Piece::Word { text, .. } if text.eq_ignore_ascii_case(value)))
}

/// Whether a word of five letters or more begins with the same four as a word of the request: *vegetarian* and *veggie* do not, *behavior*
/// and *behaviour* do.
fn shares_beginning(request: &Request<'_>, word: &str) -> bool {
    let Some(start) = word.as_bytes().get(..4).filter(|_| word.len() > 4) else { return false };
    let begins = |text: &str| text.as_bytes().get(..4).is_some_and(|head| head.eq_ignore_ascii_case(start));
    request.pieces.iter().any(|piece| matches!(piece, Piece::Word { text, .. } if begins(text)))
}

/// Month (from 1) and day of a text that begins like `2024-08-16`.
fn date(value: &str) -> Option<(usize, f64)> {
    let bytes = value.as_bytes();
    let shaped = bytes.len() >= 10
        && bytes[..10].iter().enumerate().all(|(at, byte)| if at == 4 || at == 7 { *byte == b'-' } else { byte.is_ascii_digit() });
    if !shaped {
        return None;
    }
    Some((value[5..7].parse().ok()?, value[8..10].parse().ok()?))
}

/// Whether a text gives a day of the year: by its numbers, by the month's name, by a day told near another.
fn places(request: &Request<'_>, (month, day): (usize, f64)) -> bool {
    let named = month.checked_sub(1).and_then(|month| request.months.get(month)).copied().unwrap_or(false);
    let near = |day: f64| (-2..=2).any(|days| request.writes(day + f64::from(days)));
    let day_given = request.writes(day) || (request.relative_day && near(day)) || (named && day == 1.0);
    day_given && (named || request.writes(month as f64))
}

/// Whether a description asks for a place the way `San Francisco, CA` is written.
pub(super) fn asks_for_place(description: &str) -> bool {
    let said = ["city and", "city, state", "City and", "City, State"].iter().any(|words| description.contains(words));
    said || description.as_bytes().windows(6).any(|part| {
        part[0].is_ascii_lowercase()
            && &part[1..3] == b", "
            && part[3..5].iter().all(u8::is_ascii_uppercase)
            && !part[5].is_ascii_alphabetic()
    })
}

/// Whether the request speaks of what a name is made of, words for switching left out.
pub(super) fn speaks_of(request: &Request<'_>, name: &Stems, left_out: &Stems) -> bool {
    name.iter().any(|stem| !left_out.has(stem) && request.sources().any(|source| source.stems.has(stem)))
}

/// Whether half and more of the telling words of a description are in the request, and three at least.
pub(super) fn speaks_mostly_of(request: &Request<'_>, description: &str) -> bool {
    let words = Stems::telling(description);
    let said = words.iter().filter(|stem| request.stems.has(*stem)).count();
    said >= 3 && said * 2 >= words.iter().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_the_request() {
        let request = Request::read("Book a table for two in San Diego on May 5, 2023 at 7:30 pm, behaviour: quiet, f(x) = 3x^2 + 2x");
        for given in ["San Diego", "2023-05-05", "3*x**2 + 2*x", "behavior", "7:30 PM", "19:30", "two"] {
            assert_eq!(of_text(given, &request), Source::Given, "{given}");
        }
        assert_eq!(of_text("Los Angeles", &request), Source::Nowhere);
        assert_eq!(of_text("San Diego Zoo", &request), Source::Part);
        assert_eq!(of_text("Table Mountain", &request), Source::Less);
        assert_eq!(of_text("2023-06-09", &request), Source::NoDate);
        assert_eq!((of_number(2.0, &request), of_number(41.0, &request)), (Source::Given, Source::Nowhere));
    }

    #[test]
    fn days_told_by_distance_need_a_day_to_count_from() {
        let told = |text| of_text("2023-05-04", &Request::read(text));
        assert_eq!(told("The air quality yesterday? Today is May 5, 2023"), Source::Given);
        assert_eq!(told("The air quality next Friday"), Source::NoDate);
    }

    #[test]
    fn one_or_two_letters_are_looked_for_as_words() {
        let request = Request::read("Translate Hello from English to French");
        assert_eq!(of_text("en", &request), Source::Nowhere);
        assert_eq!(of_text("EN", &Request::read("from EN to FR")), Source::Given);
    }

    #[test]
    fn places_are_completed_as_the_description_shows() {
        assert!(asks_for_place("The city and state, e.g. San Francisco, CA"));
        assert!(asks_for_place("Place, e.g. Austin, TX."));
        assert!(!asks_for_place("The city you want"));
    }
}
