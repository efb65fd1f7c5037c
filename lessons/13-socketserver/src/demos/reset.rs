//! A client that resets its connection, which anybody can do at any time.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use narrator::{explain, line, say};
use socket2::SockRef;

use super::ANY;
use super::stage::{Client, Running, about_clients};

/// A server that ends with its client, and one that doesn't.
pub fn run() -> io::Result<()> {
    fragile()?;
    line("");
    gone()?;
    line("");
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

/// The other error that a client can cause: a write to who has gone.
fn gone() -> io::Result<()> {
    let listener = TcpListener::bind(ANY)?;
    let client = TcpStream::connect(listener.local_addr()?)?;
    let (mut stream, _) = listener.accept()?;
    drop(client);
    say("client", "close", "without a word");
    let count = stream.write(b"hello")?;
    say("server", "write", format_args!("{count} bytes, and a reset comes"));
    if let Err(error) = stream.write(b"hello") {
        say("server", "write", explain(&error));
    }
    Ok(())
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
