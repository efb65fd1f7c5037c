//! A connection, from request to request.
//!
//! ```text
//! read → parse → body → handler → answer ─┐ keep? ─ no → a lingering close
//!  ↑                                      │ yes
//!  └──────── nothing more is here ────────┘
//! ```
//!
//! HTTP/1.0 closes after each response, and 1.1 goes on, unless one of the
//! two says otherwise (RFC 9112, section 9.3). A client may send the next
//! request before it has the answer to the last (section 9.3.2): they are
//! answered in order, and what came together is written together.
//!
//! Start reading at [`serve`].

use std::io::{self, Read};
use std::net::Shutdown;
use std::ops::Range;
use std::rc::Rc;
use std::time::{Duration, Instant};

use lesson_coroutines::net::TcpStream;
use lesson_coroutines::scheduler::yield_now;
use lesson_framing::Status;

use crate::output::{Output, Way};
use crate::pace::Patience;
use crate::response::End;
use crate::server::Seat;
use crate::{
    Answer, Content, Failure, Field, Handler, Incoming, Limits, Refusal,
    Request, Response, Unfinished, Version, Why, body, parse, tunnel,
};

/// The most fields that there is a place for.
const FIELDS: usize = 100;
/// Most requests have no more: to clear a hundred places takes its time.
const FEW: usize = 24;
/// What a connection's buffer has at first.
const ROOM: usize = 4096;
/// After so many answers in a row the others have their turn.
const TURN: usize = 64;
/// A body that nobody read may have so much for the connection to go on.
const DRAIN: u64 = 64 * 1024;
/// The most that is read of what nobody wants before a close.
const LINGER: usize = 16 * 1024 * 1024;

/// What a connection may cost.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings {
    /// How much.
    pub limits: Limits,
    /// How long.
    pub patience: Patience,
}

/// What comes after an answer.
enum Next {
    /// Perhaps another request.
    Keep,
    /// A close that the client hasn't asked for by closing itself.
    Close,
    /// There is nobody to be polite to.
    Gone,
    /// A tunnel, and what had come for it.
    Tunnel(TcpStream, Vec<u8>),
}

/// The bytes that have come, and which of them nobody has read.
struct Input {
    buffer: Vec<u8>,
    fresh: Range<usize>,
}

// ANCHOR: serve
/// Answers a client's requests, one after the other, until one of the two has
/// had enough.
pub(crate) fn serve<H: Handler + ?Sized>(
    stream: &Rc<TcpStream>,
    handler: &H,
    settings: &Settings,
    seat: &Seat,
) {
    let mut input = Input { buffer: vec![0; ROOM], fresh: 0..0 };
    let patience = &settings.patience;
    let bytes = Vec::with_capacity(ROOM);
    let mut output = Output { stream, seat, patience, bytes, pace: None };
    let mut first = true;
    let next = loop {
        match answer_all(&mut input, &mut output, handler, settings) {
            Next::Keep => {}
            next => break next,
        }
        if output.flush().is_err() {
            break Next::Gone;
        }
        if seat.is_last() {
            break Next::Close;
        }
        let more = input.read_request(&mut output, settings, first);
        match more {
            Some(next) => break next,
            None => first = false,
        }
    };
    match next {
        Next::Close if output.flush().is_ok() => {
            seat.leaving();
            linger(stream, patience);
        }
        Next::Tunnel(other, early) if output.flush().is_ok() => {
            tunnel::join(stream, other, &early, patience);
        }
        _ => {}
    }
}

/// Answers all requests that are here.
fn answer_all<H: Handler + ?Sized>(
    input: &mut Input,
    output: &mut Output<'_>,
    handler: &H,
    settings: &Settings,
) -> Next {
    for turn in 1.. {
        if input.fresh.is_empty() {
            break;
        }
        let (mut few, mut many) = ([Field::EMPTY; FEW], None);
        let here = &input.buffer[input.fresh.clone()];
        let mut found = parse(here, &settings.limits, &mut few);
        if found.is_err_and(|it| it.why == Why::TooManyFields) {
            let many = many.insert([Field::EMPTY; FIELDS]);
            found = parse(here, &settings.limits, many);
        }
        let (request, length) = match found {
            Ok(Status::Complete(found)) => found,
            Ok(Status::Partial) => break,
            Err(refusal) => return refuse(output, refusal),
        };
        output.seat.busy();
        let early = &here[length..];
        let mut incoming =
            Incoming::new(output.stream, output.seat, output.patience, early);
        let next = exchange(&request, &mut incoming, output, handler, settings);
        let (left, late) = incoming.rest();
        match next {
            Next::Keep => input.go_on(left, &late),
            Next::Tunnel(to, _) => {
                return Next::Tunnel(
                    to,
                    [&early[early.len() - left..], &late].concat(),
                );
            }
            next => return next,
        }
        if turn % TURN == 0 {
            yield_now();
        }
    }
    Next::Keep
}
// ANCHOR_END: serve

