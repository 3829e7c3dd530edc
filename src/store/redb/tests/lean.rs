//! A row read where it lies says what the whole row says, for each field a filter can ask for.

use proptest::prelude::*;

use super::fixture::telling_run;
use crate::{
    model::{
        facets::Facets,
        failure::{FailureCode, Severity},
        ids::Fingerprint,
        progress::Progress,
        summary::{FailureMark, Insight, Summary},
    },
    store::redb::{codec, lean_row::LeanRow, rows},
};

/// Everything that can be asked of a row.
fn all(row: &dyn Facets) -> String {
    let mut lists = Vec::new();
    assert!(!row.any_failure(&mut |mark| {
        lists.push(format!("{mark:?}"));
        false
    }));
    assert!(!row.any_tool(&mut |tool| {
        lists.push(tool.to_owned());
        false
    }));
    assert!(!row.any_model(&mut |model| {
        lists.push(model.to_owned());
        false
    }));
    let names = (row.sequence(), row.trace_id(), row.time(), row.agent(), row.session(), row.project(), row.domain(), row.framework());
    let figures = (row.steps(), row.took(), row.usage(), row.cost(), row.outcome(), row.probability());
    let others = (row.error(), row.leaks(), row.is_incomplete(), row.progress(), row.feedback(), row.insight(), row.is_doubtful());
    format!("{names:?} {figures:?} {lists:?} {others:?}")
}

fn row(seed: u64, error: Option<String>) -> Summary {
    let mark = FailureMark {
        code: FailureCode::ToolTimeout,
        severity: Severity::High,
        recovered: seed.is_multiple_of(2),
        step: None,
        fingerprint: Some(Fingerprint(seed)),
    };
    Summary {
        error,
        failures: vec![mark; (seed % 3) as usize],
        leaks: (seed % 7) as u32,
        incomplete: seed.is_multiple_of(5),
        progress: Progress::Whole,
        insight: Insight { peers: 3, ..Insight::default() },
        ..telling_run("t-1", "größe", seed)
    }
}

proptest! {
    #[test]
    fn it_says_what_the_whole_row_says(seed in any::<u64>(), error in prop::option::of("\\PC{0,20}")) {
        let whole = row(seed, error);
        let bytes = rows::encode(&whole).unwrap();
        let lean = LeanRow::read(&bytes).unwrap().unwrap();
        prop_assert_eq!(all(&lean), all(&whole));
        prop_assert!(lean.any_model(&mut |_| true) != whole.models.is_empty());
        lean.check().unwrap();
    }

    /// However it is cut or changed, it is read or refused, and what was asked of a refused one says so afterwards.
    #[test]
    fn damage_is_noticed_and_never_a_crash(seed in any::<u64>(), cut in 0.0..1.0_f64, byte in any::<u8>()) {
        let mut bytes = rows::encode(&row(seed, Some("an error".to_owned()))).unwrap();
        let at = 1 + ((bytes.len() - 1) as f64 * cut) as usize;
        if let Ok(Some(lean)) = LeanRow::read(&bytes[..at]) {
            let _ = all(&lean);
            prop_assert!(lean.check().is_err(), "it is cut to {} of {} bytes", at, bytes.len());
        }
        let last = bytes.len() - 1;
        bytes[at.min(last)] = byte;
        if let Ok(Some(lean)) = LeanRow::read(&bytes) {
            let _ = all(&lean);
            // It goes over what it is not asked for without a look.
            prop_assert!(lean.check().is_ok() || rows::decode(&bytes).is_err());
        }
    }
}

#[test]
fn the_version_before_is_read_and_the_first_is_left_to_be_decoded_whole() {
    let whole = row(4, None);
    let mut bytes = rows::encode(&whole).unwrap();
    bytes.truncate(bytes.len() - postcard::to_allocvec(&whole.insight).unwrap().len());
    bytes[0] = codec::ROW_WITHOUT_INSIGHT;
    let lean = LeanRow::read(&bytes).unwrap().unwrap();
    assert_eq!(all(&lean), all(&Summary { insight: Insight::default(), ..whole }));
    bytes[0] = codec::ROW_OF_WHOLE_RUN;
    assert!(LeanRow::read(&bytes).unwrap().is_none());
}
