//! The same stream by session: the runs of one conversation in one row. It is held and followed as runs are: while it follows, the
//! session active last stands first; once somebody moves, rows keep their places and what arrives is counted.

use std::borrow::Cow;

use ratatui::{buffer::Buffer, layout::Rect, text::Line};

use crate::{
    model::{ids::Sequence, session::Session, verdict::OutcomeState},
    text::{
        clean::clean_line,
        human,
        width::{middle, width},
    },
    workbench::{
        draw::{
            card,
            columns::{Column, Columns, select},
            lesson,
        },
        kept::Kept,
        need::{Anchor, Ask, SessionPage},
        pane::{Motion, View},
        runs_of,
        shared::Shared,
        theme::Role,
        words,
    },
};

/// Most sessions listed; a filter reaches the others.
const MOST: usize = 1_000;
/// Screens of rows asked for at first, and again when the reader comes near the end.
const SCREENS: usize = 4;

/// A session and what tells it apart.
#[derive(Debug)]
struct Row {
    key: String,
    session: Session,
}

/// The list of sessions.
#[derive(Debug)]
pub(super) struct Sessions {
    rows: Kept<Row>,
    /// What is known of the page beside its rows.
    page: SessionPage,
    /// Rows that fit on the screen.
    height: usize,
    /// Rows asked for beyond what fits at first.
    further: usize,
    /// The newest run when the list was held; the outer `None` while it follows.
    held: Option<Option<Sequence>>,
    answered: bool,
    /// The filter the rows are of.
    filter: Option<String>,
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            rows: Kept::new(|row: &Row| &row.key),
            page: SessionPage::default(),
            height: 0,
            further: 0,
            held: None,
            answered: false,
            filter: None,
        }
    }
}

impl Sessions {
    /// The question for its rows.
    pub(super) fn ask(&self, shared: &Shared) -> Ask {
        let after = (self.height.max(1) * SCREENS + self.further).min(MOST);
        Ask::Sessions { anchor: Anchor::Newest, before: 0, after, filter: shared.filter.clone() }
    }

    pub(super) const fn is_held(&self) -> bool {
        self.held.is_some()
    }

    pub(super) const fn page(&self) -> &SessionPage {
        &self.page
    }

    pub(super) const fn answered(&self) -> bool {
        self.answered
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.rows().is_empty()
    }

    pub(super) fn selected(&self) -> Option<&Session> {
        self.rows.selected().map(|row| &row.session)
    }

    pub(super) const fn resize(&mut self, height: usize) {
        self.height = height;
    }

    /// Starts over when the filter is another one; after coming back from the runs of a session everything stands as it was.
    pub(super) fn filtered(&mut self, filter: Option<&str>) {
        if self.filter.as_deref() != filter {
            let filter = filter.map(str::to_owned);
            *self = Self {
                height: self.height,
                filter,
                page: SessionPage { stored: self.page.stored, ..SessionPage::default() },
                ..Self::default()
            };
        }
    }

    /// Runs that arrived since the list was held; `None` when that cannot be told.
    pub(super) fn arrivals(&self, shared: &Shared) -> Option<u64> {
        Some(shared.beat.last?.0.saturating_sub(self.held??.0))
    }

    pub(super) fn hold(&mut self, newest: Option<Sequence>) {
        if self.held.is_none() && !self.is_empty() {
            self.held = Some(newest);
        }
    }

    fn follow(&mut self) {
        (self.held, self.further) = (None, 0);
        self.rows.step(Motion::First, self.height);
        self.rows.sort();
    }

    pub(super) fn toggle(&mut self, newest: Option<Sequence>) {
        if self.is_held() { self.follow() } else { self.hold(newest) }
    }

    pub(super) fn go(&mut self, motion: Motion, newest: Option<Sequence>) {
        if motion == Motion::First {
            return self.follow();
        }
        self.hold(newest);
        self.rows.step(motion, self.height);
        let near_the_end = self.rows.index() + 2 * self.height >= self.rows.rows().len();
        if near_the_end && self.page.more_below {
            self.further = self.rows.rows().len().min(MOST);
        }
    }

    /// Puts the cursor on a row of the screen, if there is one.
    pub(super) fn click(&mut self, place: usize, newest: Option<Sequence>) {
        let key = self.rows.shown(self.height).nth(place).map(|(_, row)| row.key.clone());
        if let Some(key) = key {
            self.hold(newest);
            self.rows.select(&key);
        }
    }

    /// Takes the sessions that came. While it is held those are left out that were not active before: they are counted, not pushed.
    pub(super) fn take(&mut self, page: &SessionPage) {
        // What is not the last word may lack rows that are shown: it would empty the screen only to fill it again.
        let settled = std::mem::replace(&mut self.answered, true) && self.page.done;
        if settled && !page.done && page.sessions.len() < self.rows.rows().len() {
            return;
        }
        let known: Vec<&str> = self.rows.rows().iter().map(|row| row.key.as_str()).collect();
        let newest = self.held.flatten();
        let late = |row: &Row| newest.is_some_and(|newest| row.session.newest > newest) && !known.contains(&row.key.as_str());
        let rows = page.sessions.iter().map(|session| Row { key: key(session), session: session.clone() });
        let rows: Vec<Row> = rows.filter(|row| !late(row)).collect();
        if !self.is_held() {
            self.rows.sort();
        }
        self.rows.refresh(rows);
        if page.done || !settled {
            self.page = SessionPage { sessions: Vec::new(), ..page.clone() };
        }
    }

    /// The row with the cursor, from 0 at the first one shown.
    pub(super) fn selected_place(&self) -> Option<usize> {
        (!self.is_empty()).then(|| self.rows.index().saturating_sub(self.rows.top(self.height)))
    }

