//! Memory of sockets that only listen.

use super::{
    peer::{Peer, Server},
    seat::Seat,
};
use anyhow::{Result, ensure};
use std::time::{Duration, Instant};

/// Sockets that are open before the count begins: what a server needs once is not what a socket needs.
const WARM: usize = 200;

/// Bytes of the server's memory for each of so many idle sockets, each with one document open, so many with the same.
pub fn idle(server: &Server<'_>, sockets: usize, in_room: usize) -> Result<f64> {
    let mut before = server.process.memory()?;
    let mut scratch = vec![0; 1 << 20];
    let mut seats: Vec<Seat> = Vec::with_capacity(sockets);
    let mut heard = Instant::now();
    let mut hear_all = |seats: &mut Vec<Seat>| -> Result<()> {
        for seat in seats {
            seat.client.read(&mut scratch, |_| {})?;
            ensure!(seat.client.closed.is_none(), "an idle socket was closed: {:?}", seat.client.closed);
        }
        Ok(())
    };
    // Documents, and of ours conferences with everything of their 79 people, are there when the first comes, and stay: no
    // socket's memory. A device of ours has no socket more than it may, and its room stays without one.
    let rooms = 0..=server.nth_place(WARM + sockets, in_room).0;
    for room in rooms {
        let first = server.seat(room, 0)?;
        if server.peer != Peer::Ours {
            seats.push(first);
        }
    }
    for number in 0..WARM + sockets {
        if number == WARM {
            before = server.process.memory()?;
        }
        let (room, person) = server.nth_place(number, in_room);
        seats.push(server.join(room, person)?);
        // Pings want an answer.
        if heard.elapsed() > Duration::from_secs(2) {
            hear_all(&mut seats)?;
            heard = Instant::now();
        }
    }
    for _ in 0..4 {
        std::thread::sleep(Duration::from_millis(500));
        hear_all(&mut seats)?;
    }
    Ok(server.process.memory()?.saturating_sub(before) as f64 / sockets as f64)
}
