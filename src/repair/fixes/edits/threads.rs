//! What must stay in the thread it was made in, so that a call cannot be moved to another one.

use crate::repair::python::draft::Draft;

/// Packages whose objects belong to a thread, or that look up the current one.
const BOUND: &[&str] = &[
    "sqlite3",
    "signal",
    "tkinter",
    "turtle",
    "playwright.sync_api",
    "selenium",
    "flask",
    "streamlit",
    "gradio",
    "pythoncom",
    "win32com",
    "bpy",
    "greenlet",
    "gevent",
    "eventlet",
    "pyodbc",
    "matplotlib",
    "pygame",
    "sqlalchemy",
    "django",
];

/// Whether code of the module may have to run in the thread it is called in.
pub(super) fn bound_to_thread(draft: &Draft<'_>) -> bool {
    BOUND.iter().any(|package| draft.imports.uses(package))
        || ["threading.local", "get_event_loop", "get_running_loop"].iter().any(|name| draft.module.text().contains(name))
}
