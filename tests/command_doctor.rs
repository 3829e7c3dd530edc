//! `doctor`: what is wrong is told with what to do, and nothing is touched unless asked.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use serde_json::Value;

#[path = "support/commands.rs"]
mod commands;
#[path = "support/program.rs"]
#[allow(dead_code, unreachable_pub)]
mod support;
use commands::{Home, wait_for};

/// The finding of this name.
fn finding<'r>(report: &'r Value, name: &str) -> &'r Value {
    let checks = report["checks"].as_array().unwrap();
    checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("no {name} in {report:#}"))
}

fn report(home: &Home, arguments: &[&str]) -> (i32, Value) {
    let (status, printed, said) = home.run(&[&["doctor", "--json"], arguments].concat());
    (status, serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed} {said}")))
}

#[test]
fn a_fresh_home_is_healthy_and_stays_empty() {
    let home = Home::empty();
    let (status, report) = report(&home, &[]);
    assert_eq!((status, report["healthy"].as_bool()), (0, Some(true)), "{report:#}");
    assert!(finding(&report, "store")["says"].as_str().unwrap().contains("not there yet"));
    assert!(!home.path().join(".arc-eval").exists());
}

#[test]
fn a_store_is_looked_at_and_left_as_it_is() {
    let home = Home::with_runs(5);
    let store = home.path().join(".arc-eval/traces.redb");
    let before = fs::read(&store).unwrap();
    let (_, alone) = report(&home, &[]);
    assert!(finding(&alone, "store")["says"].as_str().unwrap().contains("5 runs"), "{alone:#}");
    assert_eq!(finding(&alone, "rules")["state"], "ok");
    assert_eq!(fs::read(&store).unwrap(), before);
    let server = home.serve();
    let (_, beside) = report(&home, &["--listen", &server.address]);
    let says = finding(&beside, "store")["says"].as_str().unwrap().to_owned();
    assert!(says.contains("5 runs") && says.contains(&format!("open in process {}", server.id())), "{says}");
    assert!(finding(&beside, "ports")["says"].as_str().unwrap().contains("our own"), "{beside:#}");
}

#[test]
fn every_wrong_file_is_named_with_its_line() {
    let home = Home::with_runs(1);
    let folder = home.path().join(".arc-eval");
    fs::create_dir_all(folder.join("themes")).unwrap();
    fs::write(folder.join("config.toml"), "listen = \"127.0.0.1:8000\"\nlisen = 1\n").unwrap();
    fs::write(folder.join("keys.toml"), "quit = \"nonsense+q\"\n").unwrap();
    fs::write(folder.join("views.toml"), "= 1\n").unwrap();
    fs::write(folder.join("prices.toml"), "nonsense = [\n").unwrap();
    fs::write(folder.join("themes/mine.toml"), "text = \"no colour\"\n").unwrap();
    let (status, report) = report(&home, &[]);
    assert_eq!((status, report["healthy"].as_bool()), (1, Some(false)));
    for (name, part) in
        [("configuration", "lisen"), ("keys", "keys.toml"), ("views", "views.toml"), ("prices", "prices.toml"), ("themes", "mine")]
    {
        let found = finding(&report, name);
        assert_eq!(found["state"], "problem", "{name}: {found:#}");
        assert!(found["says"].as_str().unwrap().contains(part) && found["advice"].is_string(), "{name}: {found:#}");
    }
    assert_eq!(finding(&report, "store")["state"], "warning", "it cannot be opened while the prices are wrong");
    assert_eq!(finding(&report, "permissions")["state"], "ok", "the rest is looked at all the same");
    let (status, said) = home.refused(&["config"]);
    assert!(status == 2 && said.contains("lisen") && said.contains("line 2"), "a setting nobody knows is told with its line: {said}");
}

#[test]
fn what_is_no_store_is_a_problem() {
    let home = Home::empty();
    fs::write(home.path().join("notes.txt"), "my notes, not a store").unwrap();
    let (status, report) = report(&home, &["--store", "notes.txt"]);
    assert_eq!(status, 1);
    assert_eq!(finding(&report, "store")["state"], "problem");
    assert_eq!(fs::read_to_string(home.path().join("notes.txt")).unwrap(), "my notes, not a store");
}

#[test]
fn a_taken_port_says_by_whom() {
    let home = Home::empty();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (status, report) = report(&home, &["--listen", &address]);
    let found = finding(&report, "ports");
    assert_eq!((status, found["state"].as_str()), (0, Some("warning")), "{report:#}");
    assert!(found["says"].as_str().unwrap().contains(&address) && found["advice"].as_str().unwrap().contains("--listen"));
}

#[cfg(unix)]
#[test]
fn permissions_are_told_and_mended_when_asked() {
    use std::os::unix::fs::PermissionsExt;

    let home = Home::with_runs(1);
    let store = home.path().join(".arc-eval/traces.redb");
    let mode = || fs::metadata(&store).unwrap().permissions().mode() & 0o777;
    fs::set_permissions(&store, fs::Permissions::from_mode(0o644)).unwrap();
    let (_, told) = report(&home, &[]);
    assert_eq!((finding(&told, "permissions")["state"].as_str(), mode()), (Some("warning"), 0o644));
    let (_, mended) = report(&home, &["--fix"]);
    assert_eq!((finding(&mended, "permissions")["state"].as_str(), mode()), (Some("ok"), 0o600));
}

#[test]
fn a_page_is_printed_for_people() {
    let home = Home::empty();
    let printed = home.fine(&["doctor"]);
    for name in ["configuration", "store", "keys", "ports", "terminal", "python", "disk"] {
        assert!(
            printed.lines().any(|line| line.get(6..).is_some_and(|rest| rest.trim_start().starts_with(name))),
            "{name} is not in\n{printed}"
        );
    }
}

#[test]
fn files_dropped_into_a_watched_folder_are_imported_by_a_server() {
    let home = Home::empty();
    let folder = home.path().join("incoming");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("before.json"), commands::run(0).to_string()).unwrap();
    let mut command = home.program();
    command.args(["--watch", "incoming"]);
    let server = support::Server::start_with(command);
    let stored = || {
        let (_, body) = support::request(&server.address, "GET", "/api/traces/count", b"").unwrap();
        serde_json::from_str::<Value>(&body).unwrap()["runs"].as_u64()
    };
    wait_for("the file that was there", || stored() == Some(1));
    fs::write(folder.join("after.json"), commands::run(1).to_string()).unwrap();
    wait_for("the file that came", || stored() == Some(2));
    server.terminate();
    let (status, said) = home.refused(&["serve", "--listen", "127.0.0.1:0", "--watch", "no/such/folder"]);
    assert!(status == 2 && said.contains("no/such/folder"), "{said}");
}
