//! Rounds of sealed notes, live: signing blind, the box, the reveal (SPEC SEAL).
//!
//! Ballots are in [`LiveRound::ballots`] and nowhere else: in no state, no document, no row. Of an open round the store
//! holds one document of its own, sealed like every row: the signing key and who was given a signature of what hash. It
//! is destroyed when the round closes. Whatever is lost with the process – a box, or a key that was being made – is made
//! good by the devices, which hand in again to a box of another name, or by opening the round again.

use super::{AskId, Core, Effect, Later, LoadError};
use crate::{
    meeting::conference::Millis,
    room::{
        commands::{Refused, rounds},
        log,
    },
    store::{Kept, Row, Write},
};
use ballot_box::{
    Answer, BallotBox, Band, BlindedHash, Issuer, KEY_BYTES, Minimum, PublicKey, Reveal, Round, RoundKey,
    Shown, Tally, blinded_hash, wiped,
};
use protocol::{
    command::{Command, Outcome, Refusal},
    document::Kind,
    frame::ServerMessage,
    id::{AttendeeId, RoundId},
    rounds::{Numbers, Revealed, RoundState, ShownNote, Third, Timing, Told},
};
use std::collections::{BTreeMap, BTreeSet};
use zeroize::{Zeroize as _, Zeroizing};

/// Names in the store of the keys of open rounds.
pub(super) const STORED: &str = "round.";

/// Where the words of a round are said: everybody who is here and every wall reads it.
pub(super) const EVERYBODY: Kind = Kind::Proceedings(protocol::document::Audience::All);

/// Rounds that are under way.
#[derive(Default)]
pub(super) struct LiveRounds {
    /// Keys that are being made elsewhere.
    making: BTreeSet<RoundId>,
    live: BTreeMap<RoundId, LiveRound>,
    counted_at: Millis,
    /// When the clock was looked at last.
    ticked: Option<Millis>,
}

/// The clock is looked at each second: where more lies between two looks, it was put forward or the machine slept.
const CLOCK_STEP: Millis = 300_000;

impl LiveRounds {
    /// A clock that was put right, or a machine that slept, takes from nobody the time that a closing round gives them, and
    /// adds none.
    fn follow_the_clock(&mut self, now: Millis) {
        let Some(before) = self.ticked.replace(now) else { return };
        if now < before {
            let back = before - now;
            self.move_times(|time| time.saturating_sub(back));
        } else if now - before > CLOCK_STEP {
            self.move_times(|time| time + (now - before));
        }
    }

    /// The disk refused for some time, in which no round was told of, asked or closed.
    pub(super) fn stood_still(&mut self, now: Millis) {
        if let Some(before) = self.ticked.replace(now) {
            self.move_times(|time| time + now.saturating_sub(before));
        }
    }

    fn move_times(&mut self, to: impl Fn(Millis) -> Millis) {
        self.counted_at = to(self.counted_at);
        for closing in self.live.values_mut().filter_map(|live| live.closing.as_mut()) {
            (closing.drained, closing.at_last) = (to(closing.drained), to(closing.at_last));
        }
    }

    fn begins(&mut self, id: RoundId, round: LiveRound) {
        // While there was none, nobody looked at the clock.
        if self.live.is_empty() {
            self.ticked = None;
        }
        self.live.insert(id, round);
    }
}

struct LiveRound {
    /// None once its key is destroyed.
    issuer: Option<Issuer>,
    ballots: BallotBox,
    given: BTreeMap<AttendeeId, Given>,
    /// Once it is closing.
    closing: Option<Closing>,
    /// Of the batch to come: the key, and the number of the change that brought it.
    key: Option<(u64, Zeroizing<Vec<u8>>)>,
    /// Of the batch to come: signatures that were given, with their numbers.
    rows: Vec<(u64, Issued)>,
}

/// Until when a closing round takes notes (SEAL15).
#[derive(Clone, Copy)]
struct Closing {
    /// Where every note is in that a signature was given for.
    drained: Millis,
    /// In any case: a slow device is waited for as long as one that comes back.
    at_last: Millis,
}

/// What somebody was given: the hash by which their message is known again, and its signature, which a restart forgets
/// and makes again.
struct Given {
    hash: BlindedHash,
    signed: Option<Box<[u8; KEY_BYTES]>>,
}

/// As it is kept.
pub(super) type Issued = (AttendeeId, BlindedHash);

impl LiveRound {
    fn new(issuer: Option<Issuer>, ballots: BallotBox) -> Self {
        Self { issuer, ballots, given: BTreeMap::new(), closing: None, key: None, rows: Vec::new() }
    }

