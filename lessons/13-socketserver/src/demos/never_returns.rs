//! A handler that never returns: what it costs the others, and the stop.

use std::io;

use narrator::{explain, line, say};

use super::stage::{self, Client, Running};

/// How long a stop waits for it.
const PATIENCE: &str = "1";

/// In each model; a pool of one thread has none left.
pub fn run() -> io::Result<()> {
    hang("sequential", &[], "waits in the kernel's queue")?;
    line("");
    hang("threading", &[], "")?;
    line("");
    hang("forking", &[], "")?;
    line("");
    hang("pool", &["--threads", "1"], "waits in the pool's queue")
}

// ANCHOR: hang
fn hang(model: &str, more: &[&str], waits: &str) -> io::Result<()> {
    stage::name(model, more);
    let more = [more, &["--patience", PATIENCE]].concat();
    let server = Running::model(model, &more)?;
    let mut a = server.client()?;
    a.ask("hello")?;
    a.send("hang")?;
    say("a", "send", "\"hang\"");
    let b = neighbour(&server, waits)?;
    let ended = server.stop()?;
    say("server", "SIGTERM", format_args!("and {PATIENCE} second later"));
    for told in ended.trouble.lines() {
        say("server", "stderr", told);
    }
    say("server", "exit", ended.status);
    if let Some(Err(error)) = b.map(|mut b| b.read()) {
        say("b", "recv", explain(&error));
    }
    Ok(())
}

/// A client that is served and leaves, or one that waits.
fn neighbour(server: &Running, waits: &str) -> io::Result<Option<Client>> {
    let mut b = server.client()?;
    if waits.is_empty() {
        say("b", "recv", format_args!("{:?}", b.ask("hello")?));
        b.leave()?;
        say("b", "close", "");
        return Ok(None);
    }
    b.send("hello")?;
    say("b", "send", format_args!("\"hello\": {waits}"));
    Ok(Some(b))
}
// ANCHOR_END: hang
