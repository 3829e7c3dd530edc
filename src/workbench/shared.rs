//! What all panes can see: the newest news, the theme, the filter, the selected trace, highlighted code.

use std::{borrow::Cow, collections::VecDeque};

use jiff::tz::TimeZone;

use crate::{
    model::{progress::Patience, time::Timestamp},
    text::clean::clean_line,
};

use super::{
    glyphs::Glyphs,
    message::{Beat, ListenerState, Paint, PaintKey},
    need::Overview,
    pane::Subject,
    theme::Theme,
    views::Views,
    votes::Votes,
};

/// How many highlighted texts are kept.
const PAINTS_KEPT: usize = 32;
/// How many filters of the past are kept.
const FILTERS_KEPT: usize = 50;

/// What all panes can see. Only the root changes it.
#[derive(Debug)]
pub struct Shared {
    /// The moment of the message being taken, for what must carry a date; the core reads no clock.
    pub now: Timestamp,
    /// The theme.
    pub theme: Theme,
    /// The characters frames, bars and marks are drawn with.
    pub glyphs: Glyphs,
    /// The newest news of the store.
    pub beat: Beat,
    /// The figures of the status line; `None` until they came.
    pub overview: Option<Overview>,
    /// How the listener stands.
    pub listener: ListenerState,
    /// Whether the demo is shown.
    pub demo: bool,
    /// The stream's filter, valid at the moment it was set.
    pub filter: Option<String>,
    /// The saved views.
    pub views: Views,
    /// The filters set in this session, the newest first, each once.
    pub past_filters: VecDeque<String>,
    /// The selected trace.
    pub subject: Option<Subject>,
    /// The run that others are compared with, when one is marked.
    pub marked: Option<Subject>,
    /// Votes given while this workbench is open.
    pub votes: Votes,
    /// How long is waited for more of a run that came in spans.
    pub patience: Patience,
    /// Whether senders must show the API key.
    pub key_required: bool,
    /// The zone times of day are shown in.
    pub zone: TimeZone,
    paints: VecDeque<Paint>,
}

impl Shared {
    /// As it is before anything has happened.
    #[must_use]
    pub fn new(theme: Theme, glyphs: Glyphs, listener: ListenerState) -> Self {
        Self {
            now: Timestamp::default(),
            theme,
            glyphs,
            beat: Beat::default(),
            overview: None,
            listener,
            demo: false,
            filter: None,
            views: Views::default(),
            past_filters: VecDeque::new(),
            subject: None,
            marked: None,
            votes: Votes::default(),
            patience: Patience::default(),
            key_required: false,
            zone: TimeZone::UTC,
            paints: VecDeque::new(),
        }
    }

    /// The stream's filter as it may be shown: a name in it is as sent.
    #[must_use]
    pub fn filter_shown(&self) -> Option<Cow<'_, str>> {
        self.filter.as_deref().map(clean_line)
    }

    /// The address to post to from this machine, as far as it is known: `http://127.0.0.1:8000`.
    #[must_use]
    pub fn url(&self) -> Option<String> {
        match &self.listener {
            // Listening on every address is no address to send to.
            ListenerState::Up(address) => Some(format!("http://{}", address.replace("0.0.0.0", "127.0.0.1").replace("[::]", "[::1]"))),
            ListenerState::Starting | ListenerState::Down(_) => None,
        }
    }

    /// The command line that sends this JSON body as a trace; `None` while nothing listens.
    #[must_use]
    pub fn curl(&self, body: &str) -> Option<String> {
        let url = self.url()?;
        let key = if self.key_required { "-H \"X-API-Key: $ARC_EVAL_API_KEY\" " } else { "" };
        Some(format!("curl {key}{url}/api/trace -d '{body}'"))
    }

    /// Sets the stream's filter and keeps it among those of the past.
    pub fn set_filter(&mut self, filter: Option<String>) {
        if let Some(text) = &filter {
            self.past_filters.retain(|past| past != text);
            self.past_filters.push_front(text.clone());
            self.past_filters.truncate(FILTERS_KEPT);
        }
        self.filter = filter;
    }

    /// The highlighted form of a text; `None` until it is there. Ask for it with [`super::message::Effect::Highlight`].
    #[must_use]
    pub fn paint(&self, key: &PaintKey) -> Option<&Paint> {
        self.paints.iter().find(|paint| paint.key == *key)
    }

    /// Keeps a highlighted text; the oldest goes when there are too many.
    pub fn keep_paint(&mut self, paint: Paint) {
        self.paints.retain(|kept| kept.key != paint.key);
        self.paints.push_back(paint);
        if self.paints.len() > PAINTS_KEPT {
            self.paints.pop_front();
        }
    }
}
