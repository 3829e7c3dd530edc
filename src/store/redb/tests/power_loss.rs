//! The power goes at any moment: what was acknowledged is there, and every figure adds up.

use std::{collections::BTreeMap, sync::Arc};

use proptest::prelude::*;

use super::{
    disk::Disk,
    fixture::{id, piece, record, snapshot, telling_run},
    recount,
};
use crate::{
    model::failure::FailureCode,
    store::{Change, Committed, Store, redb::StoreOptions},
};

/// Submits arrivals, with a deletion of the one before the last acknowledged now and then, until the disk dies; returns what each
/// acknowledged trace must be: there or gone. A trace whose deletion was not acknowledged may be either, and is left out.
fn work_until_the_power_goes(store: &dyn Store) -> BTreeMap<String, bool> {
    let mut certain = BTreeMap::new();
    for round in 0_u64.. {
        let names: Vec<String> = (0..7).map(|n| format!("t-{round}-{n}")).collect();
        let failures = [(FailureCode::ToolTimeout, "order 17 timed out", round % 2 == 0)];
        let pending: Vec<_> = names
            .iter()
            .map(|name| {
                let body = format!("{{\"trace_id\":\"{name}\",\"text\":\"{}\"}}", "natural language ".repeat(round as usize % 400));
                let arrival = Change::Trace(Box::new(record(telling_run(name, "agent", round), &body, &failures)));
                (name.clone(), store.submit(arrival).unwrap())
            })
            .collect();
        let victim = (round % 3 == 2).then(|| format!("t-{}-0", round - 1));
        let deletion = victim.clone().map(|name| store.submit(Change::Delete(vec![id(&name)])).unwrap());
        let spans = format!("s-{round}");
        let received = store.submit(piece(&spans, "a span", 0)).unwrap();
        let mut alive = false;
        for (name, pending) in pending {
            if matches!(pending.blocking_recv().unwrap(), Ok(Committed::Trace { .. })) {
                certain.insert(name, true);
                alive = true;
            }
        }
        if matches!(received.blocking_recv().unwrap(), Ok(Committed::Spans)) {
            certain.insert(spans, true);
        }
        if let (Some(name), Some(deletion)) = (victim, deletion) {
            match deletion.blocking_recv().unwrap() {
                Ok(_) => drop(certain.insert(name, false)),
                Err(_) => drop(certain.remove(&name)),
            }
        }
        if !alive {
            break;
        }
    }
    certain
}

fn check_after_loss(operations: u64, survival: u64, quick_restart: bool) {
    let disk = Arc::new(Disk::default());
    let options = StoreOptions { cache_bytes: 1 << 20, quick_restart, ..StoreOptions::default() };
    let store = disk.store_with(&options).unwrap();
    disk.dies_after(operations);
    let certain = work_until_the_power_goes(&*store);
    drop(store);

    let mut state = survival;
    let after = disk.after_power_loss(|| {
        state = xxhash_rust::xxh3::xxh3_64_with_seed(&state.to_le_bytes(), survival);
        // From nothing to everything survives, and all between.
        state % 5 < survival % 6
    });
    let store = after.store_with(&options).unwrap();
    for (name, there) in certain {
        let view = snapshot(&*store);
        let waits = !view.pieces(&id(&name), usize::MAX).unwrap().is_empty();
        assert_eq!(waits || view.find(&id(&name)).unwrap().is_some(), there, "{name}");
    }
    recount::check(&*store);
    // And it goes on from there.
    let next = Change::Trace(Box::new(record(telling_run("next", "agent", 1), "{}", &[])));
    super::fixture::commit(&*store, next).unwrap();
    recount::check(&*store);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_was_acknowledged_survives(operations in 0_u64..1500, survival in any::<u64>(), quick_restart in any::<bool>()) {
        check_after_loss(operations, survival, quick_restart);
    }
}
