//! A change being put together: what it imports, the helpers it needs, and its edits, in the style of the file.

use std::{collections::BTreeSet, ops::Range};

use tree_sitter::Node;

use super::{
    Edit, Module, apply, helper, import_edits,
    imports::{Imports, dotted},
    style::Style,
    walk::descendants,
};

/// A change of one module, not made yet.
#[derive(Debug)]
pub(in crate::repair) struct Draft<'m> {
    pub(in crate::repair) module: &'m Module,
    pub(in crate::repair) imports: Imports,
    pub(in crate::repair) style: Style,
    /// Modules to import whole.
    plain: BTreeSet<&'static str>,
    /// Names to import: module and name.
    from: BTreeSet<(&'static str, &'static str)>,
    /// Helpers to define, in order.
    helpers: Vec<&'static str>,
    edits: Vec<Edit>,
}

impl<'m> Draft<'m> {
    pub(in crate::repair) fn new(module: &'m Module) -> Self {
        Self {
            module,
            imports: Imports::of(module),
            style: Style::of(module),
            plain: BTreeSet::new(),
            from: BTreeSet::new(),
            helpers: Vec::new(),
            edits: Vec::new(),
        }
    }

    /// What is called, in full: `agents.Runner.run`; `None` for calls of something that has no dotted name.
    pub(in crate::repair) fn callee(&self, call: Node<'_>) -> Option<String> {
        Some(self.imports.resolve(&dotted(self.module, call.child_by_field_name("function")?)?))
    }

    /// Makes a module of the standard library known under its own name. `None`: the module uses that name for something else.
    pub(in crate::repair) fn import(&mut self, name: &'static str) -> Option<()> {
        let first = name.split('.').next().unwrap_or(name);
        if self.imports.resolve(first) != first || helper::is_bound(self.module, first) {
            return None;
        }
        if !self.imports.has_plain(name) {
            self.plain.insert(name);
        }
        Some(())
    }

    /// Makes a name of a package known; returns the name the module has it by. `None`: that name is taken by something else.
    pub(in crate::repair) fn import_from(&mut self, package: &'static str, name: &'static str) -> Option<String> {
        let whole = format!("{package}.{name}");
        if let Some(known) = self.imports.name_of(&whole) {
            return Some(known.to_owned());
        }
        if self.imports.binds(name) || helper::is_bound(self.module, name) {
            return None;
        }
        self.from.insert((package, name));
        Some(name.to_owned())
    }

    /// Makes one of our helper functions known, with what it imports. `None`: its name is taken by something else.
    pub(in crate::repair) fn helper(&mut self, name: &str, source: &'static str, imports: &[&'static str]) -> Option<()> {
        if helper::is_there(self.module, name, source)? {
            return Some(());
        }
        if self.imports.binds(name) {
            return None;
        }
        for import in imports {
            self.import(import)?;
        }
        if !self.helpers.contains(&source) {
            self.helpers.push(source);
        }
        Some(())
    }

    /// Replaces bytes of the text. `text` is in the file's style already.
    pub(in crate::repair) fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.edits.push(Edit { range, text: text.into() });
    }

    /// Inserts at a byte.
    pub(in crate::repair) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.replace(at..at, text);
    }

    /// The edits, in the order of the text; `None` if there are none, or what they give does not parse.
    pub(in crate::repair) fn finish(mut self) -> Option<Vec<Edit>> {
        if self.edits.is_empty() {
            return None;
        }
        let mut edits = import_edits::edits(self.module, &self.style, &self.plain, &self.from)?;
        let end = helper::head_end(self.module);
        let imports_here = edits.iter().any(|edit| edit.range.start == end);
        edits.extend(helper::edit(self.module, &self.style, &self.helpers, imports_here));
        edits.append(&mut self.edits);
        // Stable: at one place imports come before helpers, and those before the rest.
        edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
        let edited = apply(self.module.text(), &edits)?;
        if edited == self.module.text() {
            return None;
        }
        Module::parse(&edited).ok().map(|_| edits)
    }
}

/// All calls in a node.
pub(in crate::repair) fn calls<'t>(node: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    descendants(node).filter(|found| found.kind() == "call")
}
