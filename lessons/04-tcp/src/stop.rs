//! Stopping a server that is in the middle of its work.
//!
//! Closing the listener turns away who comes and who waits; connections that
//! were accepted live on. They are asked to finish by a half-close, and are
//! read to their end.

use std::io;
use std::net::Shutdown;

use lesson_tcp::{BACKLOG, LOOPBACK, connect, listener, local, recv};
use narrator::{explain, say};
use socket2::Socket;

/// One client served, one waiting, one too late.
pub fn run() -> io::Result<()> {
    let listener = listener(LOOPBACK, BACKLOG, false)?;
    let address = local(&listener)?;
    let anna = connect(address)?;
    let (for_anna, _) = listener.accept()?;
    say("server", "accept", "anna");
    let ben = connect(address)?;
    say("ben", "connect", "connected; waits for accept");

    drop(listener);
    say("server", "close", "the listener: no more clients");
    let turned_away = recv(&ben, &mut [0; 64]).err();
    say("ben", "recv", told(turned_away));
    say("carl", "connect", told(connect(address).err()));

    let mut buffer = [0; 64];
    anna.send(b"one more thing")?;
    say("anna", "send", "\"one more thing\"");
    let count = recv(&for_anna, &mut buffer)?;
    for_anna.send(&buffer[..count])?;
    say("server", "send", "the same: anna is served to the end");
    let count = recv(&anna, &mut buffer)?;
    let text = buffer[..count].escape_ascii();
    say("anna", "recv", format_args!("\"{text}\""));
    part(anna, for_anna)
}

/// The farewell: finish, read to the end, close.
fn part(anna: Socket, for_anna: Socket) -> io::Result<()> {
    for_anna.shutdown(Shutdown::Write)?;
    say("server", "shutdown", "Write: there will be no more answers");
    let count = recv(&anna, &mut [0; 64])?;
    say("anna", "recv", format_args!("{count} bytes: no more answers"));
    drop(anna);
    say("anna", "close", "no more questions");
    let count = recv(&for_anna, &mut [0; 64])?;
    say("server", "recv", format_args!("{count} bytes: nothing is unread"));
    drop(for_anna);
    say("server", "close", "with FIN, not RST");
    Ok(())
}

fn told(error: Option<io::Error>) -> String {
    error.map_or("works".into(), |error| explain(&error))
}