    /// Whether it takes nothing any more.
    fn has_drained(&self, now: Millis) -> bool {
        let all_in = self.ballots.count() >= self.given.len();
        self.closing.is_some_and(|until| now >= if all_in { until.drained } else { until.at_last })
    }

    /// The signature of `asked`, and whether it was given just now.
    fn sign(
        &mut self,
        rng: &mut rand::rngs::StdRng,
        asked: &rounds::Asked,
    ) -> Result<(String, bool), Refused> {
        let hash = blinded_hash(&asked.blinded);
        let before = self.given.get(&asked.of);
        if before.is_some_and(|given| given.hash != hash) {
            return Err(Refused { code: Refusal::Already, why: "Your note is open on your other device." });
        }
        if let Some(signed) = before.and_then(|given| given.signed.as_ref()) {
            return Ok((hex::encode(&signed[..]), false));
        }
        let is_new = before.is_none();
        let too_late = Refused { code: Refusal::NotNow, why: "No note can be given out any more." };
        let Some(issuer) = &mut self.issuer else { return Err(too_late) };
        let signed = issuer.sign(rng, &asked.blinded).map_err(|why| match why {
            ballot_box::Refused::Spent => too_late,
            ballot_box::Refused::Unreadable => {
                Refused { code: Refusal::BadInput, why: "This could not be read. Please reload the page." }
            }
        })?;
        self.given.insert(asked.of, Given { hash, signed: Some(Box::new(signed)) });
        Ok((hex::encode(signed), is_new))
    }
}

impl Core {
    /// True while something of a round has to be done on a tick.
    pub fn has_rounds(&self) -> bool {
        !self.rounds.live.is_empty()
    }

    /// A note is to be signed. Answers like a command; neither the answer nor the asking is remembered: what is kept is
    /// that this person was given one, until the round closes. False: the command asks for no note.
    pub(super) fn asks_for_note(&mut self, ask: AskId, by: AttendeeId, command: &Command) -> bool {
        let Some(asked) = rounds::asked(&self.conference, by, command) else { return false };
        let signed = asked.and_then(|asked| wiped(|| self.signs(&asked)));
        let outcome = match signed {
            Ok(signed) => Outcome::Signed { signed },
            Err(Refused { code, why }) => Outcome::Refused { code, why: why.to_owned() },
        };
        self.later(self.seq, Later::Answer(ask, outcome));
        true
    }

    fn signs(&mut self, asked: &rounds::Asked) -> Result<String, Refused> {
        let not_here = Refused { code: Refusal::NotNow, why: "No note can be handed in at the moment." };
        let live = self.rounds.live.get_mut(&asked.round).ok_or(not_here)?;
        let (signed, is_new) = live.sign(&mut self.rng, asked)?;
        if is_new {
            self.seq += 1;
            live.rows.push((self.seq, (asked.of, blinded_hash(&asked.blinded))));
        }
        Ok(signed)
    }

    /// Takes a ballot, from nobody. There is no answer.
    pub fn cast(&mut self, round: RoundId, body: &[u8]) {
        let takes = self.conference.rounds.all.get(&round).is_some_and(|round| round.takes_notes());
        if let Some(live) = self.rounds.live.get_mut(&round).filter(|_| takes) {
            live.ballots.cast(body);
        }
    }

    /// A key that [`Effect::MakeKey`] asked for. The round opens; nobody hears of it before the key is kept.
    pub fn key_made(&mut self, id: RoundId, key: RoundKey) {
        self.rounds.making.remove(&id);
        let Some(name) = self.name_of_round(id) else { return };
        let Some(round) = self.conference.rounds.all.get_mut(&id) else { return };
        if round.state != RoundState::Making {
            return;
        }
        round.state = RoundState::Open;
        round.key = Some(hex::encode(key.public().modulus()));
        let entitled = round.entitled.len();
        let issuer = Issuer::new(key, entitled);
        let ballots = BallotBox::new(&mut self.rng, Round::new(name, issuer.public().clone()), entitled);
        let mut live = LiveRound::new(None, ballots);
        live.key = Some((self.seq + 1, issuer.to_pkcs8()));
        live.issuer = Some(issuer);
        self.rounds.begins(id, live);
        self.state_moved();
    }

