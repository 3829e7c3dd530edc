//! The user's Python: parsed without losing a byte, asked for its definitions, and edited in place.

pub(in crate::repair) mod definition;
pub(in crate::repair) mod draft;
mod edit;
pub(in crate::repair) mod function;
mod helper;
mod import_edits;
pub(in crate::repair) mod imports;
mod installed;
pub(in crate::repair) mod items;
mod module;
mod offered;
mod standard;
pub(in crate::repair) mod style;
pub(in crate::repair) mod walk;

pub use self::{
    definition::{Definition, DefinitionKind},
    edit::{Edit, apply},
    installed::Installed,
    module::{Module, SOURCE_MAX, SyntaxProblem},
};

#[cfg(test)]
mod tests;
