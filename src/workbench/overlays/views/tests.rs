//! The saved views as stories: choosing, saving, renaming, deleting and taking that back; and what they look like.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::workbench::{
    message::{Effect, Msg, Slot, ViewNews},
    need::{Arrived, Counted},
    testing::{
        Desk, NOON, SIZES,
        fixtures::{overview, page},
    },
    views::{Change, Views, changed},
};

const FILE: &str =
    "slow-refunds = \"agent:refund* took>2s\"\nfailed-today = \"is:failed since:today\"\nbad-grades = \"grade<C -is:voted\"\n";

/// A desk with runs and these views, which carries changes of them out as the runtime would.
struct WithViews {
    desk: Desk,
    file: String,
}

impl WithViews {
    fn new(width: u16, height: u16, file: &str) -> Self {
        let mut desk = Desk::new(width, height);
        desk.beat(1, 12_408).answer_status(overview(12_408)).answer("stream", page(12_408, 120, 12_408));
        let views = Views::parse(file, NOON).map_err(|problem| problem.to_string());
        desk.send(Msg::Views(ViewNews { views, says: String::new() }));
        Self { desk, file: file.to_owned() }
    }

    fn press(&mut self, keys: &str) -> &mut Self {
        self.desk.press(keys);
        self.carry_out()
    }

    fn type_text(&mut self, text: &str) -> &mut Self {
        self.desk.type_text(text);
        self
    }

    fn carry_out(&mut self) -> &mut Self {
        for effect in self.desk.effects.clone() {
            let Effect::ChangeViews(change) = effect else { continue };
            let done = changed(&self.file, &change, NOON);
            let (views, says) = match done {
                Ok((text, says)) => {
                    self.file = text;
                    (Views::parse(&self.file, NOON).map_err(|problem| problem.to_string()), says)
                }
                Err(problem) => (Err(problem), String::new()),
            };
            self.desk.send(Msg::Views(ViewNews { views, says }));
        }
        self.desk.effects.retain(|effect| !matches!(effect, Effect::ChangeViews(_)));
        self
    }

    fn filter(&self) -> Option<&str> {
        self.desk.workbench.shared.filter.as_deref()
    }

    fn screen(&self) -> String {
        self.desk.screen()
    }
}

#[test]
fn a_view_is_chosen_and_counted_before_that() {
    let mut views = WithViews::new(80, 24, FILE);
    views.press("@ j");
    views.desk.answer_front(Slot::Prompt, Arrived::Count(Counted { matches: 31, searched: 12_408, stored: 12_408, done: true }));
    assert!(views.screen().contains("matches 31 of 12,408"), "{}", views.screen());
    views.press("Enter");
    assert_eq!(views.filter(), Some("is:failed since:today"));
    views.press("@");
    assert!(views.screen().contains("> @failed-today"), "it opens on the view in force\n{}", views.screen());
}

#[test]
fn the_filter_in_force_is_saved_and_a_name_that_is_taken_asks_again() {
    let mut views = WithViews::new(80, 24, FILE);
    views.press("@ s");
    assert!(views.screen().contains("no filter is set that could be saved"), "{}", views.screen());
    views.press("Esc /").type_text("took>9s").press("Enter @ s").type_text("Bad grades").press("Enter");
    assert!(views.screen().contains("there is a view @bad-grades already; Enter again"), "{}", views.screen());
    assert!(views.file.contains("grade<C"));
    views.press("Enter");
    assert!(views.file.contains("bad-grades = \"took>9s\""), "{}", views.file);
    assert!(views.screen().contains("saved as @bad-grades"), "{}", views.screen());
}

#[test]
fn a_view_is_saved_by_saying_so_where_actions_are_looked_for() {
    let mut views = WithViews::new(80, 24, FILE);
    views.press(":").type_text("save view very slow").press("Enter");
    assert!(views.screen().contains("no filter is set"), "{}", views.screen());
    views.press("/").type_text("took>9s").press("Enter :").type_text("save view very slow");
    assert!(views.screen().contains("Enter saves the filter as the view @very-slow"), "{}", views.screen());
    views.press("Enter");
    assert!(views.file.contains("very-slow = \"took>9s\""), "{}", views.file);
    views.press(":").type_text("save view bad grades").press("Enter");
    assert!(views.screen().contains("there is a view @bad-grades already; Enter again"), "{}", views.screen());
    views.press("Enter");
    assert!(views.file.contains("bad-grades = \"took>9s\""), "{}", views.file);
}

