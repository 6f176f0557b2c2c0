//! A client's end of a WebSocket, as lean as it can be: the load must not be what is measured.

use anyhow::{Context, Result, bail};
use std::{
    io::{self, Read as _, Write as _},
    net::SocketAddr,
    time::{Duration, Instant},
};

const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// How long an answer may take while nothing is measured.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes of the largest message: a document as large as it may be.
pub const LARGEST: usize = 8 << 20;

/// One open socket.
#[derive(Debug)]
pub struct Client {
    stream: mio::net::TcpStream,
    mask: [u8; 4],
    is_upgraded: bool,
    /// The beginning of a frame whose rest has not come.
    held: Vec<u8>,
    /// What the system has not taken yet.
    waiting: Vec<u8>,
    /// How the other side closed, if it did.
    pub closed: Option<String>,
}

/// A frame of the server: kind, where its payload lies, where it ends.
struct Frame {
    kind: u8,
    start: usize,
    end: usize,
}

/// None: it has not come whole.
fn frame_at(bytes: &[u8], at: usize) -> Option<Frame> {
    let head = bytes.get(at..at + 2)?;
    let (length, start) = match head[1] {
        126 => (u64::from(u16::from_be_bytes(bytes.get(at + 2..at + 4)?.try_into().ok()?)), at + 4),
        127 => (u64::from_be_bytes(bytes.get(at + 2..at + 10)?.try_into().ok()?), at + 10),
        short => (u64::from(short), at + 2),
    };
    let end = start + length as usize;
    (bytes.len() >= end).then_some(Frame { kind: head[0] & 0x0f, start, end })
}

