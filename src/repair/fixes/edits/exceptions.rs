//! Which errors of a tool pass by themselves, and which can be told to the model: by what its module imports and its body raises.

use tree_sitter::Node;

use super::super::site::Site;
use crate::repair::python::{
    draft::{Draft, calls},
    function::Function,
    walk::descendants,
};

/// Packages with errors of their own for what passes: package and class.
const PASSING: &[(&str, &[&str])] = &[
    ("requests", &["ConnectionError", "Timeout"]),
    ("httpx", &["TransportError"]),
    ("httpx2", &["TransportError"]),
    ("aiohttp", &["ClientConnectionError"]),
];

/// Words in the name or text of an error that passes.
const PASSING_WORDS: &[&str] = &[
    "429",
    "503",
    "busy",
    "connection",
    "overload",
    "rate limit",
    "ratelimit",
    "rate_limit",
    "temporar",
    "throttl",
    "timed out",
    "timeout",
    "too many",
    "unavailable",
];

/// Built-in errors that say nothing by their class alone.
const GENERAL: &[&str] = &["Exception", "BaseException"];

/// Built-in errors that a body may raise for what passes.
const BUILT_IN: &[&str] = &["RuntimeError", "OSError", "IOError", "ValueError", "InterruptedError", "BlockingIOError"];

/// The errors of a function that pass by themselves, as the module names them.
pub(super) fn passing(site: &Site<'_>, draft: &Draft<'_>, function: &Function<'_>) -> Vec<String> {
    let at = site.place.range.start;
    let mut kinds = vec!["TimeoutError".to_owned(), "ConnectionError".to_owned()];
    let known = |name: &str| draft.imports.known_at(name, at);
    // Before Python 3.11 asyncio has a timeout of its own.
    if function.is_async() {
        kinds.extend(draft.imports.name_of("asyncio").filter(|name| known(name)).map(|name| format!("{name}.TimeoutError")));
    }
    for (package, classes) in PASSING {
        if let Some(name) = draft.imports.name_of(package).filter(|name| known(name)) {
            kinds.extend(classes.iter().map(|class| format!("{name}.{class}")));
        }
    }
    if draft.imports.has_plain("urllib.error") && known("urllib") {
        kinds.push("urllib.error.URLError".to_owned());
    }
    for (class, raise) in function.raised() {
        let says = site.module.source(raise).to_lowercase();
        if PASSING_WORDS.iter().any(|word| says.contains(word)) && is_known(site, draft, &class) && !kinds.contains(&class) {
            kinds.push(class);
        }
    }
    kinds
}

/// The errors of a function that a model can do something about, as the module names them.
pub(super) fn tellable(site: &Site<'_>, draft: &Draft<'_>, function: &Function<'_>) -> Vec<String> {
    let at = site.place.range.start;
    let mut kinds: Vec<String> = ["ValueError", "TypeError", "LookupError", "ArithmeticError", "OSError"].map(str::to_owned).to_vec();
    for (package, class) in [("httpx", "HTTPError"), ("httpx2", "HTTPError"), ("aiohttp", "ClientError")] {
        if let Some(name) = draft.imports.name_of(package).filter(|name| draft.imports.known_at(name, at)) {
            kinds.push(format!("{name}.{class}"));
        }
    }
    let covered = [
        "ValueError",
        "TypeError",
        "KeyError",
        "IndexError",
        "ZeroDivisionError",
        "TimeoutError",
        "ConnectionError",
        "PermissionError",
        "FileNotFoundError",
    ];
    for (class, _) in function.raised() {
        let is_new = !kinds.contains(&class) && !covered.contains(&class.as_str());
        if is_new && is_known(site, draft, &class) {
            kinds.push(class);
        }
    }
    kinds
}

/// Whether the module knows an error class before the place, so that a decorator there may name it.
fn is_known(site: &Site<'_>, draft: &Draft<'_>, class: &str) -> bool {
    let at = site.place.range.start;
    let first = class.split('.').next().unwrap_or(class);
    if GENERAL.contains(&class) || STEERING.iter().any(|steering| class.ends_with(steering)) {
        return false;
    }
    let defined = site.module.definitions().iter().any(|definition| definition.qualified == class && definition.range.end <= at);
    defined || BUILT_IN.contains(&class) || draft.imports.known_at(first, at)
}

/// Classes by which frameworks steer a run; they are no errors.
const STEERING: &[&str] = &[
    "ModelRetry",
    "ToolException",
    "CallDeferred",
    "ApprovalRequired",
    "GraphInterrupt",
    "GraphBubbleUp",
    "ParentCommand",
    "SystemExit",
    "KeyboardInterrupt",
    "StopIteration",
    "NotImplementedError",
];

/// Calls in a body whose service may fail to answer and that take `timeout=`.
pub(super) fn unlimited<'s>(draft: &Draft<'_>, function: &Function<'s>) -> (Vec<Node<'s>>, usize) {
    let mut open = Vec::new();
    let mut limited = 0;
    let sessions = sessions(draft, function);
    for call in calls(function.body) {
        let Some(callee) = draft.callee(call) else { continue };
        let (owner, last) = callee.rsplit_once('.').unwrap_or(("", &callee));
        let asks = (owner == "requests" && VERBS.contains(&last))
            || (sessions.iter().any(|session| session == owner) && VERBS.contains(&last))
            || matches!(
                callee.as_str(),
                "urllib.request.urlopen" | "subprocess.run" | "subprocess.check_output" | "subprocess.check_call" | "subprocess.call"
            );
        if !asks {
            continue;
        }
        match crate::repair::python::definition::keyword(draft.module, call, "timeout") {
            Some(_) => limited += 1,
            None => open.push(call),
        }
    }
    (open, limited)
}

/// Methods of `requests` and its sessions that ask a server.
const VERBS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options", "request"];

/// Names that stand for a session of `requests` in the function: made in the module, or by a `with` in the body.
fn sessions(draft: &Draft<'_>, function: &Function<'_>) -> Vec<String> {
    let makes = |callee: Option<String>| callee.is_some_and(|callee| matches!(callee.as_str(), "requests.Session" | "requests.session"));
    let values = draft
        .module
        .definitions()
        .iter()
        .filter(|definition| makes(definition.callee.as_deref().map(|callee| draft.imports.resolve(callee))));
    let mut names: Vec<String> = values.flat_map(|definition| [definition.name.clone(), format!("self.{}", definition.name)]).collect();
    for with in descendants(function.body).filter(|node| node.kind() == "as_pattern") {
        let made = calls(with).next().and_then(|call| draft.callee(call));
        if let (true, Some(alias)) = (makes(made), with.child_by_field_name("alias")) {
            names.push(draft.module.source(alias).to_owned());
        }
    }
    names
}
