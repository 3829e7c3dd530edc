//! Many marks looked for in one pass: three bytes at a time against a table of bits, a comparison only where a bit is set.

/// Words of the table of 2^16 bits: few of the three-byte beginnings of a few hundred marks fall together in it.
const TABLE_WORDS: usize = 1 << 10;

/// Marks by their first three bytes.
#[derive(Debug)]
pub(super) struct Marks {
    bits: Box<[u64; TABLE_WORDS]>,
    /// Beginning, mark, what it stands for; sorted by the beginning.
    marks: Vec<(u32, &'static [u8], usize)>,
}

impl Marks {
    /// From marks of three bytes and more, each with a number of the caller's.
    pub(super) fn new(marks: impl IntoIterator<Item = (&'static str, usize)>) -> Self {
        let mut bits = Box::new([0_u64; TABLE_WORDS]);
        let mut sorted: Vec<_> = marks
            .into_iter()
            .filter_map(|(mark, number)| match *mark.as_bytes() {
                [first, second, third, ..] => Some((beginning(first, second, third), mark.as_bytes(), number)),
                _ => None,
            })
            .collect();
        sorted.sort();
        for (start, _, _) in &sorted {
            let place = place_of(*start);
            bits[place >> 6] |= 1 << (place & 63);
        }
        Self { bits, marks: sorted }
    }

    /// Calls `visit` with start, end and number of every mark in `bytes`, in order of their starts.
    pub(super) fn each(&self, bytes: &[u8], mut visit: impl FnMut(usize, usize, usize)) {
        let mut start = 0_u32;
        for (at, byte) in bytes.iter().enumerate() {
            start = (start << 8 | u32::from(*byte)) & 0x00FF_FFFF;
            let place = place_of(start);
            if self.bits[place >> 6] >> (place & 63) & 1 == 1 && at >= 2 {
                self.compare(bytes, at - 2, start, &mut visit);
            }
        }
    }

    #[cold]
    fn compare(&self, bytes: &[u8], at: usize, start: u32, visit: &mut impl FnMut(usize, usize, usize)) {
        let first = self.marks.partition_point(|mark| mark.0 < start);
        for (_, mark, number) in self.marks[first..].iter().take_while(|mark| mark.0 == start) {
            if bytes[at..].starts_with(mark) {
                visit(at, at + mark.len(), *number);
            }
        }
    }
}

fn beginning(first: u8, second: u8, third: u8) -> u32 {
    u32::from(first) << 16 | u32::from(second) << 8 | u32::from(third)
}

/// Fibonacci hashing.
fn place_of(start: u32) -> usize {
    usize::from((start.wrapping_mul(0x9E37_79B1) >> 16) as u16)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MARKS: [&str; 4] = ["abc", "abcd", "bcd", "zzz"];

    proptest! {
        #[test]
        fn all_marks_are_met_where_they_are(text in "[abcdz]{0,24}") {
            let marks = Marks::new(MARKS.into_iter().enumerate().map(|(number, mark)| (mark, number)));
            let mut met = Vec::new();
            marks.each(text.as_bytes(), |start, end, number| met.push((start, end, number)));
            met.sort_unstable();
            let mut there: Vec<_> = MARKS.iter().enumerate()
                .flat_map(|(number, mark)| (0..text.len()).filter(|at| text[*at..].starts_with(mark)).map(move |at| (at, at + mark.len(), number)).collect::<Vec<_>>())
                .collect();
            there.sort_unstable();
            prop_assert_eq!(met, there);
        }
    }
}
