//! Packs what one turn of a room sends: each message is framed once, its bytes are shared by all who get it, and each
//! socket gets everything of the turn in one push, so that one write carries it (SPEC LIM4).

use super::{
    core::ConnId,
    outbox::{Fill, Outbox},
};
use bytes::Bytes;
use metrics::counter;
use protocol::message::write_header;
use std::{collections::HashMap, mem::take, ops::Range};

/// A message of this size or more is not copied beside others: a slow reader of a small one would keep it alive.
const LARGE: usize = 16 * 1024;

/// Messages of a turn, not yet handed over.
#[derive(Debug, Default)]
pub(super) struct Packing {
    /// Messages for several sockets, one behind the other: neighbours go out as one piece.
    shared: Vec<u8>,
    /// Messages for one socket each.
    single: Vec<u8>,
    parts: HashMap<ConnId, Vec<Part>>,
    /// How many there are, each counted for each socket.
    messages: u64,
}

#[derive(Debug)]
enum Part {
    Shared(Range<usize>),
    Single(Range<usize>),
    Large(Bytes),
}

impl Packing {
    /// A message for one socket.
    pub(super) fn one(&mut self, conn: ConnId, body: Vec<u8>) {
        let at = self.single.len();
        let large = frame(&mut self.single, body);
        let range = at..self.single.len();
        self.messages += 1;
        add(self.parts.entry(conn).or_default(), Part::Single(range), large);
    }

    /// A message for several sockets, but not for `except`.
    pub(super) fn many(&mut self, to: &[ConnId], except: Option<ConnId>, body: Vec<u8>) {
        let at = self.shared.len();
        let large = frame(&mut self.shared, body);
        let range = at..self.shared.len();
        for conn in to.iter().filter(|conn| Some(**conn) != except) {
            self.messages += 1;
            add(self.parts.entry(*conn).or_default(), Part::Shared(range.clone()), large.clone());
        }
    }

    /// Hands everything over. Answers who has fallen behind by it.
    pub(super) fn send(&mut self, outboxes: &HashMap<ConnId, Outbox>) -> Vec<ConnId> {
        if self.parts.is_empty() {
            return Vec::new();
        }
        let (shared, single) = (Bytes::from(take(&mut self.shared)), Bytes::from(take(&mut self.single)));
        let mut behind = Vec::new();
        counter!("flipchart_deliveries_total").increment(take(&mut self.messages));
        for (conn, parts) in self.parts.drain() {
            let Some(outbox) = outboxes.get(&conn) else { continue };
            let pieces = parts.into_iter().map(|part| match part {
                Part::Shared(range) => shared.slice(range),
                Part::Single(range) => single.slice(range),
                Part::Large(bytes) => bytes,
            });
            if outbox.push(pieces) == Fill::Behind {
                behind.push(conn);
            }
        }
        behind.sort_unstable();
        behind
    }
}

/// Puts a message's header behind `out`, and its body too unless that is large: then it is answered.
fn frame(out: &mut Vec<u8>, body: Vec<u8>) -> Option<Bytes> {
    write_header(out, body.len());
    if body.len() >= LARGE {
        return Some(body.into());
    }
    out.extend_from_slice(&body);
    None
}

/// Puts a message behind those of a socket; one piece with its neighbour where they lie side by side.
fn add(parts: &mut Vec<Part>, part: Part, large: Option<Bytes>) {
    match (parts.last_mut(), &part) {
        (Some(Part::Shared(last)), Part::Shared(next)) | (Some(Part::Single(last)), Part::Single(next))
            if last.end == next.start =>
        {
            last.end = next.end;
        }
        _ => parts.push(part),
    }
    parts.extend(large.map(Part::Large));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::outbox::Outgoing;
    use protocol::message::binary;

    async fn taken(reader: &crate::room::outbox::OutboxReader) -> (usize, Vec<u8>) {
        let Outgoing::Bytes(pieces) = reader.next().await else { panic!("bytes") };
        (pieces.len(), pieces.concat())
    }

    #[tokio::test]
    async fn lim4_a_turn_is_one_push_in_order_and_shared_neighbours_are_one_piece() {
        let (a, b) = (ConnId(1), ConnId(2));
        let (to_a, at_a) = Outbox::new();
        let (to_b, at_b) = Outbox::new();
        let outboxes = HashMap::from([(a, to_a), (b, to_b)]);
        let mut packing = Packing::default();
        packing.many(&[a, b], None, vec![1]);
        packing.many(&[a, b], Some(a), vec![2]);
        packing.one(a, vec![3]);
        packing.many(&[a, b], None, vec![4]);
        assert_eq!(packing.send(&outboxes), []);
        assert_eq!(taken(&at_b).await, (1, [binary(&[1]), binary(&[2]), binary(&[4])].concat()));
        assert_eq!(taken(&at_a).await, (3, [binary(&[1]), binary(&[3]), binary(&[4])].concat()));
        assert_eq!(packing.send(&outboxes), []);
    }

    #[tokio::test]
    async fn lim4_large_messages_stand_alone_and_whole() {
        let (a, b) = (ConnId(1), ConnId(2));
        let (to_a, at_a) = Outbox::new();
        let (to_b, at_b) = Outbox::new();
        let outboxes = HashMap::from([(a, to_a), (b, to_b)]);
        let large = vec![9; LARGE];
        let mut packing = Packing::default();
        packing.one(a, vec![1]);
        packing.one(a, large.clone());
        packing.one(a, vec![2]);
        packing.many(&[a, b], None, large.clone());
        packing.send(&outboxes);
        let whole = [binary(&[1]), binary(&large), binary(&[2]), binary(&large)].concat();
        assert_eq!(taken(&at_a).await.1, whole);
        assert_eq!(taken(&at_b).await.1, binary(&large));
    }
}
