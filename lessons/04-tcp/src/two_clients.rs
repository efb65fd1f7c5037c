//! One listening socket, and a socket more for every client: accept(2).
//!
//! All of them share the server's port. What tells connections apart is the
//! pair of addresses: RFC 9293, section 4, "connection".

use std::io;

use lesson_tcp::{BACKLOG, LOOPBACK, connect, listener, local, recv, remote};
use narrator::say;
use socket2::Socket;

/// Two clients, served out of turn.
pub fn run() -> io::Result<()> {
    let listener = listener(LOOPBACK, BACKLOG, false)?;
    let address = local(&listener)?;
    say("server", "listen", address);

    let anna = connect(address)?;
    say("anna", "connect", address);
    let ben = connect(address)?;
    say("ben", "connect", address);

    let for_anna = accept(&listener, "first")?;
    let for_ben = accept(&listener, "second")?;

    drop(listener);
    say("server", "close", "the listening socket; the other two live on");

    ben.send(b"I am Ben")?;
    say("ben", "send", "\"I am Ben\"");
    hear(&for_ben, "second")?;

    anna.send(b"I am Anna")?;
    say("anna", "send", "\"I am Anna\"");
    hear(&for_anna, "first")
}

fn accept(listener: &Socket, name: &str) -> io::Result<Socket> {
    let (socket, _) = listener.accept()?;
    let from = remote(&socket)?;
    say("server", "accept", format_args!("the {name}, client at {from}"));
    let here = local(&socket)?;
    say("server", "address", format_args!("of the {name}: {here}"));
    Ok(socket)
}

fn hear(socket: &Socket, name: &str) -> io::Result<()> {
    let mut buffer = [0; 64];
    let count = recv(socket, &mut buffer)?;
    let text = buffer[..count].escape_ascii();
    say("server", "recv", format_args!("on the {name}: \"{text}\""));
    Ok(())
}
