//! Reads the outline of a Python file: what it imports, and where its functions, classes and names are made. Not a parser: it knows
//! strings, brackets, comments and indentation, which is what an outline rests on.

/// A statement: its first and last line, from 1, how far it is set in, and its text without comments and with strings emptied.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Statement {
    first: u32,
    last: u32,
    indent: usize,
    text: String,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefinitionKind {
    /// `def` or `async def`, at the top or in a class.
    Function,
    /// `class`.
    Class,
    /// An assignment: an agent object, mostly.
    Variable,
}

/// Where a name is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its name; of a method `Class.method`.
    pub name: String,
    /// What it is.
    pub kind: DefinitionKind,
    /// Its first line, from 1.
    pub first: u32,
    /// Its last line, the body included.
    pub last: u32,
}

/// The outline of a Python file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PythonSource {
    /// Modules imported anywhere in it, by their full names, in order.
    pub modules: Vec<String>,
    /// What is made at its top level, and the methods of its classes, in order.
    pub definitions: Vec<Definition>,
}

impl PythonSource {
    /// Reads a file's text.
    #[must_use]
    pub fn read(source: &str) -> Self {
        let statements = statements(source);
        let mut outline = Self::default();
        // Classes that are open at a statement: (indent, name).
        let mut within: Vec<(usize, String, bool)> = Vec::new();
        for (place, statement) in statements.iter().enumerate() {
            within.retain(|(indent, ..)| *indent < statement.indent);
            outline.modules.extend(modules(&statement.text));
            let Some((kind, name)) = made(&statement.text) else { continue };
            let last = match kind {
                DefinitionKind::Variable => statement.last,
                _ => body_end(&statements, place),
            };
            let method_of = match within.last() {
                None => None,
                Some((_, class, true)) if kind == DefinitionKind::Function => Some(class.clone()),
                // What is made inside a function or by a class is nothing that can be wrapped from outside.
                Some(_) => continue,
            };
            if kind != DefinitionKind::Variable {
                within.push((statement.indent, name.clone(), kind == DefinitionKind::Class));
            } else if statement.indent > 0 {
                continue;
            }
            let name = method_of.map_or(name.clone(), |class| format!("{class}.{name}"));
            outline.definitions.push(Definition { name, kind, first: statement.first, last });
        }
        outline
    }

    /// The last definition of a name: the one that counts when the module has run.
    #[must_use]
    pub fn definition(&self, name: &str) -> Option<&Definition> {
        self.definitions.iter().rfind(|definition| definition.name == name)
    }
}

/// The last line of a block that begins at a statement.
fn body_end(statements: &[Statement], place: usize) -> u32 {
    let (head, rest) = (&statements[place], &statements[place + 1..]);
    rest.iter().take_while(|statement| statement.indent > head.indent).last().unwrap_or(head).last
}

/// What a statement makes.
fn made(text: &str) -> Option<(DefinitionKind, String)> {
    let text = text.strip_prefix("async ").map_or(text, str::trim_start);
    for (word, kind) in [("def ", DefinitionKind::Function), ("class ", DefinitionKind::Class)] {
        if let Some(rest) = text.strip_prefix(word) {
            return Some((kind, identifier(rest.trim_start())?.to_owned()));
        }
    }
    let name = identifier(text)?;
    let rest = text[name.len()..].trim_start();
    // `agent = …` and `agent: Agent = …`, not `agent == …` or `agent += …`.
    let assigned = match rest.strip_prefix(':') {
        Some(annotated) => annotated.contains('='),
        None => rest.strip_prefix('=').is_some_and(|value| !value.starts_with('=')),
    };
    (assigned && !KEYWORDS.contains(&name)).then(|| (DefinitionKind::Variable, name.to_owned()))
}

/// Words that a colon may follow and that are no names.
const KEYWORDS: [&str; 8] = ["if", "else", "elif", "try", "finally", "while", "with", "lambda"];

fn identifier(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    let name = &text[..end];
    name.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_').then_some(name)
}

/// The modules an import statement names.
fn modules(text: &str) -> Vec<String> {
    if let Some(rest) = text.strip_prefix("from ") {
        return rest.split_whitespace().next().map(str::to_owned).filter(|name| !name.starts_with('.')).into_iter().collect();
    }
    let Some(rest) = text.strip_prefix("import ") else { return Vec::new() };
    rest.split(',').filter_map(|part| part.split_whitespace().next()).map(str::to_owned).collect()
}