// ANCHOR: exchange
/// One request and its response.
fn exchange<H: Handler + ?Sized>(
    request: &Request<'_, '_>,
    incoming: &mut Incoming<'_>,
    output: &mut Output<'_>,
    handler: &H,
    settings: &Settings,
) -> Next {
    let answer = ask(request, incoming, output, handler, settings);
    let response = match answer {
        Ok(response) => response,
        Err(Failure::Refused(refusal)) => return refuse(output, refusal),
        Err(Failure::Slow) => return close_with(output, Response::plain(408)),
        Err(Failure::Gone(_)) => return Next::Gone,
    };
    let head = request.method == "HEAD";
    let keep = wants_more(request)
        && !output.seat.is_last()
        // Nobody knows whether the client sends what nobody asked for.
        && !incoming.is_held_back()
        && incoming.length().is_none_or(|left| left <= DRAIN)
        && response.end(head, request.version) != End::Close;
    let connection = match (keep, request.version) {
        (false, _) => Some("close"),
        (true, Version::Http10) => Some("keep-alive"),
        (true, Version::Http11) => None,
    };
    send(response, request, connection, incoming, output)
}
// ANCHOR_END: exchange

/// Asks the handler.
fn ask<H: Handler + ?Sized>(
    request: &Request<'_, '_>,
    incoming: &mut Incoming<'_>,
    output: &mut Output<'_>,
    handler: &H,
    settings: &Settings,
) -> Answer {
    let expects = match request.field("expect") {
        None => false,
        Some(value) if value.eq_ignore_ascii_case(b"100-continue") => {
            // RFC 9110, section 10.1.1: 1.0 doesn't know it.
            request.version > Version::Http10
        }
        // "MAY respond with a 417".
        Some(_) => return Ok(Response::plain(417)),
    };
    incoming.expect(body(request)?, &settings.limits, expects)?;
    if request.method == "TRACE" && !incoming.is_over() {
        // RFC 9110, section 9.3.8: no content in a TRACE.
        return Ok(Response::plain(400));
    }
    if !incoming.is_here() {
        // The answers before this one don't wait for its body.
        output.flush()?;
    }
    handler.handle(request, incoming)
}

/// Sends the response, and sees that the next byte is the next request's.
fn send(
    response: Response,
    request: &Request<'_, '_>,
    connection: Option<&'static str>,
    incoming: &mut Incoming<'_>,
    output: &mut Output<'_>,
) -> Next {
    let (version, head) = (request.version, request.method == "HEAD");
    if let Content::Tunnel(_) = response.content {
        // RFC 9110, section 9.3.6: what follows the head is the tunnel's.
        response.write_head(version, None, &mut output.bytes);
    }
    if let Content::Tunnel(to) = response.content {
        return Next::Tunnel(to, Vec::new());
    }
    if output.send(response, Way { version, head, connection }).is_err() {
        // Its beginning is out: only the connection's end can tell.
        return Next::Gone;
    }
    if connection == Some("close") {
        return Next::Close;
    }
    if !incoming.is_here() && output.flush().is_err() {
        return Next::Gone;
    }
    match incoming.drain(DRAIN) {
        Ok(true) => Next::Keep,
        Ok(false) | Err(Failure::Refused(_) | Failure::Slow) => Next::Close,
        Err(Failure::Gone(_)) => Next::Gone,
    }
}

/// A request that can't be read is the last: nobody knows where the next one
/// begins.
fn refuse(output: &mut Output<'_>, refusal: Refusal) -> Next {
    let text = format!("{refusal}\n");
    close_with(output, Response::text(refusal.status, text))
}

fn close_with(output: &mut Output<'_>, response: Response) -> Next {
    let (version, connection) = (Version::Http11, Some("close"));
    let way = Way { version, head: false, connection };
    match output.send(response, way) {
        Ok(()) => Next::Close,
        Err(_) => Next::Gone,
    }
}

// ANCHOR: keep
/// RFC 9112, section 9.3: 1.1 goes on unless the client says `close`, 1.0
/// doesn't unless it says `keep-alive`.
pub fn wants_more(request: &Request<'_, '_>) -> bool {
    let mut keep = request.version == Version::Http11;
    for field in request.fields.iter().filter(|it| it.is("connection")) {
        for option in field.value.split(|&byte| byte == b',') {
            let option = option.trim_ascii();
            if option.eq_ignore_ascii_case(b"close") {
                return false;
            }
            keep |= option.eq_ignore_ascii_case(b"keep-alive");
        }
    }
    keep
}
// ANCHOR_END: keep

impl Input {
    /// The next request begins where the body has ended.
    fn go_on(&mut self, left: usize, late: &[u8]) {
        self.fresh.start = self.fresh.end - left;
        if !late.is_empty() {
            self.buffer.truncate(self.fresh.end);
            self.buffer.extend_from_slice(late);
            self.fresh.end = self.buffer.len();
        }
    }

