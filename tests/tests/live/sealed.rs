//! Sealed scale notes over real sockets and requests: the devices are those of `ballot-box`, and know of the service what
//! a browser knows.

use anyhow::{Context, Result, bail};
use ballot_box::{Answer, BALLOT_BYTES, KEY_BYTES, PublicKey, Round, RoundName, Shown, device};
use flipchart_tests::{Attendee, Conference, Requests, Service, Start, draw, wait_for};
use protocol::{
    command::{Command, Outcome, Refusal, Request},
    document::{Audience, Kind},
    id::RoundId,
    people::Role,
    rounds::{FamilyChoice, NewRound, Numbers, Revealed, RoundState, Told},
};
use std::{collections::BTreeSet, fs, path::Path};

const EVERYBODY: Kind = Kind::Proceedings(Audience::All);
pub(crate) const SCALING: [Role; 6] = [
    Role::SocialWorker,
    Role::TeamManager,
    Role::Police,
    Role::HealthVisitor,
    Role::SchoolNurse,
    Role::School,
];

/// A conference in the phase of the scale, with everybody in it. Practice: its waits are short.
pub(crate) struct Room {
    pub(crate) room: Conference,
    pub(crate) chair: Attendee,
    pub(crate) scaling: Vec<Attendee>,
}

impl Room {
    pub(crate) async fn open(service: &Service) -> Result<Self> {
        let roles = [&[Role::Chair, Role::Parent], &SCALING[..]].concat();
        let room = Conference::practise(service, &roles).await?;
        let chair = room.chair().await?;
        let mut scaling = Vec::new();
        for role in SCALING {
            scaling.push(room.bring(role, &chair).await?);
        }
        room.convene(&chair, "decision-making").await?;
        Ok(Self { room, chair, scaling })
    }

    /// Opens a round and waits for its key on every device.
    pub(crate) async fn begins(&self) -> Result<RoundId> {
        let round = draw();
        let (question, low_words, high_words) = (None, None, None);
        let new = NewRound { round, child: self.room.child, question, low_words, high_words, minimum: None };
        self.chair.does(Command::OpenRound { new }).await?;
        for one in self.scaling.iter().chain([&self.chair]) {
            is(one, round, RoundState::Open).await?;
        }
        Ok(round)
    }

    pub(crate) async fn ends(&self, round: RoundId) -> Result<Revealed> {
        self.chair.does(Command::CloseRound { round }).await?;
        is(&self.chair, round, RoundState::Closed).await?;
        self.chair.does(Command::RevealRound { round }).await?;
        is(&self.chair, round, RoundState::Revealed).await?;
        Ok(serde_json::from_value(shown(&self.chair, round)?["revealed"].clone())?)
    }

    /// What a device needs to know of the round.
    pub(crate) fn round(&self, who: &Attendee, round: RoundId) -> Result<Round> {
        let shown = shown(who, round)?;
        let key: [u8; KEY_BYTES] = bytes(shown["key"].as_str().context("no key")?)?;
        let name: RoundName = format!("{}/{round}", self.room.id).parse()?;
        Ok(Round::new(name, PublicKey::from_modulus(&key)?))
    }

    /// A device has its note signed.
    pub(crate) async fn token(
        &self,
        who: &Attendee,
        round: RoundId,
        seed: [u8; 32],
    ) -> Result<device::Token> {
        let device =
            device::Device::new(self.round(who, round)?, &seed).context("a factor without inverse")?;
        let blinded = hex::encode(device.blinded());
        match who.command(Command::AskNote { round, blinded }).await? {
            Outcome::Signed { signed } => Ok(device.finalise(&bytes(&signed)?)?),
            other => bail!("no note: {other:?}"),
        }
    }

    /// Hands a ballot in as a browser does that says nothing of itself.
    pub(crate) async fn casts(&self, round: RoundId, ballot: &[u8; BALLOT_BYTES]) -> Result<()> {
        let nobody = Requests::to(self.room.origin());
        let answer = nobody.post_bytes(&format!("/box/{}/{round}", self.room.id), &[], ballot).await?;
        anyhow::ensure!(answer.status == 204 && answer.body.is_empty(), "{answer:?}");
        Ok(())
    }
}

pub(crate) fn bytes<const N: usize>(digits: &str) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    hex::decode_to_slice(digits, &mut bytes)?;
    Ok(bytes)
}

fn shown(who: &Attendee, round: RoundId) -> Result<serde_json::Value> {
    who.read(EVERYBODY, |copy| copy.json("rounds"))?.get(round.to_string()).cloned().context("no such round")
}

