//! The running service: binds, says where it is, runs until it is told to stop, and stops so that nobody loses a word.

use crate::{
    config::Config,
    http::{Proxies, Service, SetUpKey, connections},
    room::directory::Directory,
    socket::{Gate, PublicUrl},
    tls,
};
use anyhow::Context as _;
use axum_server::{
    Handle,
    accept::NoDelayAcceptor,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use hyper_util::rt::TokioTimer;
use prometheus::Registry;
use protocol::limits::{FAREWELL_EVERY, FAREWELL_MOST};
use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};
use tokio::signal::unix::{SignalKind, signal};

/// Stack of each thread: deep documents recurse in yrs, and 64 MiB were enough for 100,000 levels (design 5).
pub const THREAD_STACK_BYTES: usize = 64 * 1024 * 1024;
/// Connections that may wait to be taken: those of a crowd whose network was cut for a moment. The system says how many
/// at most. Whoever finds no place tries again a second later.
const WAITING: i32 = 4096;
/// Head of a request that has not come by then is not waited for.
const HEAD_DEADLINE: Duration = Duration::from_secs(15);
/// Requests and sockets get this long to end when the service stops: [`FAREWELL_MOST`], and a reader's time to take the
/// reason.
const FAREWELL: Duration = Duration::from_secs(8);
/// What the disk is in the middle of when everybody has gone gets this long: with [`FAREWELL`] less than the 10 s after
/// which whatever runs containers kills.
const LAST_COMMIT: Duration = Duration::from_secs(1);

/// Why nothing listens. Says what to do.
#[derive(Debug, thiserror::Error)]
pub enum NoListener {
    /// Another program has the port.
    #[error(
        "port {port} is taken: another program, or a second flipchart, listens there. Stop it, or choose another port \
         with --listen {ip}:{next}",
        port = .0.port(), ip = bracketed(*.0), next = .0.port().checked_add(1).unwrap_or(8080)
    )]
    Taken(SocketAddr),
    /// Ports below 1024 are kept for the system.
    #[error(
        "this account may not listen on {0}. Choose a port from 1024 on with --listen, or let a proxy have the port"
    )]
    NotAllowed(SocketAddr),
    /// The address belongs to another machine.
    #[error("this machine does not have the address {}. Choose one it has with --listen", .0.ip())]
    NotOurs(SocketAddr),
    /// Anything else.
    #[error("cannot listen on {0}: {1}")]
    Other(SocketAddr, io::Error),
}

/// The address without its port, as `--listen` takes it.
fn bracketed(address: SocketAddr) -> String {
    if address.is_ipv6() { format!("[{}]", address.ip()) } else { address.ip().to_string() }
}

/// Takes the port.
pub fn listen(address: SocketAddr) -> Result<TcpListener, NoListener> {
    let listener = TcpListener::bind(address).and_then(|listener| {
        // Again, with room for everybody who comes back at once: the standard library asks for 128.
        rustix::net::listen(&listener, WAITING)?;
        listener.set_nonblocking(true)?;
        Ok(listener)
    });
    listener.map_err(|why| match why.kind() {
        io::ErrorKind::AddrInUse => NoListener::Taken(address),
        io::ErrorKind::PermissionDenied => NoListener::NotAllowed(address),
        io::ErrorKind::AddrNotAvailable => NoListener::NotOurs(address),
        _ => NoListener::Other(address, why),
    })
}

/// Runs until SIGTERM or SIGINT. What was acknowledged is on the disk when this returns, and the process ends within a
/// second, also while a commit is held up.
pub async fn run(
    config: &Config,
    listener: TcpListener,
    public_url: PublicUrl,
    set_up_key: &str,
    measures: Registry,
    directory: Arc<Directory>,
) -> anyhow::Result<()> {
    let tls = tls::server_config(&config.tls, &public_url, config.listen.ip())?;
    let gate = Arc::new(Gate::new(directory.clone(), public_url));
    let proxies = Proxies { trusted: config.trust_proxy.clone(), nobody_else: config.is_for_proxy_alone() };
    let service = Service::new(gate.clone(), SetUpKey::of(set_up_key), proxies, measures);
    let service = service.map_err(|_| anyhow::anyhow!("this system gives no random numbers"))?;
    let connections = connections(Arc::new(service));

    let handle = Handle::new();
    let mut server = axum_server::from_tcp(listener).context("the listener was lost")?.handle(handle.clone());
    // Whoever begins in HTTP/2 without being asked is answered, and has one request at a time as in HTTP/1 (SPEC SEAL18).
    server.http_builder().http2().max_concurrent_streams(1);
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEAD_DEADLINE);
    let mut serving = match tls {
        None => tokio::spawn(server.acceptor(NoDelayAcceptor::new()).serve(connections)),
        Some(tls) => {
            let tls = RustlsAcceptor::new(RustlsConfig::from_config(tls)).acceptor(NoDelayAcceptor::new());
            tokio::spawn(server.acceptor(tls).serve(connections))
        }
    };
    tokio::select! {
        ended = &mut serving => return ended?.context("the listener failed"),
        stopped = asked_to_stop() => stopped?,
    }
    tracing::info!("stopping: sockets are told to come back, and every room is saved");
    let began = Instant::now();
    handle.graceful_shutdown(Some(FAREWELL));
    let sockets = u32::try_from(gate.sockets()).unwrap_or(u32::MAX);
    if !directory.drain(FAREWELL_EVERY.saturating_mul(sockets).min(FAREWELL_MOST), FAREWELL).await {
        tracing::warn!("the disk took too long: what was not acknowledged stays with those who wrote it");
    }
    // First the requests: the last of them may open a socket.
    serving.await?.context("the listener failed")?;
    if !gate.emptied(FAREWELL.saturating_sub(began.elapsed())).await {
        tracing::warn!("some sockets did not say goodbye in time");
    }
    leave_within(LAST_COMMIT)?;
    Ok(())
}

/// Ends the process if what is left of it takes longer. The store's thread waits for the disk, or for another program's
/// lock, as long as a commit needs; nobody is left to be answered, and a commit that is cut off is none. A call that the
/// kernel itself does not let go of ends first.
fn leave_within(time: Duration) -> io::Result<()> {
    let leave = move || {
        thread::sleep(time);
        tracing::warn!("the disk is left in the middle of a commit: nobody was told that it is kept");
        std::process::exit(0)
    };
    thread::Builder::new().name("leave".into()).spawn(leave).map(drop)
}

async fn asked_to_stop() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http8_a_taken_port_is_named_with_what_to_do() {
        let first = listen(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port");
        let taken = first.local_addr().expect("an address");
        let error = listen(taken).expect_err("taken").to_string();
        assert!(
            error.contains(&format!("port {} is taken", taken.port()))
                && error.contains("--listen 127.0.0.1:"),
            "{error}"
        );
        assert!(!error.contains(&format!("--listen 127.0.0.1:{} ", taken.port())));
    }

    #[test]
    fn http8_an_address_of_another_machine_is_named() {
        let error = listen(SocketAddr::from(([192, 0, 2, 1], 0))).expect_err("not ours").to_string();
        assert!(error.contains("192.0.2.1") && error.contains("--listen"), "{error}");
    }
}
