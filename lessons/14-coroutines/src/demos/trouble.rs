//! A client resets, one says nothing, a handler panics, one never returns:
//! each is the end of one coroutine. The server and the others go on.
//!
//! ```text
//! server ─┬→ read … ECONNRESET        ends
//!         ├→ read … TimedOut          ends
//!         ├→ panic → its own bottom   ends
//!         └→ read … "good" … 0        served
//! ```

use std::io::{self, Read, Write};
use std::time::Duration;

use lesson_coroutines::net::{TcpListener, TcpStream};
use lesson_coroutines::scheduler::{run as run_all, sleep, spawn};
use narrator::{explain, say};
use socket2::SockRef;

use super::{ANY, panicked, tell_panics, words};

/// How long a client may say nothing.
const PATIENCE: Duration = Duration::from_millis(20);

/// One bad client after the other, and a good one.
pub fn run() -> io::Result<()> {
    tell_panics();
    run_all(story)?
}

// ANCHOR: story
fn story() -> io::Result<()> {
    let listener = TcpListener::bind(ANY)?;
    let address = listener.local_addr()?;

    let client = TcpStream::connect(address)?;
    SockRef::from(client.get()).set_linger(Some(Duration::ZERO))?;
    say("client", "close", "with a reset, at once");
    drop(client);
    serve(&listener)?;

    let _silent = TcpStream::connect(address)?;
    say("client", "connect", "and says nothing");
    serve(&listener)?;

    for words in ["panic", "good"] {
        let mut client = TcpStream::connect(address)?;
        say("client", "write", format_args!("{words:?}"));
        client.write_all(words.as_bytes())?;
        serve(&listener)?;
        let mut answer = String::new();
        client.read_to_string(&mut answer)?;
        say("client", "read", format_args!("{answer:?}, and the end"));
    }
    never_returns()
}

/// Accepts a client, and waits for the end of its coroutine.
fn serve(listener: &TcpListener) -> io::Result<()> {
    let (stream, _) = listener.accept()?;
    match spawn(move || answer(stream))?.join() {
        Ok(Ok(())) => say("server", "join", "served"),
        Ok(Err(error)) => say("server", "join", explain(&error)),
        Err(panic) => {
            let words = words(&*panic);
            say("server", "join", format_args!("it panicked: {words}"));
        }
    }
    Ok(())
}

fn answer(mut stream: TcpStream) -> io::Result<()> {
    let _leaves = Leaves("its connection is closed");
    stream.set_limit(Some(PATIENCE));
    let mut buffer = [0; 64];
    let bytes = stream.read(&mut buffer)?;
    if &buffer[..bytes] == b"panic" {
        panic!("no handler for such a word");
    }
    stream.write_all(&buffer[..bytes])
}
// ANCHOR_END: story

/// Tells when a coroutine's stack is unwound.
struct Leaves(&'static str);

impl Drop for Leaves {
    fn drop(&mut self) {
        say("handler", "drop", self.0);
    }
}

/// One that waits when the first coroutine ends is unwound, too.
fn never_returns() -> io::Result<()> {
    let forever = || {
        let _leaves = Leaves("it never returned, and is unwound at the end");
        loop {
            sleep(Duration::from_secs(60));
        }
    };
    spawn(forever)?;
    // Lets it begin.
    spawn(|| ())?.join().map_err(panicked)
}
