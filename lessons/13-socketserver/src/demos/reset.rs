//! A client that resets its connection, which anybody can do at any time.
//!
//! tcp(7): a read fails with ECONNRESET, or a write with EPIPE and SIGPIPE.
//! What becomes of the server is its own choice.

#![allow(unsafe_code)]

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use lesson_socketserver::fork;
use narrator::{explain, line, say};
use nix::sys::signal::{self, SigHandler, Signal::SIGPIPE};
use nix::sys::wait::{WaitStatus, waitpid};
use socket2::SockRef;

use super::ANY;
use super::stage::{Client, Running, about_clients};

/// A server that ends with its client, and one that doesn't.
pub fn run() -> io::Result<()> {
    line("A server that ends with its client");
    fragile()?;
    line("");
    line("A write to who has gone");
    gone()?;
    line("");
    line("The same with SIGPIPE as it is in C");
    signal("send", by_send)?;
    signal("write", by_write)?;
    line("");
    line("Servers that go on");
    for model in ["sequential", "threading", "forking", "pool"] {
        survive(model)?;
    }
    Ok(())
}

// ANCHOR: fragile
fn fragile() -> io::Result<()> {
    let listener = TcpListener::bind(ANY)?;
    let address = listener.local_addr()?;
    let client = TcpStream::connect(address)?;
    reset(client)?;
    say("client", "close", "with SO_LINGER 0: a reset");
    if let Err(error) = serve(listener) {
        say("server", "ends", explain(&error));
    }
    if let Err(error) = TcpStream::connect(address) {
        say("next", "connect", explain(&error));
    }
    Ok(())
}

/// Every `?` in here is the end of the server.
fn serve(listener: TcpListener) -> io::Result<()> {
    loop {
        let (mut stream, _) = listener.accept()?;
        let mut buffer = [0; 100];
        let count = stream.read(&mut buffer)?;
        stream.write_all(&buffer[..count])?;
    }
}
// ANCHOR_END: fragile

/// socket(7), SO_LINGER: with no time to linger, a close is a reset.
fn reset(client: TcpStream) -> io::Result<()> {
    SockRef::from(&client).set_linger(Some(Duration::ZERO))
}

// ANCHOR: gone
/// The other error that a client can cause: a write to who has gone.
fn gone() -> io::Result<()> {
    let mut stream = left_alone()?;
    say("client", "close", "without a word");
    let count = stream.write(b"hello")?;
    say("server", "send", format_args!("{count} bytes, and a reset comes"));
    if let Err(error) = stream.write(b"hello") {
        say("server", "send", explain(&error));
    }
    Ok(())
}
// ANCHOR_END: gone

// ANCHOR: signal
/// With that error comes SIGPIPE, unless send(2) was told MSG_NOSIGNAL, as it
/// is by the standard library. Rust also ignores the signal; a program in C
/// begins with the default, which is to die.
fn signal(name: &str, write: fn(&TcpStream)) -> io::Result<()> {
    let child = fork(&[], || {
        // SAFETY: no handler is set, and this process has one thread.
        let _ = unsafe { signal::signal(SIGPIPE, SigHandler::SigDfl) };
        if let Ok(stream) = left_alone() {
            write(&stream);
            write(&stream);
        }
    })?;
    match waitpid(child, None)? {
        WaitStatus::Signaled(_, signal, _) => {
            say("server", name, format_args!("killed by {signal}"));
        }
        _ => say("server", name, "an error, and the server goes on"),
    }
    Ok(())
}
// ANCHOR_END: signal

fn by_send(mut stream: &TcpStream) {
    let _ = stream.write(b"hello");
}

fn by_write(stream: &TcpStream) {
    let _ = nix::unistd::write(stream, b"hello");
}

/// A connection whose client has closed.
fn left_alone() -> io::Result<TcpStream> {
    let listener = TcpListener::bind(ANY)?;
    drop(TcpStream::connect(listener.local_addr()?)?);
    Ok(listener.accept()?.0)
}

fn survive(model: &str) -> io::Result<()> {
    let server = Running::model(model, &[])?;
    for _ in 0..3 {
        let mut client = server.client()?;
        // It is being served: the handler waits for more.
        client.ask("hello")?;
        reset(client.stream.into_inner())?;
    }
    let mut next: Client = server.client()?;
    let answer = next.ask("hello")?;
    drop(next);
    let ended = server.stop()?;
    let trouble = about_clients(&ended.trouble);
    let same = trouble.iter().all(|it| *it == trouble[0]);
    let first = trouble.first().filter(|_| same);
    let first = first.map_or("different things", String::as_str);
    say("server", model, format_args!("{} × {first}", trouble.len()));
    say("next", "recv", format_args!("{answer:?}"));
    Ok(())
}
