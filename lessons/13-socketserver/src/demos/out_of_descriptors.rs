//! No descriptor is left, and somebody calls.
//!
//! accept(2) fails with EMFILE, and the caller stays in the queue. So the
//! listener stays readable, and a loop that tries again does so at once.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsFd;

use narrator::{explain, line, say};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::unistd::dup;

use super::ANY;
use super::stage::Running;

/// Turns of the loop that are counted.
const TURNS: usize = 10_000;
/// Descriptors of the server: 3 streams, 4 of its own, and 3 clients.
const FEW: u64 = 10;

/// A loop that spins, and a server that doesn't.
pub fn run() -> io::Result<()> {
    spin()?;
    line("");
    survive()
}

// ANCHOR: spin
fn spin() -> io::Result<()> {
    let listener = TcpListener::bind(ANY)?;
    let _client = TcpStream::connect(listener.local_addr()?)?;
    say("client", "connect", "waits to be accepted");
    let mut all = Vec::new();
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, soft.min(64), hard)?;
    while let Ok(one) = dup(listener.as_fd()) {
        all.push(one);
    }
    say("server", "dup", "until no descriptor is left");
    let (mut readable, mut failed) = (0, 0);
    for _ in 0..TURNS {
        let mut watched = [PollFd::new(listener.as_fd(), PollFlags::POLLIN)];
        readable += poll(&mut watched, PollTimeout::NONE)?;
        let error = listener.accept().err();
        let error = error.and_then(|error| error.raw_os_error());
        failed += usize::from(error == Some(Errno::EMFILE as i32));
    }
    say("server", "poll", format_args!("{TURNS} times: {readable} readable"));
    let error = explain(&Errno::EMFILE.into());
    say("server", "accept", format_args!("{failed} times: {error}"));
    drop(all);
    setrlimit(Resource::RLIMIT_NOFILE, soft, hard)?;
    listener.accept()?;
    say("server", "accept", "with one closed: the client");
    Ok(())
}
// ANCHOR_END: spin

fn survive() -> io::Result<()> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    // A child inherits it.
    setrlimit(Resource::RLIMIT_NOFILE, FEW, hard)?;
    let server = Running::model("threading", &[]);
    setrlimit(Resource::RLIMIT_NOFILE, soft, hard)?;
    let server = server?;
    say("server", "start", format_args!("{FEW} descriptors, 7 are taken"));
    let mut served = Vec::new();
    for name in ["a", "b", "c"] {
        let mut client = server.client()?;
        let answer = client.ask("hello")?;
        say(name, "recv", format_args!("{answer:?}"));
        served.push(client);
    }
    for name in ["d", "e"] {
        let mut client = server.client()?;
        let (why, end) = (client.read()?, client.read()?);
        say(name, "recv", format_args!("{why:?}, then {end:?}: the end"));
    }
    let answer = served[0].ask("still here")?;
    say("a", "recv", format_args!("{answer:?}"));
    let gone = served.remove(0);
    gone.leave()?;
    say("a", "close", "");
    let mut client = server.client()?;
    let answer = client.ask("hello")?;
    say("f", "recv", format_args!("{answer:?}"));
    drop((served, client));
    let ended = server.stop()?;
    say("server", "stderr", ended.trouble.trim_end());
    say("server", "stop", ended.told);
    Ok(())
}
