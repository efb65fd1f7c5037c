//! A server and three clients: eight coroutines, one thread.
//!
//! ```text
//! server   accept ─┬→ s1: read, write, read …
//!                  ├→ s2: read, write, read …    each written as if it
//!                  └→ s3: read, write, read …    were alone
//! ```
//!
//! Each call looks like one that blocks. It is the coroutine that waits, and
//! others run meanwhile. The clients speak in turn here, so that the story is
//! the same each time; they need not.

use std::io::{self, Read, Write};
use std::net::Shutdown;

use lesson_coroutines::channel::{Sender, channel};
use lesson_coroutines::join::Join;
use lesson_coroutines::net::{TcpListener, TcpStream};
use lesson_coroutines::scheduler::{run as run_all, spawn};
use narrator::say;

use super::{ANY, count_threads, panicked};

/// Runs all of them to their ends.
pub fn run() -> io::Result<()> {
    run_all(story)??;
    count_threads()
}

// ANCHOR: story
fn story() -> io::Result<()> {
    let listener = TcpListener::bind(ANY)?;
    let address = listener.local_addr()?;
    say("server", "listen", address);
    let (tell, accepted) = channel(1);
    spawn(move || serve(&listener, &tell))?;

    let mut clients = Vec::new();
    for name in ["c1", "c2", "c3"] {
        say(name, "connect", address);
        let stream = TcpStream::connect(address)?;
        clients.push((name, stream, accepted.recv()));
    }
    // All three are connected. The last one speaks first.
    for (name, stream, server) in clients.into_iter().rev() {
        let client = spawn(move || ask(name, stream))?;
        client.join().map_err(panicked)??;
        let Some(server) = server else { continue };
        server.join().map_err(panicked)??;
    }
    Ok(())
}
// ANCHOR_END: story

// ANCHOR: serve
/// Accepts, and gives each client a coroutine of its own.
fn serve(
    listener: &TcpListener,
    tell: &Sender<Join<io::Result<()>>>,
) -> io::Result<()> {
    for name in ["s1", "s2", "s3"] {
        let (stream, _) = listener.accept()?;
        say("server", "accept", format_args!("a coroutine for it: {name}"));
        // To wait in `send` is to let the others run, too.
        if tell.send(spawn(move || answer(name, stream))?).is_err() {
            break;
        }
    }
    Ok(())
}

/// One client, to its end.
fn answer(name: &str, mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 64];
    loop {
        say(name, "read", "waits, and others run");
        let bytes = stream.read(&mut buffer)?;
        if bytes == 0 {
            say(name, "read", "0 bytes: the end");
            return Ok(());
        }
        let text = String::from_utf8_lossy(&buffer[..bytes]);
        say(name, "read", format_args!("{text:?}, and sends it back"));
        stream.write_all(&buffer[..bytes])?;
    }
}
// ANCHOR_END: serve

fn ask(name: &str, mut stream: TcpStream) -> io::Result<()> {
    say(name, "write", format_args!("{name:?}"));
    stream.write_all(name.as_bytes())?;
    let mut answer = [0; 2];
    stream.read_exact(&mut answer)?;
    let text = String::from_utf8_lossy(&answer);
    say(name, "read", format_args!("{text:?}"));
    stream.shutdown(Shutdown::Write)?;
    say(name, "shutdown", "Write");
    Ok(())
}
