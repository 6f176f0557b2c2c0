//! Why a socket is closed: 44xx means "do not come back like this", 1012 and 1013 mean "come back" (SPEC CLOSE).

/// A reason to close a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Close {
    /// A frame could not be read, or a rule of the wire was broken.
    BadFrame,
    /// No valid ticket in time.
    NoTicket,
    /// This attendee may not be here: ejected, part ended, left, closed.
    Out,
    /// A message over the limit.
    TooLarge,
    /// The client keeps sending what depends on blocks nobody has.
    Gap,
    /// Pings or tiny frames without end.
    Flood,
    /// The document was rebuilt under its next edition; this name is gone. For sockets of one document.
    Moved,
    /// The next edition was asked for before it is kept; come back. For sockets of one document.
    NotYet,
    /// The reader is too slow; come back and sync.
    Slow,
    /// The service restarts; come back.
    Restart,
    /// The room was rebuilt; come back.
    Rebuilt,
}

impl Close {
    /// Code on the wire and its words.
    pub fn code(self) -> (u16, &'static str) {
        match self {
            Self::BadFrame => (4400, "bad frame"),
            Self::NoTicket => (4401, "no ticket"),
            Self::Out => (4403, "not here"),
            Self::Flood => (4408, "too many frames"),
            Self::Gap => (4409, "missing blocks"),
            Self::Moved => (4410, "moved"),
            Self::TooLarge => (4413, "message too large"),
            Self::Slow => (1013, "too slow, come back"),
            Self::NotYet => (1012, "not kept yet, come back"),
            Self::Restart => (1012, "restarting, come back"),
            Self::Rebuilt => (1012, "rebuilt, come back"),
        }
    }

    /// Whether a client should not come back like this.
    pub fn is_permanent(self) -> bool {
        (4400..4500).contains(&self.code().0)
    }
}

#[cfg(test)]
mod tests {
    use super::Close;

    #[test]
    fn close6_codes_from_4400_to_4499_say_do_not_come_back_like_this_and_the_others_come_back() {
        let permanent = [
            Close::BadFrame,
            Close::NoTicket,
            Close::Out,
            Close::TooLarge,
            Close::Gap,
            Close::Flood,
            Close::Moved,
        ];
        for close in permanent {
            assert!((4400..=4499).contains(&close.code().0) && close.is_permanent(), "{close:?}");
        }
        for close in [Close::NotYet, Close::Slow, Close::Restart, Close::Rebuilt] {
            assert!([1012, 1013].contains(&close.code().0) && !close.is_permanent(), "{close:?}");
        }
        assert_eq!(Close::Moved.code().0, 4410, "the next edition is asked for");
    }
}
