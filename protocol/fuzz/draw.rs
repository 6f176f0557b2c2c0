//! Random choices by seed: mutations of bytes, and updates put together from parts.

use protocol::lib0::Writer;

/// SplitMix64.
pub struct Draw(u64);

const ROOTS: [&str; 3] = ["notes", "rows", "fields"];
const KEYS: [&str; 4] = ["n1", "text", "section", "k"];

impl Draw {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn mutate(&mut self, bytes: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        const TELLING: [u8; 12] = [0, 1, 2, 4, 7, 8, 0x0a, 0x27, 0x7f, 0x80, 0x84, 0xff];
        let at = self.below(bytes.len().max(1));
        match self.below(7) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
            1 if !bytes.is_empty() => bytes[at] = TELLING[self.below(TELLING.len())],
            2 if !bytes.is_empty() => bytes[at] = bytes[at].wrapping_add(self.below(5) as u8).wrapping_sub(2),
            3 => bytes.insert(at.min(bytes.len()), TELLING[self.below(TELLING.len())]),
            4 if !bytes.is_empty() => {
                let end = (at + 1 + self.below(4)).min(bytes.len());
                bytes.drain(at..end);
            }
            5 => {
                let other = &corpus[self.below(corpus.len())];
                let from = self.below(other.len());
                let part = other[from..(from + 1 + self.below(12)).min(other.len())].to_vec();
                let at = at.min(bytes.len());
                bytes.splice(at..at, part);
            }
            _ => bytes.truncate(at),
        }
    }

    /// An update for a document in which `written` says how far each client has written.
    pub fn update(&mut self, written: &[(u64, u32)]) -> Vec<u8> {
        let mut clients: Vec<(u64, u32)> = written.to_vec();
        for client in [90, 4_294_967_295] {
            if !clients.iter().any(|(known, _)| *known == client) {
                clients.push((client, 0));
            }
        }
        let mut bytes = Vec::new();
        let sections = self.below(3).min(clients.len());
        let first = self.below(clients.len());
        number(&mut bytes, sections as u64);
        for n in 0..sections {
            let (client, clock) = clients[(first + n) % clients.len()];
            let blocks = 1 + self.below(4);
            number(&mut bytes, blocks as u64);
            number(&mut bytes, client.into());
            let start = if self.one_in(4) { clock.saturating_sub(self.below(4) as u32) } else { clock };
            number(&mut bytes, start.into());
            for _ in 0..blocks {
                self.block(&mut bytes, &clients);
            }
        }
        self.deletes(&mut bytes, &clients);
        bytes
    }

    fn id(&mut self, bytes: &mut Vec<u8>, clients: &[(u64, u32)]) {
        let (client, clock) = clients[self.below(clients.len())];
        number(bytes, client.into());
        let beyond = if self.one_in(5) { 4 } else { 0 };
        let near = clock.saturating_sub(self.below(6) as u32 + 1);
        let any = self.below(clock as usize + beyond) as u32;
        number(bytes, if self.one_in(2) { near } else { any }.into());
    }

    fn block(&mut self, bytes: &mut Vec<u8>, clients: &[(u64, u32)]) {
        if self.one_in(12) {
            bytes.push(0);
            number(bytes, 1 + self.below(3) as u64);
            return;
        }
        let content = [1, 4, 4, 4, 7, 8, 8][self.below(7)];
        let neighbours = [0, 0x80, 0x40, 0xc0][self.below(4)];
        let keyed = if self.one_in(2) { 0x20 } else { 0 };
        bytes.push(content | neighbours | keyed);
        if neighbours & 0x80 != 0 {
            self.id(bytes, clients);
        }
        if neighbours & 0x40 != 0 {
            self.id(bytes, clients);
        }
        if neighbours == 0 {
            if self.one_in(3) {
                bytes.push(1);
                text(bytes, ROOTS[self.below(ROOTS.len())]);
            } else {
                bytes.push(0);
                self.id(bytes, clients);
            }
            if keyed != 0 {
                text(bytes, KEYS[self.below(KEYS.len())]);
            }
        }
        match content {
            1 => number(bytes, 1 + self.below(3) as u64),
            4 => text(bytes, ["a", "bc", "👋", "x👋y"][self.below(4)]),
            7 => number(bytes, self.below(3) as u64),
            _ => {
                let values = 1 + self.below(3);
                number(bytes, values as u64);
                for _ in 0..values {
                    bytes.extend(
                        [&[0x7e][..], &[0x78], &[0x7d, 5], &[0x76, 1, 1, b'a', 0x7f], &[0x75, 1, 0x79]]
                            [self.below(5)],
                    );
                }
            }
        }
    }

    fn deletes(&mut self, bytes: &mut Vec<u8>, clients: &[(u64, u32)]) {
        let (client, clock) = clients[self.below(clients.len())];
        if clock == 0 || self.one_in(2) {
            bytes.push(0);
            return;
        }
        let start = self.below(clock as usize) as u64;
        number(bytes, 1);
        number(bytes, client.into());
        number(bytes, 1);
        number(bytes, start);
        number(bytes, 1 + self.below((u64::from(clock) - start) as usize) as u64);
    }
}

fn number(bytes: &mut Vec<u8>, number: u64) {
    let mut writer = Writer::default();
    writer.number(number);
    bytes.extend(writer.finish());
}

fn text(bytes: &mut Vec<u8>, text: &str) {
    number(bytes, text.len() as u64);
    bytes.extend(text.as_bytes());
}
