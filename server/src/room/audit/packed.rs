//! Lines as they are kept: who did what where is named once, and numbers are told by how far they go on.
//!
//! A line of a conference's whole audit takes about 10 bytes, and about 90 by itself. How many a line takes does not
//! follow from the clock (SPEC SEAL13).

use super::{EDIT, Line, Page, RUN};
use protocol::{id::AttendeeId, people::Role};
use serde::{Deserialize, Serialize};

/// Lines in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packed {
    acts: Vec<Act>,
    steps: Vec<Step>,
    /// Hash that closes them.
    head: [u8; 32],
    /// First number of the last line.
    #[serde(skip)]
    last: u64,
    /// The last number of any.
    #[serde(skip)]
    upto: u64,
}

/// Who, in which role, did what in which document.
type Act = (AttendeeId, Role, String, Option<String>);

/// A line after the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Step {
    /// Which of the acts.
    act: usize,
    /// How far its first number is from the first number before.
    seq: i64,
    /// How far its last number is from its first.
    run: u64,
    /// Lowest 48 bits of its time: enough until the year 10889.
    time: [u8; 6],
}

/// A step names an act that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a page of the audit does not read; restore it from a backup")]
pub struct NoSuchAct;

impl Packed {
    /// Adds a line at the end.
    pub fn push(&mut self, line: &Line) {
        let is_same =
            |act: &Act| (act.0, act.1, &act.2, &act.3) == (line.who, line.role, &line.what, &line.document);
        let act = self.acts.iter().position(is_same).unwrap_or_else(|| {
            self.acts.push((line.who, line.role, line.what.clone(), line.document.clone()));
            self.acts.len() - 1
        });
        let [time @ .., _, _] = line.time.to_le_bytes();
        // Wrapping: whatever the numbers are, the same are read again.
        self.steps.push(Step {
            act,
            seq: line.seq.wrapping_sub(self.last).cast_signed(),
            run: line.upto.wrapping_sub(line.seq),
            time,
        });
        self.last = line.seq;
        self.upto = self.upto.max(line.upto);
    }

    /// Adds a line at the end, or to the run that it goes on: of the same person in the same document, begun less than
    /// ten seconds before, with no command since.
    pub fn go_on(&mut self, line: &Line) {
        let mut seq = self.last;
        for step in self.steps.iter_mut().rev() {
            let (who, role, what, document) = &self.acts[step.act];
            if line.what != EDIT || what != EDIT || line.time.abs_diff(time_of(step)) >= RUN {
                break;
            }
            if (*who, *role, document) == (line.who, line.role, &line.document) {
                step.run = line.upto.wrapping_sub(seq);
                self.upto = self.upto.max(line.upto);
                return;
            }
            seq = seq.wrapping_sub(step.seq.cast_unsigned());
        }
        self.push(line);
    }

    /// How many lines.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// The last number that a line holds.
    pub fn upto(&self) -> u64 {
        self.upto
    }
}

fn time_of(step: &Step) -> u64 {
    let [a, b, c, d, e, f] = step.time;
    u64::from_le_bytes([a, b, c, d, e, f, 0, 0])
}

impl From<Page> for Packed {
    fn from(page: Page) -> Self {
        let mut packed = Self { head: page.head, ..Self::default() };
        page.lines.iter().for_each(|line| packed.push(line));
        packed
    }
}

impl TryFrom<Packed> for Page {
    type Error = NoSuchAct;

