//! Holds paths that traces name against the files there are: by their common end, as the trace may come from another machine.

use super::scan::FileEntry;

/// Longest path considered, in bytes.
const LONGEST: usize = 4096;

/// The parts of a path as a trace names it, outermost first, whatever system it comes from. What stands before `..` tells nothing.
pub(super) fn parts(path: &str) -> Vec<&str> {
    if path.len() > LONGEST {
        return Vec::new();
    }
    let mut parts: Vec<&str> = path.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".").collect();
    if let Some(last) = parts.iter().rposition(|part| *part == "..") {
        parts.drain(..=last);
    }
    parts
}

/// Whether a path is of Python itself or of a package: no file of the user's.
pub(super) fn is_foreign(parts: &[&str]) -> bool {
    let version = |part: &str| part.strip_prefix("python3.").is_some_and(|minor| minor.bytes().all(|byte| byte.is_ascii_digit()));
    parts.iter().any(|part| matches!(*part, "site-packages" | "dist-packages") || version(part))
        || parts.last().is_none_or(|name| name.starts_with('<'))
}

/// The files that share most of the path's end, at least the name; several when they share equally much. Of those, one whose whole path
/// from the root is shared stands before others: the root is only called otherwise where the run was.
pub(super) fn files<'f>(path: &str, files: &'f [FileEntry]) -> Vec<&'f FileEntry> {
    let wanted = parts(path);
    let mut best: ((usize, bool), Vec<&FileEntry>) = ((0, false), Vec::new());
    let Some(name) = wanted.last() else { return best.1 };
    if is_foreign(&wanted) {
        return best.1;
    }
    for file in files.iter().filter(|file| file.path.rsplit('/').next() == Some(name)) {
        let absolute = file.absolute();
        let own = absolute.components().rev().map(|part| part.as_os_str());
        let shared = own.zip(wanted.iter().rev()).take_while(|(own, wanted)| own == *wanted).count();
        let rank = (shared, shared >= file.path.split('/').count());
        match rank.cmp(&best.0) {
            std::cmp::Ordering::Greater => best = (rank, vec![file]),
            std::cmp::Ordering::Equal => best.1.push(file),
            std::cmp::Ordering::Less => {}
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn entries(paths: &[&str]) -> Vec<FileEntry> {
        paths
            .iter()
            .map(|path| FileEntry { root: PathBuf::from("/home/me/shop"), path: (*path).to_owned(), size: 0, written: None })
            .collect()
    }

    fn found(path: &str) -> Vec<String> {
        let entries = entries(&["agent.py", "tools/refund.py", "old/tools/refund.py", "a/utils.py", "b/utils.py"]);
        files(path, &entries).into_iter().map(|file| file.path.clone()).collect()
    }

    #[test]
    fn a_path_of_another_machine_is_known_by_its_end() {
        assert_eq!(found("/home/me/shop/agent.py"), ["agent.py"]);
        assert_eq!(found("/app/old/tools/refund.py"), ["old/tools/refund.py"]);
        assert_eq!(found("/home/me/shop/tools/refund.py"), ["tools/refund.py"]);
        assert_eq!(found("C:\\work\\shop\\agent.py"), ["agent.py"]);
        assert_eq!(found("agent.py"), ["agent.py"]);
    }

    #[test]
    fn what_fits_several_files_equally_names_them_all() {
        assert_eq!(found("/srv/utils.py"), ["a/utils.py", "b/utils.py"]);
        assert_eq!(found("/app/tools/refund.py"), ["tools/refund.py"], "its whole path is there");
    }

    #[test]
    fn packages_and_inventions_are_nobodys_file() {
        for path in ["/usr/lib/python3.12/utils.py", "/x/site-packages/a/utils.py", "<string>", "", "/", "..", "../..", "/etc/passwd"] {
            assert!(found(path).is_empty(), "{path}");
        }
        assert_eq!(found("../../../b/utils.py"), ["b/utils.py"]);
        assert!(found(&"../".repeat(100_000)).is_empty());
    }
}