    /// Draws heads and rows.
    pub(super) fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        if self.is_empty() {
            return lesson::draw(&self.nothing(view), area, buffer, view);
        }
        let shown: Vec<(bool, &Session)> =
            self.rows.shown(usize::from(area.height.saturating_sub(1))).map(|(selected, row)| (selected, &row.session)).collect();
        let columns = columns(&shown, area.width);
        columns.heads(Rect { height: area.height.min(1), ..area }, buffer, view);
        for (y, (selected, session)) in (area.y.saturating_add(1)..area.bottom()).zip(&shown) {
            let row = Rect { y, height: 1, ..area };
            columns.cells(row, cells(session, usize::from(columns.width(1)), view), buffer, view);
            if *selected {
                select(row, buffer, view);
            }
        }
        let listed = self.rows.rows().len();
        let below = area.y.saturating_add(1).saturating_add(u16::try_from(shown.len()).unwrap_or(u16::MAX));
        if listed >= MOST && self.page.more_below && below < area.bottom() {
            let says = format!("  The {} active last; a filter such as before:7d reaches the others.", human::count(listed as u64));
            card::line(Rect { y: below, height: 1, ..area }, 0, &Line::styled(says, view.style(Role::Dim)), buffer);
        }
    }

    /// What it says while it has no row.
    fn nothing(&self, view: &View<'_>) -> Vec<String> {
        match view.shared.filter_shown() {
            _ if !self.answered || !self.page.done => vec!["Reading the sessions ...".to_owned()],
            Some(filter) => vec![
                format!("No session has a run that matches   {filter}"),
                String::new(),
                "/ changes the filter, Esc clears it, b shows single runs.".to_owned(),
            ],
            None => vec![
                "No run says which conversation it belongs to.".to_owned(),
                String::new(),
                "1  JSON: send \"session_id\" with every run of one conversation".to_owned(),
                "2  OpenTelemetry: set gen_ai.conversation.id or session.id on the spans".to_owned(),
                String::new(),
                "b shows single runs.".to_owned(),
            ],
        }
    }
}

/// The filter that shows the runs of a session.
pub(super) fn runs(session: &Session) -> Result<String, String> {
    let project = session.project.as_deref().map(|project| runs_of::filter("project", project, None)).transpose();
    let runs = project.and_then(|project| runs_of::filter("session", &session.id, project.as_deref()));
    runs.map_err(|reason| format!("its runs cannot be shown: {reason}"))
}

/// The same id in two projects is two sessions.
fn key(session: &Session) -> String {
    format!("{}\u{0}{}", session.project.as_deref().unwrap_or_default(), session.id)
}

/// When, session, agents, project, runs, failed, tokens, cost, how the last run ended.
fn columns(shown: &[(bool, &Session)], columns: u16) -> Columns {
    let widest = |text: fn(&Session) -> usize, most: usize| {
        let widest = shown.iter().map(|(_, session)| text(session)).max().unwrap_or(0).min(most);
        u16::try_from(widest).unwrap_or(u16::MAX)
    };
    let session = widest(|session| width(&clean_line(&session.id)), 36);
    let agents = widest(|session| width(&agents(session)), 40);
    let project = widest(|session| session.project.as_deref().map_or(0, |project| width(&clean_line(project))), 20);
    let project_least = if project == 0 { 0 } else { project.max(7) };
    Columns::lay(
        &[
            Column::new("last run", 8, 8).leaving(2),
            Column::new("session", 11, session.max(11)),
            Column::new("agents", 8, agents.max(8)),
            Column::new("project", project_least, project_least).leaving(6),
            Column::new("runs", 5, 5).figures(),
            Column::new("failed", 6, 6).figures().leaving(1),
            Column::new("tokens", 7, 7).figures().leaving(5),
            Column::new("cost", 8, 8).figures().leaving(3),
            Column::new("ended", 9, 9),
        ],
        columns,
    )
}

fn cells<'a>(session: &'a Session, id_columns: usize, view: &View<'_>) -> [(Cow<'a, str>, Role); 9] {
    let few = |number: u64| if number < 100_000 { human::count(number) } else { human::compact(number) };
    let failed = if session.failed > 0 { Role::Bad } else { Role::Dim };
    // An amount without its unpriced runs is a least, never the sum.
    let cost = match session.cost {
        Some(cost) => (format!("{}{}", human::money(cost.pico()), if session.unpriced > 0 { "+" } else { "" }), Role::Text),
        None if session.unpriced > 0 => ("no price".to_owned(), Role::Unknown),
        None => ("-".to_owned(), Role::Unknown),
    };
    let (ended, role) = match session.outcome {
        OutcomeState::Ok => ("ok", Role::Good),
        OutcomeState::Failed => ("x failed", Role::Bad),
        OutcomeState::Unknown => ("? unknown", Role::Unknown),
    };
    [
        (Cow::Owned(words::moment(session.last, view)), Role::Dim),
        (Cow::Owned(middle(&clean_line(&session.id), id_columns).into_owned()), Role::Text),
        (Cow::Owned(agents(session)), Role::Text),
        (session.project.as_deref().map_or(Cow::Borrowed("-"), clean_line), Role::Dim),
        (Cow::Owned(few(session.runs)), Role::Text),
        (Cow::Owned(few(session.failed)), failed),
        (Cow::Owned(few(session.tokens)), Role::Dim),
        (Cow::Owned(cost.0), cost.1),
        (Cow::Borrowed(ended), role),
    ]
}

fn agents(session: &Session) -> String {
    session.agents.iter().map(|agent| words::name(agent)).collect::<Vec<_>>().join(", ")
}
