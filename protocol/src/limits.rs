//! Every bound of the service, with its reason. Bytes unless the name says otherwise.

use std::time::Duration;

/// One WebSocket message. A keystroke is about 30 B, a pasted page about 4 KiB.
pub const MESSAGE_BYTES: usize = 256 * 1024;
/// A step 2: all that a client wrote while it was away.
pub const STEP_TWO_BYTES: usize = 4 * 1024 * 1024;
/// A message of a socket that has shown no ticket, while it comes: an Auth frame is 200 B. Stock clients also say what is
/// typed before their ticket has come (SPEC SYNC3); four pasted pages pass.
pub const STRANGER_BYTES: usize = 16 * 1024;
/// One document's state. A long conference writes about 200 KiB.
pub const DOCUMENT_BYTES: usize = 8 * 1024 * 1024;
/// Read buffer of a socket, allocated when it opens: many sockets are idle.
pub const READ_BUFFER_BYTES: usize = 1024;
/// What may wait for one reader before its backlog is replaced by a diff or the socket is closed (SPEC LIM4).
pub const OUTBOX_BYTES: usize = 1024 * 1024;
/// Messages before one room, each with what the scanner notes of it: four of the largest. A socket whose message finds no
/// room is not read until it does (SPEC LIM14).
pub const INBOX_BYTES: usize = 16 * 1024 * 1024;
/// A message before a room that is bounded by the number of messages alone: a page of typing waits for no step 2.
pub const SMALL_BYTES: usize = 4 * 1024;
/// Of a message that comes so much is read beside every other.
pub const ALONE_BYTES: usize = 64 * 1024;
/// Messages of one attendee that may come beyond that at once: a line that broke in the middle of one keeps its place until
/// its silence is noticed (SPEC LIM16).
pub const LARGE_AT_ONCE: usize = 4;
/// A socket that shows no ticket in this time is closed.
pub const AUTH_DEADLINE: Duration = Duration::from_secs(5);
/// A ticket opens one socket within this time.
pub const TICKET_LIFE: Duration = Duration::from_secs(30);
/// Stock clients close after 30 s without a data frame; one is sent at least this often.
pub const HEARTBEAT: Duration = Duration::from_secs(10);
/// A socket is not closed for good for what it said sooner than this after the last frame that was read of it: stock
/// clients come back after 0.1 s or 1 s whatever the code says, and exchange about 8 messages each time (SPEC CLOSE6).
pub const SAID_FOR_GOOD: Duration = Duration::from_secs(10);
/// A socket that answers nothing for this long is gone.
pub const SILENCE: Duration = Duration::from_secs(45);
/// A reader who takes no byte for this long while something waits is told to come back.
pub const WRITE_STALL: Duration = Duration::from_secs(15);
/// When the service stops, sockets are told to come back one after the other, on average this far apart, so that the
/// next service is not met by all of them at once.
pub const FAREWELL_EVERY: Duration = Duration::from_millis(4);
/// However many there are, within this time: whoever stops a service waits about ten seconds before they kill it.
pub const FAREWELL_MOST: Duration = Duration::from_secs(4);
/// Sections of clients in one update; a conference has about 20 people with two devices each.
pub const CLIENTS_PER_UPDATE: u64 = 256;
/// Blocks in one update: an hour of typing by one pen is about 4,000.
pub const BLOCKS_PER_UPDATE: u64 = 20_000;
/// Highest clock a client may reach; above 2³¹ yrs loses text (SPEC SCAN3).
pub const CLOCK_END: u64 = 1 << 30;
/// Nesting of types: root, note, its text, and one to spare.
pub const TYPE_DEPTH: u8 = 4;
/// Nesting of a plain value; ours have two levels.
pub const VALUE_DEPTH: u8 = 8;
/// A key of a map.
pub const KEY_BYTES: usize = 256;
/// Awareness of one client: which note it writes in.
pub const AWARENESS_BYTES: usize = 1024;
/// Words of one note, quote, cell or offered note, in bytes of UTF-8: about two pages.
pub const WORDS_BYTES: usize = 8 * 1024;
/// A name or a role in plain words.
pub const NAME_BYTES: usize = 200;
/// Commands a room remembers with their outcomes, newest first. A lost answer is asked for again within minutes, and a
/// busy conference carries out about 60 commands in one; the outcomes are stored with each change of state.
pub const REMEMBERED_COMMANDS: usize = 512;
/// People of one conference, walls included.
pub const ATTENDEES: usize = 80;
/// People who may wait at the door with the room's code at one time: more would bury those who are expected.
pub const KNOCKS: usize = 20;
/// Devices with a session that one attendee may have: a phone, a laptop, and their reloads by link.
pub const DEVICES: usize = 8;
/// Offered notes that may wait on the desk from one attendee: more would bury the others'.
pub const WAITING_OFFERS: usize = 20;
/// Client ids that one attendee may use or have refused in one document: each reload of a page that then writes is one.
/// Without it one device could bring a document to `scan::CLIENTS_EVER`, and nobody could open it any more.
pub const CLIENTS_PER_ATTENDEE: usize = 256;
/// Client ids that one opening of a document may announce by awareness: a page has one, a few after refused edits.
pub const ANNOUNCED_PER_OPENING: usize = 16;
/// Blocks and deletes that may wait behind one gap: an honest one holds a page of typing.
pub const OWED_SPANS: usize = 100_000;
/// Quotes and accepted notes of one conference: all are stored with each change of state. A long one has about 100.
pub const RECORDS: usize = 1_000;
/// Runs of clocks in a text whose words the desk took, and into which nothing is taken beyond them: all are stored with
/// each change of state. One pen makes one each time it comes back to the line (SPEC SYNC15).
pub const VACATED_RUNS: usize = 1_000;
/// Parts of one conference: sets of people who were out together when something was written (P5). Two hours with a few
/// people who go and come back make about five; the chair's socket opens three documents for each beside its 19 others
/// (SPEC LIM3: 64).
pub const PARTS: u8 = 12;
/// Topics that are parked at a time: a meeting of two hours keeps about five.
pub const PARKED: usize = 50;
/// Doers that an offered row may name.
pub const DOERS: usize = 20;
/// Sockets of one device: tabs, and those that were cut off and not missed yet. The oldest is told to come back.
pub const SOCKETS: usize = 16;
/// Step 1s of one socket within [`STEP_ONES_TIME`]: a desk that comes back asks for about 15 documents.
pub const STEP_ONES: u32 = 200;
/// See [`STEP_ONES`].
pub const STEP_ONES_TIME: Duration = Duration::from_secs(10);
/// A gap is answered by a step 1 at most this often per document and connection (SPEC SYNC6).
pub const RESYNC_EVERY: Duration = Duration::from_secs(2);
/// After this many resyncs that did not close the gap nothing more of this opening is taken.
pub const RESYNCS: u32 = 2;
/// A commit begins no sooner than this after the last one began (SPEC STO2).
pub const COMMIT_EVERY: Duration = Duration::from_millis(4);
/// Log rows of a document after which a snapshot is written; of a large one later (SPEC STO14).
pub const ROWS_PER_SNAPSHOT: u64 = 500;
/// Updates of a document after which a snapshot is written: reading so many again takes a few milliseconds.
pub const UPDATES_PER_SNAPSHOT: u64 = 1_000;
/// Updates after which one is written in a pause, so that the next load is short.
pub const UPDATES_PER_PAUSE: u64 = 50;
/// A pause: nothing was written for this long, which is longer than between two words.
pub const PAUSE: Duration = Duration::from_millis(250);
/// A rest: nothing was written for this long. Logs are cut and the disk's room is given back (SPEC STO14).
pub const REST: Duration = Duration::from_secs(60);
/// Wrong PINs before a link is locked until the chair or business support makes a new one.
pub const PIN_TRIES: u32 = 5;
/// Knocks, codes and link openings from one address in a minute. A whole council may stand behind one address.
pub const ENTRIES_PER_MINUTE: u32 = 60;
/// Commands of one device in a minute; each is a write to the disk. A busy conference carries out about 60 in one, all
/// people together.
pub const COMMANDS_PER_MINUTE: u32 = 300;
/// Own words that one attendee without a desk may withdraw or take off in a minute. The database is rewritten for each
/// (SPEC STO7), and every conference waits for that.
pub const DESTROYED_PER_MINUTE: u32 = 6;
/// A wall's pairing code lives this long.
pub const PAIRING_LIFE: Duration = Duration::from_secs(5 * 60);
/// A session ends after this time whatever happens.
pub const SESSION_LIFE: Duration = Duration::from_secs(12 * 60 * 60);
/// A room that nobody has to do with for this long sleeps in the store again: of those who were there nobody has a session
/// any more (SPEC STO15).
pub const SLEEP: Duration = SESSION_LIFE;
/// A wall without its link keeps the sheet this long, then shows paper only (P13).
pub const WALL_KEEPS_SHEET: Duration = Duration::from_secs(120);
