//! Opening real files: ours, and everything that is not.

use std::{fs, path::Path, sync::Arc};

use super::fixture::{arrive, commit, feedback, piece, record, run, snapshot, telling_run};
use crate::{
    model::{
        failure::FailureCode,
        ids::Sequence,
        summary::{Insight, Summary},
    },
    store::{
        Change, Store, StoreError,
        redb::{RedbStore, StoreOptions, codec, rows, tables},
    },
};

fn open(path: &Path) -> Result<Arc<RedbStore>, StoreError> {
    RedbStore::open(path, StoreOptions::default())
}

fn refusal(path: &Path) -> StoreError {
    open(path).map(drop).unwrap_err()
}

fn failing(name: &str) -> Change {
    Change::Trace(Box::new(record(run(name, "a"), &name.repeat(2000), &[(FailureCode::ToolTimeout, "order 17 timed out", false)])))
}

#[test]
fn a_new_store_and_its_folders_are_the_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/er/traces.redb");
    let store = open(&path).unwrap();
    assert_eq!(snapshot(&*store).counts().unwrap().traces, 0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        assert_eq!(mode(path.parent().unwrap().parent().unwrap()), 0o700);
    }
}

#[test]
fn what_was_stored_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.redb");
    let store = open(&path).unwrap();
    commit(&*store, failing("t-1")).unwrap();
    let fingerprint = snapshot(&*store).patterns(1).unwrap()[0].fingerprint;
    store.close().unwrap();

    let store = open(&path).unwrap();
    assert_eq!((store.pulse().borrow().traces, store.pulse().borrow().last), (1, Some(Sequence(1))));
    commit(&*store, failing("t-2")).unwrap();
    let patterns = snapshot(&*store).patterns(9).unwrap();
    assert_eq!((patterns.len(), patterns[0].fingerprint, patterns[0].runs), (1, fingerprint, 2), "the miner remembers");
    let counts = snapshot(&*store).counts().unwrap();
    assert_eq!(counts.file_bytes, fs::metadata(&path).unwrap().len());
}

#[test]
fn a_store_that_is_open_elsewhere_is_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.redb");
    let first = open(&path).unwrap();
    assert!(matches!(refusal(&path), StoreError::InUse { .. }));
    drop(first);
    open(&path).unwrap();
}

#[test]
fn an_empty_file_becomes_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.redb");
    fs::write(&path, b"").unwrap();
    arrive(&*open(&path).unwrap(), record(run("t-1", "a"), "{}", &[]));
}

#[test]
fn what_is_not_a_store_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [("one-byte", b"x".to_vec()), ("text", b"# notes\n".repeat(1000)), ("zeroes", vec![0; 1 << 20])] {
        let path = folder.path().join(name);
        fs::write(&path, &content).unwrap();
        let error = refusal(&path);
        assert!(matches!(error, StoreError::NotAStore { .. }), "{name}: {error}");
        assert!(error.to_string().contains("--store"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), content, "{name}");
    }
    assert!(matches!(refusal(folder.path()), StoreError::Open { reason, .. } if reason.contains("folder")));
}

#[test]
fn a_database_of_another_program_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("theirs.redb");
    let database = redb::Database::create(&path).unwrap();
    let transaction = database.begin_write().unwrap();
    let table: redb::TableDefinition<'_, &str, &str> = redb::TableDefinition::new("settings");
    transaction.open_table(table).unwrap().insert("colour", "blue").unwrap();
    transaction.commit().unwrap();
    drop(database);
    assert!(matches!(refusal(&path), StoreError::NotAStore { reason, .. } if reason.contains("another program")));
}

#[test]
fn a_store_of_a_newer_program_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.redb");
    drop(open(&path).unwrap());
    let database = redb::Database::create(&path).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(tables::META).unwrap().insert(tables::SCHEMA, 99).unwrap();
    transaction.commit().unwrap();
    drop(database);
    assert!(matches!(refusal(&path), StoreError::NewerSchema { found: 99, .. }));
}

