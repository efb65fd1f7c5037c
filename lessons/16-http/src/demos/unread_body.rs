//! A body that nobody read isn't gone.
//!
//! It lies where the next request is looked for. A server that answers before
//! it has read the body must read it all the same, or close the connection
//! (RFC 9112, section 9.3).
//!
//! Here a client sends one request, whose body is made to look like another.
//! A web page may send such a body to any server, from any visitor's browser.

use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::time::Duration;

use lesson_coroutines::net::TcpStream;
use lesson_coroutines::scheduler;
use lesson_framing::Status;
use lesson_http::{
    Answer, Field, Handler, Incoming, Limits, Method, Methods, Request,
    Response, Server, Settings, listen, parse,
};
use narrator::say;

use super::stage::{Stage, tell};

/// Its body is the second half.
const REQUEST: &str = "POST /nothing HTTP/1.1\r\nHost: a\r\n\
    Content-Length: 35\r\n\r\nDELETE /notes HTTP/1.1\r\nHost: a\r\n\r\n";

const NEXT: &str = "GET /news HTTP/1.1\r\nHost: a\r\n\
    Connection: close\r\n\r\n";

/// The beginning of a body that is longer than anybody wants to read.
const LONG: &str = "POST /nothing HTTP/1.1\r\nHost: a\r\n\
    Content-Length: 1000000\r\n\r\nDELETE /notes HTTP/1.1\r\n";

/// A server that forgets the body; and this lesson's, with a little to drain
/// and with too much.
pub fn run() -> io::Result<()> {
    say("server", "forgets", "what its handler didn't read");
    forgetful()?;
    say("server", "drains", "what its handler didn't read");
    scheduler::run(|| ours(&[REQUEST, NEXT].concat()))??;
    say("server", "closes", "where there is too much to drain");
    scheduler::run(|| ours(LONG))?
}

// ANCHOR: forgetful
/// Answers one head after the other, as if there were no bodies.
fn forgetful() -> io::Result<()> {
    let mut stage = Stage::open()?;
    stage.client_sends([REQUEST, NEXT].concat().as_bytes())?;
    let bytes = stage.server_receives()?;
    let mut rest = &bytes[..];
    while !rest.is_empty() {
        let mut fields = [Field::EMPTY; 20];
        let found = parse(rest, &Limits::default(), &mut fields);
        let found = found.map_err(io::Error::other)?;
        let Status::Complete((request, length)) = found else { break };
        answer(&request);
        rest = &rest[length..];
    }
    Ok(())
}
// ANCHOR_END: forgetful

/// What both servers do with a request: its body isn't wanted.
fn answer(request: &Request<'_, '_>) -> Response {
    let status = if request.method == "POST" { 404 } else { 204 };
    let Request { method, target, .. } = request;
    say("server", "answer", format_args!("{method} {target} → {status}"));
    Response::new(status)
}

// ANCHOR: ours
struct NoBodies;

impl Handler for NoBodies {
    fn methods(&self, _: &Request<'_, '_>) -> Methods {
        Methods::of(&Method::ALL)
    }

    /// It doesn't look at the body: that is the server's affair.
    fn handle(
        &self,
        request: &Request<'_, '_>,
        _: &mut Incoming<'_>,
    ) -> Answer {
        Ok(answer(request))
    }
}
// ANCHOR_END: ours

/// The server of this lesson, and a client that sends this.
fn ours(bytes: &str) -> io::Result<()> {
    let listener = listen(super::ANY)?;
    let address = listener.local_addr()?;
    let server = Server::new(NoBodies, Settings::default(), 1);
    let running = server.clone();
    let accepting = scheduler::spawn(move || running.run(listener))?;
    client(address, bytes)?;
    server.stop(Duration::from_secs(1))?;
    accepting.join().map_err(|_| io::Error::other("it has panicked"))?
}

fn client(address: SocketAddr, bytes: &str) -> io::Result<()> {
    let mut stream = TcpStream::connect(address)?;
    say("client", "connect", address);
    stream.write_all(bytes.as_bytes())?;
    tell("client", "send", bytes.as_bytes());
    let mut answers = String::new();
    // The server closes after the last answer.
    stream.read_to_string(&mut answers)?;
    for line in answers.lines() {
        if line.starts_with("HTTP/") || line.starts_with("Connection") {
            say("client", "recv", line);
        }
    }
    say("client", "recv", "the end");
    Ok(())
}
