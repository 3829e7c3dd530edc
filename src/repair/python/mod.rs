//! The user's Python: parsed without losing a byte, asked for its definitions, and edited in place.

mod definition;
mod edit;
mod installed;
mod module;

pub use self::{
    definition::{Definition, DefinitionKind},
    edit::{Edit, apply},
    installed::Installed,
    module::{Module, SOURCE_MAX, SyntaxProblem},
};