/// Waits until a device shows that the round is so far.
pub(crate) async fn is(who: &Attendee, round: RoundId, state: RoundState) -> Result<()> {
    let state = serde_json::to_value(state)?;
    wait_for(&format!("a round that is {state}"), async || {
        shown(who, round).ok().filter(|shown| shown["state"] == state).map(|_| ())
    })
    .await
}

/// What was told beside the documents.
fn told(who: &Attendee) -> Vec<Told> {
    who.look(|seen| seen.told.iter().filter_map(|words| serde_json::from_str(words).ok()).collect())
}

/// The epoch and how many are in, as they were told last.
fn count(who: &Attendee) -> Option<(String, u32)> {
    told(who).into_iter().rev().find_map(|told| match told {
        Told::Count { epoch, notes, .. } => Some((epoch, notes)),
        Told::Bundle { .. } | Told::Disk { .. } => None,
    })
}

pub(crate) async fn counted(who: &Attendee, notes: u32) -> Result<String> {
    let so_many = async || count(who).filter(|(_, so_many)| *so_many == notes).map(|(epoch, _)| epoch);
    wait_for(&format!("a count of {notes}"), so_many).await
}

pub(crate) fn says(number: u8) -> Answer {
    Answer::try_from(number).expect("a number of the line")
}

pub(crate) fn seed(n: usize) -> [u8; 32] {
    [n as u8 + 1; 32]
}

/// Every file below a folder, whole.
pub(crate) fn files(folder: &Path, into: &mut Vec<Vec<u8>>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { files(&path, into)? } else { into.push(fs::read(&path)?) }
    }
    Ok(())
}

