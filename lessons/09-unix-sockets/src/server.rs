//! An echo server on a Unix socket, for `nc -U` and friends.
//!
//! Each client has a thread of its own, so one that stalls holds up nobody
//! else. The path is taken with a lock: a file that a dead server left is
//! cleared away, and a server that is alive keeps its own.

use std::io;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::exit;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use lesson_unix_sockets::Claim;
use narrator::{During, Trouble, explain, line, say};

/// Clients served at once.
const CLIENTS: usize = 64;

/// How long a client may neither send nor take anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long to rest when `accept` fails for want of memory or descriptors.
const REST: Duration = Duration::from_millis(100);

/// Serves clients at `path` until the process is stopped, or stdin ends where
/// that is asked for.
pub fn run(path: &Path, until_stdin_ends: bool) -> Result<(), Trouble> {
    if until_stdin_ends {
        end_with_stdin().during("start a thread")?;
    }
    let claim = Claim::take(path).map_err(io::Error::from);
    let claim = claim.during(format_args!("bind {}", path.display()))?;
    line(format_args!("listening on {}", path.display()));
    serve(&claim)
}

/// Whoever has started this holds the other end of a pipe: it is closed when
/// they end, by SIGKILL too.
fn end_with_stdin() -> io::Result<()> {
    let wait = || {
        // An error is an end, too.
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        exit(0);
    };
    thread::Builder::new().spawn(wait).map(drop)
}

// ANCHOR: serve
fn serve(listener: &Claim) -> ! {
    // Every client holds one more reference while it is served.
    let served = Arc::new(());
    loop {
        match listener.accept() {
            Ok(_) if Arc::strong_count(&served) > CLIENTS => {
                say("server", "close", "a client: full house");
            }
            Ok((stream, _)) => begin(stream, Arc::clone(&served)),
            // accept(2): an error may be that of the connection, or want of
            // memory or descriptors. Neither is a reason to stop serving.
            Err(error) => {
                eprintln!("accept: {}", explain(&error));
                thread::sleep(REST);
            }
        }
    }
}
// ANCHOR_END: serve

/// Without a thread to be had, the client is hung up on.
fn begin(stream: UnixStream, place: Arc<()>) {
    let client = move || {
        say("server", "accept", "a client");
        let end = match echo(&stream) {
            Ok(count) => format!("{count} bytes echoed"),
            Err(error) => explain(&error),
        };
        drop(place);
        say("server", "close", format_args!("a client: {end}"));
    };
    if let Err(error) = thread::Builder::new().spawn(client) {
        eprintln!("thread: {}", explain(&error));
    }
}

/// Sends back what comes in, until the client has finished.
fn echo(stream: &UnixStream) -> io::Result<u64> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    io::copy(&mut &*stream, &mut &*stream)
}
