//! Cutting a stream of JSON into traces: one object, an array of them, one on each line, or pretty-printed one after the other.
//!
//! Nothing is parsed here; brackets and quotes are counted, so that a trace that is not JSON inside spoils only itself. The same
//! cutter works over a body in memory and over a window that slides along a file.

use std::ops::Range;

use serde::de::IgnoredAny;

use super::{
    scan::{Found, Scan},
    text::BYTE_ORDER_MARK,
    transcript,
};

/// What the cutter came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// One trace; its bytes in the window, and the line it begins on, from 1. Not necessarily sound JSON.
    Item(Range<usize>, u64),
    /// The window ends before the trace does.
    More,
    /// All is cut.
    End,
    /// The stream ends inside an array.
    Unclosed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before anything at all.
    Start,
    /// Outside of arrays; a value or the end comes next.
    Between,
    /// Each line is one trace, whatever it holds.
    Lines,
    /// At the opening bracket, to see whether this is a batch of traces or one talk.
    ArrayStart,
    /// After the opening bracket: a trace or the end of the array.
    ArrayFirst,
    /// After a comma: a trace.
    ArrayNext,
    /// After a trace: a comma or the end of the array.
    ArrayAfter,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Cutter {
    place: Place,
    /// Where in the window the next item begins or is looked for.
    at: usize,
    /// The line of `at`.
    line: u64,
    /// How far the item that begins at `at` has been looked through.
    scan: Option<Scan>,
    /// The item that is being looked through is thrown away.
    discarding: bool,
    /// A trace on a line of its own has been seen: a broken one is then likely to be one too.
    one_line_seen: bool,
    /// An array has been seen.
    array_seen: bool,
}

impl Cutter {
    pub(super) fn new() -> Self {
        Self { place: Place::Start, at: 0, line: 1, scan: None, discarding: false, one_line_seen: false, array_seen: false }
    }

    /// Whether the stream is an array, or holds one.
    pub(super) fn is_array(&self) -> bool {
        self.array_seen
    }

    /// The next trace. `window` begins where the last [`Cutter::release`] left it; `last` says that nothing follows it.
    pub(super) fn next(&mut self, window: &[u8], last: bool) -> Cut {
        loop {
            let step = match self.place {
                Place::Start => self.start(window, last),
                Place::Between => self.between(window, last),
                Place::Lines => self.blank_then(window, last, Cut::End).or_else(|| self.item(window, last, Scan::line)),
                Place::ArrayStart => self.array_start(window, last),
                Place::ArrayFirst | Place::ArrayNext | Place::ArrayAfter => self.array(window, last),
            };
            match step {
                Some(Cut::Item(..)) if self.discarding => self.discarding = false,
                Some(cut) => return cut,
                None => {}
            }
        }
    }

    /// How many bytes at the front of the window are not needed any more. The caller takes them off before it goes on.
    pub(super) fn release(&mut self, window: &[u8]) -> usize {
        let scanned = if self.discarding { self.scan.as_mut().map_or(0, Scan::release) } else { 0 };
        self.line += newlines(&window[self.at..self.at + scanned]);
        std::mem::take(&mut self.at) + scanned
    }

    /// The line that has been come to.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Gives up the item that is being looked through, for it is too long; unless a line in it is a trace, for then its first
    /// line is only cut off. Returns whether an item was given up.
    pub(super) fn discard(&mut self, window: &[u8]) -> bool {
        if self.discarding {
            return false;
        }
        if matches!(self.place, Place::Start | Place::Between) && has_whole_line(&window[self.at..]) {
            self.lines();
            return false;
        }
        if self.place == Place::ArrayStart {
            self.enter_array();
            self.blank_then(window, false, Cut::More);
        }
        if self.place == Place::Between && self.scan.as_mut().is_some_and(|scan| scan.feed(&window[self.at..]) == Found::BrokenLine) {
            self.scan = Some(Scan::rest());
        }
        self.discarding = true;
        true
    }

    fn start(&mut self, window: &[u8], last: bool) -> Option<Cut> {
        if window.len() < BYTE_ORDER_MARK.len() && !last {
            return Some(Cut::More);
        }
        self.at = if window.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        self.place = Place::Between;
        None
    }

    /// Passes over blanks; what to answer when nothing else is left, `None` when something is.
    fn blank_then(&mut self, window: &[u8], last: bool, end: Cut) -> Option<Cut> {
        let rest = &window[self.at..];
        let blank = rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(rest.len());
        self.line += newlines(&rest[..blank]);
        self.at += blank;
        (self.at == window.len()).then_some(if last { end } else { Cut::More })
    }

