//! One Python file, parsed.

use super::Definition;

/// Largest source that is parsed, in bytes.
pub const SOURCE_MAX: usize = 2 << 20;

/// Why a source cannot be parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {says}")]
pub struct SyntaxProblem {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// What is wrong, and what to do.
    pub says: String,
}

/// A parsed Python file. Its text is kept as the user has it: byte order mark, line ends, tabs and all.
#[derive(Debug, Clone)]
pub struct Module {
    text: String,
    tree: tree_sitter::Tree,
    definitions: Vec<Definition>,
}

impl Module {
    /// Reads a source.
    ///
    /// # Errors
    /// A [`SyntaxProblem`] where it is not Python 3, too large, or nested too deeply.
    pub fn parse(text: &str) -> Result<Self, SyntaxProblem> {
        let problem = |says: &str| SyntaxProblem { line: 1, column: 1, says: says.to_owned() };
        if text.len() > SOURCE_MAX {
            return Err(problem("the file is larger than 2 MB, which no module written by hand is; it is left alone"));
        }
        let mut parser = tree_sitter::Parser::new();
        parser.set_language(&tree_sitter_python::LANGUAGE.into()).map_err(|error| problem(&error.to_string()))?;
        let tree = parser.parse(text, None).ok_or_else(|| problem("the file could not be parsed"))?;
        Ok(Self { text: text.to_owned(), tree, definitions: Vec::new() })
    }

    /// What it defines, in the order of the text.
    #[must_use]
    pub fn definitions(&self) -> &[Definition] {
        &self.definitions
    }

    /// Its text, as it was given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The root of its tree.
    pub(in crate::repair) fn root(&self) -> tree_sitter::Node<'_> {
        self.tree.root_node()
    }
}
