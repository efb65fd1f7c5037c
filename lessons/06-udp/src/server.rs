//! An echo server: each datagram goes back to where it came from.
//!
//! One socket and one buffer serve everybody. Nothing is kept of a client,
//! so no client can use anything up.

use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};

use lesson_udp::{LARGEST, echo_one};
use narrator::{During, Trouble, explain, line};

/// Serves at `address` until the process is stopped.
pub fn run(address: SocketAddr) -> Result<(), Trouble> {
    let doing = format!("bind {address}");
    let socket = UdpSocket::bind(address).during(doing)?;
    let address = socket.local_addr().during("getsockname")?;
    line(format_args!("listening on {address}"));
    serve(&socket)
}

// ANCHOR: serve
fn serve(socket: &UdpSocket) -> ! {
    // Room for any datagram, taken once.
    let mut buffer = vec![0; LARGEST];
    loop {
        match echo_one(socket, &mut buffer) {
            Ok(_) => {}
            // EINTR: a signal arrived; signal(7) says try again.
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            // An address that can't be answered, as with source port 0
            // (EINVAL), or a buffer that is full: this datagram's trouble.
            Err(error) => eprintln!("lesson-udp: {}", explain(&error)),
        }
    }
}
// ANCHOR_END: serve
