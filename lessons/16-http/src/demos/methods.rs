//! The eight methods, and one that is none.
//!
//! GET's parameters are in the query of the target, POST's in the body. TRACE
//! sends the request back, CONNECT opens a way to somebody else, OPTIONS says
//! what is allowed (RFC 9110, section 9.3).

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};

use lesson_coroutines::net::TcpListener;
use lesson_coroutines::scheduler::spawn;
use lesson_ftp::Folder;
use lesson_http::{
    Answer, Files, Incoming, Method, Request, Response, Router, Server,
    Settings, target,
};
use lesson_unix_sockets::Folder as Scratch;
use narrator::{line, say};

use super::live::{self, Client};

/// Asks with each of them.
pub fn run() -> io::Result<()> {
    let scratch = Scratch::new()?;
    std::fs::write(scratch.path("notes.txt"), "hello\n")?;
    let other = lesson_http::listen((Ipv4Addr::LOCALHOST, 0).into())?;
    let port = other.local_addr()?.port();
    let files = Files::new(Folder::open(scratch.here())?)
        .writable(true)
        .with_tunnels(vec![port]);
    let router = Router::new()
        .route(Method::Get, "/greet", greet)
        .route(Method::Post, "/greet", greet)
        .otherwise(files);
    live::with(
        router,
        Settings::default(),
        10,
        move |address, _: &Server<_>| {
            spawn(move || echo_once(other))?;
            story(address, port)
        },
    )
}

// ANCHOR: greet
/// The same parameters, from the query or from the body.
fn greet(
    request: &Request<'_, '_>,
    _: &[String],
    body: &mut Incoming<'_>,
) -> Answer {
    let form = match request.method {
        "POST" => String::from_utf8_lossy(&body.all(1000)?).into_owned(),
        _ => target::query(request.target).unwrap_or("").to_string(),
    };
    let Ok(pairs) = target::parameters(&form) else {
        return Ok(Response::plain(400));
    };
    let name = pairs.into_iter().find(|(name, _)| name == "name");
    let name = name.map_or("nobody".to_string(), |(_, value)| value);
    Ok(Response::text(200, format!("hello, {name}")))
}
// ANCHOR_END: greet

/// Somebody to whom CONNECT leads.
fn echo_once(listener: std::net::TcpListener) -> io::Result<()> {
    let (mut stream, _) = TcpListener::on(listener)?.accept()?;
    let mut buffer = [0; 100];
    let count = stream.read(&mut buffer)?;
    stream.write_all(&buffer[..count])
}

fn story(address: SocketAddr, port: u16) -> io::Result<()> {
    let mut client = Client::connect("client", address)?;
    ask(&mut client, "GET /notes.txt", "", "")?;
    ask(&mut client, "HEAD /notes.txt", "", "")?;
    ask(&mut client, "GET /greet?name=Ada+L.", "", "")?;
    ask(&mut client, "POST /greet", "", "name=Ada+L.")?;
    ask(&mut client, "PUT /new.txt", "", "new")?;
    ask(&mut client, "PUT /new.txt", "", "newer")?;
    ask(&mut client, "GET /new.txt", "", "")?;
    ask(&mut client, "DELETE /new.txt", "", "")?;
    ask(&mut client, "GET /new.txt", "", "")?;
    ask(&mut client, "OPTIONS /notes.txt", "", "")?;
    ask(&mut client, "OPTIONS *", "", "")?;
    ask(&mut client, "POST /notes.txt", "", "more")?;
    ask(&mut client, "BREW /coffee", "", "")?;
    ask(&mut client, "TRACE /", "Cookie: secret\r\nX: seen\r\n", "")?;
    ask(&mut client, "CONNECT localhost:22", "", "")?;
    let tunnel = format!("CONNECT 127.0.0.1:{port}");
    ask(&mut client, &tunnel, "", "")?;
    client.send("whatever this means")?;
    let back = client.rest()?;
    let back = String::from_utf8_lossy(&back);
    say("client", "recv", format_args!("{back:?}, from behind the tunnel"));
    Ok(())
}

/// One request and what is worth telling of its response.
fn ask(
    client: &mut Client,
    what: &str,
    fields: &str,
    body: &str,
) -> io::Result<()> {
    let length = match body.len() {
        0 => String::new(),
        length => format!("Content-Length: {length}\r\n"),
    };
    client.write(&format!(
        "{what} HTTP/1.1\r\nHost: a\r\n{fields}{length}\r\n{body}"
    ))?;
    let with = match body {
        "" => String::new(),
        body => format!(", with {body:?}"),
    };
    say("client", "send", format_args!("{what}{with}"));
    let received = client.receive(what.starts_with("HEAD"))?;
    say("server", "answer", received.status());
    let mut fields = vec!["Allow"];
    if what.starts_with("HEAD") {
        fields.push("Content-Length");
    }
    for name in fields {
        if let Some(value) = received.field(name) {
            say("server", "field", format_args!("{name}: {value}"));
        }
    }
    for text in String::from_utf8_lossy(&received.content).lines() {
        say("server", "content", format_args!("{text:?}"));
    }
    line("");
    Ok(())
}
