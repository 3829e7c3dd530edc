//! Where in the user's source a failure is to be mended: by the traceback, by the places the trace names, else by the names of tool and
//! agent. All of it is claims of a trace, held against the files there are.

use std::collections::BTreeSet;

use super::{Look, Opened, matching, scan::FileEntry, source, traceback};
use crate::{
    model::step::CodeLocation,
    repair::{
        python::{Definition, DefinitionKind},
        subject::Subject,
    },
};

/// Most files opened for one failure.
const FILES_MAX: usize = 24;
/// From so many files that hold a name on, they are read for a definition of it before any is parsed.
const MANY: usize = 8;
/// Most files read so.
const READ_MAX: usize = 2_000;
/// Most frames looked at.
const FRAMES: usize = 40;
/// Most places told of when several fit.
const TOLD: usize = 4;

/// What is called to make an agent, without the module it is from.
const AGENT_MAKERS: &[&str] = &[
    "Agent",
    "AgentExecutor",
    "AgentWorkflow",
    "AssistantAgent",
    "ChatAgent",
    "CodeAgent",
    "Crew",
    "FunctionAgent",
    "LlmAgent",
    "ReActAgent",
    "ToolCallingAgent",
    "create_agent",
    "create_react_agent",
    "create_tool_calling_agent",
    "initialize_agent",
];

/// What a definition earns as the place to mend. The order of the figures is what matters: a place the trace names stands above a
/// frame, a frame above a name, and what lies near breaks ties.
mod worth {
    pub(super) const NAMED_PLACE: u32 = 1_000;
    pub(super) const FRAME: u32 = 400;
    pub(super) const OFFERED_AS: u32 = 120;
    pub(super) const TOOL_DECORATOR: u32 = 60;
    pub(super) const NAME: u32 = 40;
    pub(super) const SAME_FILE: u32 = 20;
    pub(super) const IMPORTED: u32 = 12;
    pub(super) const NO_TEST: u32 = 30;
}

/// A definition to mend.
#[derive(Debug, Clone)]
pub struct Place {
    /// Its file.
    pub opened: Opened,
    /// The definition.
    pub definition: Definition,
    /// How it was found, to go on a sentence: `the traceback ends there`.
    pub how: &'static str,
    worth: u32,
}

impl Place {
    /// `tools/refund.py:14`
    #[must_use]
    pub fn told(&self) -> String {
        format!("{}:{}", self.opened.file.path, self.definition.line)
    }
}

/// What a search came to.
#[derive(Debug, Clone)]
pub enum Found {
    /// Places, the best first; further ones only where they may serve when the first does not.
    Places(Vec<Place>),
    /// Several fit equally well: where they are.
    Several(Vec<String>),
    /// None, and why, as a sentence.
    Nowhere(String),
}

/// Looks for the definition of the failing tool, or of what called the model, or of the agent.
#[must_use]
pub fn locate(look: &Look, subject: &Subject<'_>) -> Found {
    let mut search = Search { look, places: Vec::new(), opened: Vec::new(), near: BTreeSet::new(), unread: Vec::new() };
    let family = subject.failure.code.family();
    search.trace_of(subject);
    if let Some(tool) = subject.tool() {
        search.tool(tool, subject);
        if let Found::Places(places) = search.best() {
            return Found::Places(places);
        }
        if family == "tool" {
            return search.outcome(&format!("the tool {tool}"));
        }
        if !search.places.is_empty() {
            return search.outcome(&format!("the tool {tool}"));
        }
    }
    search.agent(subject);
    search.outcome("the agent")
}

struct Search<'l> {
    look: &'l Look,
    places: Vec<Place>,
    opened: Vec<Opened>,
    /// Files that the trace's own claims lead to, by path.
    near: BTreeSet<std::path::PathBuf>,
    /// Why files that would have been looked into could not.
    unread: Vec<String>,
}

