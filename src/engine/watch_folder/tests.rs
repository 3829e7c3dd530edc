//! Files dropped into a folder.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    io::Write,
    sync::mpsc::{Receiver, channel},
};

use super::*;
use crate::engine::options::{EngineOptions, StorePlace};

const PATIENCE: Duration = Duration::from_secs(20);

struct Room {
    runtime: tokio::runtime::Runtime,
    home: tempfile::TempDir,
    engine: Engine,
    watch: Option<WatchFolder>,
    news: Receiver<FileNews>,
}

impl Room {
    fn open(home: tempfile::TempDir) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let inside = runtime.enter();
        let dropped = home.path().join("drop");
        fs::create_dir_all(&dropped).unwrap();
        let engine = Engine::open(EngineOptions::new(StorePlace::Path(home.path().join("traces.redb")))).unwrap();
        let (told, news) = channel();
        let watch = WatchFolder::start(engine.clone(), vec![dropped], move |news| told.send(news).unwrap_or_default()).unwrap();
        drop(inside);
        Self { runtime, home, engine, watch: Some(watch), news }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.home.path().join("drop").join(name)
    }

    fn next(&self) -> FileNews {
        self.news.recv_timeout(PATIENCE).expect("news of a file")
    }

    fn traces(&self) -> u64 {
        self.engine.facts().unwrap().traces_stored().unwrap()
    }

    fn close(mut self) -> tempfile::TempDir {
        self.watch = None;
        self.runtime.block_on(self.engine.close()).unwrap();
        self.home
    }
}

fn lines(from: u32, to: u32) -> String {
    (from..to).map(|number| format!("{{\"trace_id\":\"t{number}\",\"agent_id\":\"a\"}}\n")).collect()
}

#[test]
fn what_is_there_and_what_comes_is_read_once_also_after_a_restart() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir_all(home.path().join("drop")).unwrap();
    fs::write(home.path().join("drop/first.jsonl"), lines(0, 3)).unwrap();
    // A body that names no run would be another run each time it is read.
    fs::write(home.path().join("drop/nameless.json"), "{\"agent_id\":\"b\",\"output\":\"x\"}").unwrap();
    let room = Room::open(home);
    let mut names: Vec<(String, u64)> =
        [room.next(), room.next()].map(|news| (news.path.file_name().unwrap().to_string_lossy().into_owned(), news.imported)).into();
    names.sort();
    assert_eq!(names, [("first.jsonl".to_owned(), 3), ("nameless.json".to_owned(), 1)]);
    fs::write(room.file("second.jsonl"), lines(2, 5)).unwrap();
    let news = room.next();
    assert_eq!((news.imported, news.unchanged, news.problem), (2, 1, None));
    assert_eq!(room.traces(), 6);

    let home = room.close();
    fs::copy(home.path().join("drop/nameless.json"), home.path().join("drop/copy.json")).unwrap();
    fs::write(home.path().join("drop/third.jsonl"), lines(5, 6)).unwrap();
    let room = Room::open(home);
    assert!(room.next().path.ends_with("third.jsonl"), "none of the others is read again");
    assert_eq!(room.traces(), 7);
    room.close();
}

#[test]
fn a_file_that_is_being_written_is_waited_for() {
    let room = Room::open(tempfile::tempdir().unwrap());
    let mut file = fs::File::create(room.file("slow.jsonl")).unwrap();
    let text = lines(0, 4);
    for part in text.as_bytes().chunks(text.len() / 8 + 1) {
        file.write_all(part).unwrap();
        file.flush().unwrap();
        // The pause is what is tested: shorter than what a whole file rests.
        thread::sleep(STILL / 3);
    }
    drop(file);
    let news = room.next();
    assert_eq!((news.imported, news.problem), (4, None));
    room.close();
}

#[test]
fn what_is_no_trace_is_told_once_and_the_folder_stays_as_it_is() {
    let room = Room::open(tempfile::tempdir().unwrap());
    fs::write(room.file("draft.json.tmp"), "{").unwrap();
    fs::write(room.file(".hidden.json"), lines(8, 9)).unwrap();
    fs::create_dir(room.file("folder")).unwrap();
    fs::write(room.file("half.jsonl"), format!("{}not json\n", lines(0, 1))).unwrap();
    let news = room.next();
    assert!(news.path.ends_with("half.jsonl") && news.imported == 1, "{news:?}");
    assert!(news.problem.as_deref().is_some_and(|problem| problem.starts_with("line 2: ")), "{news:?}");
    assert!(room.engine.refusals().last.iter().any(|refused| refused.message.contains("half.jsonl")));
    let mut left: Vec<_> = fs::read_dir(room.file("")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    left.sort();
    assert_eq!(left, [".hidden.json", "draft.json.tmp", "folder", "half.jsonl"]);
    fs::rename(room.file("draft.json.tmp"), room.file("done.json")).unwrap();
    fs::write(room.file("done.json"), lines(1, 2)).unwrap();
    assert!(room.next().path.ends_with("done.json"));
    assert_eq!(room.traces(), 2);
    room.close();
}

#[test]
fn a_folder_that_is_not_there_is_told_at_once() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _inside = runtime.enter();
    let engine = Engine::open(EngineOptions::new(StorePlace::Memory)).unwrap();
    let error = WatchFolder::start(engine, vec![PathBuf::from("no/such/folder")], drop).unwrap_err();
    assert!(error.to_string().contains("cannot watch no/such/folder"), "{error}");
}
