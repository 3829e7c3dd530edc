//! One function of a module: what can be said of it without running it, and places to change it.

use tree_sitter::Node;

use super::{
    Definition, DefinitionKind, Module,
    definition::positional,
    draft::{Draft, calls},
    imports::dotted,
    offered::WORKERS,
    style::{leading, leading_of_line, line_start},
    walk::{children, descendants, own},
};

/// Our decorators from the outermost to the innermost: a model is told what is left after the last try, and each try has its own time.
const OURS: &[&str] = &["errors_to_model", "say_empty", "retry_passing", "time_limit"];

/// A parameter of a function.
#[derive(Debug, Clone, Copy)]
pub(in crate::repair) struct Parameter<'m> {
    pub(in crate::repair) name: &'m str,
    /// Its annotation, as it is written.
    pub(in crate::repair) annotation: Option<&'m str>,
}

/// A function or method.
#[derive(Debug, Clone, Copy)]
pub(in crate::repair) struct Function<'m> {
    module: &'m Module,
    node: Node<'m>,
    pub(in crate::repair) body: Node<'m>,
    place: &'m Definition,
}

impl<'m> Function<'m> {
    /// The function at a place; `None` where something else is.
    pub(in crate::repair) fn at(module: &'m Module, place: &'m Definition) -> Option<Self> {
        let node = module.node_of(place).filter(|node| node.kind() == "function_definition")?;
        Some(Self { module, node, body: node.child_by_field_name("body")?, place })
    }