impl Search<'_> {
    fn open(&mut self, file: &FileEntry) -> Option<Opened> {
        if let Some(opened) = self.opened.iter().find(|opened| opened.file == *file) {
            return Some(opened.clone());
        }
        if self.opened.len() >= FILES_MAX {
            return None;
        }
        match self.look.open(file) {
            Ok(opened) => {
                self.opened.push(opened.clone());
                Some(opened)
            }
            Err(problem) => {
                self.unread.push(problem.to_string());
                None
            }
        }
    }

    /// The files that may define a name or offer something under it.
    fn defining(&self, name: &str) -> Vec<FileEntry> {
        let mut files = self.look.holding(name);
        if files.len() > MANY {
            let defines = [format!("def {name}"), format!("class {name}"), format!("\"{name}\""), format!("'{name}'"), format!("{name} =")];
            let Ok(finder) = aho_corasick::AhoCorasick::new(defines) else { return files };
            files.truncate(READ_MAX);
            files.retain(|file| source::read_bytes(&file.root, &file.path).is_ok_and(|bytes| finder.is_match(&bytes)));
        }
        // Those the trace leads to first, tests last: not all may be parsed.
        files.sort_by_key(|file| (!self.near.contains(&file.absolute()), is_test(&file.path)));
        files
    }

    fn add(&mut self, opened: &Opened, definition: &Definition, worth: u32, how: &'static str) {
        let same = |place: &&mut Place| place.opened.file == opened.file && place.definition.range == definition.range;
        match self.places.iter_mut().find(same) {
            Some(place) => {
                // Two claims for one place make it surer; the stronger says how it was found.
                if worth > place.worth {
                    place.how = how;
                }
                place.worth += worth;
            }
            None => self.places.push(Place { opened: opened.clone(), definition: definition.clone(), how, worth }),
        }
    }

    /// Notes the files the trace leads to.
    fn trace_of(&mut self, subject: &Subject<'_>) {
        let tracebacks = tracebacks(subject);
        let frames = tracebacks.iter().flat_map(|text| traceback::frames(text)).take(FRAMES).map(|frame| frame.file);
        let named = [subject.trace.code.as_ref(), subject.call().and_then(|call| call.code.as_ref())];
        let named = named.into_iter().flatten().map(|code| code.file.clone());
        for path in frames.chain(named).collect::<Vec<_>>() {
            if let [file] = matching::files(&path, self.look.files())[..] {
                self.near.insert(file.absolute());
            }
        }
    }

    /// The definitions of a tool by its name and by the place the trace names.
    fn tool(&mut self, tool: &str, subject: &Subject<'_>) {
        if let Some(code) = subject.call().and_then(|call| call.code.as_ref()) {
            self.code(code, "the trace names the place");
        }
        for file in self.defining(tool) {
            let Some(opened) = self.open(&file) else { continue };
            let module = opened.module.clone();
            for definition in module.definitions() {
                let offered = definition.tool_name.as_deref() == Some(tool);
                let named = definition.name == tool && definition.kind != DefinitionKind::Value;
                let decorated = definition.decorators.iter().any(|decorator| is_tool_decorator(decorator));
                // A tool that is offered under another name is another tool.
                if offered || (named && definition.tool_name.is_none()) {
                    let worth = if offered { worth::OFFERED_AS } else { 0 }
                        + if named { worth::NAME } else { 0 }
                        + if decorated { worth::TOOL_DECORATOR } else { 0 };
                    self.add(&opened, definition, worth, "it defines the tool");
                }
            }
        }
        self.frames(subject, Some(tool));
        self.weigh();
    }

    /// What a model or agent failure is mended at: the innermost function of the user's, the agent's own place, the agent's name.
    fn agent(&mut self, subject: &Subject<'_>) {
        self.places.clear();
        self.frames(subject, None);
        if let Some(code) = subject.trace.code.as_ref() {
            self.code(code, "the trace names the agent's place");
        }
        let step = subject.step.and_then(|step| step.agent.as_deref());
        let names: BTreeSet<&str> = [step, subject.trace.agent.as_deref()].into_iter().flatten().filter(|name| !name.is_empty()).collect();
        for name in names {
            self.agent_named(name);
        }
        if self.places.is_empty() {
            self.only_agent(subject);
        }
        self.weigh();
    }

    fn agent_named(&mut self, name: &str) {
        let written = name.to_lowercase().replace(['-', ' '], "_");
        let mut files = self.defining(name);
        if written != name {
            files.extend(self.defining(&written).into_iter().filter(|file| !files.contains(file)).collect::<Vec<_>>());
        }
        for file in files {
            let Some(opened) = self.open(&file) else { continue };
            let module = opened.module.clone();
            for definition in module.definitions() {
                let maker = makes_agent(definition);
                let text = module.text().get(definition.range.clone()).unwrap_or_default();
                let quoted = maker && ['"', '\''].iter().any(|quote| text.contains(&format!("{quote}{name}{quote}")));
                let worth = if quoted {
                    worth::OFFERED_AS
                } else if maker && definition.name.to_lowercase() == written {
                    worth::TOOL_DECORATOR
                } else {
                    continue;
                };
                self.add(&opened, definition, worth, "it makes the agent");
            }
        }
    }

    /// The one agent made in the files the trace leads to, or where the failing tool is used.
    fn only_agent(&mut self, subject: &Subject<'_>) {
        let mut files: Vec<FileEntry> = self.look.files().iter().filter(|file| self.near.contains(&file.absolute())).cloned().collect();
        if let Some(tool) = subject.tool() {
            files.extend(self.defining(tool));
        }
        for file in files {
            let Some(opened) = self.open(&file) else { continue };
            let module = opened.module.clone();
            for definition in module.definitions().iter().filter(|definition| makes_agent(definition)) {
                let known = self.places.iter().any(|place| place.opened.file == opened.file && place.definition.range == definition.range);
                if !known {
                    self.add(&opened, definition, worth::NAME, "it makes the only agent there");
                }
            }
        }
    }

    /// A place that the trace names: the file by its path's end, then the function by name or line.
    fn code(&mut self, code: &CodeLocation, how: &'static str) {
        let files: Vec<FileEntry> = matching::files(&code.file, self.look.files()).into_iter().cloned().collect();
        for file in files {
            let Some(opened) = self.open(&file) else { continue };
            if let Some(definition) = at(&opened, code.line, code.function.as_deref()) {
                self.add(&opened, &definition, worth::NAMED_PLACE, how);
            }
        }
    }

    /// The traceback's frames in the user's files, innermost first. For a tool only a frame of its own function tells; else the innermost
    /// function is what called the model.
    fn frames(&mut self, subject: &Subject<'_>, tool: Option<&str>) {
        for text in tracebacks(subject) {
            for frame in traceback::frames(text).into_iter().take(FRAMES) {
                let files: Vec<FileEntry> = matching::files(&frame.file, self.look.files()).into_iter().cloned().collect();
                for file in files {
                    let Some(opened) = self.open(&file) else { continue };
                    let Some(definition) = at(&opened, Some(frame.line), frame.function.as_deref()) else { continue };
                    let of_tool = |tool: &str| definition.name == tool || definition.tool_name.as_deref() == Some(tool);
                    match tool {
                        Some(tool) if !of_tool(tool) => {}
                        _ => self.add(&opened, &definition, worth::FRAME, "the traceback leads there"),
                    }
                }
                if tool.is_none() && !self.places.is_empty() {
                    return;
                }
            }
        }
        // A tool that no name leads to is what the traceback's innermost function does.
        if tool.is_some() && self.places.is_empty() {
            self.frames(subject, None);
        }
    }

    /// What lies near the run's own files stands before the like of it elsewhere; what is written for tests stands behind.
    fn weigh(&mut self) {
        let imports: Vec<String> =
            self.near.iter().filter_map(|path| self.opened_at(path)).map(|opened| import_lines(opened.module.text())).collect();
        for place in &mut self.places {
            let file = &place.opened.file;
            let stem = file.path.rsplit('/').next().and_then(|name| name.strip_suffix(".py")).unwrap_or_default();
            if self.near.contains(&file.absolute()) {
                place.worth += worth::SAME_FILE;
            } else if imports.iter().any(|lines| holds_word(lines, stem)) {
                place.worth += worth::IMPORTED;
            }
            if !is_test(&file.path) {
                place.worth += worth::NO_TEST;
            }
        }
    }

    fn opened_at(&self, path: &std::path::Path) -> Option<Opened> {
        let file = self.look.files().iter().find(|file| file.absolute() == *path)?;
        self.look.open(file).ok()
    }

    fn best(&self) -> Found {
        let most = self.places.iter().map(|place| place.worth).max();
        let best: Vec<&Place> = self.places.iter().filter(|place| Some(place.worth) == most).collect();
        match best[..] {
            [] => Found::Nowhere(String::new()),
            [first] => {
                // The same file may offer the tool in a second way, where the first does not lend itself.
                let rest = self.places.iter().filter(|place| place.worth != first.worth && place.opened.file == first.opened.file);
                let mut places: Vec<Place> = rest.cloned().collect();
                places.sort_by_key(|place| std::cmp::Reverse(place.worth));
                places.insert(0, first.clone());
                Found::Places(places)
            }
            _ => Found::Several(best.into_iter().take(TOLD).map(Place::told).collect()),
        }
    }

    fn outcome(&self, what: &str) -> Found {
        match self.best() {
            Found::Nowhere(_) => {
                let but = self.unread.first().cloned().or_else(|| self.look.skipped().told());
                let but = but.map_or_else(String::new, |but| format!("; {but}"));
                Found::Nowhere(format!("{what} was not found in the source looked at{but}"))
            }
            found => found,
        }
    }
}

