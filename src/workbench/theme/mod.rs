//! Colours by role: about thirty roles, not one colour a widget, so that a theme fits on one screen.

pub mod library;
pub mod palette;
pub mod parse;

#[cfg(test)]
mod colour_tests;

use ratatui::style::Style;

macro_rules! roles {
    ($( $(#[$doc:meta])* $variant:ident = $name:literal; )+) => {
        /// What a piece of the screen is, whatever its colour.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Role { $( $(#[$doc])* $variant, )+ }

        impl Role {
            /// All roles, in the order of the documents.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )+ ];

            /// Its name in theme files.
            #[must_use]
            pub const fn name(self) -> &'static str { match self { $( Self::$variant => $name, )+ } }
        }
    };
}

roles! {
    /// Plain text, and the ground everything stands on.
    Text = "text";
    /// What may be overlooked: units, times, counts.
    Dim = "dim";
    /// What must not be overlooked.
    Strong = "strong";
    /// Headings inside a pane.
    Heading = "heading";
    /// The program's own colour: links, the cursor's row mark.
    Accent = "accent";
    /// A frame without focus.
    Border = "border";
    /// The frame with focus.
    BorderFocused = "border_focused";
    /// A frame's title.
    Title = "title";
    /// The title of the frame with focus.
    TitleFocused = "title_focused";
    /// A tab.
    Tab = "tab";
    /// The tab of the pane with focus.
    TabFocused = "tab_focused";
    /// The selected row.
    Selection = "selection";
    /// The selected row of a pane without focus.
    SelectionUnfocused = "selection_unfocused";
    /// Heads of columns.
    Column = "column";
    /// A key on the hint line and in help.
    Key = "key";
    /// What a key does.
    Hint = "hint";
    /// Fine: ok, up, grades A and B.
    Good = "good";
    /// Take note: partial, provisional, grade C.
    Warn = "warn";
    /// Broken: failed, refused, grades D and F.
    Bad = "bad";
    /// Not known.
    Unknown = "unknown";
    /// A grade that stands only for now.
    Provisional = "provisional";
    /// The status line.
    Status = "status";
    /// A problem on the status line.
    StatusProblem = "status_problem";
    /// What stands in front: overlays and toasts.
    Overlay = "overlay";
    /// Letters that match what was typed.
    Match = "match";
    /// Bars of models, and charts.
    Bar = "bar";
    /// Bars of tools and other kinds.
    BarOther = "bar_other";
    /// The empty part of a bar.
    BarEmpty = "bar_empty";
    /// An added line.
    Added = "added";
    /// A removed line.
    Removed = "removed";
    /// In code: keywords.
    CodeKeyword = "code_keyword";
    /// In code: names of functions, types and fields.
    CodeName = "code_name";
    /// In code: strings.
    CodeString = "code_string";
    /// In code: numbers and constants.
    CodeNumber = "code_number";
    /// In code: comments.
    CodeComment = "code_comment";
    /// In code: punctuation.
    CodePunctuation = "code_punctuation";
}

impl Role {
    /// The role of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.name() == name)
    }
}

/// For which ground a theme is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// For the ground the terminal has.
    Any,
    /// For a dark ground.
    Dark,
    /// For a light ground.
    Light,
}

impl Ground {
    /// Its name in theme files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }
}

/// A style for every role.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    /// Its name: that of its file.
    pub name: String,
    /// For which ground it is made.
    pub ground: Ground,
    styles: Vec<Style>,
}

impl Theme {
    /// A theme without any colour or attribute.
    #[must_use]
    pub fn bare(name: &str) -> Self {
        Self { name: name.to_owned(), ground: Ground::Any, styles: vec![Style::new(); Role::ALL.len()] }
    }

    /// The style of a role.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(role as usize).copied().unwrap_or_default()
    }

    /// Sets the style of a role.
    pub fn set(&mut self, role: Role, style: Style) {
        if let Some(slot) = self.styles.get_mut(role as usize) {
            *slot = style;
        }
    }
}

/// What is wrong with a theme, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ThemeProblem {
    /// There is no such theme.
    #[error("no theme is called `{name}`; there are: {}", .there_are.join(", "))]
    Unknown {
        /// The name asked for.
        name: String,
        /// The names there are.
        there_are: Vec<String>,
    },
    /// A theme file has an error.
    #[error("theme {file}, line {line}: {message}")]
    File {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong and what was expected.
        message: String,
    },
    /// A theme file cannot be read.
    #[error("cannot read theme {file}: {message}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system said.
        message: String,
    },
    /// Themes extend each other in a circle, or too deep.
    #[error("theme {file}: `extends` goes round in a circle: {}", .through.join(" -> "))]
    Circle {
        /// The file.
        file: String,
        /// The names passed.
        through: Vec<String>,
    },
}
