//! A socket's descriptor is a small number, and an entry in a table of the
//! process: `socket(2)`, `dup(2)`, `fcntl(2)`, `execve(2)`.
//!
//! ```text
//! the process's table            the kernel
//!   0  stdin
//!   1  stdout
//!   2  stderr
//!   3 ─────────────────────────▶ a socket
//!   4 ──┬──────────────────────▶ another
//!   5 ──┘  (a dup of 4)
//! ```

use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::AsRawFd;
use std::process::{Child, ChildStdout, Command, Stdio};

use lesson_tcp::state::{State, await_state};
use lesson_tcp::{LOOPBACK, connect, listener, local, recv, remote};
use narrator::{explain, line, say};
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use socket2::{Domain, Socket, Type};

/// Numbers, copies, and what a program inherits that is started.
pub fn run() -> io::Result<()> {
    lowest_free()?;
    line("");
    copies()?;
    line("");
    across_exec()
}

// ANCHOR: lowest
/// A new descriptor gets the lowest number that is free.
fn lowest_free() -> io::Result<()> {
    let [first, second] = [tcp()?, tcp()?];
    let (one, two) = (first.as_raw_fd(), second.as_raw_fd());
    say("program", "socket", format_args!("gives {one}"));
    say("program", "socket", format_args!("gives {two}"));
    drop(first);
    say("program", "close", one);
    let third = tcp()?.as_raw_fd();
    say("program", "socket", format_args!("gives {third}, the same again"));
    Ok(())
}
// ANCHOR_END: lowest

// ANCHOR: copies
/// Two numbers, one socket: dup(2), which is try_clone in Rust.
fn copies() -> io::Result<()> {
    let listener = listener(LOOPBACK, 1, false)?;
    let client = connect(local(&listener)?)?;
    let (server, _) = listener.accept()?;
    let (here, there) = (local(&server)?, remote(&server)?);

    let copy = client.try_clone()?;
    let (one, two) = (client.as_raw_fd(), copy.as_raw_fd());
    say("client", "dup", format_args!("{one} → {two}"));
    client.set_tcp_nodelay(true)?;
    say("client", "set", format_args!("TCP_NODELAY to 1 by {one}"));
    let shared = u8::from(copy.tcp_nodelay()?);
    say("client", "get", format_args!("TCP_NODELAY by {two}: {shared}"));

    drop(client);
    say("client", "close", format_args!("{one}"));
    await_state(there, here, State::Established)?;
    copy.send(b"hello")?;
    say("client", "send", format_args!("\"hello\" by {two}"));
    let count = recv(&server, &mut [0; 64])?;
    say("server", "recv", format_args!("{count} bytes"));

    drop(copy);
    say("client", "close", format_args!("{two}: the last one, FIN goes out"));
    let count = recv(&server, &mut [0; 64])?;
    say("server", "recv", format_args!("{count} bytes: the end"));
    Ok(())
}
// ANCHOR_END: copies

// ANCHOR: exec
/// A program that is started gets what isn't marked close-on-exec.
fn across_exec() -> io::Result<()> {
    let [kept, given] = [(); 2].map(|()| listener(LOOPBACK, 1, false));
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

fn again(address: std::net::SocketAddr) -> String {
    let outcome = listener(address, 1, false);
    outcome.map_or_else(|error| explain(&error), |_| "works".into())
}

fn tcp() -> io::Result<Socket> {
    Socket::new(Domain::IPV4, Type::STREAM, None)
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
