//! Short numbers for the names of agents and models, so that keys stay small and of fixed width.

use std::{borrow::Cow, collections::HashMap};

use redb::{ReadTransaction, ReadableTable, ReadableTableMetadata, Table, TableDefinition, WriteTransaction};
use xxhash_rust::xxh3::xxh3_128;

use super::fault::Fault;

/// Longest name that is its own key; a longer one is cut and carries a hash of the whole.
const PLAIN_KEY_BYTES: usize = 255;
/// Where a longer name is cut.
const CUT_KEY_BYTES: usize = 200;
/// Stands between a cut name and its hash. No text contains this byte, so a cut key never equals a plain one.
const CUT_MARK: u8 = 0xff;

/// The key a name is looked up by: bounded, whatever the sender calls its agent.
pub(super) fn name_key(name: &str) -> Cow<'_, [u8]> {
    bounded(name.as_bytes())
}

/// The same of bytes that are not text, or more than it. They do not hold [`CUT_MARK`].
pub(super) fn bounded(bytes: &[u8]) -> Cow<'_, [u8]> {
    if bytes.len() <= PLAIN_KEY_BYTES {
        return Cow::Borrowed(bytes);
    }
    let mut key = bytes[..CUT_KEY_BYTES].to_vec();
    key.push(CUT_MARK);
    key.extend_from_slice(&xxh3_128(bytes).to_be_bytes());
    Cow::Owned(key)
}

/// Name key → number.
pub(super) type Numbers = TableDefinition<'static, &'static [u8], u32>;
/// Number → name.
pub(super) type Names = TableDefinition<'static, u32, &'static str>;

/// The names of one kind, while a group is written.
pub(super) struct Dictionary<'txn> {
    kind: &'static str,
    numbers: Table<'txn, &'static [u8], u32>,
    names: Table<'txn, u32, &'static str>,
    known: HashMap<String, u32>,
}

impl<'txn> Dictionary<'txn> {
    /// Opens both tables; `kind` is what a name is called in a message.
    pub(super) fn open(transaction: &'txn WriteTransaction, kind: &'static str, numbers: Numbers, names: Names) -> Result<Self, Fault> {
        Ok(Self { kind, numbers: transaction.open_table(numbers)?, names: transaction.open_table(names)?, known: HashMap::new() })
    }

    /// The number of a name; a new name gets the next one.
    pub(super) fn number(&mut self, name: &str) -> Result<u32, Fault> {
        if let Some(number) = self.known.get(name) {
            return Ok(*number);
        }
        let key = name_key(name);
        let found = self.numbers.get(key.as_ref())?.map(|guard| guard.value());
        let number = match found {
            Some(number) => number,
            None => {
                // Names are never taken out, so the count is the next free number.
                let next = u32::try_from(self.names.len()?).map_err(|_| Fault::Exhausted(self.kind))?;
                self.numbers.insert(key.as_ref(), next)?;
                self.names.insert(next, name)?;
                next
            }
        };
        self.known.insert(name.to_owned(), number);
        Ok(number)
    }
}

/// The number of a name, if it has one.
pub(super) fn number_of(transaction: &ReadTransaction, numbers: Numbers, name: &str) -> Result<Option<u32>, Fault> {
    Ok(transaction.open_table(numbers)?.get(name_key(name).as_ref())?.map(|guard| guard.value()))
}

/// Names by number, each looked up once.
pub(super) struct NameCache {
    names: redb::ReadOnlyTable<u32, &'static str>,
    known: HashMap<u32, String>,
}

impl NameCache {
    /// Opens the table.
    pub(super) fn open(transaction: &ReadTransaction, names: Names) -> Result<Self, Fault> {
        Ok(Self { names: transaction.open_table(names)?, known: HashMap::new() })
    }

    /// The name of a number.
    pub(super) fn name(&mut self, number: u32) -> Result<String, Fault> {
        if let Some(name) = self.known.get(&number) {
            return Ok(name.clone());
        }
        let found = self.names.get(number)?.map(|guard| guard.value().to_owned());
        let name = found.ok_or_else(|| Fault::Damaged { what: "a name", reason: format!("number {number} is missing") })?;
        self.known.insert(number, name.clone());
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn keys_are_bounded_and_tell_long_names_apart() {
        let long = "é".repeat(5_000);
        let other = format!("{long}!");
        assert!(name_key(&long).len() <= PLAIN_KEY_BYTES);
        assert_ne!(name_key(&long), name_key(&other));
        assert_eq!(name_key("refund-bot").as_ref(), b"refund-bot");
        assert_eq!(name_key(&"x".repeat(PLAIN_KEY_BYTES)).len(), PLAIN_KEY_BYTES);
    }
}
