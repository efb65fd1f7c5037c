//! Clients that take their time, and those that come after them.
//!
//! A limit for each read is none: who sends a byte before it ends begins the
//! next one. So the whole head has one. And when all seats are taken, whoever
//! has waited longest without a request loses its own.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use lesson_http::{Method, Patience, Response, Router, Server, Settings};
use narrator::{line, say};

use super::live::{self, Client};

/// How long a whole head may take.
const HEAD: Duration = Duration::from_millis(300);
/// How long a dribbling client rests after each byte.
const REST: Duration = Duration::from_millis(10);

/// One that dribbles, and a full house.
pub fn run() -> io::Result<()> {
    let patience = Patience { head: HEAD, ..Patience::default() };
    let settings = Settings { patience, ..Settings::default() };
    line("A head, byte by byte");
    live::with(router(), settings, 10, dribble)?;
    line("");
    line("Three seats, and three clients that say nothing more");
    live::with(router(), Settings::default(), 3, crowd)
}

fn router() -> Router {
    Router::new()
        .route(Method::Get, "/", |_, _, _| Ok(Response::text(200, "hello")))
}

// ANCHOR: dribble
fn dribble(address: SocketAddr, _: &Server<Router>) -> io::Result<()> {
    let mut slow = Client::connect("slow", address)?;
    slow.send("GET / HTTP/1.1\r\nHost: a\r\nX: ")?;
    for name in ["b", "c"] {
        is_served(name, address)?;
    }
    say("slow", "send", "\"x\", and again before any read is late");
    while !slow.hears_within(REST)? {
        slow.write("x")?;
    }
    let received = slow.receive(false)?;
    say("slow", "recv", received.status());
    slow.tell_end()?;
    is_served("d", address)
}
// ANCHOR_END: dribble

// ANCHOR: crowd
fn crowd(address: SocketAddr, server: &Server<Router>) -> io::Result<()> {
    let mut silent = Vec::new();
    for name in ["a", "b", "c"] {
        let mut client = Client::connect(name, address)?;
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")?;
        client.tell(", and then nothing")?;
        silent.push(client);
    }
    is_served("d", address)?;
    silent[0].tell_end()?;
    is_served("e", address)?;
    // d left by itself, so that b has still its seat.
    silent[1].send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")?;
    silent[1].tell("")?;
    say("server", "accept", format_args!("{} in all", server.accepted()));
    Ok(())
}
// ANCHOR_END: crowd

fn is_served(name: &'static str, address: SocketAddr) -> io::Result<()> {
    let mut client = Client::connect(name, address)?;
    client.send("GET / HTTP/1.0\r\n\r\n")?;
    client.tell("")?;
    client.rest().map(drop)
}
