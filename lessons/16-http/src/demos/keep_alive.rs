//! How many connections three requests take.
//!
//! HTTP/1.0 closes after each response; 1.1 goes on unless one side says
//! `close` (RFC 9112, section 9.3).

use std::io;
use std::net::SocketAddr;

use lesson_http::{Method, Response, Router, Server, Settings};
use narrator::{line, say};

use super::live::{self, Client};

const PATHS: [&str; 3] = ["/a", "/b", "/c"];

/// By 1.0, by 1.1, and by each with the other's custom.
pub fn run() -> io::Result<()> {
    let router = Router::new().route(Method::Get, "/{name}", |_, parts, _| {
        Ok(Response::text(200, parts[0].clone()))
    });
    live::with(router, Settings::default(), 10, story)
}

fn story(address: SocketAddr, server: &Server<Router>) -> io::Result<()> {
    line("HTTP/1.0: each response ends with its connection");
    counted(server, || by_1_0(address))?;
    line("");
    line("HTTP/1.1: it goes on, until somebody says close");
    counted(server, || by_1_1(address))?;
    line("");
    line("HTTP/1.0 with a field that asks for more");
    counted(server, || kept(address))?;
    line("");
    line("Pipelining: three requests before the first answer");
    counted(server, || pipelined(address))
}

fn counted(
    server: &Server<Router>,
    story: impl FnOnce() -> io::Result<()>,
) -> io::Result<()> {
    let before = server.accepted();
    story()?;
    let count = server.accepted() - before;
    let plural = if count == 1 { "" } else { "s" };
    let what = format_args!("{count} connection{plural} for 3 requests");
    say("server", "accept", what);
    Ok(())
}

// ANCHOR: story
fn by_1_0(address: SocketAddr) -> io::Result<()> {
    for path in PATHS {
        let mut client = Client::connect("client", address)?;
        client.send(&format!("GET {path} HTTP/1.0\r\n\r\n"))?;
        client.tell("")?;
        client.tell_end()?;
    }
    Ok(())
}

fn by_1_1(address: SocketAddr) -> io::Result<()> {
    let mut client = Client::connect("client", address)?;
    let last = ["", "", "Connection: close\r\n"];
    for (path, more) in PATHS.into_iter().zip(last) {
        client
            .send(&format!("GET {path} HTTP/1.1\r\nHost: a\r\n{more}\r\n"))?;
        client.tell("")?;
    }
    client.tell_end()
}

fn kept(address: SocketAddr) -> io::Result<()> {
    let mut client = Client::connect("client", address)?;
    let asks = "Connection: keep-alive\r\n";
    for (path, more) in PATHS.into_iter().zip([asks, asks, ""]) {
        client.send(&format!("GET {path} HTTP/1.0\r\n{more}\r\n"))?;
        let received = client.tell("")?;
        let answer = received.field("Connection").unwrap_or("nothing");
        say("client", "recv", format_args!("Connection: {answer}"));
    }
    client.tell_end()
}

fn pipelined(address: SocketAddr) -> io::Result<()> {
    let mut client = Client::connect("client", address)?;
    let request = |path| format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
    client.write(&PATHS.map(request).concat())?;
    say(
        "client",
        "send",
        format_args!("GET {}, in one call", PATHS.join(", GET ")),
    );
    for _ in PATHS {
        client.tell("")?;
    }
    Ok(())
}
// ANCHOR_END: story
