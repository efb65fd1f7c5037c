//! Two sockets that are connected from the start, and have no name:
//! `socketpair(2)`. One end goes to a program that this one starts.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command};

use narrator::{During, say};

/// Between two ends of one program, and then of two.
pub fn run() -> io::Result<()> {
    within()?;
    with_a_child()
}

fn within() -> io::Result<()> {
    let (mut left, mut right) = UnixStream::pair()?;
    let unnamed = left.local_addr()?.is_unnamed();
    let what = if unnamed { "no name, no file" } else { "a name" };
    say("program", "socketpair", format_args!("left and right: {what}"));

    left.write_all(b"ping")?;
    right.write_all(b"pong")?;
    say("left", "send", "\"ping\"");
    say("right", "send", "\"pong\": both directions, unlike a pipe");
    let mut buffer = [0; 16];
    let count = left.read(&mut buffer)?;
    say("left", "recv", format_args!("\"{}\"", buffer[..count].escape_ascii()));

    drop(left);
    say("left", "close", "the other has not read yet");
    let count = right.read(&mut buffer)?;
    let text = buffer[..count].escape_ascii();
    say("right", "recv", format_args!("\"{text}\""));
    let count = right.read(&mut buffer)?;
    say("right", "recv", format_args!("{count} bytes: the end"));
    Ok(())
}

// ANCHOR: child
fn with_a_child() -> io::Result<()> {
    let (mut ours, theirs) = UnixStream::pair()?;
    let child = start(theirs)?;
    say("parent", "spawn", "tr a-z A-Z: its stdin and stdout are one end");

    ours.write_all(b"hello")?;
    say("parent", "send", "\"hello\"");
    ours.shutdown(Shutdown::Write)?;
    say("parent", "shutdown", "Write: the child's stdin ends");

    let mut answer = String::new();
    ours.read_to_string(&mut answer)?;
    say("parent", "recv", format_args!("\"{answer}\", and the end"));
    ended(child)
}

/// `theirs` goes to the child. This program keeps no copy: while one end is
/// open anywhere, the other never sees the end.
fn start(theirs: UnixStream) -> io::Result<Child> {
    let copy = theirs.try_clone()?;
    let child = Command::new("tr")
        .args(["a-z", "A-Z"])
        .stdin(OwnedFd::from(theirs))
        .stdout(OwnedFd::from(copy))
        .spawn()
        .during("start tr")?;
    Ok(child)
}
// ANCHOR_END: child

fn ended(mut child: Child) -> io::Result<()> {
    let status = child.wait()?;
    say("child", "exit", status);
    Ok(())
}
