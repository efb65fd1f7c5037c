//! An echo server on one thread, for nc and friends.

use std::net::SocketAddr;

use lesson_multiplexing::{Mechanism, Server, listener};
use narrator::{During, Trouble, line};
use nix::sys::prctl;
use nix::sys::signal::Signal;

/// Serves clients at `address` until the process is stopped. A `child` goes
/// with the program that has started it.
pub fn run(
    address: SocketAddr,
    with: Mechanism,
    child: bool,
) -> Result<(), Trouble> {
    if child {
        prctl::set_pdeathsig(Signal::SIGKILL).during("prctl")?;
    }
    let listener = listener(address).during(format_args!("bind {address}"))?;
    let server = Server::new(listener, with).during(with)?;
    line(format_args!("listening on {}", server.address().during(with)?));
    match server.run().during(with)? {}
}
