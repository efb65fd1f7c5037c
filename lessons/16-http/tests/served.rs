//! The corpus over a connection: the server gives each message the answer
//! that is due, in one piece, byte by byte, and behind another request.

#[expect(dead_code, reason = "the parser's verdicts are for other tests")]
mod corpus;

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use corpus::{Message, Outcome, corpus, latin1};
use lesson_coroutines::scheduler;
use lesson_http::{
    Answer, Content, Handler, Incoming, Method, Methods, Request, Response,
    Server, Settings, listen,
};

/// Sends the body back.
struct Echo;

impl Handler for Echo {
    fn methods(&self, _: &Request<'_, '_>) -> Methods {
        Methods::of(&Method::ALL)
    }

    fn handle(
        &self,
        _: &Request<'_, '_>,
        incoming: &mut Incoming<'_>,
    ) -> Answer {
        let mut body = Vec::new();
        while let Some(piece) = incoming.piece()? {
            body.extend_from_slice(piece);
        }
        Ok(Response::new(200).carrying(Content::Bytes(body.into())))
    }
}

/// A server that runs as long as the test does.
fn start() -> SocketAddr {
    let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let server = Server::new(Echo, Settings::default(), 100);
        scheduler::run(move || server.run(listener)).unwrap().unwrap();
    });
    address
}

/// All that comes back for these pieces, until the server closes.
fn ask(address: SocketAddr, pieces: &[&[u8]]) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    for piece in pieces {
        // EPIPE: it has refused what came before, and closed.
        if stream.write_all(piece).is_err() {
            break;
        }
    }
    let _ = stream.shutdown(Shutdown::Write);
    let mut answers = Vec::new();
    stream.read_to_end(&mut answers)?;
    Ok(answers)
}

/// The method and the verdict decide what must come back.
fn judge(message: &Message, got: &[u8]) -> Result<(), String> {
    let (status, body) = match &message.outcome {
        Outcome::Partial if got.is_empty() => return Ok(()),
        Outcome::Partial => (0, None),
        Outcome::Refused(refused) => (refused.status, None),
        // No content, or none that belongs to HTTP.
        Outcome::Accepted(it) if it.method == "HEAD" => (200, None),
        Outcome::Accepted(it) if it.method == "CONNECT" => (200, None),
        Outcome::Accepted(it) => (200, Some(it.data.as_deref())),
    };
    let starts = got.starts_with(format!("HTTP/1.1 {status} ").as_bytes());
    let ends = body.is_none_or(|data| {
        let data = latin1(data.unwrap_or_default());
        got.ends_with(&[b"\r\n\r\n", &data[..]].concat())
    });
    match starts && ends {
        true => Ok(()),
        false => Err(format!("not {status}: {}", got.escape_ascii())),
    }
}

/// Tries them all before it fails. `cut` makes pieces of a message, and gives
/// none for those that aren't to be tried; `answered` takes off what came
/// before its answer.
fn each(cut: fn(&[u8]) -> Vec<&[u8]>, answered: fn(&[u8]) -> Option<&[u8]>) {
    let address = start();
    let mut wrong = Vec::new();
    for message in corpus() {
        let bytes = message.bytes();
        let pieces = cut(&bytes);
        if pieces.is_empty() && !bytes.is_empty() {
            continue;
        }
        let verdict = match ask(address, &pieces) {
            Err(error) => Err(error.to_string()),
            Ok(got) => match answered(&got) {
                Some(got) => judge(&message, got),
                None => Err(format!("first {}", got.escape_ascii())),
            },
        };
        if let Err(error) = verdict {
            wrong.push(format!("{}: {error}", message.name));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn a_message_gets_the_answer_that_is_due() {
    each(|bytes| vec![bytes], |got| Some(got));
}

/// The long ones would take as many packets.
fn one_by_one(bytes: &[u8]) -> Vec<&[u8]> {
    match bytes.len() {
        0..300 => bytes.chunks(1).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn a_message_that_dribbles_in_gets_the_same_answer() {
    each(one_by_one, |got| Some(got));
}

fn behind_another(bytes: &[u8]) -> Vec<&[u8]> {
    vec![b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", bytes]
}

fn second(got: &[u8]) -> Option<&[u8]> {
    let end = got.windows(4).position(|four| four == b"\r\n\r\n")?;
    got.starts_with(b"HTTP/1.1 200 ").then_some(&got[end + 4..])
}

#[test]
fn a_message_behind_another_gets_the_same_answer() {
    each(behind_another, second);
}
