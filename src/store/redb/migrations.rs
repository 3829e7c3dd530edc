//! The schema's versions: how a store of an older one becomes one of this program's.

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition, TableError, TableHandle, WriteTransaction};

use super::{
    fault::Fault,
    named_runs::NamedRuns,
    names, rows,
    sessions::Sessions,
    sums::Sign,
    tables::{LIVE_BYTES, META, NEXT_SEQUENCE, SCHEMA, create_all},
};
use crate::store::StoreError;

/// Leads a store from one version to the next, in one transaction with the new version number.
pub(super) type Migration = fn(&WriteTransaction) -> Result<(), Fault>;

/// The steps so far: the first leads from version 1 to 2, and so on. A step opens tables by definitions of its own, so that it goes
/// on meaning the same when the tables of today have moved on.
pub(super) const MIGRATIONS: &[Migration] = &[add_the_inbox, index_the_votes, add_likenesses, add_sessions, note_revisions];

/// To version 2: tables for runs that come as spans. Rows are left as they are: both kinds can be read.
fn add_the_inbox(transaction: &WriteTransaction) -> Result<(), Fault> {
    transaction.open_table(TableDefinition::<u64, (&[u8], i64, &[u8])>::new("inbox"))?;
    transaction.open_table(TableDefinition::<(&[u8], u64), ()>::new("inbox_runs"))?;
    transaction.open_table(TableDefinition::<&[u8], &[u8]>::new("names"))?;
    transaction.open_table(TableDefinition::<(&[u8], &[u8]), ()>::new("names_of"))?;
    Ok(())
}

/// To version 3: an index of the runs people judged. What was judged before is read off the rows.
fn index_the_votes(transaction: &WriteTransaction) -> Result<(), Fault> {
    let mut votes = transaction.open_table(TableDefinition::<(u32, i64, u64), ()>::new("agent_votes"))?;
    let stored = transaction.open_table(TableDefinition::<u64, &[u8]>::new("rows"))?;
    let numbers = transaction.open_table(TableDefinition::<&[u8], u32>::new("agent_numbers"))?;
    for entry in stored.iter()? {
        let row = rows::decode(entry?.1.value())?;
        let judged = row.feedback.as_ref().filter(|feedback| feedback.decides().is_some());
        if let Some(feedback) = judged
            && let Some(agent) = numbers.get(&*names::name_key(&row.agent))?
        {
            votes.insert((agent.value(), feedback.at.micros(), row.sequence.0), ())?;
        }
    }
    Ok(())
}

/// To version 4: tables for comparing runs about the same subject. Runs that are stored already have nothing in them until they are judged
/// anew.
fn add_likenesses(transaction: &WriteTransaction) -> Result<(), Fault> {
    transaction.open_table(TableDefinition::<u64, &[u8]>::new("likenesses"))?;
    transaction.open_table(TableDefinition::<(u64, u64), ()>::new("subjects"))?;
    transaction.open_table(TableDefinition::<u64, u64>::new("unsettled_subjects"))?;
    Ok(())
}

/// Rows that are added up before they are written, in [`add_sessions`].
const ROWS_TOGETHER: usize = 4_096;

/// To version 5: sessions, and how many runs carry a name; both are figured from the rows, as they are for runs that come. Should a later
/// version keep them otherwise, it makes its own from the rows again.
fn add_sessions(transaction: &WriteTransaction) -> Result<(), Fault> {
    let mut sessions = Sessions::open(transaction)?;
    let mut named_runs = NamedRuns::open(transaction)?;
    let stored = transaction.open_table(TableDefinition::<u64, &[u8]>::new("rows"))?;
    let numbers = transaction.open_table(TableDefinition::<&[u8], u32>::new("agent_numbers"))?;
    let mut together = 0;
    for entry in stored.iter()? {
        let row = rows::decode(entry?.1.value())?;
        if let Some(agent) = numbers.get(&*names::name_key(&row.agent))? {
            sessions.merge(agent.value(), &row, Sign::Add)?;
        }
        named_runs.merge(&row, Sign::Add);
        together += 1;
        if together == ROWS_TOGETHER {
            sessions.flush()?;
            named_runs.flush()?;
            together = 0;
        }
    }
    sessions.flush()?;
    named_runs.flush()
}

/// To version 6: which rows were revised. What was revised before is asked for by nobody.
fn note_revisions(transaction: &WriteTransaction) -> Result<(), Fault> {
    transaction.open_table(TableDefinition::<u64, u64>::new("revised"))?;
    Ok(())
}

/// Makes an empty database a store, leads an older store to this program's version, and refuses anything else.
pub(super) fn prepare(database: &Database, path: &str, migrations: &[Migration]) -> Result<(), StoreError> {
    let unusable = |fault: Fault| StoreError::Open { path: path.to_owned(), reason: fault.to_string() };
    let foreign = |reason: &str| StoreError::NotAStore { path: path.to_owned(), reason: reason.to_owned() };
    let known = u32::try_from(migrations.len() + 1).unwrap_or(u32::MAX);
    match read_schema(database).map_err(unusable)? {
        Found::Empty => create(database, known).map_err(unusable),
        Found::Foreign => Err(foreign("it is a redb database of another program")),
        Found::Schema(found) if found > u64::from(known) => {
            Err(StoreError::NewerSchema { path: path.to_owned(), found: u32::try_from(found).unwrap_or(u32::MAX), known })
        }
        Found::Schema(0) => Err(foreign("its schema version is 0")),
        Found::Schema(found) => {
            for (version, migration) in (1_u64..).zip(migrations).filter(|(version, _)| *version >= found) {
                migrate(database, version + 1, *migration).map_err(unusable)?;
            }
            Ok(())
        }
    }
}