/// Cuts a text into statements.
fn statements(source: &str) -> Vec<Statement> {
    let mut found = Vec::new();
    let mut reader = Reader::default();
    let mut open: Option<Statement> = None;
    for (number, line) in (1_u32..).zip(source.lines()) {
        let goes_on = reader.goes_on();
        let code = reader.line(line);
        let text = code.trim();
        match &mut open {
            Some(statement) if goes_on => {
                statement.text.push_str(text);
                statement.last = number;
            }
            _ => {
                found.extend(open.take());
                if !text.is_empty() {
                    let indent = line.len() - line.trim_start().len();
                    open = Some(Statement { first: number, last: number, indent, text: text.to_owned() });
                }
            }
        }
    }
    found.extend(open);
    found
}

/// Where in the grammar of lines the reading is: inside brackets, inside a long string, after a backslash.
#[derive(Debug, Default)]
struct Reader {
    brackets: usize,
    long: Option<&'static str>,
    joined: bool,
}

impl Reader {
    fn goes_on(&self) -> bool {
        self.brackets > 0 || self.long.is_some() || self.joined
    }

    /// The code of a line, without comments and what stands in strings.
    fn line(&mut self, line: &str) -> String {
        self.joined = false;
        let mut code = String::new();
        let mut rest = line;
        while !rest.is_empty() {
            if let Some(quotes) = self.long {
                let Some(end) = unescaped(rest, quotes) else { return code };
                rest = &rest[end + quotes.len()..];
                code.push_str(quotes);
                self.long = None;
                continue;
            }
            if let Some(quotes) = ["\"\"\"", "'''"].into_iter().find(|quotes| rest.starts_with(quotes)) {
                code.push_str(quotes);
                rest = &rest[quotes.len()..];
                self.long = Some(quotes);
                continue;
            }
            let Some(next) = rest.chars().next() else { break };
            match next {
                '#' => return code,
                '"' | '\'' => {
                    let quote = if next == '"' { "\"" } else { "'" };
                    code.push_str(quote);
                    code.push_str(quote);
                    let Some(end) = unescaped(&rest[1..], quote) else { return code };
                    rest = &rest[end + 2..];
                    continue;
                }
                '(' | '[' | '{' => self.brackets += 1,
                ')' | ']' | '}' => self.brackets = self.brackets.saturating_sub(1),
                '\\' if rest.len() == 1 => {
                    self.joined = true;
                    return code;
                }
                _ => {}
            }
            code.push(next);
            rest = &rest[next.len_utf8()..];
        }
        code
    }
}

/// Where `quotes` stand without a backslash before them.
fn unescaped(text: &str, quotes: &str) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, one)| {
        let ends = !escaped && text[at..].starts_with(quotes);
        escaped = one == '\\' && !escaped;
        ends.then_some(at)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use proptest::prelude::*;

    use super::*;

    const FILE: &str = r#""""def fake(): pass
import nothing
"""
import os, langchain.agents as la
from langchain_openai import (
    ChatOpenAI,
)
from .local import thing

# agent = no
TEXT = "agent = 'not this one'"

@decorated(
    with_arguments=1,
)
async def answer(question,
                 limit=3):
    """Says agent = 1."""
    inner = 1
    def nested(): ...
    return inner

class Desk:
    name = "x"

    def ask(self, question):
        return question

agent = la.create_agent(
    model="gpt-4o",  # a comment with ) in it
    prompt="""
agent = wrong
""",
)
if __name__ == "__main__":
    agent == 1
    print(agent)
"#;

    fn place(name: &str) -> (DefinitionKind, u32, u32) {
        let source = PythonSource::read(FILE);
        let found = source.definition(name).unwrap_or_else(|| panic!("{name} in {source:?}"));
        (found.kind, found.first, found.last)
    }

    #[test]
    fn names_are_found_where_they_are_made() {
        assert_eq!(place("answer"), (DefinitionKind::Function, 16, 21));
        assert_eq!(place("Desk"), (DefinitionKind::Class, 23, 27));
        assert_eq!(place("Desk.ask"), (DefinitionKind::Function, 26, 27));
        assert_eq!(place("agent"), (DefinitionKind::Variable, 29, 34));
    }

    #[test]
    fn what_stands_in_strings_comments_and_bodies_is_no_definition() {
        let source = PythonSource::read(FILE);
        let names: Vec<&str> = source.definitions.iter().map(|definition| definition.name.as_str()).collect();
        assert_eq!(names, ["TEXT", "answer", "Desk", "Desk.ask", "agent"]);
        assert_eq!(source.modules, ["os", "langchain.agents", "langchain_openai"]);
    }

    proptest! {
        #[test]
        fn any_text_has_an_outline_within_its_lines(text in "([a-z =:.,()\"'#\\\\\n]|def |class |import |\"\"\"){0,80}") {
            let lines = text.lines().count();
            for definition in PythonSource::read(&text).definitions {
                prop_assert!(definition.first >= 1 && definition.first <= definition.last && definition.last as usize <= lines);
            }
        }
    }
}
