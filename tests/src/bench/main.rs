//! First figures.
mod client;
mod documents;
mod fanout;
mod histogram;
mod house;
mod peer;
mod process;
mod seat;
mod typing;

use anyhow::Result;
use fanout::{Load, Pace, Shape};
use peer::{Peer, Places, Server};
use std::time::Duration;

fn main() -> Result<()> {
    let cores = process::Cores::find();
    let files = process::open_files();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = std::path::PathBuf::from("/root/.cache/flipchart/b1/bench");
    std::fs::create_dir_all(&folder)?;
    let places = Places { scripts: "/tmp/b1-npm".into(), folder: folder.clone(), cores };
    let peers: Vec<Peer> = arguments[0].split(',').map(|name| <Peer as clap::ValueEnum>::from_str(name, true).unwrap()).collect();
    println!("{files} files");
    let idle = arguments[1] == "idle";
    let house = peers.contains(&Peer::Ours).then(|| {
        if idle { house::House::prepare(&folder.join("template"), 8, 79, 0) } else { house::House::prepare(&folder.join("template"), 20, 10, 4) }
    }).transpose()?;
    let house = house.as_ref();
    if let Some(cores) = cores { cores.pin_load()?; }
    for peer in peers {
        if let Some(why) = places.missing(peer) { println!("{why}"); continue; }
        match arguments[1].as_str() {
            "idle" => for n in [1_000, 10_000] {
                let server = Server::fresh(peer, &places, house)?;
                println!("{} idle {n}: {:.1} KiB", peer.name(), documents::idle(&server, n)? / 1024.0);
            },
            "document" => {
                let server = Server::fresh(peer, &places, house)?;
                let (taken, document) = documents::take_in(&server, 20_000)?;
                println!("{} take in: cpu {:?} wall {:?}", peer.name(), taken.cpu, taken.wall);
                let joins = documents::joins(&server, &document)?;
                println!("{} join p50 {:?} p99 {:?} max {:?}", peer.name(), joins[joins.len()/2], joins[joins.len()*99/100], joins.last());
                println!("{} crowd {:?} {:?}", peer.name(), documents::crowd(&server, &document)?, documents::crowd(&server, &document)?);
                if peer.keeps() {
                    std::thread::sleep(Duration::from_secs(if peer == Peer::YSweet { 12 } else { 4 }));
                    let (server, time, lacks) = documents::restart(server, &document)?;
                    println!("{} restart {time:?} lacks {lacks}", peer.name());
                    let (_, time, lacks) = documents::restart(server, &document)?;
                    println!("{} restart {time:?} lacks {lacks}", peer.name());
                }
            }
            _ => for rate in arguments[2].split(',') {
                let rate: f64 = rate.parse()?;
                let pace = Pace { deliveries: rate, warm: Duration::from_secs(1), measured: Duration::from_secs_f64(arguments[3].parse()?) };
                let server = Server::fresh(peer, &places, house)?;
                let mut load = Load::new(&server, Shape { rooms: 20, people: 10, writers: 4 }, 0)?;
                let o = load.run(pace, &server.process)?;
                println!(
                    "{} {rate}: {:.0}/s cpu {:.2} us/delivery ({:.0} %) p50 {:?} p99 {:?} lost {} closed {:?} acks {} busy {:.2} late {:?}",
                    peer.name(), o.rate(), o.cpu_per_delivery(), o.cpu.as_secs_f64() / o.wall.as_secs_f64() * 100.0,
                    o.latency.quantile(0.5), o.latency.quantile(0.99), o.lost, o.closed, o.acknowledged, o.busy, o.late
                );
            }
        }
    }
    Ok(())
}