pub(crate) fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[tokio::test]
async fn seal5_seal7_seal11_a_whole_round_leaves_sorted_numbers_and_nothing_of_a_note_on_the_disk_or_in_the_log()
-> Result<()> {
    let service = Start::new(&[])?.with("RUST_LOG", "trace").run().await?;
    let room = Room::open(&service).await?;
    let round = room.begins().await?;
    let numbers = [5, 3, 9, 3, 4, 7];
    let (mut ballots, mut devices) = (Vec::new(), Vec::new());
    for (n, who) in room.scaling.iter().enumerate() {
        let token = room.token(who, round, seed(n)).await?;
        // Somebody changes their mind.
        room.casts(round, &token.ballot(0, says(10))).await?;
        let ballot = token.ballot(1, says(numbers[n]));
        room.casts(round, &ballot).await?;
        ballots.push(ballot);
        devices.push(device::Device::new(room.round(who, round)?, &seed(n)).context("an inverse")?);
    }
    counted(&room.chair, 6).await?;
    for who in room.scaling.iter().chain([&room.chair]) {
        assert!(shown(who, round)?["revealed"].is_null(), "a number before the reveal");
        assert!(!told(who).iter().any(|told| matches!(told, Told::Bundle { .. })));
    }
    let revealed = room.ends(round).await?;
    assert_eq!(revealed.numbers, Numbers::Each { numbers: vec![3, 3, 4, 5, 7, 9], middle_doubled: 9 });
    assert_eq!((revealed.notes, revealed.without_number), (6, 0));
    for (who, device) in room.scaling.iter().zip(&devices) {
        let notes = wait_for("all notes", async || {
            told(who).into_iter().find_map(|told| match told {
                Told::Bundle { notes, .. } => Some(notes),
                Told::Count { .. } | Told::Disk { .. } => None,
            })
        });
        let mut bundle = Vec::new();
        for note in notes.await? {
            bundle.push(Shown {
                answer: note.answer.map(Answer::try_from).transpose()?,
                one_time_key: bytes(&note.key)?,
                signature: bytes(&note.signature)?,
            });
        }
        let of = room.round(who, round)?;
        assert_eq!(device::check(&of, 6, &[3, 3, 4, 5, 7, 9], &bundle), Ok(()));
        assert!(bundle.iter().any(|note| note.one_time_key == device.one_time_key()), "the own note is gone");
        assert_eq!(who.surprises(), Vec::<String>::new());
    }
    let (mut kept, log) = (Vec::new(), service.said());
    files(service.data(), &mut kept)?;
    assert!(kept.iter().map(Vec::len).sum::<usize>() > 10_000, "nothing is kept");
    kept.push(log.clone().into_bytes());
    let measures = Requests::to(room.room.origin()).get("/metrics").await?.text();
    kept.push(measures.into_bytes());
    assert!(log.contains("/commands"), "the log is not on");
    assert!(!log.contains("/box/"), "a ballot is in the log");
    for (ballot, device) in ballots.iter().zip(&devices) {
        let of = room.round(&room.chair, round)?;
        let (key, m) = (device.one_time_key(), of.message(&device.one_time_key()));
        for secret in [&key[..], &m[..], &m[17..], &ballot[17..49], &ballot[54..310], &ballot[310..374]] {
            for file in &kept {
                let digits = hex::encode(secret);
                let found = holds(file, secret) || holds(file, digits.as_bytes());
                assert!(!found, "a part of a note is kept");
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn seal2_a_thousand_questions_of_one_attendee_have_one_signature() -> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Room::open(&service).await?;
    let round = room.begins().await?;
    let who = &room.scaling[0];
    let of = room.round(who, round)?;
    let blinded: Vec<String> = (0..10)
        .map(|n| {
            let device = device::Device::new(of.clone(), &seed(n)).expect("a factor with an inverse");
            hex::encode(device.blinded())
        })
        .collect();
    let (mut signed, mut others) = (BTreeSet::new(), 0);
    // All at one time, as fast as they go out; a device has 300 commands a minute (LIM11).
    let asking = (0..1_000).map(|n| {
        let command = Command::AskNote { round, blinded: blinded[n % blinded.len()].clone() };
        let (requests, path) = (who.requests.clone(), format!("/api/attendees/{}/commands", who.id));
        tokio::spawn(async move { requests.post(&path, &Request { id: draw(), command }).await })
    });
    for asked in asking.collect::<Vec<_>>() {
        let answer = asked.await??;
        match answer.status {
            429 => continue,
            _ => match answer.json::<Outcome>()? {
                Outcome::Signed { signed: one } => drop(signed.insert(one)),
                Outcome::Refused { code: Refusal::Already, .. } => others += 1,
                other => bail!("{other:?}"),
            },
        }
    }
    assert_eq!(signed.len(), 1, "one attendee had two notes signed");
    assert!(others > 100, "{others} other questions were answered");
    Ok(())
}

#[tokio::test]
async fn seal6_a_ballot_that_comes_ten_thousand_times_counts_once() -> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Room::open(&service).await?;
    let round = room.begins().await?;
    let ballot = room.token(&room.scaling[0], round, seed(0)).await?.ballot(0, says(4));
    let nobody = Requests::to(room.room.origin());
    for _ in 0..100 {
        let path = format!("/box/{}/{round}", room.room.id);
        let casting = (0..100).map(|_| {
            let (nobody, path, ballot) = (nobody.clone(), path.clone(), ballot);
            tokio::spawn(async move { nobody.post_bytes(&path, &[], &ballot).await })
        });
        for cast in casting.collect::<Vec<_>>() {
            assert_eq!(cast.await??.status, 204);
        }
    }
    let second = room.token(&room.scaling[1], round, seed(1)).await?;
    room.casts(round, &second.ballot(0, Answer::NOTHING)).await?;
    counted(&room.chair, 2).await?;
    let revealed = room.ends(round).await?;
    assert_eq!((revealed.notes, revealed.without_number, revealed.numbers), (2, 1, Numbers::TooFew));
    Ok(())
}

/// How often the service is killed in one round; more for `cargo xtask prove`.
fn kills() -> usize {
    std::env::var("FLIPCHART_SEALED_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(3)
}

#[tokio::test]
async fn seal6_seal14_kills_in_an_open_round_lose_no_note_whose_device_is_here_and_double_none() -> Result<()>
{
    let mut service = Service::start(&[]).await?;
    let mut room = Room::open(&service).await?;
    let round = room.begins().await?;
    let mut tokens = Vec::new();
    for n in 0..2 {
        tokens.push(room.token(&room.scaling[n], round, seed(n)).await?);
    }
    let mut epochs = BTreeSet::new();
    for _ in 0..kills() {
        for (n, token) in tokens.iter().enumerate() {
            room.casts(round, &token.ballot(0, says(n as u8))).await?;
        }
        let in_the_box = tokens.len() as u32;
        let (epoch, _) = wait_for("a count in a box of another name", async || {
            count(&room.chair).filter(|(epoch, notes)| *notes == in_the_box && !epochs.contains(epoch))
        })
        .await?;
        epochs.insert(epoch);
        // A note is asked for as the service dies: given out or not, the same bytes have the same answer afterwards.
        let next = tokens.len() % SCALING.len();
        let of = room.round(&room.chair, round)?;
        let blinded = hex::encode(device::Device::new(of, &seed(next)).context("an inverse")?.blinded());
        let asked = room.scaling[next].command(Command::AskNote { round, blinded: blinded.clone() });
        let (asked, killed) = tokio::join!(asked, async { service.kill() });
        killed?;
        for one in room.scaling.iter().chain([&room.chair]) {
            one.ended().await?;
        }
        service = service.restart().await?;
        for one in room.scaling.iter_mut().chain([&mut room.chair]) {
            one.connect().await?;
            one.open_all().await?;
        }
        is(&room.chair, round, RoundState::Open).await?;
        let again = room.scaling[next].command(Command::AskNote { round, blinded }).await?;
        if let Ok(first @ Outcome::Signed { .. }) = asked {
            assert_eq!(again, first, "another signature after a kill");
        }
        let token = room.token(&room.scaling[next], round, seed(next)).await?;
        if next == tokens.len() {
            tokens.push(token);
        }
    }
    for (n, token) in tokens.iter().enumerate() {
        room.casts(round, &token.ballot(0, says(n as u8))).await?;
    }
    counted(&room.chair, tokens.len() as u32).await?;
    let revealed = room.ends(round).await?;
    let numbers: Vec<u8> = (0..tokens.len() as u8).collect();
    let Numbers::Each { numbers: told, .. } = revealed.numbers else { bail!("{revealed:?}") };
    assert_eq!(told, numbers);
    Ok(())
}

#[tokio::test]
async fn seal5_whoever_says_who_they_are_is_refused_and_all_others_have_one_answer() -> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Room::open(&service).await?;
    let round = room.begins().await?;
    let ballot = room.token(&room.scaling[0], round, seed(0)).await?.ballot(0, says(4));
    let nobody = Requests::to(room.room.origin());
    let place = format!("/box/{}/{round}", room.room.id);
    // A browser with a session, and one with a key.
    let known = room.scaling[0].requests.post_bytes(&place, &[], &ballot).await?;
    let keyed = nobody.post_bytes(&place, &[("authorization", "Bearer x")], &ballot).await?;
    assert_eq!((known.status, keyed.status), (400, 400));
    assert!(known.body.is_empty() && keyed.body.is_empty());
    let mut altered = ballot;
    altered[53] ^= 1;
    let elsewhere = format!("/box/{}/{}", room.room.id, draw::<RoundId>());
    let no_room = format!("/box/{}/{round}", draw::<protocol::id::ConferenceId>());
    let cases: [(&str, &[u8]); 8] = [
        (&place, &[]),
        (&place, &ballot[..BALLOT_BYTES - 1]),
        (&place, &[ballot.as_slice(), &[0]].concat()),
        (&place, &[0; BALLOT_BYTES]),
        (&place, &altered),
        (&elsewhere, &ballot),
        (&no_room, &ballot),
        ("/box/none/such", &ballot),
    ];
    let right = nobody.post_bytes(&place, &[], &ballot).await?;
    for (path, body) in cases {
        let mut answer = nobody.post_bytes(path, &[], body).await?;
        let mut right = right.clone();
        for answer in [&mut answer, &mut right] {
            answer.headers.remove("date");
        }
        assert_eq!(
            (answer.status, &answer.headers, &answer.body),
            (204, &right.headers, &right.body),
            "{path}"
        );
    }
    // A page of somebody else's has no way to the box.
    let foreign = [("origin", "https://elsewhere.example")];
    assert_eq!(nobody.post_bytes(&place, &foreign, &ballot).await?.status, 403);
    counted(&room.chair, 1).await?;
    Ok(())
}

#[tokio::test]
async fn p16_seal1_a_parent_who_chose_the_pad_hands_in_like_everybody_else() -> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Room::open(&service).await?;
    let parent = room.room.bring(Role::Parent, &room.chair).await?;
    let choice = Some(FamilyChoice::Pad);
    room.chair.does(Command::FamilyChoice { attendee: parent.id, choice }).await?;
    let round = room.begins().await?;
    is(&parent, round, RoundState::Open).await?;
    assert_eq!(shown(&parent, round)?["entitled"], 7.0);
    let seat = parent.read(Kind::Seat(parent.id), |seat| seat.json("rounds"))?;
    assert_eq!(seat[round.to_string()], true);
    let token = room.token(&parent, round, seed(9)).await?;
    room.casts(round, &token.ballot(0, says(2))).await?;
    counted(&parent, 1).await?;
    Ok(())
}
