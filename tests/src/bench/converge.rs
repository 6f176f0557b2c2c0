//! Eight clients with copies of their own edit at random, lose their connection, edit on, and come back.

use super::{
    peer::Server,
    seat::{Heard, Seat, hear},
};
use anyhow::{Context, Result, ensure};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::time::{Duration, Instant};
use yrs::{
    Doc, Map, MapPrelim, OffsetKind, Options, Out, ReadTxn, StateVector, Text, TextPrelim, Transact, Update,
    block::ClientID,
    types::ToJson,
    updates::{decoder::Decode, encoder::Encode},
};

const CLIENTS: usize = 8;
const EDITS: usize = 300;
/// One edit in so many is followed by a lost connection.
const CUT: u32 = 20;
/// How long copies may take to become the same after the last edit.
const SETTLE: Duration = Duration::from_secs(10);

struct Copy {
    doc: Doc,
    seat: Option<Seat>,
    person: usize,
}

/// Plays one seed in a room of its own. Errors say how the copies differ.
pub fn play(server: &Server<'_>, seed: u64, room: usize) -> Result<()> {
    let mut random = StdRng::seed_from_u64(seed);
    // Somebody listens from the first to the last moment: some servers forget a document that nobody has open.
    let mut witness = Copy::new(0x7000_0000 + seed as u32, 9);
    witness.come(server, room)?;
    let mut copies: Vec<Copy> =
        (0..CLIENTS).map(|person| Copy::new((seed as u32 + 1) * 100 + person as u32, person)).collect();
    for copy in &mut copies {
        copy.come(server, room)?;
    }
    for edit in 0..CLIENTS * EDITS {
        let copy = &mut copies[random.random_range(0..CLIENTS)];
        copy.edit(&mut random, edit)?;
        if random.random_range(0..CUT) == 0 {
            let copy = &mut copies[random.random_range(0..CLIENTS)];
            copy.seat = match copy.seat.take() {
                Some(_) => None,
                None => Some(copy.enter(server, room)?),
            };
        }
        copies[random.random_range(0..CLIENTS)].hear()?;
        witness.hear()?;
    }
    for copy in &mut copies {
        if copy.seat.is_none() {
            copy.come(server, room)?;
        }
    }
    let until = Instant::now() + SETTLE;
    loop {
        for copy in copies.iter_mut().chain([&mut witness]) {
            copy.hear()?;
        }
        let first = witness.reads();
        if copies.iter().all(|copy| copy.reads() == first) {
            ensure!(first.len() > 100, "nothing was written");
            return Ok(());
        }
        ensure!(
            Instant::now() < until,
            "seed {seed}: {} of {CLIENTS} copies differ from the witness's",
            copies.iter().filter(|copy| copy.reads() != first).count()
        );
        std::thread::sleep(Duration::from_millis(2));
    }
}

impl Copy {
    fn new(client: u32, person: usize) -> Self {
        let mut options = Options::with_client_id(ClientID::new(u64::from(client)));
        options.offset_kind = OffsetKind::Utf16;
        let doc = Doc::with_options(options);
        doc.get_or_insert_map("notes");
        Self { doc, seat: None, person }
    }

    fn come(&mut self, server: &Server<'_>, room: usize) -> Result<()> {
        self.seat = Some(self.enter(server, room)?);
        Ok(())
    }

    /// Opens a socket; what the server asks for and sends is handled by [`Copy::hear`].
    fn enter(&self, server: &Server<'_>, room: usize) -> Result<Seat> {
        server.make(room)?;
        let ticket = server.ticket(room, self.person)?;
        server.knock_with(room, &ticket, &self.doc.transact().state_vector().encode_v1())
    }

    fn hear(&mut self) -> Result<()> {
        let Some(seat) = &mut self.seat else { return Ok(()) };
        let prefix = seat.prefix();
        let mut answers = Vec::new();
        let mut failed = None;
        let mut scratch = vec![0; 1 << 20];
        seat.client.read(&mut scratch, |message| {
            let heard = match hear(&prefix, message) {
                Heard::Step1(theirs) => StateVector::decode_v1(theirs)
                    .map(|theirs| answers.push(self.doc.transact().encode_diff_v1(&theirs)))
                    .context("a state vector"),
                Heard::Step2(update) | Heard::Update(update) => apply(&self.doc, update),
                Heard::Denied => Err(anyhow::anyhow!("denied")),
                Heard::Status(false) => Err(anyhow::anyhow!("an edit was refused")),
                _ => Ok(()),
            };
            failed = failed.take().or(heard.err());
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
        ensure!(seat.client.closed.is_none(), "closed: {:?}", seat.client.closed);
        answers.iter().try_for_each(|answer| seat.answer(answer))
    }

    fn edit(&mut self, random: &mut StdRng, number: usize) -> Result<()> {
        let notes = self.doc.get_or_insert_map("notes");
        let update = {
            let mut transaction = self.doc.transact_mut();
            let mut keys: Vec<String> = notes.keys(&transaction).map(str::to_owned).collect();
            keys.sort();
            if keys.len() < 3 || random.random_range(0..30) == 0 {
                let order = format!("a{number:05}");
                let line: MapPrelim =
                    [("section", "worries"), ("order", order.as_str())].into_iter().collect();
                let line = notes.insert(&mut transaction, format!("{number:08x}{:08x}", self.person), line);
                line.insert(&mut transaction, "text", TextPrelim::new("said"));
            } else {
                let key = &keys[random.random_range(0..keys.len())];
                let Some(Out::YMap(line)) = notes.get(&transaction, key) else { anyhow::bail!("no line") };
                let Some(Out::YText(text)) = line.get(&transaction, "text") else { anyhow::bail!("no text") };
                let length = text.len(&transaction);
                match random.random_range(0..10) {
                    0 => {
                        line.insert(
                            &mut transaction,
                            "section",
                            if number.is_multiple_of(2) { "well" } else { "worries" },
                        );
                    }
                    1..3 if length > 2 => {
                        let at = random.random_range(0..length - 1);
                        text.remove_range(&mut transaction, at, (length - at).min(random.random_range(1..5)));
                    }
                    _ => {
                        let at = random.random_range(0..=length);
                        text.insert(&mut transaction, at, &format!(" w{number}"));
                    }
                }
            }
            transaction.encode_update_v1()
        };
        match &mut self.seat {
            Some(seat) => seat.say(&update),
            None => Ok(()),
        }
    }

    /// What the copy says, in one order.
    fn reads(&self) -> String {
        let notes = self.doc.get_or_insert_map("notes");
        let transaction = self.doc.transact();
        let any = notes.to_json(&transaction);
        serde_json::to_value(any).unwrap_or_default().to_string()
    }
}

fn apply(doc: &Doc, update: &[u8]) -> Result<()> {
    let update = Update::decode_v1(update).context("an update of the server")?;
    doc.transact_mut().apply_update(update).context("an update of the server")
}
