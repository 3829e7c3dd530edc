//! What the terminal says, and a way to stop listening while another program has it.
//!
//! Who listens reads everything that is typed; an editor run on the same terminal would miss keys as long as somebody does.

use std::{
    cell::RefCell,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use crossterm::event::{Event, EventStream};
use futures_util::Stream;

/// What the terminal says while it is listened to.
pub(super) struct TerminalInput(Rc<RefCell<Option<EventStream>>>);

/// Whoever has the terminal decides whether it is listened to.
pub(super) struct Ear(Rc<RefCell<Option<EventStream>>>);

/// Both ends; the terminal is listened to.
pub(super) fn listen() -> (TerminalInput, Ear) {
    let shared = Rc::new(RefCell::new(Some(EventStream::new())));
    (TerminalInput(Rc::clone(&shared)), Ear(shared))
}

impl Ear {
    /// Stops listening.
    pub(super) fn close(&self) {
        self.0.borrow_mut().take();
    }

    /// Listens again.
    pub(super) fn open(&self) {
        *self.0.borrow_mut() = Some(EventStream::new());
    }
}

impl Stream for TerminalInput {
    type Item = io::Result<Event>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.0.borrow_mut().as_mut() {
            Some(events) => Pin::new(events).poll_next(context),
            // Nothing is polled while another program has the terminal: the loop itself waits for that program.
            None => Poll::Pending,
        }
    }
}
