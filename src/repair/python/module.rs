//! One Python file, parsed.

use std::{
    ops::ControlFlow,
    time::{Duration, Instant},
};

use tree_sitter::{Node, ParseOptions, ParseState, Parser, Tree};

use super::{Definition, definition, walk::descendants};

/// Largest source that is parsed, in bytes.
pub const SOURCE_MAX: usize = 2 << 20;

/// Deepest nesting of the tree. Python's own compiler gives up far earlier on blocks and brackets; only long chains of operators come near.
const DEPTH_MAX: usize = 3_000;

/// Longest time a source may take. A module of 1 MB takes a tenth of it; what takes longer is made to.
const PARSE_TIME: Duration = Duration::from_secs(5);

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
    tree: Tree,
    definitions: Vec<Definition>,
}

impl Module {
    /// Reads a source.
    ///
    /// # Errors
    /// A [`SyntaxProblem`] where it is not Python 3, too large, or nested too deeply.
    pub fn parse(text: &str) -> Result<Self, SyntaxProblem> {
        if text.len() > SOURCE_MAX {
            return Err(problem(text, 0, "the file is larger than 2 MB, which no module written by hand is; it is left alone"));
        }
        if let Some(at) = text.find('\0') {
            return Err(problem(text, at, "there is a null byte, which Python does not read; is this a Python file?"));
        }
        if let Some(at) = lone_return(text) {
            return Err(problem(text, at, "a line ends in a carriage return alone; save the file with one kind of line end, LF or CRLF"));
        }
        let tree = tree(text)?;
        check(text, tree.root_node())?;
        let mut module = Self { text: text.to_owned(), tree, definitions: Vec::new() };
        module.definitions = definition::all(&module);
        Ok(module)
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
    pub(in crate::repair) fn root(&self) -> Node<'_> {
        self.tree.root_node()
    }

    /// The source of a node.
    pub(in crate::repair) fn source(&self, node: Node<'_>) -> &str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// The node of a definition: its `def`, `class` or assignment, without decorators.
    pub(in crate::repair) fn node_of(&self, place: &Definition) -> Option<Node<'_>> {
        let found = self.root().descendant_for_byte_range(place.range.start, place.range.end)?;
        let found = if found.kind() == "decorated_definition" { found.child_by_field_name("definition")? } else { found };
        matches!(found.kind(), "function_definition" | "class_definition" | "assignment").then_some(found)
    }
}

fn lone_return(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'\r', bytes).find(|at| bytes.get(at + 1) != Some(&b'\n'))
}

fn tree(text: &str) -> Result<Tree, SyntaxProblem> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_python::LANGUAGE.into()).map_err(|error| problem(text, 0, &error.to_string()))?;
    let until = Instant::now() + PARSE_TIME;
    let mut in_time = |_: &ParseState| if Instant::now() < until { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
    let bytes = text.as_bytes();
    let mut read = |at: usize, _| bytes.get(at..).unwrap_or_default();
    parser
        .parse_with_options(&mut read, None, Some(ParseOptions::new().progress_callback(&mut in_time)))
        .ok_or_else(|| problem(text, 0, "the file takes too long to parse; it is left alone"))
}

/// Whether the tree is that of a Python 3 module, all of it.
fn check(text: &str, root: Node<'_>) -> Result<(), SyntaxProblem> {
    let mut cursor = root.walk();
    let mut depth = 0_usize;
    'nodes: loop {
        let node = cursor.node();
        if depth > DEPTH_MAX {
            return Err(problem(text, node.start_byte(), "the code is nested too deeply here; it is left alone"));
        }
        if node.is_missing() {
            let says = format!("`{}` is missing here; the file does not parse", node.kind());
            return Err(problem(text, node.start_byte(), &says));
        }
        if node.is_error() {
            let at = first_unread(node);
            return Err(problem(text, at, &format!("invalid syntax near `{}`", near(text, at))));
        }
        if matches!(node.kind(), "print_statement" | "exec_statement") {
            return Err(problem(text, node.start_byte(), "this is Python 2; only Python 3 is edited"));
        }
        // Below here something is wrong or too deep only where the node says so, or where there is depth left to go.
        if cursor.goto_first_child() {
            depth += 1;
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                break 'nodes;
            }
            depth -= 1;
        }
    }
    Ok(())
}

/// Where in an error node the first token is that could not be read.
fn first_unread(error: Node<'_>) -> usize {
    descendants(error).skip(1).find(Node::is_error).map_or(error.start_byte(), |inner| inner.start_byte())
}

fn near(text: &str, at: usize) -> String {
    let rest = text.get(at..).unwrap_or_default().trim_start();
    let word: String = rest.chars().take_while(|c| !matches!(c, '\n' | '\r')).take(24).collect();
    if word.is_empty() { "the end of the file".to_owned() } else { word }
}

fn problem(text: &str, at: usize, says: &str) -> SyntaxProblem {
    let before = text.get(..at).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    SyntaxProblem {
        line: number(before.matches('\n').count() + 1),
        column: number(before[start..].chars().filter(|c| *c != '\u{feff}').count() + 1),
        says: says.to_owned(),
    }
}
