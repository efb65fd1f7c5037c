//! Stopping a server that is in the middle of its work.
//!
//! Closing the listener turns away who comes and who waits; connections that
//! were accepted live on. They are asked to finish by a half-close, and are
//! read to their end.

use std::io;
use std::net::Shutdown;

use lesson_tcp::{BACKLOG, LOOPBACK, connect, listener, local, recv};
use narrator::{explain, say};

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

    for_anna.shutdown(Shutdown::Write)?;
    say("server", "shutdown", "Write: there will be no more answers");
    recv(&anna, &mut buffer)?;
    let count = recv(&anna, &mut buffer)?;
    say("anna", "recv", format_args!("{count} bytes: the server has finished"));
    drop(anna);
    say("anna", "close", "nothing more will be sent");
    let count = recv(&for_anna, &mut buffer)?;
    say(
        "server",
        "recv",
        format_args!("{count} bytes: nothing was left unread"),
    );
    Ok(())
}

fn told(error: Option<io::Error>) -> String {
    error.map_or("works".into(), |error| explain(&error))
}
