//! A stock client of one document (YJS): a socket with the other framing, on a device of somebody who is here. It comes and
//! goes, keeps its copy while it is away, and knows that its words are kept when they come back to it.

use super::{
    Simulation,
    witnesses::{among, witness},
};
use crate::{
    document::replica::Replica,
    room::{
        core::{ConnId, Inbound},
        rights,
    },
};
use protocol::{
    close::Close,
    document::{Audience, DocumentName, Kind},
    id::NoteId,
    lib0::Reader,
    scan::{Roots, scan_stored, scan_update},
    wire::Wire,
};

/// What it writes in.
const BOARD: Kind = Kind::Board(Audience::All);

/// One socket, or none at the moment, and one copy.
pub(super) struct Stock {
    /// Whose device it is on, by its place.
    n: usize,
    document: DocumentName,
    conn: Option<ConnId>,
    copy: Replica,
    /// An edit was not taken: a fresh copy takes its place.
    refused: bool,
    /// Loads of the room when its socket was opened: each load ends all sockets.
    loads: u32,
}

impl Simulation {
    /// It does one thing, if this conference has such a client.
    pub(super) fn stock(&mut self) {
        let n = self.any(self.house.devices.len());
        match (self.stock.is_some(), self.any(10)) {
            (false, 0..2) => {
                let (document, copy) = (self.house.name(BOARD), Replica::new(self.stock_id()));
                let loads = self.house.loads;
                self.stock = Some(Stock { n, document, conn: None, copy, refused: false, loads });
                self.stock_comes();
            }
            (false, _) => {}
            (true, 0..3) => self.stock_comes(),
            (true, 3..9) => self.stock_writes(),
            (true, _) => self.stock_goes(),
        }
    }

    /// Those of devices begin at whole millions.
    fn stock_id(&mut self) -> u64 {
        self.house.fresh_client() + 500_000
    }

    /// With the copy that it has, or a fresh one where that opens nothing any more.
    pub(super) fn stock_comes(&mut self) {
        let (current, client) = (self.house.name(BOARD), self.stock_id());
        let Some(stock) = self.stock.as_mut().filter(|stock| stock.conn.is_none()) else { return };
        if stock.document != current || stock.refused {
            (stock.document, stock.copy, stock.refused) = (current, Replica::new(client), false);
        }
        let device = &self.house.devices[stock.n];
        let conn = self.house.core.connect(device.attendee, device.n, self.house.now).map(|(conn, _)| conn);
        let Some(conn) = conn else { return };
        (stock.conn, stock.loads) = (Some(conn), self.house.loads);
        let (document, state_vector) = (stock.document, stock.copy.state_vector());
        self.house.bare.insert(conn, (Vec::new(), None));
        self.note(format!("the stock client comes, as {conn:?}"));
        self.house.receive(conn, Inbound::Open { document, wire: Wire::Single });
        self.house.receive(conn, Inbound::Step1 { document, state_vector });
    }

    /// The line is cut.
    fn stock_goes(&mut self) {
        let Some(conn) = self.stock.as_mut().and_then(|stock| stock.conn.take()) else { return };
        self.note("the stock client goes");
        self.house.bare.remove(&conn);
        self.house.core.disconnect(conn, self.house.now);
    }

    /// On the line or off; mostly with a pen.
    fn stock_writes(&mut self) {
        let Some(stock) = &self.stock else { return };
        let attendee = self.house.devices[stock.n].attendee;
        let pen = self.house.core.conference().here(attendee).is_some_and(|who| who.writes());
        if !pen && self.chance(95) {
            return;
        }
        let words = format!("{}{} ", self.words(attendee), witness(self.words));
        self.written_for(BOARD);
        let new = NoteId::from_random(self.draw());
        self.note(format!("the stock client writes {words}"));
        self.witness_typed_in(new.as_str());
        let Some(stock) = &self.stock else { return };
        let update = stock.copy.write_note(new, "worried", &words);
        self.stock_sends(update, false);
    }

    fn stock_sends(&mut self, update: Vec<u8>, answers: bool) {
        let Some(Stock { conn: Some(conn), document, .. }) = self.stock else { return };
        let touched = scan_update(&update, Roots::Any).expect("a client's own update passes the scanner");
        self.house.receive(conn, Inbound::Update { document, update, touched, answers });
    }

    /// Takes all that has come. True: something had.
    pub(super) fn stock_reads(&mut self) -> bool {
        let Some(stock) = &mut self.stock else { return false };
        let Some(conn) = stock.conn else { return false };
        if stock.loads != self.house.loads {
            // Every socket of the room as it was before is closed.
            stock.conn = None;
            self.house.bare.clear();
            return true;
        }
        let (frames, closed) = self.house.bare.get_mut(&conn).expect("it is open");
        let (frames, closed) = (std::mem::take(frames), *closed);
        let any = !frames.is_empty() || closed.is_some();
        for frame in frames {
            // What may not reach somebody may not reach them here either (P5).
            self.house.devices[self.stock.as_ref().expect("it is there").n].seen.push(frame.clone());
            self.stock_takes(&frame);
        }
        if let Some(close) = closed {
            let come_back = [Close::NotYet, Close::Slow, Close::Rebuilt];
            assert!(matches!(close, Close::Out | Close::Moved) || come_back.contains(&close), "{close:?}");
            self.stock_goes();
        }
        any
    }

    fn stock_takes(&mut self, frame: &[u8]) {
        let Some(stock) = &mut self.stock else { return };
        let mut reader = Reader::new(frame);
        let kinds = (reader.number("kind").expect("a kind"), reader.number("what").ok());
        let bytes = reader.buffer("bytes");
        match (kinds, bytes) {
            ((0, Some(0)), Ok(state_vector)) if !stock.refused => {
                let update = stock.copy.diff(state_vector);
                self.stock_sends(update, true);
            }
            ((0, Some(1 | 2)), Ok(update)) => {
                let touched = scan_stored(update).expect("the server sends what can be read");
                let document = stock.document;
                let current = self.house.name(BOARD) == document;
                assert!(
                    !current || self.house.durable.holds(document, &touched),
                    "promise 1: {document} was shown before the disk had it"
                );
                let attendee = self.house.devices[stock.n].attendee;
                let may = rights::access(self.house.core.conference(), attendee, BOARD).is_some();
                let told_to_go = stock.conn.is_none_or(|conn| self.house.bare[&conn].1.is_some());
                assert!(!current || may || told_to_go, "promise 3: {document} was sent to {attendee}");
                stock.refused |= stock.copy.apply(update).is_err();
                // Its own words have come back, or somebody's whose copy has them: they are kept (YJS3).
                if current && !among(&String::from_utf8_lossy(update)).is_empty() {
                    self.house.acknowledged_updates.push((document, update.to_vec()));
                }
            }
            ((2, Some(0)), _) => stock.refused = true,
            _ => {}
        }
    }

    /// At the end it shows what the room holds: as it is, and when it has come back.
    pub(super) fn stock_in_step(&mut self) {
        for _ in 0..3 {
            loop {
                self.house.settle();
                if !self.stock_reads() {
                    break;
                }
            }
            if let Some(stock) = self.stock.as_ref().filter(|stock| stock.conn.is_some() && !stock.refused) {
                let server = Replica::of(&self.house.core.documents[&BOARD].document.state());
                assert_eq!(stock.copy.values(), server.values(), "the copy of the stock client differs");
            }
            // Words that were not taken are left behind with their copy.
            self.stock_goes();
            self.stock_comes();
        }
    }
}