/// The texts that may hold a traceback.
fn tracebacks<'r>(subject: &Subject<'r>) -> Vec<&'r str> {
    let of_run = subject.trace.error.as_ref().and_then(|error| error.traceback.as_deref());
    let of_step = subject.step.and_then(|step| step.error.as_deref());
    let of_attributes = subject.step.into_iter().flat_map(|step| &step.attributes);
    let stack = of_attributes.filter(|(name, _)| name.ends_with("stacktrace")).filter_map(|(_, value)| value.as_str());
    stack.chain(of_step).chain(of_run).filter(|text| text.contains("File \"")).collect()
}

/// The definition a place is in: of this name, that which holds the line before others; without a name that which holds the line.
fn at(opened: &Opened, line: Option<u32>, function: Option<&str>) -> Option<Definition> {
    let callable = |definition: &&Definition| definition.kind != DefinitionKind::Value;
    let definitions = opened.module.definitions();
    let offset = line.and_then(|line| offset_of(opened.module.text(), line));
    let holds = |definition: &&Definition| offset.is_some_and(|offset| definition.range.contains(&offset));
    let smallest = |found: &mut dyn Iterator<Item = &Definition>| found.min_by_key(|definition| definition.range.len()).cloned();
    match function.map(|name| name.rsplit('.').next().unwrap_or(name)).filter(|name| !name.starts_with('<')) {
        Some(name) => {
            let named = || definitions.iter().filter(callable).filter(|definition| definition.name == name);
            smallest(&mut named().filter(holds)).or_else(|| {
                let mut all = named();
                // The line may have moved since; a name that is there once is still known.
                all.next().filter(|_| all.next().is_none()).cloned()
            })
        }
        None => smallest(&mut definitions.iter().filter(holds)),
    }
}