    fn try_from(packed: Packed) -> Result<Self, NoSuchAct> {
        let mut seq = 0_u64;
        let lines = packed.steps.iter().map(|step| {
            seq = seq.wrapping_add_signed(step.seq);
            let time = time_of(step);
            let (who, role, what, document) = packed.acts.get(step.act).cloned().ok_or(NoSuchAct)?;
            Ok(Line { seq, upto: seq.wrapping_add(step.run), time, who, role, what, document })
        });
        Ok(Self { lines: lines.collect::<Result<_, _>>()?, head: packed.head })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::log;
    use proptest::prelude::*;

    fn lines() -> impl Strategy<Value = Vec<Line>> {
        let line = (any::<(u64, u64)>(), 0..1_u64 << 48, 0..3_u8, any::<bool>(), 0..3_usize).prop_map(
            |((seq, upto), time, who, is_chair, at)| Line {
                seq,
                upto,
                time,
                who: AttendeeId::from_random([who; 10]),
                role: if is_chair { Role::Chair } else { Role::Parent },
                what: ["edit", "pause", "edit"][at].to_owned(),
                document: [Some("board.all".to_owned()), None, Some("plan".to_owned())][at].clone(),
            },
        );
        prop::collection::vec(line, 0..40)
    }

    proptest! {
        #[test]
        fn sto13_whatever_lines_are_kept_the_same_are_read(lines in lines(), head: [u8; 32]) {
            let page = Page { lines, head };
            prop_assert_eq!(log::read::<Page>(&log::write(&page)), Ok(page));
        }

        #[test]
        fn sto13_no_bytes_of_a_page_bring_the_service_down(bytes: Vec<u8>) {
            let _ = log::read::<Page>(&bytes);
        }
    }

    /// Two people in turn, in one document, for six hours.
    fn long(time: u64) -> Page {
        let line = |n: u64| Line {
            seq: 40 * n,
            upto: 40 * n + 39,
            time: time + 10_000 * n,
            who: AttendeeId::from_random([n as u8 % 2; 10]),
            role: Role::Police,
            what: "edit".to_owned(),
            document: Some("board.all".to_owned()),
        };
        Page { lines: (0..2_000).map(line).collect(), head: [0; 32] }
    }

    #[test]
    fn sto13_seal13_a_line_among_many_takes_ten_bytes_at_any_time_of_day() {
        let bytes = log::write(&long(1_700_000_000_000)).len();
        assert!(bytes < 2_000 * 10, "{bytes} bytes");
        assert_eq!(log::write(&long(1 << 41)).len(), bytes);
        assert_eq!(log::write(&long(3)).len(), bytes);
    }

    #[test]
    fn sto13_a_run_goes_on_for_ten_seconds_and_not_past_a_command() {
        let line = |seq, time, who, what: &str| Line {
            seq,
            upto: seq + 4,
            time,
            who: AttendeeId::from_random([who; 10]),
            role: Role::Police,
            what: what.to_owned(),
            document: Some("board.all".to_owned()),
        };
        let mut packed = Packed::default();
        for line in [
            line(0, 50, 1, EDIT),
            line(5, 60, 2, EDIT),
            line(10, RUN, 1, EDIT),
            Line { role: Role::Chair, ..line(15, RUN, 1, EDIT) },
            Line { document: Some("plan".to_owned()), ..line(20, RUN, 1, EDIT) },
            line(25, RUN + 49, 1, EDIT),
            line(30, RUN + 50, 1, EDIT),
            line(35, RUN + 51, 2, "pause"),
            line(40, RUN + 52, 1, EDIT),
            line(45, RUN + 53, 1, EDIT),
        ] {
            packed.go_on(&line);
        }
        assert_eq!((packed.len(), packed.upto()), (7, 49));
        let spans: Vec<_> = Page::try_from(packed)
            .expect("it reads")
            .lines
            .iter()
            .map(|line| (line.seq, line.upto))
            .collect();
        assert_eq!(spans, [(0, 29), (5, 9), (15, 19), (20, 24), (30, 34), (35, 39), (40, 49)]);
    }

    #[test]
    fn sto13_a_step_to_an_act_that_is_not_there_does_not_read() {
        let mut packed = Packed::from(long(1));
        packed.steps[7].act = 2;
        assert!(log::read::<Page>(&log::write(&packed)).is_err());
    }
}