    pub(in crate::repair) fn name(&self) -> &'m str {
        &self.place.name
    }

    pub(in crate::repair) fn is_async(&self) -> bool {
        matches!(self.place.kind, DefinitionKind::AsyncFunction | DefinitionKind::AsyncMethod)
    }

    /// Whether it yields, and so gives its result bit by bit.
    pub(in crate::repair) fn is_generator(&self) -> bool {
        own(self.body).any(|node| node.kind() == "yield")
    }

    /// Whether it gives something back.
    pub(in crate::repair) fn returns_value(&self) -> bool {
        own(self.body).any(|node| node.kind() == "return_statement" && !children(node).is_empty())
    }

    /// Whether it waits for something.
    pub(in crate::repair) fn awaits(&self) -> bool {
        own(self.body).any(|node| node.kind() == "await" || node.kind() == "async")
    }

    /// The decorator whose last part is one of these, as node.
    pub(in crate::repair) fn decorator(&self, names: &[&str]) -> Option<Node<'m>> {
        self.decorator_where(|name| names.contains(&name.rsplit('.').next().unwrap_or(name)))
    }

    /// The decorator whose dotted name, as it is written, is one that `test` accepts.
    pub(in crate::repair) fn decorator_where(&self, test: impl Fn(&str) -> bool) -> Option<Node<'m>> {
        self.decorators().into_iter().filter_map(|decorator| children(decorator).into_iter().next()).find(|expression| {
            let callee = if expression.kind() == "call" { expression.child_by_field_name("function") } else { Some(*expression) };
            callee.and_then(|callee| dotted(self.module, callee)).is_some_and(|name| test(&name))
        })
    }

    /// Its parameters but `self` and `cls`, `*args` and `**kwargs`.
    pub(in crate::repair) fn parameters(&self) -> Vec<Parameter<'m>> {
        let Some(parameters) = self.node.child_by_field_name("parameters") else { return Vec::new() };
        let source = |node: Node<'m>| self.module.source(node);
        let read = |node: Node<'m>| -> Option<Parameter<'m>> {
            let annotation = node.child_by_field_name("type").map(source);
            let name = match node.kind() {
                "identifier" => node,
                "typed_parameter" => *children(node).first().filter(|first| first.kind() == "identifier")?,
                "default_parameter" | "typed_default_parameter" => node.child_by_field_name("name")?,
                _ => return None,
            };
            Some(Parameter { name: source(name), annotation })
        };
        children(parameters).into_iter().filter_map(read).filter(|parameter| !matches!(parameter.name, "self" | "cls")).collect()
    }

    /// Puts a decorator of ours right above the `def`, below those that are there, so that they see the function it makes; of several of ours in
    /// the order of [`OURS`]. `None` where its place does not begin a line.
    pub(in crate::repair) fn decorate(&self, draft: &mut Draft<'_>, decorator: &str) -> Option<()> {
        let text = self.module.text();
        let rank = |name: &str| OURS.iter().position(|ours| *ours == name.strip_prefix("async_").unwrap_or(name));
        let own = rank(decorator.split('(').next().unwrap_or(decorator));
        let inner = self.decorators().into_iter().find(|other| {
            let name = self.module.source(*other).trim_start_matches('@').split('(').next().unwrap_or_default().trim();
            rank(name).is_some_and(|other| own.is_some_and(|own| own < other))
        });
        let at = inner.unwrap_or(self.node).start_byte();
        let margin = leading(text, at)?;
        let line = format!("{margin}@{}{}", draft.style.quoted(decorator), draft.style.newline);
        draft.insert(line_start(text, at), line);
        Some(())
    }

    fn decorators(&self) -> Vec<Node<'m>> {
        let outer = self.node.parent().filter(|outer| outer.kind() == "decorated_definition");
        outer.map(children).unwrap_or_default().into_iter().filter(|child| child.kind() == "decorator").collect()
    }

    /// Puts statements, without a line end after the last, before the first of the body and after the docstring. `None` where the body is on the line of its `def`, or empty.
    pub(in crate::repair) fn begin_with(&self, draft: &mut Draft<'_>, statements: &str) -> Option<()> {
        let text = self.module.text();
        let first = children(self.body).into_iter().find(|statement| !is_docstring(*statement))?;
        let margin = leading(text, first.start_byte())?;
        let mut at = line_start(text, first.start_byte());
        // Comments right above the first statement are about it.
        while at > self.body.parent()?.start_byte() {
            let above = line_start(text, at.saturating_sub(1));
            let line = text.get(above..at)?;
            if !line.trim_start().starts_with('#') || leading_of_line(text, above) != margin {
                break;
            }
            at = above;
        }
        let written = draft.style.write(statements, margin);
        let newline = draft.style.newline;
        draft.insert(at, format!("{written}{newline}"));
        Some(())
    }

    /// What its body raises by name: `raise Busy("...")` gives `Busy` and the statement.
    pub(in crate::repair) fn raised(&self) -> Vec<(String, Node<'m>)> {
        let raises = own(self.body).filter(|node| node.kind() == "raise_statement");
        let named = raises.filter_map(|raise| {
            let raised = children(raise).into_iter().next()?;
            let class = if raised.kind() == "call" { raised.child_by_field_name("function")? } else { raised };
            Some((dotted(self.module, class)?, raise))
        });
        named.collect()
    }

    /// Whether code of the module calls it by name, other than by `**arguments`, as a loop of tool calls does.
    pub(in crate::repair) fn is_called(&self) -> bool {
        let function = |call: Node<'m>| call.child_by_field_name("function");
        calls(self.module.root()).any(|call| {
            let named = function(call).is_some_and(|function| match function.kind() {
                "identifier" => self.module.source(function) == self.name(),
                "attribute" => function.child_by_field_name("attribute").is_some_and(|last| self.module.source(last) == self.name()),
                _ => false,
            });
            named && !calls_with_splat(call)
        })
    }

    /// Whether the body or the name speaks of a change outside: a second call would make it twice, a call left behind may still make it.
    pub(in crate::repair) fn changes_things(&self) -> bool {
        let own_name = Some(self.name()).filter(|name| !WORKERS.contains(name));
        let named = own_name.into_iter().chain(self.place.tool_name.as_deref()).any(speaks_of_change);
        named || calls(self.body).any(|call| self.call_changes(call).unwrap_or(false))
    }

    fn call_changes(&self, call: Node<'m>) -> Option<bool> {
        let function = call.child_by_field_name("function")?;
        let last = self.module.source(function.child_by_field_name("attribute").unwrap_or(function));
        if last == "execute" {
            // A database that is only asked.
            let asked = positional(call).first().map(|first| self.module.source(*first).to_lowercase())?;
            let words = asked.trim_start_matches(|c: char| !c.is_ascii_alphabetic() || c == 'f' || c == 'r').to_owned();
            return Some(!["select", "with", "pragma", "explain", "show"].iter().any(|word| words.starts_with(word)));
        }
        Some(CHANGING_CALLS.contains(&last))
    }

    /// Whether an identifier that `test` accepts stands in its body.
    pub(in crate::repair) fn mentions(&self, test: impl Fn(&str) -> bool) -> bool {
        descendants(self.body).any(|node| node.kind() == "identifier" && test(self.module.source(node)))
    }
}