enum Found {
    Empty,
    Foreign,
    Schema(u64),
}

fn read_schema(database: &Database) -> Result<Found, Fault> {
    let transaction = database.begin_read()?;
    match transaction.open_table(META) {
        Ok(meta) => Ok(meta.get(SCHEMA)?.map_or(Found::Foreign, |guard| Found::Schema(guard.value()))),
        Err(TableError::Storage(error)) => Err(error.into()),
        // A store whose first start was cut short before its tables were there is still ours to make.
        Err(TableError::TableDoesNotExist(_)) if is_empty(&transaction)? => Ok(Found::Empty),
        Err(_) => Ok(Found::Foreign),
    }
}

fn is_empty(transaction: &redb::ReadTransaction) -> Result<bool, Fault> {
    let names: Vec<String> = transaction.list_tables()?.map(|table| table.name().to_owned()).collect();
    Ok(names.is_empty() && transaction.list_multimap_tables()?.next().is_none())
}

fn create(database: &Database, schema: u32) -> Result<(), Fault> {
    let mut transaction = database.begin_write()?;
    transaction.set_quick_repair(true);
    create_all(&transaction)?;
    {
        let mut meta = transaction.open_table(META)?;
        meta.insert(NEXT_SEQUENCE, 1)?;
        meta.insert(LIVE_BYTES, 0)?;
        meta.insert(SCHEMA, u64::from(schema))?;
    }
    Ok(transaction.commit()?)
}

fn migrate(database: &Database, to: u64, migration: Migration) -> Result<(), Fault> {
    let mut transaction = database.begin_write()?;
    transaction.set_quick_repair(true);
    migration(&transaction)?;
    transaction.open_table(META)?.insert(SCHEMA, to)?;
    Ok(transaction.commit()?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use redb::{ReadableTable, backends::InMemoryBackend};

    use super::*;

    const ADDED: TableDefinition<'_, u64, u64> = TableDefinition::new("added_by_a_migration");

    fn empty() -> Database {
        Database::builder().create_with_backend(InMemoryBackend::new()).unwrap()
    }

    fn schema(database: &Database) -> u64 {
        database.begin_read().unwrap().open_table(META).unwrap().get(SCHEMA).unwrap().unwrap().value()
    }

    fn add_one(transaction: &WriteTransaction) -> Result<(), Fault> {
        let mut table = transaction.open_table(ADDED)?;
        let value = table.get(1)?.map_or(0, |guard| guard.value());
        table.insert(1, value + 1)?;
        Ok(())
    }

    fn double(transaction: &WriteTransaction) -> Result<(), Fault> {
        let mut table = transaction.open_table(ADDED)?;
        let value = table.get(1)?.map_or(0, |guard| guard.value());
        table.insert(1, value * 2)?;
        Ok(())
    }

    fn fail(transaction: &WriteTransaction) -> Result<(), Fault> {
        transaction.open_table(ADDED)?.insert(1, 99)?;
        Err(Fault::Exhausted("patience"))
    }

    fn added(database: &Database) -> u64 {
        database.begin_read().unwrap().open_table(ADDED).unwrap().get(1).unwrap().unwrap().value()
    }

    #[test]
    fn leads_an_old_store_step_by_step_to_the_newest_version() {
        let database = empty();
        prepare(&database, "old", &[]).unwrap();
        assert_eq!(schema(&database), 1);
        prepare(&database, "old", &[add_one, double]).unwrap();
        assert_eq!((schema(&database), added(&database)), (3, 2));
        prepare(&database, "old", &[add_one, double]).unwrap();
        assert_eq!(added(&database), 2, "each step is taken once");
        prepare(&database, "old", &[add_one, double, double]).unwrap();
        assert_eq!((schema(&database), added(&database)), (4, 4));
    }

    #[test]
    fn a_step_that_fails_leaves_the_version_before_it() {
        let database = empty();
        prepare(&database, "old", &[]).unwrap();
        assert!(matches!(prepare(&database, "old", &[add_one, fail]), Err(StoreError::Open { .. })));
        assert_eq!((schema(&database), added(&database)), (2, 1));
    }

    #[test]
    fn refuses_a_newer_store_and_says_both_versions() {
        let database = empty();
        prepare(&database, "new.redb", &[add_one]).unwrap();
        let error = prepare(&database, "new.redb", &[]).unwrap_err();
        assert!(matches!(error, StoreError::NewerSchema { found: 2, known: 1, .. }), "{error}");
        assert!(error.to_string().contains("new.redb"));
    }

    #[test]
    fn refuses_a_database_of_another_program() {
        let database = empty();
        let transaction = database.begin_write().unwrap();
        transaction.open_table(ADDED).unwrap();
        transaction.commit().unwrap();
        let error = prepare(&database, "theirs.redb", MIGRATIONS).unwrap_err();
        assert!(matches!(&error, StoreError::NotAStore { reason, .. } if reason.contains("another program")), "{error}");
    }
}
