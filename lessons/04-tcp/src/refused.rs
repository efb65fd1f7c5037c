//! A SYN to a port where nobody listens is answered with RST, and `connect`
//! fails at once: RFC 9293, section 3.5.2; connect(2).

use std::io;

use lesson_tcp::{LOOPBACK, connect, local};
use narrator::{explain, say};
use socket2::{Domain, Socket, Type};

/// An address that is taken, and yet nobody listens.
pub fn run() -> io::Result<()> {
    let server = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    server.bind(&LOOPBACK.into())?;
    let address = local(&server)?;
    say("server", "bind", format_args!("{address}, no listen yet"));

    match connect(address) {
        Ok(_) => say("client", "connect", address),
        Err(error) => say("client", "connect", explain(&error)),
    }

    server.listen(1)?;
    say("server", "listen", "up to 1 may wait");
    // A socket whose connect failed isn't used again, connect(2).
    let _client = connect(address)?;
    say("client", "connect", format_args!("{address}, by a new socket"));
    Ok(())
}
