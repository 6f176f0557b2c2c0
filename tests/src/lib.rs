//! Attendee model.
