//! What a program that is started gets of its parent's descriptors:
//! `fcntl(2)`, FD_CLOEXEC; `execve(2)`.
//!
//! The program that is started is this one again, by the command
//! `inherited`, which lists what it was given.

use std::io::{self, BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::process::{Child, ChildStdout, Command, Stdio};

use lesson_tcp::{listener, local};
use narrator::{explain, line, say};
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use socket2::Socket;

// ANCHOR: exec
/// One listener is marked close-on-exec, as Rust marks every socket. The
/// other one isn't any more.
pub fn run() -> io::Result<()> {
    let [kept, given] = [(); 2].map(|()| listener(own(), 1, false));
    let (kept, given) = (kept?, given?);
    tell_flag(&kept)?;
    fcntl(&given, FcntlArg::F_SETFD(FdFlag::empty()))?;
    tell_flag(&given)?;
    let (kept_at, given_at) = (local(&kept)?, local(&given)?);

    let (mut child, mut said) = start()?;
    say("parent", "exec", "starts a program");
    let mut heard = String::new();
    said.read_line(&mut heard)?;
    say("child", "has", heard.trim_end());

    drop((kept, given));
    say("parent", "close", "both listeners");
    say("parent", "bind", format_args!("the first port: {}", again(kept_at)));
    say("parent", "bind", format_args!("the second: {}", again(given_at)));
    end(&mut child)?;
    say("child", "exit", "its descriptors are closed");
    say("parent", "bind", format_args!("the second: {}", again(given_at)));
    Ok(())
}
// ANCHOR_END: exec

/// Any port of an address in 127.0.0.0/8 that is no other process's: a port
/// that is closed here isn't taken by somebody else before the next bind.
fn own() -> SocketAddr {
    let [_, a, b, c] = std::process::id().to_be_bytes();
    // Not 127.0, where everybody is.
    SocketAddr::from(([127, 128 | a, b, c], 0))
}

fn tell_flag(socket: &Socket) -> io::Result<()> {
    let flags = fcntl(socket, FcntlArg::F_GETFD)?;
    let marked = FdFlag::from_bits_truncate(flags).contains(FdFlag::FD_CLOEXEC);
    let how = if marked { "is set" } else { "is cleared" };
    let number = socket.as_raw_fd();
    say("parent", "listen", format_args!("{number}: FD_CLOEXEC {how}"));
    Ok(())
}

/// This program again, by the command that lists what it was given.
fn start() -> io::Result<(Child, BufReader<ChildStdout>)> {
    let mut child = Command::new(std::env::current_exe()?)
        .arg("inherited")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let said = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    Ok((child, BufReader::new(said)))
}

/// Its stdin ends, so it ends, and with it all its descriptors.
fn end(child: &mut Child) -> io::Result<()> {
    drop(child.stdin.take());
    match child.wait()?.success() {
        true => Ok(()),
        false => Err(io::Error::other("the child failed")),
    }
}

fn again(address: SocketAddr) -> String {
    let outcome = listener(address, 1, false);
    outcome.map_or_else(|error| explain(&error), |_| "works".into())
}

// ANCHOR: inherited
/// What this process was given beyond stdin, stdout and stderr; then it
/// waits for the end of stdin. The tool `inherited`.
pub fn inherited() -> io::Result<()> {
    let mut sockets = Vec::new();
    for entry in std::fs::read_dir("/proc/self/fd")? {
        let entry = entry?;
        let what = std::fs::read_link(entry.path()).unwrap_or_default();
        if what.to_string_lossy().starts_with("socket:") {
            sockets.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    sockets.sort();
    line(match sockets.is_empty() {
        true => "no sockets".into(),
        false => format!("a socket at {}", sockets.join(", ")),
    });
    io::stdout().flush()?;
    // Whoever started it ends it by closing its stdin.
    io::copy(&mut io::stdin(), &mut io::sink()).map(|_| ())
}
// ANCHOR_END: inherited