/// A client's frame of these parts, masked, at the end of `into`.
pub fn write_frame(into: &mut Vec<u8>, mask: [u8; 4], kind: u8, parts: &[&[u8]]) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    into.push(0x80 | kind);
    match length {
        0..126 => into.push(0x80 | length as u8),
        126..65_536 => {
            into.push(0x80 | 126);
            into.extend_from_slice(&(length as u16).to_be_bytes());
        }
        _ => {
            into.push(0x80 | 127);
            into.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    into.extend_from_slice(&mask);
    let start = into.len();
    parts.iter().for_each(|part| into.extend_from_slice(part));
    into[start..].iter_mut().zip(mask.iter().cycle()).for_each(|(byte, mask)| *byte ^= mask);
}

impl Client {
    /// Connects and asks for the upgrade; whatever is said next goes behind the request.
    pub fn ask(to: SocketAddr, path: &str, more: &str) -> Result<Self> {
        // On the loopback the system connects before the server has accepted.
        let stream = std::net::TcpStream::connect(to).context("nothing listens")?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let mask = u32::from(stream.local_addr()?.port()).wrapping_mul(0x9e37_79b1).to_le_bytes();
        let mut client = Self {
            stream: mio::net::TcpStream::from_std(stream),
            mask,
            is_upgraded: false,
            held: Vec::new(),
            waiting: Vec::new(),
            closed: None,
        };
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {to}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n"
        );
        client.put(request.as_bytes())?;
        Ok(client)
    }

    /// Waits for the upgrade.
    pub fn upgraded(&mut self) -> Result<()> {
        let until = Instant::now() + PATIENCE;
        let mut scratch = vec![0; 1 << 17];
        while !self.is_upgraded {
            self.read(&mut scratch, |_| {})?;
            if let Some(closed) = &self.closed {
                bail!("closed instead of the upgrade: {closed}");
            }
            if Instant::now() > until {
                bail!("no upgrade");
            }
            std::thread::sleep(Duration::from_micros(20));
        }
        self.flush()?;
        Ok(())
    }

    /// Takes the answer to the upgrade off `bytes`: the bytes it took, once it has come whole.
    fn upgrade(&mut self, bytes: &[u8]) -> io::Result<Option<usize>> {
        let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
        if !bytes.starts_with(b"HTTP/1.1 101") {
            return Err(io::Error::other(format!("no upgrade: {}", String::from_utf8_lossy(bytes))));
        }
        self.is_upgraded = true;
        Ok(Some(at + 4))
    }

    /// What the poll registers.
    pub fn stream(&mut self) -> &mut mio::net::TcpStream {
        &mut self.stream
    }

    /// The mask of this client's frames.
    pub fn mask(&self) -> [u8; 4] {
        self.mask
    }

    /// Sends one message.
    pub fn say(&mut self, parts: &[&[u8]]) -> io::Result<()> {
        let mut frame = Vec::new();
        write_frame(&mut frame, self.mask, BINARY, parts);
        self.send(&frame)
    }

    /// Sends frames that are written already; what the system does not take waits for [`Client::flush`].
    pub fn send(&mut self, frames: &[u8]) -> io::Result<()> {
        // A stock client says nothing before the upgrade.
        if !self.is_upgraded || !self.waiting.is_empty() {
            self.waiting.extend_from_slice(frames);
            return Ok(());
        }
        self.put(frames)
    }

    fn put(&mut self, frames: &[u8]) -> io::Result<()> {
        match self.stream.write(frames) {
            Ok(count) if count == frames.len() => Ok(()),
            Ok(count) => {
                self.waiting.extend_from_slice(&frames[count..]);
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.waiting.extend_from_slice(frames);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Sends what waits, as much as the system takes.
    pub fn flush(&mut self) -> io::Result<()> {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() { Ok(()) } else { self.put(&waiting) }
    }

    /// Bytes that wait for the system.
    pub fn waits(&self) -> usize {
        self.waiting.len()
    }

    /// Takes all that has come. `each` is called for every message.
    pub fn read(&mut self, scratch: &mut [u8], mut each: impl FnMut(&[u8])) -> io::Result<()> {
        loop {
            let held = self.held.len();
            if held + 65_536 > scratch.len() {
                return Err(io::Error::other("a message is larger than any of this load"));
            }
            scratch[..held].copy_from_slice(&self.held);
            self.held.clear();
            let count = match self.stream.read(&mut scratch[held..]) {
                Ok(0) => {
                    self.closed.get_or_insert_with(|| "no close frame".into());
                    return Ok(());
                }
                Ok(count) => count,
                Err(error) => {
                    self.held.extend_from_slice(&scratch[..held]);
                    return if error.kind() == io::ErrorKind::WouldBlock { Ok(()) } else { Err(error) };
                }
            };
            let all = held + count;
            let used = self.frames(&scratch[..all], &mut each)?;
            self.held.extend_from_slice(&scratch[used..all]);
            // A stream that gave less than there was room for has nothing more.
            if all < scratch.len() {
                return Ok(());
            }
        }
    }

    /// Handles every whole frame: the bytes they took.
    fn frames(&mut self, bytes: &[u8], each: &mut impl FnMut(&[u8])) -> io::Result<usize> {
        let mut at = 0;
        if !self.is_upgraded {
            let Some(used) = self.upgrade(bytes)? else { return Ok(0) };
            at = used;
            self.flush()?;
        }
        while let Some(Frame { kind, start, end }) = frame_at(bytes, at) {
            let payload = &bytes[start..end];
            match kind {
                BINARY | TEXT => each(payload),
                PING => {
                    let mut pong = Vec::new();
                    write_frame(&mut pong, self.mask, PONG, &[payload]);
                    self.send(&pong)?;
                }
                CLOSE => {
                    let code = payload.get(..2).map_or(1005, |two| u16::from_be_bytes([two[0], two[1]]));
                    let words = String::from_utf8_lossy(payload.get(2..).unwrap_or_default());
                    self.closed = Some(format!("{code} {words}"));
                }
                PONG => {}
                other => return Err(io::Error::other(format!("a frame of kind {other}"))),
            }
            at = end;
        }
        Ok(at)
    }

    /// Waits for messages until one of them gives a value, and shows every message that came by then. None: too late. Not
    /// for what is measured.
    pub fn wait<T>(
        &mut self,
        what: &str,
        patience: Duration,
        mut each: impl FnMut(&[u8]) -> Option<T>,
    ) -> Result<Option<T>> {
        let until = Instant::now() + patience;
        let mut scratch = vec![0; LARGEST];
        loop {
            let mut found = None;
            let mut look = |message: &[u8]| {
                let value = each(message);
                found = found.take().or(value);
            };
            // What came with the upgrade, or behind what an earlier wait looked for.
            let held = std::mem::take(&mut self.held);
            let used = self.frames(&held, &mut look)?;
            self.held = held[used..].to_vec();
            self.read(&mut scratch, look)?;
            match (found, &self.closed) {
                (Some(found), _) => return Ok(Some(found)),
                (None, Some(closed)) => bail!("closed ({closed}) instead of {what}"),
                (None, None) if Instant::now() > until => return Ok(None),
                // A sleep would be as long as what is waited for.
                (None, None) => std::thread::yield_now(),
            }
        }
    }
}
