//! When each socket of a room that ends is told to come back: one after the other, each at a moment drawn by chance
//! within its slice of the time there is, so that they do not all come back at once (SPEC CLOSE5).

use super::core::ConnId;
use rand::{Rng, RngExt as _, seq::SliceRandom as _};
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// The end of a room.
#[derive(Debug)]
pub(super) struct Farewell {
    /// In the order of their moments.
    waiting: VecDeque<(Instant, ConnId)>,
    reply: oneshot::Sender<()>,
}

impl Farewell {
    /// Who is there now goes within `spread`.
    pub(super) fn begin(
        mut conns: Vec<ConnId>,
        spread: Duration,
        rng: &mut impl Rng,
        reply: oneshot::Sender<()>,
    ) -> Self {
        conns.shuffle(rng);
        let now = Instant::now();
        let slice = spread.div_f64(conns.len().max(1) as f64);
        let moment = |n: usize, rng: &mut _| now + slice.mul_f64(n as f64 + chance(rng));
        let waiting = conns.into_iter().enumerate().map(|(n, conn)| (moment(n, rng), conn)).collect();
        Self { waiting, reply }
    }

    /// When the next ones go.
    pub(super) fn next(&self) -> Option<Instant> {
        self.waiting.front().map(|(at, _)| *at)
    }

    /// Who goes now.
    pub(super) fn due(&mut self) -> Vec<ConnId> {
        let now = Instant::now();
        let due = self.waiting.iter().take_while(|(at, _)| *at <= now).count();
        self.waiting.drain(..due).map(|(_, conn)| conn).collect()
    }

    /// Whoever asked for the end hears that it has come.
    pub(super) fn over(self) {
        // They may have stopped waiting.
        let _ = self.reply.send(());
    }
}

fn chance(rng: &mut impl Rng) -> f64 {
    rng.random_range(0.0..1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{SeedableRng as _, rngs::StdRng};

    #[test]
    fn close5_sockets_go_one_after_the_other_by_chance_and_all_within_the_time() {
        let (reply, _over) = oneshot::channel();
        let spread = Duration::from_secs(1);
        let conns: Vec<ConnId> = (0..100).map(ConnId).collect();
        let before = Instant::now();
        let farewell = Farewell::begin(conns.clone(), spread, &mut StdRng::seed_from_u64(1), reply);
        let mut moments: Vec<Instant> = farewell.waiting.iter().map(|(at, _)| *at).collect();
        assert!(moments.is_sorted());
        assert!(moments[99] <= Instant::now() + spread && moments[99] > before + spread.mul_f64(0.9));
        moments.dedup();
        assert_eq!(moments.len(), 100);
        let gaps: Vec<Duration> = moments.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(gaps.iter().all(|gap| *gap < spread / 50), "never nobody for long");
        assert!(gaps.iter().any(|gap| *gap < spread / 200), "not as regular as a clock");
        let mut order: Vec<ConnId> = farewell.waiting.iter().map(|(_, conn)| *conn).collect();
        assert_ne!(order, conns, "not in the order in which they came");
        order.sort_unstable();
        assert_eq!(order, conns);
    }
}