#[test]
fn a_truncated_store_is_refused_and_never_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.redb");
    let store = open(&path).unwrap();
    for n in 0..40 {
        commit(&*store, failing(&format!("t-{n}"))).unwrap();
    }
    store.close().unwrap();
    drop(store);
    let whole = fs::read(&path).unwrap();
    let cut = folder.path().join("cut.redb");
    for part in 0..24 {
        let len = 10 + (whole.len() - 10) * part / 24;
        fs::write(&cut, &whole[..len]).unwrap();
        let error = refusal(&cut);
        assert!(matches!(error, StoreError::NotAStore { .. } | StoreError::Open { .. }), "cut to {len}: {error}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_place_where_nothing_can_be_written_says_why() {
    let error = refusal(Path::new("/proc/arc-eval/traces.redb"));
    assert!(matches!(&error, StoreError::Open { path, .. } if path.starts_with("/proc")), "{error}");
    let error = refusal(Path::new("/dev/null"));
    assert!(matches!(&error, StoreError::Open { reason, .. } if reason.contains("regular file")), "{error}");
}

#[test]
fn a_row_from_before_runs_were_held_against_each_other_is_read() {
    let row = telling_run("old", "refund-bot", 7);
    let mut bytes = rows::encode(&row).unwrap();
    bytes.truncate(bytes.len() - postcard::to_allocvec(&row.insight).unwrap().len());
    bytes[0] = codec::ROW_WITHOUT_INSIGHT;
    assert_eq!(rows::decode(&bytes).unwrap(), Summary { insight: Insight::default(), ..row });
}

#[test]
fn a_store_from_before_runs_came_as_spans_is_led_to_this_version() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.redb");
    let store = open(&path).unwrap();
    let row = Summary { feedback: Some(feedback(false, 3)), ..telling_run("old", "refund-bot", 7) };
    assert!(row.session.is_some(), "it is to be found in its session");
    arrive(&*store, record(row, "{}", &[]));
    let row = snapshot(&*store).rows_before(None, 1).unwrap().remove(0);
    store.close().unwrap();

    // Made to be what the first program wrote: no tables for spans, votes, sessions and names, and the row without its insight at
    // the end and the byte of its progress before the last three fields.
    let database = redb::Database::open(&path).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.delete_table(tables::INBOX).unwrap();
    transaction.delete_table(tables::INBOX_RUNS).unwrap();
    transaction.delete_table(tables::NAMES).unwrap();
    transaction.delete_table(tables::NAMES_OF).unwrap();
    transaction.delete_table(tables::AGENT_VOTES).unwrap();
    transaction.delete_table(tables::SESSION_NUMBERS).unwrap();
    transaction.delete_table(tables::SESSIONS).unwrap();
    transaction.delete_table(tables::SESSION_TIMES).unwrap();
    transaction.delete_table(tables::SESSIONS_SEEN).unwrap();
    transaction.delete_table(tables::SESSION_AGENTS).unwrap();
    transaction.delete_table(tables::NAMED_RUNS).unwrap();
    transaction.delete_table(tables::REVISED).unwrap();
    let mut bytes = rows::encode(&row).unwrap();
    let length = |bytes: Vec<u8>| bytes.len();
    bytes.truncate(bytes.len() - length(postcard::to_allocvec(&row.insight).unwrap()));
    let tail = length(postcard::to_allocvec(&(&row.feedback, row.body_bytes, &row.rules)).unwrap());
    assert_eq!(bytes.remove(bytes.len() - tail - 1), 0);
    bytes[0] = codec::ROW_OF_WHOLE_RUN;
    transaction.open_table(tables::ROWS).unwrap().insert(row.sequence.0, bytes.as_slice()).unwrap();
    transaction.open_table(tables::META).unwrap().insert(tables::SCHEMA, 1).unwrap();
    transaction.commit().unwrap();
    drop(database);

    let store = open(&path).unwrap();
    assert_eq!(snapshot(&*store).rows_before(None, 2).unwrap(), std::slice::from_ref(&row));
    assert_eq!(snapshot(&*store).judged_rows("refund-bot", 9).unwrap(), [row], "what was judged before is found");
    commit(&*store, piece("new", "a span", 0)).unwrap();
    super::recount::check(&*store);
}
