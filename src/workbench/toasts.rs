//! Things said for a moment: at most three at once, repeats counted, all of them kept for the list of messages.

use std::{collections::VecDeque, time::Duration};

use crate::model::time::Timestamp;

use super::message::Toast;

/// How long news stays.
const NEWS_STAYS: Duration = Duration::from_secs(4);
/// How many stand at once.
const SHOWN: usize = 3;
/// How many messages are kept.
const KEPT: usize = 200;

/// A toast on the screen or in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What was said.
    pub toast: Toast,
    /// How often in a row.
    pub times: u32,
    /// When it was last said.
    pub at: Timestamp,
}

impl Said {
    /// The text with its count: `theme reloaded x3`.
    #[must_use]
    pub fn text(&self) -> String {
        if self.times > 1 { format!("{} x{}", self.toast.text, self.times) } else { self.toast.text.clone() }
    }
}

/// What is being said and was said.
#[derive(Debug, Default)]
pub struct Toasts {
    shown: VecDeque<Said>,
    kept: VecDeque<Said>,
}

impl Toasts {
    /// Says something.
    pub fn say(&mut self, toast: Toast, now: Timestamp) {
        repeat_or_add(&mut self.kept, &toast, now, KEPT);
        repeat_or_add(&mut self.shown, &toast, now, SHOWN);
    }

    /// Lets go of news that has stood long enough; answers whether anything went.
    pub fn expire(&mut self, now: Timestamp) -> bool {
        let before = self.shown.len();
        self.shown.retain(|said| said.toast.problem || now < said.at.plus(NEWS_STAYS));
        self.shown.len() != before
    }

    /// Dismisses the problems that stand; answers whether there were any.
    pub fn dismiss(&mut self) -> bool {
        let before = self.shown.len();
        self.shown.retain(|said| !said.toast.problem);
        self.shown.len() != before
    }

    /// Those on the screen, newest last.
    pub fn shown(&self) -> impl DoubleEndedIterator<Item = &Said> + ExactSizeIterator {
        self.shown.iter()
    }

    /// Everything said so far, newest last.
    pub fn kept(&self) -> impl DoubleEndedIterator<Item = &Said> + ExactSizeIterator {
        self.kept.iter()
    }

    /// When the next one goes by itself.
    #[must_use]
    pub fn wake_at(&self) -> Option<Timestamp> {
        self.shown.iter().filter(|said| !said.toast.problem).map(|said| said.at.plus(NEWS_STAYS)).min()
    }
}

/// A repeat of something still listed is counted and moves to the end; the oldest goes when there are too many.
fn repeat_or_add(list: &mut VecDeque<Said>, toast: &Toast, now: Timestamp, most: usize) {
    let times = match list.iter().position(|said| said.toast == *toast) {
        Some(index) => list.remove(index).map_or(1, |said| said.times.saturating_add(1)),
        None => 1,
    };
    list.push_back(Said { toast: toast.clone(), times, at: now });
    if list.len() > most {
        list.pop_front();
    }
}
