//! The place of a large message: of one attendee few come at a time, on however many sockets (SPEC LIM16).

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

type Place = Result<OwnedSemaphorePermit, AcquireError>;

/// What one socket has of its attendee's places. Small where nothing large comes: most sockets are idle.
#[derive(Default)]
pub(super) struct Large {
    /// None before somebody is let in: strangers have no large messages.
    places: Option<Arc<Semaphore>>,
    place: Option<Box<Wanted>>,
}

enum Wanted {
    Waits(Pin<Box<dyn Future<Output = Place> + Send>>),
    Has(#[expect(dead_code, reason = "it is let go when it is dropped")] Place),
}

impl Large {
    /// Of an attendee with these places.
    pub(super) fn of(places: Arc<Semaphore>) -> Self {
        Self { places: Some(places), place: None }
    }

    /// Ready when more of a large message may be read.
    pub(super) fn poll_begins(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(places) = &self.places else { return Poll::Ready(()) };
        let waits = || Box::new(Wanted::Waits(Box::pin(places.clone().acquire_owned())));
        let wanted = self.place.get_or_insert_with(waits);
        if let Wanted::Waits(waits) = &mut **wanted {
            **wanted = Wanted::Has(ready!(waits.as_mut().poll(cx)));
        }
        Poll::Ready(())
    }

    /// The message has been handed on.
    pub(super) fn ends(&mut self) {
        self.place = None;
    }
}
