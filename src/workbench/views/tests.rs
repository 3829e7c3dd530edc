//! Saved views: what `@name` stands for, what a broken file says, and that a change leaves the rest of the file alone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;
use crate::workbench::testing::NOON;

const FILE: &str = "\
# What I look at every morning.
slow-refunds = \"agent:refund* took>2s\"   # the slow ones

failed-today = 'is:failed since:today'
";

fn views() -> Views {
    Views::parse(FILE, NOON).unwrap()
}

fn expanded(text: &str) -> Result<String, String> {
    views().expand(text).map(|expanded| expanded.text).map_err(|error| error.to_string())
}

#[test]
fn a_view_stands_for_its_filter() {
    assert_eq!(expanded("@slow-refunds").unwrap(), "agent:refund* took>2s");
    assert_eq!(expanded("grade<C @Slow-Refunds since:1h").unwrap(), "grade<C agent:refund* took>2s since:1h");
    assert_eq!(expanded("text:\"@slow-refunds\" agent:x@y").unwrap(), "text:\"@slow-refunds\" agent:x@y", "quotes and addresses are texts");
    assert_eq!(expanded(r#"text:"a \" @slow-refunds""#).unwrap(), r#"text:"a \" @slow-refunds""#);
}

#[test]
fn what_cannot_be_a_view_is_told_with_its_column() {
    assert_eq!(expanded("grade<C @slow-refund").unwrap_err(), "column 9: no view is called `slow-refund`; did you mean `@slow-refunds`?");
    for text in ["-@slow-refunds", "is:ok | @slow-refunds", "@slow-refunds |is:ok", "@slow-refunds|x"] {
        assert!(expanded(text).unwrap_err().contains("neither `-` before it nor `|`"), "{text}");
    }
    assert!(expanded("@").unwrap_err().contains("no view is called ``"));
}

#[test]
fn an_error_points_at_what_was_typed() {
    let column = |text: &str| views().read(text, NOON).unwrap_err().column;
    assert_eq!(column("@slow-refunds grade<Q"), 21);
    assert_eq!(column("@slow-refunds is:"), 18, "and at the end of it");
    let views = Views(BTreeMap::from([("broken".to_owned(), "is:ok grade<Q".to_owned())]));
    assert_eq!(views.read("x @broken", NOON).unwrap_err().column, 3, "a mistake within a view is at its name");
}

#[test]
fn views_may_stand_in_views_and_never_in_themselves() {
    let views = Views::parse("a = \"@b is:ok\"\nb = \"agent:x\"", NOON).unwrap();
    assert_eq!(views.expand("@a").unwrap().text, "agent:x is:ok");
    let problem = Views::parse("a = \"@b\"\nb = \"@a\"", NOON).unwrap_err();
    assert!(problem.to_string().contains("line 1") && problem.says.contains("stands for itself"), "{problem}");
    let doubling: String = (0..8).map(|level| format!("v{level} = \"@v{} @v{}\"\n", level + 1, level + 1)).collect();
    let problem = Views::parse(&format!("{doubling}v8 = \"{}\"", "is:ok ".repeat(60)), NOON).unwrap_err();
    assert!(problem.says.contains("more than"), "{problem}");
}

#[test]
fn a_filter_that_has_a_name_is_known_by_it() {
    assert_eq!(views().name_for("agent:refund* took>2s"), Some("slow-refunds"));
    assert_eq!(views().name_for("agent:refund*"), None);
}

#[test]
fn a_broken_file_is_told_with_its_line() {
    let problem = |text: &str| Views::parse(text, NOON).unwrap_err().to_string();
    assert!(problem("a = \"is:ok\"\nb = ").starts_with("views.toml, line 2: "));
    assert!(problem("\na = 7").contains("line 2: `a` must be a filter in quotes"));
    assert!(problem("[a]\nb = \"is:ok\"").contains("must be a filter"));
    assert!(problem("a = \"grade<Q\"").contains("line 1: the filter of `a`: column 7"));
    assert!(problem("\"a b\" = \"is:ok\"").contains("`a-b` would be"));
    assert!(problem("a = \"is:ok\"\na = \"is:ok\"").contains("line 2"), "a name is given once");
    assert_eq!(Views::parse("", NOON).unwrap(), Views::default());
}

#[test]
fn a_name_is_spoken_where_actions_are_looked_for() {
    assert_eq!(spoken("save view slow  refunds").as_deref(), Some("slow-refunds"));
    for typed in ["save view", "save view ", "save vie slow", "save", "save view a/b", ""] {
        assert_eq!(spoken(typed), None, "{typed}");
    }
}

#[test]
fn names_are_made_of_what_is_typed() {
    assert_eq!(name_of(" Slow  refunds ").as_deref(), Ok("slow-refunds"));
    assert_eq!(name_of("@größe").as_deref(), Ok("größe"));
    assert!(name_of("a/b").unwrap_err().contains("`/` is none of them"));
    assert!(name_of("  ").is_err() && name_of(&"x".repeat(41)).is_err());
}

fn after(change: Change) -> Result<(String, String), String> {
    changed(FILE, &change, NOON)
}

#[test]
fn a_change_leaves_everything_else_as_it_was_written() {
    let save = |name: &str| Change::Save { name: name.to_owned(), filter: "is:ok text:\"a\"".to_owned() };
    let (text, says) = after(save("slow-refunds")).unwrap();
    assert_eq!(text, FILE.replace("\"agent:refund* took>2s\"", "'is:ok text:\"a\"'"));
    assert_eq!(says, "saved as @slow-refunds");
    let (text, _) = after(save("new")).unwrap();
    assert_eq!(text, format!("{FILE}new = 'is:ok text:\"a\"'\n"));
    let (text, _) = after(Change::Delete("slow-refunds".to_owned())).unwrap();
    assert_eq!(text, "# What I look at every morning.\n\nfailed-today = 'is:failed since:today'\n");
    let (text, _) = after(Change::Rename { from: "failed-today".to_owned(), to: "Failed now".to_owned() }).unwrap();
    assert_eq!(text, FILE.replace("failed-today", "failed-now"));
}

#[test]
fn a_change_that_cannot_be_is_refused_with_a_sentence() {
    assert!(after(Change::Delete("gone".to_owned())).unwrap_err().contains("no view `gone`"));
    let rename = Change::Rename { from: "failed-today".to_owned(), to: "slow refunds".to_owned() };
    assert!(after(rename).unwrap_err().contains("there is a view `slow-refunds` already"));
    let used = "a = \"@b\"\nb = \"is:ok\"\n";
    let refusal = changed(used, &Change::Delete("b".to_owned()), NOON).unwrap_err();
    assert!(refusal.contains("not done, for then views.toml, line 1"), "{refusal}");
    let broken = changed("a = ", &Change::Delete("a".to_owned()), NOON).unwrap_err();
    assert!(broken.contains("line 1") && broken.contains("nothing was changed"), "{broken}");
}

#[test]
fn a_word_that_looks_like_a_view_is_kept_as_a_word() {
    let filter = crate::query::quote("@somebody");
    let (text, _) = changed(FILE, &Change::Save { name: "a".to_owned(), filter: filter.clone() }, NOON).unwrap();
    assert_eq!(Views::parse(&text, NOON).unwrap().get("a"), Some(filter.as_str()));
}

proptest! {
    #[test]
    fn no_text_panics(text in "[@a-z|\" \\\\-]{0,30}|\\PC{0,30}") {
        let _ = views().read(&text, NOON);
        let _ = Views::parse(&text, NOON);
    }

    #[test]
    fn without_views_a_text_is_as_it_was(text in "[a-z|\" \\\\:<-]{0,40}") {
        prop_assert_eq!(views().expand(&text).unwrap().text, text);
    }

    #[test]
    fn what_is_saved_is_read_back(name in "[a-zé0-9._-]{1,20}", word in "\\PC{1,20}") {
        let filter = crate::query::quote(&word);
        let change = Change::Save { name: name.clone(), filter: filter.clone() };
        let (text, _) = changed(FILE, &change, NOON).unwrap();
        let back = Views::parse(&text, NOON).unwrap();
        prop_assert_eq!(back.get(&name), Some(filter.as_str()));
        prop_assert_eq!(back.get("failed-today"), if name == "failed-today" { Some(filter.as_str()) } else { Some("is:failed since:today") });
    }
}