#[test]
fn a_name_that_is_none_says_what_a_name_is() {
    let mut views = WithViews::new(80, 24, FILE);
    views.press("j j /").type_text("took>9s").press("Enter @ s").type_text("a/b").press("Enter");
    assert!(views.screen().contains("letters, digits"), "{}", views.screen());
    views.press("Esc");
    assert!(views.screen().contains("@slow-refunds"), "one step back, to the list\n{}", views.screen());
}

#[test]
fn a_view_is_renamed_and_its_cursor_goes_along() {
    let mut views = WithViews::new(80, 24, FILE);
    views.press("@ r Ctrl-u").type_text("worst").press("Enter");
    assert!(views.file.contains("worst = \"grade<C -is:voted\""), "{}", views.file);
    assert!(!views.file.contains("bad-grades"));
    views.press("G r Ctrl-u").type_text("failed today").press("Enter");
    assert!(views.screen().contains("there is a view @failed-today already"), "{}", views.screen());
}

#[test]
fn a_view_is_deleted_and_brought_back() {
    let mut views = WithViews::new(80, 24, FILE);
    views.press("@ j D");
    assert!(!views.file.contains("failed-today") && views.screen().contains("u brings @failed-today back"), "{}", views.screen());
    assert!(views.screen().contains("> @slow-refunds"), "the cursor stays in its row\n{}", views.screen());
    views.press("u");
    assert!(views.file.contains("failed-today = \"is:failed since:today\""), "{}", views.file);
    views.press("u");
    assert!(views.screen().contains("nothing was deleted here"), "{}", views.screen());
}

#[test]
fn a_view_can_be_changed_in_the_prompt() {
    let mut views = WithViews::new(80, 24, FILE);
    views.press("@ e").type_text("since:1h").press("Enter");
    assert_eq!(views.filter(), Some("grade<C -is:voted since:1h"));
}

#[test]
fn a_file_that_breaks_is_told_and_the_views_before_stay() {
    let mut views = WithViews::new(80, 24, FILE);
    let problem = Views::parse("a = ", NOON).unwrap_err().to_string();
    views.desk.send(Msg::Views(ViewNews { views: Err(problem), says: String::new() }));
    assert!(views.screen().contains("views.toml, line 1"), "{}", views.screen());
    assert_eq!(views.desk.workbench.shared.views.iter().len(), 3);
}

#[test]
fn a_list_that_changes_in_an_editor_changes_on_the_screen() {
    let mut views = WithViews::new(80, 24, FILE);
    views.press("@ j");
    let (file, _) = changed(FILE, &Change::Delete("bad-grades".to_owned()), NOON).unwrap();
    views.desk.send(Msg::Views(ViewNews { views: Ok(Views::parse(&file, NOON).unwrap()), says: "views read again".to_owned() }));
    assert!(views.screen().contains("> @failed-today") && !views.screen().contains("@bad-grades"), "{}", views.screen());
}

#[test]
fn what_it_looks_like() {
    for (width, height) in SIZES {
        let mut list = WithViews::new(width, height, FILE);
        list.press("@ j");
        list.desk.answer_front(Slot::Prompt, Arrived::Count(Counted { matches: 31, searched: 12_408, stored: 12_408, done: true }));
        insta::assert_snapshot!(format!("views_{width}x{height}"), list.screen());

        let mut none = WithViews::new(width, height, "");
        none.press("@");
        insta::assert_snapshot!(format!("views_none_{width}x{height}"), none.screen());

        let mut naming = WithViews::new(width, height, FILE);
        naming.press("/").type_text("took>9s").press("Ctrl-s").type_text("very slow");
        insta::assert_snapshot!(format!("views_naming_{width}x{height}"), naming.screen());
    }
}