    /// Lets what a command has changed take effect on keys and boxes. Answers what is to be said to everybody once the
    /// change is kept.
    pub(super) fn turn_rounds(&mut self, now: Millis) -> Vec<Told> {
        self.rounds.follow_the_clock(now);
        let mut said = Vec::new();
        let Timing { drain, back, .. } = self.conference.timing();
        for (id, round) in &mut self.conference.rounds.all {
            let live = self.rounds.live.get_mut(id);
            match (round.state, live) {
                (RoundState::Making, _) => {
                    let is_new = self.rounds.making.insert(*id);
                    self.effects.extend(is_new.then_some(Effect::MakeKey(*id)));
                }
                (RoundState::Open, Some(live)) => {
                    while live.ballots.entitled() < round.entitled.len() {
                        live.ballots.admit();
                        live.issuer.iter_mut().for_each(Issuer::admit);
                    }
                }
                (RoundState::Closing, Some(live)) => {
                    live.closing.get_or_insert(Closing { drained: now + drain, at_last: now + back });
                }
                (RoundState::Revealed, _) if round.revealed.is_none() => {
                    let Some(live) = self.rounds.live.remove(id) else {
                        round.give_up();
                        continue;
                    };
                    let minimum = Minimum::try_from(usize::from(round.minimum)).unwrap_or_default();
                    let Reveal { tally, without_number, notes, bundle, .. } = live.ballots.reveal(minimum);
                    round.revealed = Some(Revealed {
                        numbers: numbers(tally),
                        without_number: without_number as u32,
                        notes: notes as u32,
                        at: now,
                    });
                    said.push(Told::Bundle { round: *id, notes: bundle.iter().map(shown).collect() });
                }
                (RoundState::Void, Some(_)) => {
                    self.rounds.live.remove(id);
                    self.destroyed.insert(stored_name(*id));
                }
                _ => {}
            }
        }
        said
    }

    /// Time has passed: closes what has drained, and tells how many notes are in (SEAL9).
    pub fn tick(&mut self, now: Millis) {
        self.rounds.follow_the_clock(now);
        let live = self.rounds.live.iter();
        let drained: Vec<RoundId> =
            live.filter(|(_, live)| live.has_drained(now)).map(|(id, _)| *id).collect();
        for id in &drained {
            let live = self.rounds.live.get_mut(id).expect("listed above");
            // The key and who was given what are gone: from memory here, from the disk with this change (SEAL14).
            live.closing = None;
            live.issuer = None;
            live.given.clear();
            self.destroyed.insert(stored_name(*id));
            if let Some(round) = self.conference.rounds.all.get_mut(id) {
                round.state = RoundState::Closed;
                round.notes = Some(live.ballots.count() as u32);
            }
        }
        if !drained.is_empty() {
            self.state_moved();
        }
        if now.saturating_sub(self.rounds.counted_at) >= self.conference.timing().count {
            self.rounds.counted_at = now;
            let counts = self.rounds.live.iter().map(|(id, live)| Told::Count {
                round: *id,
                epoch: hex::encode(live.ballots.epoch().as_bytes()),
                notes: live.ballots.count() as u32,
            });
            self.tell_everybody(counts.collect());
        }
    }

    /// Says something to everybody who is here, once the state is kept that it speaks of.
    pub(super) fn tell_everybody(&mut self, told: Vec<Told>) {
        for told in told {
            let words = serde_json::to_string(&told).expect("plain values can be written");
            self.later(self.state_seq, Later::Say(words));
        }
    }

    /// Sends what is to be said. A screen that a pause covers is sent nothing (P6).
    pub(super) fn say(&mut self, words: &str) {
        let message = ServerMessage::Stateless(words);
        for (conn, one) in &self.conns {
            let frame = one.opened.get(&EVERYBODY).and_then(|opened| opened.wire.write(&message));
            if let Some(frame) = frame.filter(|_| !self.is_covered(*conn, EVERYBODY)) {
                self.effects.push(Effect::Send(*conn, frame));
            }
        }
    }

    /// Of the batch to come: keys of rounds, and who was given a signature.
    pub(super) fn round_writes(&mut self, writes: &mut Vec<Write>) {
        for (id, live) in &mut self.rounds.live {
            if let Some((upto, key)) = live.key.take() {
                writes.push(Write::Snapshot { document: stored_name(*id), upto, state: key });
            }
            let rows = std::mem::take(&mut live.rows);
            if let (Some((from, _)), Some((to, _))) = (rows.first(), rows.last()) {
                let issued = || rows.iter().map(|(_, issued)| *issued).collect::<Vec<Issued>>();
                let bytes = wiped(|| log::write_row(&issued()));
                let row = Row { from: *from, to: *to, bytes };
                writes.push(Write::Append { document: stored_name(*id), row });
            }
        }
    }

