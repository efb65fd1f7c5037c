//! How long a lab takes to set up, and how much TCP its wire carries.
//!
//! One line: seconds from the first call until two hosts are joined, and
//! bits in a second from one host's socket to the other's. For
//! `scripts/bench-lab`, which runs it again and again.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Instant;

use lab::{Lab, Plan};

/// How much is sent, in bytes.
const AMOUNT: usize = 512 << 20;

fn main() -> io::Result<()> {
    let began = Instant::now();
    let mut lab = Lab::enter()?;
    let alice = lab.host("alice")?;
    let bob = lab.host("bob")?;
    let wire = lab.join(Plan::new().keep(0))?;
    let set_up = began.elapsed();

    let listener = bob.enter(|| TcpListener::bind("10.0.0.2:7000"))?;
    let sender = alice.spawn(|| send(TcpStream::connect("10.0.0.2:7000")?));
    let (peer, _) = listener.accept()?;
    let began = Instant::now();
    let count = receive(peer)?;
    let took = began.elapsed();
    sender.join().map_err(|_| io::Error::other("the sender panicked"))??;
    let recording = wire.stop()?;

    let bits = 8.0 * count as f64 / took.as_secs_f64();
    println!(
        "{:.4} {:.3} {} {}",
        set_up.as_secs_f64(),
        bits / 1e9,
        recording.not_kept,
        recording.overrun
    );
    Ok(())
}

fn send(mut to: TcpStream) -> io::Result<()> {
    let data = vec![0; 1 << 17];
    for _ in 0..AMOUNT / data.len() {
        to.write_all(&data)?;
    }
    Ok(())
}

fn receive(mut from: TcpStream) -> io::Result<usize> {
    let (mut data, mut all) = (vec![0; 1 << 17], 0);
    loop {
        match from.read(&mut data)? {
            0 => return Ok(all),
            count => all += count,
        }
    }
}