    fn between(&mut self, window: &[u8], last: bool) -> Option<Cut> {
        if self.scan.is_none() {
            if let Some(cut) = self.blank_then(window, last, Cut::End) {
                return Some(cut);
            }
            if window[self.at] == b'[' {
                self.place = Place::ArrayStart;
                return None;
            }
        }
        let rest = &window[self.at..];
        let scan = self.scan.get_or_insert_with(Scan::value);
        let found = scan.feed(rest);
        let (next_line, scan_is_list) = (scan.seen(), scan.is_list());
        match found {
            Found::End(length) => match whole_with_tail(rest, length, last) {
                Some(length) => {
                    self.one_line_seen |= !rest[..length].contains(&b'\n');
                    self.take(window, length)
                }
                None => Some(Cut::More),
            },
            Found::BrokenLine if self.discarding => {
                self.discarding = false;
                self.line += newlines(&rest[..next_line]);
                self.at += next_line;
                self.lines()
            }
            Found::BrokenLine if self.one_line_seen => self.lines(),
            // One more byte tells whether another trace begins on the next line.
            Found::BrokenLine if rest.get(next_line) == Some(&b'{') => self.lines(),
            Found::More | Found::BrokenLine if !last => Some(Cut::More),
            Found::More | Found::BrokenLine if !self.discarding && !scan_is_list && (self.one_line_seen || has_whole_line(rest)) => {
                self.lines()
            }
            Found::More | Found::BrokenLine => self.take(window, rest.len()),
        }
    }

    /// From here on a line is a trace.
    fn lines(&mut self) -> Option<Cut> {
        self.place = Place::Lines;
        self.scan = None;
        None
    }

    /// A list whose first element is a chat message is one trace.
    fn array_start(&mut self, window: &[u8], last: bool) -> Option<Cut> {
        let inside = &window[self.at + 1..];
        let scan = self.scan.get_or_insert_with(Scan::element);
        let found = scan.feed(inside);
        match found {
            Found::End(length) if transcript::is_message(&inside[..length]) => {
                self.scan = Some(Scan::list());
                self.place = Place::Between;
            }
            Found::End(_) | Found::BrokenLine => self.enter_array(),
            Found::More if last => self.enter_array(),
            Found::More => return Some(Cut::More),
        }
        None
    }

    fn enter_array(&mut self) {
        self.at += 1;
        self.scan = None;
        self.array_seen = true;
        self.place = Place::ArrayFirst;
    }

    fn array(&mut self, window: &[u8], last: bool) -> Option<Cut> {
        if self.scan.is_none() {
            if let Some(cut) = self.blank_then(window, last, Cut::Unclosed) {
                return Some(cut);
            }
            match (window[self.at], self.place) {
                (b']', Place::ArrayFirst | Place::ArrayAfter) => self.place = Place::Between,
                (b',', Place::ArrayAfter) => self.place = Place::ArrayNext,
                _ => return self.element(window, last),
            }
            self.at += 1;
            return None;
        }
        self.element(window, last)
    }

    fn element(&mut self, window: &[u8], last: bool) -> Option<Cut> {
        let cut = self.item(window, last, Scan::element);
        if matches!(cut, Some(Cut::Item(..))) {
            self.place = Place::ArrayAfter;
        }
        // An array that is cut off has no last element: where it would end is not known.
        if last && self.at == window.len() && matches!(cut, Some(Cut::Item(..))) { Some(Cut::Unclosed) } else { cut }
    }

    /// The item that begins here and ends where `scan` says.
    fn item(&mut self, window: &[u8], last: bool, scan: fn() -> Scan) -> Option<Cut> {
        let rest = &window[self.at..];
        match self.scan.get_or_insert_with(scan).feed(rest) {
            Found::End(length) => self.take(window, length),
            Found::More | Found::BrokenLine if last => self.take(window, rest.len()),
            Found::More | Found::BrokenLine => Some(Cut::More),
        }
    }

    fn take(&mut self, window: &[u8], length: usize) -> Option<Cut> {
        let item = window[self.at..self.at + length].trim_ascii_end();
        let cut = Cut::Item(self.at..self.at + item.len(), self.line);
        self.line += newlines(&window[self.at..self.at + length]);
        self.at += length;
        self.scan = None;
        Some(cut)
    }
}

/// The length of a value with what stands behind it on its line and is not blank: that makes it broken.
/// `None` when the window ends before that is known.
fn whole_with_tail(rest: &[u8], length: usize, last: bool) -> Option<usize> {
    let tail = &rest[length..];
    match tail.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r')) {
        Some(b'\n') => Some(length),
        Some(_) => match tail.iter().position(|byte| *byte == b'\n') {
            Some(end) => Some(length + end),
            None => last.then_some(rest.len()),
        },
        None => last.then_some(length),
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// Whether a later line, not indented, is a whole object: then the first line is a broken trace, and not the beginning of a
/// pretty-printed one.
fn has_whole_line(rest: &[u8]) -> bool {
    rest.split(|byte| *byte == b'\n')
        .skip(1)
        .map(<[u8]>::trim_ascii_end)
        .any(|line| line.len() > 2 && line.starts_with(b"{") && line.ends_with(b"}") && serde_json::from_slice::<IgnoredAny>(line).is_ok())
}
