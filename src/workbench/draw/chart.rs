//! A series as a chart of one line, in as many columns as there are: when they are too few, neighbours share one.

use std::{collections::BTreeSet, ops::Range};

use crate::{
    model::{agent::TrendPoint, money::Money, time::Timestamp},
    text::{human, sparkline},
    workbench::glyphs::{GlyphSet, Glyphs},
};

/// Stands before the block in which something changed.
pub const MARK: char = '|';

/// A chart, and what one of its blocks stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// The blocks, oldest first; a gap where nothing is known.
    pub blocks: String,
    /// Buckets behind one block.
    pub buckets: usize,
    /// The value of the highest block; `None` where nothing is known.
    pub highest: Option<f64>,
}

/// Success over time, on a scale from none to all.
#[must_use]
pub fn success(series: &[TrendPoint], columns: usize, glyphs: &Glyphs) -> Chart {
    let series = if columns == 0 { &[] } else { series };
    chart(series.len(), buckets(series.len(), columns), Some(1.0), glyphs, |range| {
        let points = series.get(range).unwrap_or_default();
        let known: f64 = points.iter().map(|point| f64::from(point.known)).sum();
        (known > 0.0).then(|| points.iter().map(|point| point.successes).sum::<f64>() / known)
    })
}

/// Money over time, on a scale from nothing to its highest: the sum of the buckets of a block. Where several buckets share a block
/// the oldest may have fewer than the others, so it is left out.
#[must_use]
pub fn money(series: &[Money], columns: usize, glyphs: &Glyphs) -> Chart {
    let each = buckets(series.len(), columns);
    let series = if columns == 0 { &[] } else { &series[series.len() % each..] };
    chart(series.len(), each, None, glyphs, |range| {
        let sum: Money = series.get(range).unwrap_or_default().iter().copied().sum();
        (sum > Money::ZERO).then(|| sum.usd())
    })
}

/// A chart of a series with a mark before the block in which each of these moments falls.
#[must_use]
pub fn marked(chart: &Chart, series: &[TrendPoint], moments: impl IntoIterator<Item = Timestamp>) -> String {
    let blocks = chart.blocks.chars().count();
    let places: BTreeSet<usize> = moments
        .into_iter()
        .filter_map(|moment| {
            let bucket = series.iter().rposition(|point| point.start <= moment)?;
            // Full blocks stand at the newest end.
            blocks.checked_sub(1 + (series.len() - 1 - bucket) / chart.buckets)
        })
        .collect();
    let mut marked = String::new();
    for (place, block) in chart.blocks.chars().enumerate() {
        if places.contains(&place) {
            marked.push(MARK);
        }
        marked.push(block);
    }
    marked
}

/// How long a block is, in words: `6 h`; `None` for a series too short to tell.
#[must_use]
pub fn block_length(series: &[TrendPoint], buckets: usize) -> Option<String> {
    let [first, second, ..] = series else { return None };
    let micros = u64::try_from(second.start.micros().checked_sub(first.start.micros())?).ok()?;
    Some(human::duration(micros.checked_mul(u64::try_from(buckets).ok()?)?))
}

/// Buckets behind one block, at least one.
const fn buckets(len: usize, columns: usize) -> usize {
    let columns = if columns == 0 { 1 } else { columns };
    if len <= columns { 1 } else { len.div_ceil(columns) }
}

fn chart(len: usize, each: usize, scale: Option<f64>, glyphs: &Glyphs, value: impl Fn(Range<usize>) -> Option<f64>) -> Chart {
    // Full blocks at the newest end.
    let mut values: Vec<Option<f64>> =
        (0..len.div_ceil(each)).map(|back| len - back * each).map(|end| value(end.saturating_sub(each)..end)).collect();
    values.reverse();
    let highest =
        values.iter().flatten().copied().fold(None, |highest: Option<f64>, value| Some(highest.map_or(value, |old| old.max(value))));
    let top = scale.or(highest).unwrap_or(1.0);
    let draw = if glyphs.set == GlyphSet::Ascii { sparkline::ascii } else { sparkline::blocks };
    Chart { blocks: draw(&values, 0.0, top), buckets: each, highest }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn point(hour: i64, known: u32, successes: f64) -> TrendPoint {
        let start = Timestamp::from_micros(hour * 3_600_000_000);
        TrendPoint { start, known, runs: known, successes, cost: Money::ZERO, unpriced: 0 }
    }

    #[test]
    fn buckets_share_a_block_by_their_runs_not_by_their_means() {
        let series = [point(0, 1, 0.0), point(1, 9, 9.0), point(2, 0, 0.0), point(3, 0, 0.0), point(4, 2, 1.0), point(5, 2, 1.0)];
        let chart = success(&series, 3, &Glyphs::default());
        assert_eq!((chart.blocks.as_str(), chart.buckets), ("█ ▅", 2));
        assert_eq!(block_length(&series, chart.buckets).as_deref(), Some("2 h"));
        assert_eq!(success(&series, 6, &Glyphs::default()).blocks, "▁█  ▅▅");
    }

    #[test]
    fn a_change_is_marked_before_its_block() {
        let series: Vec<TrendPoint> = (0..7).map(|hour| point(hour, 2, if hour < 4 { 2.0 } else { 0.0 })).collect();
        let at = |hour: i64| Timestamp::from_micros(hour * 3_600_000_000 + 5);
        let each = success(&series, 9, &Glyphs::default());
        assert_eq!(marked(&each, &series, [at(4)]), "████|▁▁▁");
        let shared = success(&series, 3, &Glyphs::default());
        assert_eq!((shared.blocks.as_str(), shared.buckets), ("██▁", 3));
        assert_eq!(marked(&shared, &series, [at(4), at(5)]), "██|▁", "the newest block holds hours 4 to 6");
        assert_eq!(marked(&shared, &series, [at(-9)]), "██▁", "before the chart begins there is nothing to mark");
        assert_eq!(marked(&success(&[], 3, &Glyphs::default()), &[], [at(1)]), "");
    }

    #[test]
    fn money_stands_on_nothing_and_blocks_hold_the_same_number_of_buckets() {
        let series = [900, 100, 300, 0, 0, 200, 200].map(Money::from_pico);
        let chart = money(&series, 3, &Glyphs::default());
        assert_eq!((chart.blocks.as_str(), chart.buckets), ("██", 3), "the oldest bucket would stand alone and look low");
        assert_eq!(money(&series[1..], 3, &Glyphs::default()).blocks, "█ █");
    }

    #[test]
    fn without_anything_known_nothing_is_drawn() {
        assert_eq!(money(&[Money::ZERO; 3], 9, &Glyphs::default()), Chart { blocks: "   ".to_owned(), buckets: 1, highest: None });
        assert_eq!(success(&[], 9, &Glyphs::default()).blocks, "");
    }

    proptest! {
        #[test]
        fn a_chart_is_never_wider_than_asked(amounts in proptest::collection::vec(any::<i64>(), 0..60), columns in 0usize..40) {
            let series: Vec<Money> = amounts.iter().map(|amount| Money::from_pico(i128::from(*amount))).collect();
            let points: Vec<TrendPoint> = (0..amounts.len()).map(|hour| point(hour as i64, 1, 1.0)).collect();
            let glyphs = Glyphs::default();
            prop_assert!(money(&series, columns, &glyphs).blocks.chars().count() <= columns);
            prop_assert!(success(&points, columns, &glyphs).blocks.chars().count() <= columns);
        }
    }
}