/// The byte at which the text of a line begins, past its indentation.
fn offset_of(text: &str, line: u32) -> Option<usize> {
    let index = usize::try_from(line).ok()?.checked_sub(1)?;
    let start = if index == 0 { 0 } else { memchr::memchr_iter(b'\n', text.as_bytes()).nth(index - 1)? + 1 };
    let rest = text.get(start..)?;
    Some(start + rest.len() - rest.trim_start_matches([' ', '\t']).len())
}

fn is_tool_decorator(decorator: &str) -> bool {
    let name = decorator.split('(').next().unwrap_or_default();
    let last = name.rsplit('.').next().unwrap_or_default().trim();
    last.contains("tool") || matches!(last, "kernel_function" | "ai_function")
}

fn makes_agent(definition: &Definition) -> bool {
    let callee = definition.callee.as_deref().unwrap_or_default();
    definition.kind == DefinitionKind::Value && AGENT_MAKERS.contains(&callee.rsplit('.').next().unwrap_or_default())
}

fn is_test(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let folder = path.split('/').any(|part| matches!(part, "test" | "tests" | "testing"));
    folder || name.starts_with("test_") || name.ends_with("_test.py") || name == "conftest.py"
}

/// The lines of a source that import something, joined.
fn import_lines(text: &str) -> String {
    let imports = text.lines().map(str::trim_start).filter(|line| line.starts_with("from ") || line.starts_with("import "));
    imports.collect::<Vec<_>>().join("\n")
}

fn holds_word(lines: &str, word: &str) -> bool {
    !word.is_empty() && lines.split(|one: char| !one.is_alphanumeric() && one != '_').any(|part| part == word)
}
