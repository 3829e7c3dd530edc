//! The ways in which the trace pane shows a run.

/// One way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Look {
    /// Steps as bars in time.
    #[default]
    Waterfall,
    /// Steps within steps, each with what it was about.
    Tree,
    /// Who says what to whom.
    Conversation,
    /// Arguments and results of one step.
    Json,
    /// What the sender told of one step by its own names.
    Attributes,
    /// The body as sent.
    Raw,
}

impl Look {
    /// All, in the order in which one key goes through them.
    pub(super) const ALL: [Self; 6] = [Self::Waterfall, Self::Tree, Self::Conversation, Self::Json, Self::Attributes, Self::Raw];

    /// Its name: on the pane's border, and in what is remembered.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Waterfall => "waterfall",
            Self::Tree => "tree",
            Self::Conversation => "conversation",
            Self::Json => "JSON",
            Self::Attributes => "attributes",
            Self::Raw => "as sent",
        }
    }

    /// The one of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|look| look.name() == name)
    }

    /// The one after.
    pub(super) fn next(self) -> Self {
        let here = Self::ALL.iter().position(|look| *look == self).unwrap_or(0);
        Self::ALL.get(here + 1).copied().unwrap_or_default()
    }

    /// Whether it lists steps, with the selected one opened below.
    pub(super) const fn lists(self) -> bool {
        matches!(self, Self::Waterfall | Self::Tree)
    }
}
