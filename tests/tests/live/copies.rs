//! Copies of a service that is written to: whole, with all that was acknowledged before they were begun.

use anyhow::{Context, Result, ensure};
use flipchart_tests::{Attendee, Conference, Service, Start};
use protocol::{
    command::Command,
    document::{Audience, Kind},
    id::NoteId,
    people::Role,
};
use std::{
    cell::{Cell, RefCell},
    path::Path,
};

const BOARD: Kind = Kind::Board(Audience::All);
const COPIES: usize = 5;
/// Conferences opened meanwhile: an address opens no more than 60 doors a minute (LIM7).
const OPENED: usize = 40;

/// Somebody who writes one word after the other in a line: the numbers from 1.
struct Pen<'a> {
    who: &'a Attendee,
    line: NoteId,
    written: Cell<usize>,
    kept: Cell<usize>,
}

impl<'a> Pen<'a> {
    async fn takes(who: &'a Attendee) -> Result<Self> {
        let line = who.type_note("worried", "").await?;
        who.saved().await?;
        Ok(Self { who, line, written: Cell::new(0), kept: Cell::new(0) })
    }

    async fn writes(&self) -> Result<()> {
        loop {
            let word = self.written.get() + 1;
            self.written.set(word);
            self.who.edit(BOARD, |board| board.type_into(self.line, &format!("{word} "))).await?;
            self.who.saved().await?;
            self.kept.set(word);
        }
    }
}

/// Opens one conference after the other.
async fn opens(service: &Service, opened: &RefCell<Vec<Conference>>) -> Result<()> {
    for _ in 0..OPENED {
        let one = Conference::open(service, &[Role::Chair]).await?;
        opened.borrow_mut().push(one);
    }
    std::future::pending().await
}

/// The chair of a conference, at another service that was made from a copy.
async fn chair_at(service: &Service, room: &Conference) -> Result<Attendee> {
    let chair = room.expected(Role::Chair)?;
    let mut chair = Attendee::enter(&service.origin(), chair.attendee, &chair.secret, &chair.pin).await?;
    chair.connect().await?;
    chair.open_all().await?;
    Ok(chair)
}

async fn done(how: &Start, task: &str) -> Result<String> {
    let (code, said) = how.task(task).await?;
    ensure!(code == Some(0), "{task}: {code:?}\n{said}");
    Ok(said)
}

#[tokio::test]
async fn sto11_copies_made_while_everybody_writes_hold_all_that_was_acknowledged_and_nothing_half()
-> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair, Role::CoChair, Role::SocialWorker]).await?;
    let chair = room.chair().await?;
    let co_chair = room.bring(Role::CoChair, &chair).await?;
    let worker = room.bring(Role::SocialWorker, &chair).await?;
    chair.does(Command::GivePen { attendee: worker.id }).await?;
    let pens = [Pen::takes(&chair).await?, Pen::takes(&co_chair).await?, Pen::takes(&worker).await?];
    let opened = RefCell::new(Vec::new());
    let folder = tempfile::TempDir::new()?;
    let copies = async {
        for n in 0..COPIES {
            copy(&service, &room, &pens, &opened, &folder.path().join(n.to_string())).await?;
        }
        Ok(())
    };
    tokio::select! {
        copied = copies => copied,
        Err(stopped) = pens[0].writes() => Err(stopped),
        Err(stopped) = pens[1].writes() => Err(stopped),
        Err(stopped) = pens[2].writes() => Err(stopped),
        Err(stopped) = opens(&service, &opened) => Err(stopped),
    }
}

/// Makes a copy, looks at what is copied, and starts a service on what the copy brings back.
async fn copy(
    service: &Service,
    room: &Conference,
    pens: &[Pen<'_>],
    opened: &RefCell<Vec<Conference>>,
    to: &Path,
) -> Result<()> {
    let kept: Vec<usize> = pens.iter().map(|pen| pen.kept.get()).collect();
    let before = opened.borrow().len();
    let how = service.how();
    done(&how, &format!("backup {}", to.display())).await?;
    let written: Vec<usize> = pens.iter().map(|pen| pen.written.get()).collect();
    done(&how, "verify").await?;

    let restored = Start::new(&[])?.in_folder(to.join("restored"));
    let said = done(&restored, &format!("restore {}", to.display())).await?;
    let count = said.split(' ').next().and_then(|count| count.parse::<usize>().ok()).context(said.clone())?;
    ensure!(count > before, "{count} conferences of {}: {said}", before + 1);
    let restored = restored.run().await?;
    let reader = chair_at(&restored, room).await?;
    let lines = reader.read(BOARD, |board| board.lines())?;
    for (n, pen) in pens.iter().enumerate() {
        let (_, line) = lines.get(&pen.line).context("a line is gone")?;
        let words: Vec<usize> = line.split_terminator(' ').map(str::parse).collect::<Result<_, _>>()?;
        ensure!(words.iter().copied().eq(1..=words.len()), "words are missing in between: {line}");
        ensure!(line.is_empty() || line.ends_with(' '), "the last word is half: {line}");
        let (kept, written) = (kept[n], written[n]);
        ensure!(words.len() >= kept, "{kept} words were acknowledged before, {} are there", words.len());
        ensure!(words.len() <= written, "{} of {written} words", words.len());
    }
    // The newest one that was open before.
    let newest = before.checked_sub(1).map(|place| opened.borrow()[place].clone());
    if let Some(newest) = newest {
        chair_at(&restored, &newest).await?;
    }
    Ok(())
}
