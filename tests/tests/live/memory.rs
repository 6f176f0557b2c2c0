//! The byte hunt (SEAL6, SEAL14): what whoever has the whole memory of the service, every file and every key finds of a
//! round – its key, its notes and who was given which – and that nothing of it is left when the numbers have been shown.

use crate::sealed::{Room, SCALING, bytes, counted, files, holds, is, says, seed};
use anyhow::{Context as _, Result, bail, ensure};
use ballot_box::{blinded_hash, device::Device};
use flipchart_tests::{Service, Start, wait_for};
use memchr::memmem;
use protocol::{
    command::{Command, Outcome},
    id::{ConferenceId, RoundId},
    rounds::RoundState,
};
use rsa::{RsaPrivateKey, pkcs8::DecodePrivateKey as _, traits::PrivateKeyParts as _};
use server::{
    room::core::reads,
    store::{
        Kept, Store as _,
        backup::restore,
        sqlite::{Location, SqliteStore},
    },
};
use std::{
    collections::BTreeSet,
    fs::{self, File},
    os::unix::fs::FileExt as _,
};

/// So much is read of the memory at once. Most pieces are stacks that nobody has used yet.
const PIECE: usize = 1 << 16;
static UNUSED: [u8; PIECE] = [0; PIECE];
/// Bytes of a secret that are looked for: nobody comes upon them by chance.
const PART: usize = 32;

/// What is looked for, by what it is.
#[derive(Default)]
struct Hunt(Vec<(String, Vec<u8>)>);

impl Hunt {
    /// A part of a secret, as bytes in both orders – numbers lie with their lowest byte first – and in digits.
    fn add(&mut self, what: &str, secret: &[u8]) {
        let from = (secret.len() - PART) / 2;
        let part = &secret[from..from + PART];
        self.0.push((what.to_owned(), part.to_vec()));
        self.0.push((what.to_owned(), part.iter().rev().copied().collect()));
        self.0.push((what.to_owned(), hex::encode(part).into_bytes()));
    }

    /// What of it is in the memory of a process: all that it can write to.
    fn through(&self, process: u32) -> Result<BTreeSet<String>> {
        let memory = File::open(format!("/proc/{process}/mem"))?;
        let mut found = BTreeSet::new();
        for line in fs::read_to_string(format!("/proc/{process}/maps"))?.lines() {
            let mut fields = line.split(' ');
            let (range, rights) = (fields.next().context("a range")?, fields.next().context("its rights")?);
            let (from, to) = range.split_once('-').context("two ends")?;
            let (from, to) = (u64::from_str_radix(from, 16)?, u64::from_str_radix(to, 16)?);
            if rights.starts_with("rw") {
                self.through_region(&memory, from, to, &mut found);
            }
        }
        Ok(found)
    }

    fn through_region(&self, memory: &File, mut from: u64, to: u64, found: &mut BTreeSet<String>) {
        let mut piece = vec![0; PIECE];
        while from < to {
            let length = PIECE.min((to - from) as usize);
            // What the process has given back meanwhile, or the system keeps for itself, cannot be read.
            if memory.read_exact_at(&mut piece[..length], from).is_err() {
                return;
            }
            let hits = self.0.iter().filter(|(_, part)| memmem::find(&piece[..length], part).is_some());
            if piece[..length] != UNUSED[..length] {
                found.extend(hits.map(|(what, _)| what.clone()));
            }
            // A part may lie across two pieces: none is longer than its digits.
            from += if length < PIECE { length } else { length - 2 * PART } as u64;
        }
    }
}

/// All that is stored of a conference, opened with all keys.
async fn opened(service: &Service, conference: ConferenceId) -> Result<Vec<Kept>> {
    let copies = tempfile::TempDir::new()?;
    let backup = copies.path().join("backup");
    let (code, said) = service.how().task(&format!("backup {}", backup.display())).await?;
    ensure!(code == Some(0), "{said}");
    let to = Location::beneath(&copies.path().join("opened"));
    ensure!(restore(&backup.join("data"), &backup.join("keys"), &to, &[], reads)?.is_whole());
    let store = SqliteStore::open(to)?;
    store.checked()?;
    Ok(store.load(conference)?)
}

/// The round's key, as it is stored until the round closes.
fn key(kept: &[Kept], round: RoundId) -> Result<RsaPrivateKey> {
    let name = format!("round.{round}");
    let kept = kept.iter().find(|kept| kept.document == name).context("the round's key is not stored")?;
    let (_, key) = kept.snapshot.as_ref().context("it is not stored as a state")?;
    Ok(RsaPrivateKey::from_pkcs8_der(key)?)
}