/// Words in the names of tools that change something.
const CHANGING_WORDS: &[&str] = &[
    "add", "apply", "approve", "assign", "book", "buy", "cancel", "charge", "checkout", "close", "commit", "confirm", "create", "debit",
    "delete", "deploy", "drop", "email", "execute", "grant", "insert", "install", "invite", "issue", "kill", "log", "merge", "move",
    "notify", "open", "order", "pay", "place", "post", "publish", "purchase", "push", "put", "refund", "register", "remove", "rename",
    "reserve", "reset", "run", "save", "schedule", "sell", "send", "set", "ship", "start", "stop", "store", "submit", "trade", "transfer",
    "trigger", "update", "upload", "withdraw", "write",
];

/// Words that make a name one of looking up, whatever else is in it: `get_order`.
const ASKING_WORDS: &[&str] = &[
    "check", "compute", "count", "describe", "fetch", "find", "get", "is", "list", "load", "lookup", "query", "read", "search", "show",
    "status",
];

/// Calls that change something.
const CHANGING_CALLS: &[&str] = &[
    "post",
    "put",
    "patch",
    "delete",
    "commit",
    "executemany",
    "send",
    "send_message",
    "sendmail",
    "unlink",
    "rmtree",
    "remove",
    "mkdir",
    "write",
    "write_text",
    "write_bytes",
    "publish",
    "upload_file",
    "put_object",
    "Popen",
];

/// Whether a tool's name speaks of a change: by its first word that says either.
fn speaks_of_change(name: &str) -> bool {
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).flat_map(split_case).collect();
    if words.contains(&"or") {
        return words.iter().any(|word| CHANGING_WORDS.contains(&word.to_lowercase().as_str()));
    }
    words.into_iter().find_map(|word| {
        let word = word.to_lowercase();
        if ASKING_WORDS.contains(&word.as_str()) {
            return Some(false);
        }
        CHANGING_WORDS.contains(&word.as_str()).then_some(true)
    }) == Some(true)
}

/// `issueRefund` as `issue` and `Refund`.
fn split_case(word: &str) -> Vec<&str> {
    let starts = word.char_indices().filter(|(at, c)| *at == 0 || c.is_uppercase()).map(|(at, _)| at).chain([word.len()]);
    let starts: Vec<usize> = starts.collect();
    starts.windows(2).filter_map(|pair| word.get(*pair.first()?..*pair.get(1)?)).collect()
}

fn calls_with_splat(call: Node<'_>) -> bool {
    call.child_by_field_name("arguments")
        .is_some_and(|arguments| children(arguments).iter().any(|child| child.kind() == "dictionary_splat"))
}

/// Whether a statement is a text alone.
pub(in crate::repair) fn is_docstring(statement: Node<'_>) -> bool {
    let inner = statement.named_child(0).map(|child| child.kind());
    statement.kind() == "expression_statement" && matches!(inner, Some("string" | "concatenated_string"))
}

#[cfg(test)]
mod tests {
    use super::speaks_of_change;

    #[test]
    fn names_tell_looking_up_from_changing() {
        for name in ["issue_refund", "sendEmail", "delete-order", "place_order", "book"] {
            assert!(speaks_of_change(name), "{name}");
        }
        for name in ["get_order", "lookup_order", "quote", "search_post", "isOpen"] {
            assert!(!speaks_of_change(name), "{name}");
        }
        assert!(speaks_of_change("get_or_create_order"));
    }
}
