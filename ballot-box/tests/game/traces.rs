//! What a round leaves behind, wherever it is played, and the faults that a service could have.

/// People of each round.
pub const PEOPLE: usize = 6;

/// The longest that a device waits before it casts, in seconds.
pub const WAIT: f64 = 20.0;

/// What people say and when they tap. Both are known to them; the attacker in the room sees the taps.
pub struct People {
    pub numbers: [u8; PEOPLE],
    pub taps: [f64; PEOPLE],
}

/// Something the service left, in the order in which it lies there. All that it says of a note, a time or an address.
#[derive(Debug, Clone, Copy, Default)]
pub struct Trace {
    pub number: Option<u8>,
    pub second: Option<f64>,
    pub address: Option<usize>,
}

/// All that was left of a round.
#[derive(Default)]
pub struct Traces {
    /// Rows, log lines and metrics.
    pub rows: Vec<Trace>,
    /// What the issuer saw of each person, by their place on the list: blinded bytes and the signature of them. More than
    /// is kept (a hash), as an operator has it who watched.
    pub asked: Vec<([u8; 256], [u8; 256])>,
    /// The bundle that everybody was sent: number, one-time key, signature.
    pub bundle: Vec<(u8, [u8; 32], [u8; 256])>,
}

/// A place to play a round: the crate alone, or a whole room with its store.
pub trait Site {
    fn play(&mut self, people: &People) -> Traces;
}

/// A fault that a service could have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leak {
    /// Notes are stored as they come, and devices do not wait before casting.
    RowOrder,
    /// A note is stored with its time, and devices do not wait.
    Timestamp,
    /// A note is stored with its time; devices wait up to 20 s.
    JitteredTimestamp,
    /// Requests are logged with their address, one line for each note, in the order of the rows.
    AddressLog,
    /// The reveal shows notes in the order in which they came; devices do not wait.
    UnsortedReveal,
    /// A counter per number moves as each note comes, and somebody watches it; devices do not wait.
    EventCounter,
}

impl Leak {
    pub const ALL: [Self; 6] = [
        Self::RowOrder,
        Self::Timestamp,
        Self::JitteredTimestamp,
        Self::AddressLog,
        Self::UnsortedReveal,
        Self::EventCounter,
    ];

    /// Whether devices wait before they cast, as ours do.
    pub fn waits(leak: Option<Self>) -> bool {
        matches!(leak, None | Some(Self::JitteredTimestamp | Self::AddressLog))
    }
}
