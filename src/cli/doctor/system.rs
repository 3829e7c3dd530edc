//! The machine: room on the disk, who may read our files, and the clock.

use std::path::{Path, PathBuf};

use super::finding::Finding;
use crate::{
    cli::settings::{Origin, Settings},
    model::clock::{Clock, SystemClock},
    text::human,
};

/// Less room than this is worth a word, and less than this a problem, in bytes.
const LITTLE: u64 = 1 << 30;
const TOO_LITTLE: u64 = 64 << 20;

/// 2025-01-01: a clock before that was never set.
const YOUNGEST_MICROS: i64 = 1_735_689_600_000_000;

pub(super) fn look(settings: &Settings, fix: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(room(&settings.store.value));
    findings.extend(permissions(settings, fix));
    if SystemClock.now().micros() < YOUNGEST_MICROS {
        findings.push(Finding::problem("clock", "it is before 2025", "set the clock; runs are sorted by it"));
    }
    findings
}

/// The nearest folder that is there.
fn nearest(path: &Path) -> Option<PathBuf> {
    let full = std::path::absolute(path).ok()?;
    full.ancestors().skip(1).find(|folder| folder.is_dir()).map(Path::to_path_buf)
}

#[cfg(unix)]
fn room(store: &Path) -> Option<Finding> {
    let folder = nearest(store)?;
    let found = rustix::fs::statvfs(&folder).ok()?;
    let free = found.f_bavail.saturating_mul(found.f_frsize);
    let says = format!("{} free at {}", human::bytes(free), folder.display());
    Some(match free {
        ..TOO_LITTLE => Finding::problem("disk", says, "make room: traces are refused when it is full; `delete` forgets runs"),
        TOO_LITTLE..LITTLE => Finding::warning("disk", says, "max_store_mb and keep_days in config.toml bound the store"),
        _ => Finding::ok("disk", says),
    })
}

#[cfg(not(unix))]
fn room(_store: &Path) -> Option<Finding> {
    None
}

/// Traces hold what users said, and the configuration may hold the key: nobody else is to read them.
#[cfg(unix)]
fn permissions(settings: &Settings, fix: bool) -> Option<Finding> {
    use std::{fs, os::unix::fs::PermissionsExt};

    let config = Some(&settings.config.value).filter(|_| settings.api_key.origin == Origin::File);
    let is_open = |path: &&PathBuf| fs::metadata(path).is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o077 != 0);
    let open: Vec<&PathBuf> = std::iter::once(&settings.store.value).chain(config).filter(is_open).collect();
    if open.is_empty() {
        return settings.store.value.exists().then(|| Finding::ok("permissions", "only you can read the store"));
    }
    let names: Vec<String> = open.iter().map(|path| path.display().to_string()).collect();
    let names = names.join(", ");
    if !fix {
        return Some(Finding::warning("permissions", format!("others can read {names}"), "`doctor --fix` makes it yours alone (0600)"));
    }
    let failed = open.iter().find_map(|path| fs::set_permissions(path, fs::Permissions::from_mode(0o600)).err());
    Some(match failed {
        None => Finding::ok("permissions", format!("{names}: now yours alone")),
        Some(error) => Finding::problem("permissions", format!("others can read {names}: {error}"), "chmod 600"),
    })
}

#[cfg(not(unix))]
fn permissions(_settings: &Settings, _fix: bool) -> Option<Finding> {
    None
}
