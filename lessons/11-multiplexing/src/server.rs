//! An echo server on one thread, for nc and friends.

use std::net::SocketAddr;

use lesson_multiplexing::{Mechanism, Server, listener};
use narrator::{During, Trouble, line};

/// Serves clients at `address` until the process is stopped.
pub fn run(address: SocketAddr, with: Mechanism) -> Result<(), Trouble> {
    let listener = listener(address).during(format_args!("bind {address}"))?;
    let server = Server::new(listener, with).during(with)?;
    line(format_args!("listening on {}", server.address().during(with)?));
    match server.run().during(with)? {}
}