    // ANCHOR: read
    /// Reads more of a request. With the reason if there is no more.
    fn read_request(
        &mut self,
        output: &mut Output<'_>,
        settings: &Settings,
        first: bool,
    ) -> Option<Next> {
        let patience = &settings.patience;
        if self.fresh.is_empty() {
            output.seat.waiting();
            let limit = if first { patience.head } else { patience.idle };
            return match self.read(output.stream, limit, settings) {
                Ok(0) | Err(_) => Some(Next::Gone),
                Ok(_) => None,
            };
        }
        output.seat.waiting();
        // One limit for the whole head, however it dribbles.
        let end = Instant::now() + patience.head;
        let mut unfinished = Unfinished::default();
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.read(output.stream, left, settings) {
                Ok(0) if self.is_wrong(settings) => return None,
                Ok(0) => return Some(Next::Gone),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                    if self.is_wrong(settings) {
                        return None;
                    }
                    return Some(close_with(output, Response::plain(408)));
                }
                Err(_) => return Some(Next::Gone),
            }
            let mut fields = [Field::EMPTY; FIELDS];
            let here = &self.buffer[self.fresh.clone()];
            let found = unfinished.parse(here, &settings.limits, &mut fields);
            if !matches!(found, Ok(Status::Partial)) {
                return None;
            }
        }
    }
    // ANCHOR_END: read

    /// Whether what is here will be refused, although nobody has looked yet.
    fn is_wrong(&self, settings: &Settings) -> bool {
        let here = &self.buffer[self.fresh.clone()];
        parse(here, &settings.limits, &mut [Field::EMPTY; FIELDS]).is_err()
    }

    fn read(
        &mut self,
        mut stream: &TcpStream,
        limit: Duration,
        settings: &Settings,
    ) -> io::Result<usize> {
        self.make_room(settings.limits.head);
        stream.set_limit(Some(limit));
        let count = stream.read(&mut self.buffer[self.fresh.end..])?;
        self.fresh.end += count;
        Ok(count)
    }

    /// There is always room for one more byte: a head that is longer than
    /// allowed is refused before the buffer ends.
    fn make_room(&mut self, head: usize) {
        if self.fresh.is_empty() {
            self.fresh = 0..0;
            // A long head was an exception.
            self.buffer.truncate(head.max(ROOM) + 1);
        }
        if self.fresh.end < self.buffer.len() {
            return;
        }
        if self.fresh.start > 0 {
            self.buffer.copy_within(self.fresh.clone(), 0);
            self.fresh = 0..self.fresh.len();
        }
        if self.fresh.end == self.buffer.len() {
            let room = (self.buffer.len() * 2).min(head + 1);
            self.buffer.resize(room.max(self.buffer.len() + 1), 0);
        }
    }
}

// ANCHOR: linger
/// Closes so that the client gets what was sent.
///
/// close(2) with unread input sends a reset, and the client's system then
/// throws away what it hasn't read yet (RFC 9112, section 9.6). So: say that
/// nothing more comes, and read until the client has closed, but not for ever.
fn linger(mut stream: &TcpStream, patience: &Patience) {
    if stream.shutdown(Shutdown::Write).is_err() {
        return;
    }
    let end = Instant::now() + patience.linger;
    let (mut waste, mut all) = ([0; 4096], 0);
    while all < LINGER {
        let left = end.saturating_duration_since(Instant::now());
        stream.set_limit(Some(left));
        match stream.read(&mut waste) {
            Ok(0) | Err(_) => return,
            Ok(count) => all += count,
        }
    }
}
// ANCHOR_END: linger

#[cfg(test)]
mod tests {
    use super::*;

    fn keeps(version: Version, fields: &[(&str, &str)]) -> bool {
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| Field { name, value: value.as_bytes(), at: 0 })
            .collect();
        let (method, target, fields) = ("GET", "/", &fields[..]);
        wants_more(&Request { method, target, version, fields })
    }

    #[test]
    fn each_version_has_its_custom_and_a_field_that_changes_it() {
        use Version::*;
        for (version, fields, due) in [
            (Http11, &[][..], true),
            (Http10, &[], false),
            (Http11, &[("Connection", "close")], false),
            (Http11, &[("connection", "CLOSE")], false),
            (Http10, &[("Connection", "Keep-Alive")], true),
            (Http10, &[("Connection", "x, keep-alive ,y")], true),
            (Http11, &[("Connection", "keep-alive, close")], false),
            (
                Http10,
                &[("Connection", "close"), ("Connection", "keep-alive")],
                false,
            ),
            (
                Http10,
                &[("Connection", "keep-alive"), ("Connection", "close")],
                false,
            ),
            (Http11, &[("Connection", "closed")], true),
            (Http11, &[("X-Connection", "close")], true),
        ] {
            assert_eq!(keeps(version, fields), due, "{version:?} {fields:?}");
        }
    }
}
