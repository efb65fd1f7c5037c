//! SIGTERM while requests are in flight.

use std::io::{self, Read};
use std::net::TcpStream;

use narrator::{explain, line, say};

use super::snapshot::is_listening;
use super::stage::{self, Running, until};
use super::talk::BIG;

/// A stop may take so long, on a busy machine.
const PATIENCE: [&str; 2] = ["--patience", "60"];

/// What is under way is finished, and who waits is served.
pub fn run() -> io::Result<()> {
    drain()?;
    line("");
    queued("sequential", &[], "the kernel's queue")?;
    line("");
    queued("pool", &["--threads", "1"], "the pool's queue")
}

// ANCHOR: drain
fn drain() -> io::Result<()> {
    let server = Running::model("threading", &PATIENCE)?;
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
    let address = server.address()?;
    until("a listener that is closed", || !is_listening(address))?;
    if let Err(error) = TcpStream::connect(address) {
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

// ANCHOR: queued
/// Who has connected and waits is served, too; and its end follows.
fn queued(model: &str, more: &[&str], queue: &str) -> io::Result<()> {
    stage::name(model, more);
    let server = Running::model(model, &[more, &PATIENCE].concat())?;
    let mut a = server.client()?;
    say("a", "recv", format_args!("{:?}", a.ask("hello")?));
    let mut b = server.client()?;
    b.send("hello")?;
    say("b", "send", format_args!("\"hello\": waits in {queue}"));
    server.ask()?;
    say("server", "SIGTERM", "");
    say("a", "recv", format_args!("{:?}: the end", a.read()?));
    let (answer, end) = (b.read()?, b.read()?);
    say("b", "recv", format_args!("{answer:?}, then {end:?}: the end"));
    say("server", "stop", server.ended()?.told);
    Ok(())
}
// ANCHOR_END: queued
