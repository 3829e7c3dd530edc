//! A series as one line of blocks.

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII: [char; 8] = ['_', '.', ',', '-', '~', '+', '*', '#'];

/// One block a value, lowest at `min` and highest at `max`; values outside are drawn at the nearest end, unknown ones as a gap. Without a
/// span (`min` not below `max`) every value is drawn at half height.
#[must_use]
pub fn blocks(values: &[Option<f64>], min: f64, max: f64) -> String {
    draw(values, min, max, &BLOCKS)
}

/// As [`blocks`], for terminals and readers that have only ASCII: `_.,-~+*#`.
#[must_use]
pub fn ascii(values: &[Option<f64>], min: f64, max: f64) -> String {
    draw(values, min, max, &ASCII)
}

fn draw(values: &[Option<f64>], min: f64, max: f64, levels: &[char; 8]) -> String {
    values.iter().map(|value| value.filter(|value| !value.is_nan()).map_or(' ', |value| levels[level(value, min, max)])).collect()
}

/// From 0 to 7: eighths of the span.
fn level(value: f64, min: f64, max: f64) -> usize {
    let span = max - min;
    // Also false for a span that is not a number.
    if !(span > 0.0 && span.is_finite()) {
        return 3;
    }
    (((value - min) / span * 8.0).clamp(0.0, 7.0)) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_rise_with_the_blocks_and_gaps_stay() {
        let values = [Some(0.0), Some(0.5), None, Some(1.0), Some(7.0), Some(-2.0), Some(f64::NAN)];
        assert_eq!(blocks(&values, 0.0, 1.0), "▁▅ ██▁ ");
        assert_eq!(ascii(&values, 0.0, 1.0), "_~ ##_ ");
        let steps: Vec<_> = (0..8).map(|step| Some(f64::from(step) / 8.0)).collect();
        assert_eq!(blocks(&steps, 0.0, 1.0), "▁▂▃▄▅▆▇█");
    }

    #[test]
    fn without_a_span_the_line_is_flat() {
        assert_eq!(blocks(&[Some(3.0), Some(3.0)], 3.0, 3.0), "▄▄");
        assert_eq!(blocks(&[Some(3.0)], f64::NAN, 1.0), "▄");
    }

    proptest! {
        #[test]
        fn one_column_a_value(values in proptest::collection::vec(any::<Option<f64>>(), 0..40), min in any::<f64>(), max in any::<f64>()) {
            prop_assert_eq!(blocks(&values, min, max).chars().count(), values.len());
            prop_assert_eq!(ascii(&values, min, max).chars().count(), values.len());
        }
    }
}