    /// Brings rounds back. Boxes are new and empty: their names tell every device to hand in again. A round whose key
    /// cannot be had is void (SEAL14).
    pub(super) fn bring_rounds(&mut self, mut kept: BTreeMap<RoundId, Result<Kept, LoadError>>, now: Millis) {
        let before = self.conference.rounds.clone();
        let ids: Vec<RoundId> = before.all.keys().copied().collect();
        for id in ids {
            let kept = kept.remove(&id);
            let Some(round) = before.all.get(&id).filter(|round| round.is_under_way()) else {
                self.destroyed.extend(kept.map(|_| stored_name(id)));
                continue;
            };
            match self.resume(id, kept) {
                Some(mut live) => {
                    if round.state != RoundState::Open {
                        // Everybody has to come back first, and who was given a signature may not be known any more.
                        let back = now + self.conference.timing().back;
                        live.closing = Some(Closing { drained: back, at_last: back });
                        self.round(id).state = RoundState::Closing;
                    }
                    self.rounds.begins(id, live);
                }
                None => {
                    self.round(id).give_up();
                    self.destroyed.insert(stored_name(id));
                }
            }
        }
        self.rounds.ticked = Some(now);
        if self.conference.rounds != before && !self.quiet {
            self.seq += 1;
            self.state_changed = true;
        }
    }

    fn round(&mut self, id: RoundId) -> &mut crate::meeting::round::Round {
        self.conference.rounds.all.get_mut(&id).expect("one of them")
    }

    /// A round as it was kept: with its key while it gave notes out, without one after that.
    fn resume(&mut self, id: RoundId, kept: Option<Result<Kept, LoadError>>) -> Option<LiveRound> {
        let name = self.name_of_round(id)?;
        let round = self.conference.rounds.all.get(&id)?;
        let mut modulus = [0; KEY_BYTES];
        hex::decode_to_slice(round.key.as_ref()?, &mut modulus).ok()?;
        let public = PublicKey::from_modulus(&modulus).ok()?;
        let entitled = round.entitled.len();
        let (mut given, mut issuer) = (BTreeMap::new(), None);
        if round.takes_notes() {
            // A round that was closing once more after its key was destroyed has none either.
            let kept = match kept {
                None if round.state == RoundState::Closing => None,
                kept => Some(kept?.ok()?),
            };
            if let Some(mut kept) = kept {
                let read = read(&kept);
                kept.snapshot.iter_mut().for_each(|(_, key)| key.zeroize());
                let (key, issued) = read?;
                given.extend(issued.into_iter().map(|(of, hash)| (of, Given { hash, signed: None })));
                let hashes = given.values().map(|given: &Given| given.hash);
                issuer =
                    Some(Issuer::resume(key, entitled, hashes)).filter(|issuer| *issuer.public() == public);
                issuer.as_ref()?;
            }
        }
        let ballots = BallotBox::new(&mut self.rng, Round::new(name, public), entitled);
        Some(LiveRound { given, ..LiveRound::new(issuer, ballots) })
    }

    fn name_of_round(&self, id: RoundId) -> Option<ballot_box::RoundName> {
        format!("{}/{id}", self.conference.id).parse().ok()
    }
}

/// What is kept of a round until it is closed: its key, and whose note was signed. None: it does not read.
pub(super) fn read(kept: &Kept) -> Option<(RoundKey, Vec<Issued>)> {
    let key = RoundKey::from_pkcs8(&kept.snapshot.as_ref()?.1).ok()?;
    let issued: Result<Vec<Vec<Issued>>, _> = kept.rows.iter().map(|row| log::read_row(&row.bytes)).collect();
    Some((key, issued.ok()?.concat()))
}

fn stored_name(round: RoundId) -> String {
    format!("{STORED}{round}")
}

fn shown(note: &Shown) -> ShownNote {
    ShownNote {
        answer: note.answer.map(Answer::into),
        key: hex::encode(note.one_time_key),
        signature: hex::encode(note.signature),
    }
}

fn numbers(tally: Tally) -> Numbers {
    let third = |band| match band {
        Band::Low => Third::Low,
        Band::Middle => Third::Middle,
        Band::High => Third::High,
    };
    match tally {
        Tally::TooFew => Numbers::TooFew,
        Tally::Bands { counts, middle: (from, to) } => {
            Numbers::Bands { counts: counts.map(|count| count as u32), middle: [third(from), third(to)] }
        }
        Tally::Each { numbers, middle_doubled } => Numbers::Each { numbers, middle_doubled },
    }
}
