//! WebSocket messages as the service writes them: unmasked, whole, uncompressed (RFC 6455, 5.2 and 5.5).
//!
//! What many readers get is framed once and its bytes are shared, so that a write to a socket carries all that waits
//! for it. Reading is left to a library.

use crate::close::Close;

/// Longest header of a message: two bytes and a length of eight.
pub const HEADER_BYTES: usize = 10;
/// A ping without a body.
pub const PING: [u8; 2] = [0x89, 0];

const BINARY: u8 = 0x82;
const CLOSE: u8 = 0x88;

/// Puts the header of a binary message of this many bytes behind what `out` holds.
pub fn write_header(out: &mut Vec<u8>, bytes: usize) {
    out.push(BINARY);
    match (u8::try_from(bytes), u16::try_from(bytes)) {
        (Ok(short @ 0..=125), _) => out.push(short),
        (_, Ok(middle)) => {
            out.push(126);
            out.extend_from_slice(&middle.to_be_bytes());
        }
        _ => {
            out.push(127);
            out.extend_from_slice(&(bytes as u64).to_be_bytes());
        }
    }
}

/// A binary message.
pub fn binary(body: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(HEADER_BYTES + body.len());
    write_header(&mut message, body.len());
    message.extend_from_slice(body);
    message
}

/// A close message with its code and words.
pub fn close(why: Close) -> Vec<u8> {
    let (code, reason) = why.code();
    let mut message = vec![CLOSE, 2 + reason.len() as u8];
    message.extend_from_slice(&code.to_be_bytes());
    message.extend_from_slice(reason.as_bytes());
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame2_lengths_take_the_shortest_form() {
        for (bytes, header) in [
            (0, vec![0x82, 0]),
            (125, vec![0x82, 125]),
            (126, vec![0x82, 126, 0, 126]),
            (0xffff, vec![0x82, 126, 0xff, 0xff]),
            (0x1_0000, vec![0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            let message = binary(&vec![7; bytes]);
            assert_eq!(message.len(), header.len() + bytes);
            assert!(message.starts_with(&header), "{bytes}");
        }
    }

    #[test]
    fn frame2_every_reason_to_close_fits_a_control_message() {
        for why in [Close::BadFrame, Close::Out, Close::Slow, Close::Restart, Close::TooLarge] {
            let message = close(why);
            assert!(message.len() <= 2 + 125);
            assert_eq!(message[1] as usize, message.len() - 2);
            assert_eq!(u16::from_be_bytes([message[2], message[3]]), why.code().0);
        }
    }
}
