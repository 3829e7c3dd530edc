//! Finding where a JSON value ends by counting brackets and quotes, a window at a time.

/// What a look through the bytes found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// The value has this many bytes.
    End(usize),
    /// The bytes end before the value does.
    More,
    /// A line ends where none can end in JSON, so what began here is broken; [`Scan::seen`] is the start of the next line.
    BrokenLine,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Until {
    /// The bracket that closes the first one; lines are watched.
    Closed,
    /// The same, lines not watched.
    ListClosed,
    /// A comma or closing bracket that belongs to the array around.
    Comma,
    /// The end of the line.
    Newline,
    /// Nothing.
    Never,
}

/// A look through one value, from its first byte.
#[derive(Debug, Clone)]
pub(super) struct Scan {
    until: Until,
    seen: usize,
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// The last byte that was not blank, outside of strings.
    before: u8,
    line_starts: bool,
    /// Found already; it stays so.
    found: Option<Found>,
}

impl Scan {
    /// An object that begins here. Text that begins otherwise is broken from the start.
    pub(super) fn value() -> Self {
        Self::until(Until::Closed)
    }

    /// A list that begins here.
    pub(super) fn list() -> Self {
        Self::until(Until::ListClosed)
    }

    /// An element of an array.
    pub(super) fn element() -> Self {
        Self::until(Until::Comma)
    }

    /// A line.
    pub(super) fn line() -> Self {
        Self::until(Until::Newline)
    }

    /// All that comes.
    pub(super) fn rest() -> Self {
        Self::until(Until::Never)
    }

    fn until(until: Until) -> Self {
        Self { until, seen: 0, depth: 0, in_string: false, escaped: false, before: b' ', line_starts: false, found: None }
    }

    /// How many bytes have been looked through.
    pub(super) fn seen(&self) -> usize {
        self.seen
    }

    /// Whether it is a list that is looked through.
    pub(super) fn is_list(&self) -> bool {
        self.until == Until::ListClosed
    }

    /// Forgets the bytes looked through: the next call begins after them. Returns how many they were.
    pub(super) fn release(&mut self) -> usize {
        std::mem::take(&mut self.seen)
    }

    /// Goes on through `bytes`, which begin with the value.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Found {
        while self.found.is_none() && self.seen < bytes.len() {
            self.found = match self.until {
                Until::Newline => self.newline(bytes),
                Until::Never => {
                    self.seen = bytes.len();
                    None
                }
                _ if self.in_string => self.string(bytes),
                _ => self.structure(bytes[self.seen]),
            };
        }
        self.found.unwrap_or(Found::More)
    }

    fn newline(&mut self, bytes: &[u8]) -> Option<Found> {
        let end = bytes[self.seen..].iter().position(|byte| *byte == b'\n').map(|end| self.seen + end);
        self.seen = end.unwrap_or(bytes.len());
        end.map(Found::End)
    }

    /// To the end of the string, or of the bytes.
    fn string(&mut self, bytes: &[u8]) -> Option<Found> {
        if std::mem::take(&mut self.escaped) {
            self.seen += 1;
            return None;
        }
        let rest = &bytes[self.seen..];
        let Some(length) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | b'\n')) else {
            self.seen = bytes.len();
            return None;
        };
        self.seen += length + 1;
        match rest[length] {
            b'"' => self.in_string = false,
            b'\\' => self.escaped = true,
            // JSON strings do not go over lines.
            _ if self.until == Until::Closed => return Some(Found::BrokenLine),
            _ => {}
        }
        None
    }

    fn structure(&mut self, byte: u8) -> Option<Found> {
        let watched = self.until == Until::Closed;
        if watched && self.depth == 0 && byte != b'{' {
            return Some(Found::BrokenLine);
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => {
                // In JSON an object follows an opening bracket, a comma or a colon; here it follows something else over a line's end.
                if watched && self.line_starts && byte == b'{' && self.depth > 0 && !matches!(self.before, b'{' | b'[' | b',' | b':') {
                    return Some(Found::BrokenLine);
                }
                self.depth += 1;
            }
            b',' if self.until == Until::Comma && self.depth == 0 => return Some(Found::End(self.seen)),
            b'}' | b']' => {
                if self.until == Until::Comma && self.depth == 0 {
                    if byte == b']' {
                        return Some(Found::End(self.seen));
                    }
                } else {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 && self.until != Until::Comma {
                        self.seen += 1;
                        return Some(Found::End(self.seen));
                    }
                }
            }
            _ => {}
        }
        self.line_starts = byte == b'\n';
        if !byte.is_ascii_whitespace() {
            self.before = byte;
        }
        self.seen += 1;
        None
    }
}