fn rows(kept: &[Kept]) -> impl Iterator<Item = &[u8]> {
    kept.iter().flat_map(|kept| {
        let state = kept.snapshot.iter().map(|(_, state)| state.as_slice());
        state.chain(kept.rows.iter().map(|row| row.bytes.as_slice()))
    })
}

#[tokio::test]
async fn seal6_seal14_when_the_numbers_are_shown_nothing_of_key_and_notes_is_left_in_memory_and_no_m_was_on_the_disk()
-> Result<()> {
    let start = Start::new(&[])?;
    let temporary = start.folder().join("temporary");
    fs::create_dir(&temporary)?;
    let path = temporary.to_str().context("a plain path")?;
    let start = start.with("TMPDIR", path).with("SQLITE_TMPDIR", path);
    let data = start.folder().join("data");
    let service = start.in_folder(data).run().await?;
    let room = Room::open(&service).await?;
    let round = room.begins().await?;

    let (mut hunt, mut hashes, mut of_notes) = (Hunt::default(), Vec::new(), Vec::new());
    for prime in key(&opened(&service, room.room.id).await?, round)?.primes() {
        hunt.add("the key", &prime.to_be_bytes());
    }
    for (n, who) in room.scaling.iter().enumerate() {
        let of = room.round(who, round)?;
        let device = Device::new(of.clone(), &seed(n)).context("a factor without inverse")?;
        let blinded = hex::encode(device.blinded());
        let Outcome::Signed { signed } = who.command(Command::AskNote { round, blinded }).await? else {
            bail!("no note");
        };
        let signed = bytes(&signed)?;
        let ballot = device.finalise(&signed)?.ballot(0, says(n as u8));
        room.casts(round, &ballot).await?;
        let one_time_key = device.one_time_key();
        let m = of.message(&one_time_key);
        let (m, signature) = (&m[m.len() - PART..], &ballot[54..310]);
        hunt.add("a one-time key", &one_time_key);
        hunt.add("an m", m);
        hunt.add("a note's signature", signature);
        hunt.add("a one-time key's signature", &ballot[310..374]);
        hunt.add("what somebody asked for", device.blinded());
        hunt.add("what somebody was given", &signed);
        hunt.add("who asked for what", &blinded_hash(device.blinded()));
        hashes.push(blinded_hash(device.blinded()));
        of_notes.extend([one_time_key.to_vec(), m.to_vec(), signature.to_vec()]);
    }
    counted(&room.chair, SCALING.len() as u32).await?;

    let limits = fs::read_to_string(format!("/proc/{}/limits", service.process()))?;
    let dumps =
        limits.lines().find(|line| line.starts_with("Max core file size")).context("no such limit")?;
    ensure!(dumps.split_whitespace().filter(|word| *word == "0").count() == 2, "dumps are written: {dumps}");

    // The hunt finds what is there.
    let found = hunt.through(service.process())?;
    for what in [
        "the key",
        "a one-time key",
        "an m",
        "a note's signature",
        "what somebody was given",
        "who asked for what",
    ] {
        ensure!(found.contains(what), "{what} was not found while it was in use: the hunt shows nothing");
    }
    // On the disk are a key and a hash for each person, and no part of a note.
    let mut written = Vec::new();
    files(service.data(), &mut written)?;
    files(&temporary, &mut written)?;
    let name = format!("round.{round}");
    ensure!(written.iter().any(|file| holds(file, name.as_bytes())), "the files were not looked through");
    let kept = opened(&service, room.room.id).await?;
    for hash in &hashes {
        ensure!(rows(&kept).any(|row| holds(row, hash)), "the rows were not looked through");
    }
    for secret in &of_notes {
        let digits = hex::encode(secret);
        for bytes in written.iter().map(Vec::as_slice).chain(rows(&kept)) {
            ensure!(!holds(bytes, secret) && !holds(bytes, digits.as_bytes()), "a part of a note is kept");
        }
    }

    room.chair.does(Command::CloseRound { round }).await?;
    is(&room.chair, round, RoundState::Closed).await?;
    room.chair.does(Command::RevealRound { round }).await?;
    for who in room.scaling.iter().chain([&room.chair]) {
        is(who, round, RoundState::Revealed).await?;
    }
    let mut left = BTreeSet::new();
    let gone = wait_for("a memory without the round", async || {
        left = hunt.through(service.process()).unwrap_or_default();
        left.is_empty().then_some(())
    });
    gone.await.with_context(|| format!("left: {left:?}"))
}
