//! SIGTERM while requests are in flight.

use std::io::{self, Read};
use std::net::TcpStream;

use narrator::{explain, line, say};

use super::stage::{Running, until};
use super::talk::BIG;

/// A stop that loses nothing; then handlers that never return.
pub fn run() -> io::Result<()> {
    drain()?;
    for model in ["sequential", "threading", "forking", "pool"] {
        line("");
        hang(model)?;
    }
    Ok(())
}

// ANCHOR: drain
fn drain() -> io::Result<()> {
    let server = Running::model("threading", &["--patience", "60"])?;
    let mut idle = server.client()?;
    say("idle", "recv", format_args!("{:?}", idle.ask("hello")?));
    let mut busy = server.client()?;
    busy.send("big")?;
    // One byte has come, so the rest is on its way.
    busy.stream.read_exact(&mut [0; 1])?;
    say("busy", "recv", "the first byte of many");
    server.ask()?;
    say("server", "SIGTERM", "");
    say("idle", "recv", format_args!("{:?}: the end", idle.read()?));
    until("a listener that is closed", || {
        TcpStream::connect(&server.address).is_err()
    })?;
    if let Err(error) = TcpStream::connect(&server.address) {
        say("late", "connect", explain(&error));
    }
    let mut rest = Vec::new();
    busy.stream.read_to_end(&mut rest)?;
    let all = rest.len() + 1;
    say("busy", "recv", format_args!("{all} of {BIG} bytes, and the end"));
    let ended = server.ended()?;
    say("server", "stop", &ended.told);
    say("server", "exit", ended.status);
    Ok(())
}
// ANCHOR_END: drain

fn hang(model: &str) -> io::Result<()> {
    let server = Running::model(model, &["--patience", "1"])?;
    let mut client = server.client()?;
    client.ask("hello")?;
    client.send("hang")?;
    say("client", "send", format_args!("\"hang\", to the model {model}"));
    let ended = server.stop()?;
    let told = ended.trouble.lines().next().unwrap_or_default();
    say("server", "stderr", told);
    say("server", "exit", ended.status);
    Ok(())
}
