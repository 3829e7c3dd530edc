//! The user's editor on a line of their own source: which file may be opened, how the editor is told the line, and running it.

use std::{
    ffi::OsString,
    io::ErrorKind,
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::process::Command;

use crate::text::{clean::clean_line, shell_words};

/// How editors are told a line, by the name of their program.
const MANNERS: [(Manner, &[&str]); 3] = [
    (
        Manner::Plus,
        &[
            "vi",
            "vim",
            "nvim",
            "gvim",
            "mvim",
            "view",
            "nano",
            "pico",
            "emacs",
            "emacsclient",
            "hx",
            "helix",
            "micro",
            "kak",
            "joe",
            "jed",
            "mg",
            "ne",
            "vis",
            "gedit",
        ],
    ),
    (Manner::Goto, &["code", "code-insiders", "codium", "vscodium", "cursor", "windsurf", "zed", "zeditor"]),
    (Manner::Suffix, &["subl", "sublime_text", "lapce", "pulsar"]),
];

/// How an editor is told a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// `+12 file`
    Plus,
    /// `-g file:12`
    Goto,
    /// `file:12`
    Suffix,
}

/// An editor to be run, with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    program: String,
    arguments: Vec<OsString>,
    /// The variable that names it.
    variable: &'static str,
}

/// Plans to open a file at a line. `get` reads the environment; only ordinary files under `roots` are opened, since the path may come from
/// a hostile trace.
pub fn plan(get: impl Fn(&str) -> Option<String>, roots: &[PathBuf], file: &Path, line: Option<u32>) -> Result<Errand, String> {
    errand(get, locate(file, roots)?, line)
}

/// Plans to open a file that is known to be ours or the user's own.
pub(super) fn errand(get: impl Fn(&str) -> Option<String>, path: PathBuf, line: Option<u32>) -> Result<Errand, String> {
    let named = ["VISUAL", "EDITOR"].into_iter().find_map(|name| Some((name, get(name).filter(|value| !value.trim().is_empty())?)));
    let shown = clean_line(&path.display().to_string()).into_owned();
    let Some((variable, command)) = named else {
        let at = line.map(|line| format!(":{line}")).unwrap_or_default();
        return Err(format!("no editor is set to open {shown}{at} with: set $EDITOR (or $VISUAL), for instance to `vim` or `code --wait`"));
    };
    let mut words = shell_words::split(&command).map_err(|error| format!("${variable} cannot be read as a command: {error}"))?.into_iter();
    let program = words.next().filter(|program| !program.is_empty()).ok_or_else(|| format!("${variable} names no program"))?;
    let mut arguments: Vec<OsString> = words.map(OsString::from).collect();
    arguments.extend(place(&program, path, line));
    Ok(Errand { program, arguments, variable })
}

/// A file with its line, as this editor wants it.
fn place(program: &str, path: PathBuf, line: Option<u32>) -> Vec<OsString> {
    let name = Path::new(program).file_stem().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let manner = MANNERS.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(manner, _)| *manner);
    let with_line = |line: u32| {
        let mut text = path.clone().into_os_string();
        text.push(format!(":{line}"));
        text
    };
    match (manner, line.filter(|line| *line > 0)) {
        (Some(Manner::Plus), Some(line)) => vec![format!("+{line}").into(), path.into()],
        (Some(Manner::Goto), Some(line)) => vec!["-g".into(), with_line(line)],
        (Some(Manner::Suffix), Some(line)) => vec![with_line(line)],
        (_, _) => vec![path.into()],
    }
}

/// The file itself, with no link on the way that leads out of the project.
fn locate(file: &Path, roots: &[PathBuf]) -> Result<PathBuf, String> {
    let shown = clean_line(&file.display().to_string()).into_owned();
    let mut found = None;
    for root in roots.iter().filter_map(|root| root.canonicalize().ok()) {
        // An absolute path replaces the root it is joined to.
        match root.join(file).canonicalize() {
            Ok(path) if path.starts_with(&root) => match path.is_file() {
                true => return Ok(path),
                false => found = Some(format!("{shown} is no ordinary file, so it is not opened")),
            },
            Ok(_) => found = found.or_else(|| Some(outside(&shown, roots))),
            Err(_) => {}
        }
    }
    Err(found.unwrap_or_else(|| match file.is_absolute() {
        true => outside(&shown, roots),
        false => format!("there is no file {shown} under {}", folders(roots)),
    }))
}

/// Whether something is there outside the project is not told.
fn outside(shown: &str, roots: &[PathBuf]) -> String {
    format!("{shown} is no file under {}; only the project's own files are opened (--project names its folder)", folders(roots))
}

fn folders(roots: &[PathBuf]) -> String {
    let names: Vec<String> = roots.iter().map(|root| clean_line(&root.display().to_string()).into_owned()).collect();
    if names.is_empty() { "a project's folder, as none is known".to_owned() } else { names.join(" or ") }
}

impl Errand {
    /// Runs the editor on the terminal we have until it ends; a sentence only when something is wrong.
    pub async fn run(self) -> Result<(), String> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::inherit()).stdout(Stdio::inherit()).stderr(Stdio::inherit());
        let program = clean_line(&self.program).into_owned();
        match command.status().await {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("the editor {program} ended with {status}")),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Err(format!("there is no program {program}, which ${} names as the editor", self.variable))
            }
            Err(error) => Err(format!("the editor {program}, which ${} names, cannot be run: {error}", self.variable)),
        }
    }
}

#[cfg(test)]
#[path = "editor_tests.rs"]
mod tests;
