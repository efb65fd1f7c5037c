//! Finding a service without knowing where it is: one question to everybody,
//! an answer from each who has it.
//!
//! ```text
//! WHO 5f21 clock           to 10.0.0.255      who has a clock?
//! HERE 5f21 clock 8001     to the asker       I have, at port 8001
//! ```
//!
//! The number ties answers to their question. The address of a service is
//! the one that its answer came from; a text in the answer could name
//! anybody's.
//!
//! DHCP (RFC 2131), mDNS (RFC 6762) and SSDP work so, with more in the
//! messages. Start reading at [`gather`].

use std::collections::BTreeSet;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

/// The longest message, in bytes. What is longer isn't ours.
const LONGEST: usize = 64;

/// How many services are noted, and how many datagrams are looked at in all:
/// anybody can send as many as they like.
const MOST_SERVICES: usize = 100;
const MOST_DATAGRAMS: usize = 1000;

/// A question to everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// A number that the answers repeat; a real program draws it at random.
    pub number: u16,
    /// What is wanted: letters, digits and hyphens.
    pub service: String,
}

impl Question {
    /// The question as it is sent.
    pub fn to_text(&self) -> String {
        format!("WHO {:04x} {}", self.number, self.service)
    }

    /// Reads a question; `None` for anything else. To that nobody answers,
    /// not even with an error: one datagram would bring back hundreds.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let [kind, number, service] = words(bytes)?;
        let number = read_number(number)?;
        let named = kind == "WHO" && is_name(service);
        named.then(|| Question { number, service: service.into() })
    }

    /// The answer of a host that has the service at this port.
    pub fn answer(&self, port: u16) -> String {
        format!("HERE {:04x} {} {port}", self.number, self.service)
    }

    /// The port that an answer names; `None` for what is no answer to this
    /// question.
    pub fn port_in(&self, answer: &[u8]) -> Option<u16> {
        let [kind, number, service, port] = words(answer)?;
        let ours = kind == "HERE"
            && read_number(number) == Some(self.number)
            && service == self.service;
        // "+8001" is a number to Rust, and no port here.
        let digits = port.bytes().all(|b| b.is_ascii_digit());
        port.parse().ok().filter(|port| ours && digits && *port != 0)
    }
}

/// Exactly so many words with one space between.
fn words<const N: usize>(bytes: &[u8]) -> Option<[&str; N]> {
    let text = std::str::from_utf8(bytes).ok();
    let text = text.filter(|text| text.len() <= LONGEST)?;
    text.split(' ').collect::<Vec<_>>().try_into().ok()
}

fn read_number(word: &str) -> Option<u16> {
    let hex = word.len() == 4 && word.bytes().all(|b| b.is_ascii_hexdigit());
    hex.then(|| u16::from_str_radix(word, 16).ok())?
}

fn is_name(word: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    !word.is_empty() && word.bytes().all(fits)
}

/// A datagram that came while answers were gathered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Came {
    /// Who sent it.
    pub from: SocketAddr,
    /// What it says, shortened and made printable.
    pub text: String,
    /// Where the service is, if this is the first answer that says so.
    pub found: Option<SocketAddr>,
}

// ANCHOR: gather
/// Takes answers until `deadline`, and tells `each` what came. Gives the
/// services found, in the order of their addresses.
///
/// The deadline is one for all of it. A time limit that began anew with each
/// answer would never run out while somebody goes on sending.
pub fn gather(
    socket: &UdpSocket,
    question: &Question,
    deadline: Instant,
    mut each: impl FnMut(&Came),
) -> io::Result<BTreeSet<SocketAddr>> {
    let mut found = BTreeSet::new();
    let mut buffer = [0; LONGEST + 1];
    for _ in 0..MOST_DATAGRAMS {
        let next = receive_until(socket, &mut buffer, deadline)?;
        let Some((count, from)) = next else { break };
        let bytes = &buffer[..count];
        let port = question.port_in(bytes);
        let service = port.map(|port| SocketAddr::new(from.ip(), port));
        let fits = |_: &SocketAddr| found.len() < MOST_SERVICES;
        let service = service.filter(fits).filter(|s| found.insert(*s));
        let text = String::from_utf8_lossy(bytes).escape_debug().to_string();
        each(&Came { from, text, found: service });
    }
    Ok(found)
}
// ANCHOR_END: gather

/// The next datagram; `None` when the time is up and none is there.
fn receive_until(
    socket: &UdpSocket,
    buffer: &mut [u8],
    deadline: Instant,
) -> io::Result<Option<(usize, SocketAddr)>> {
    loop {
        // What has come by then counts, so a last look is always taken. A
        // time limit of 0 would mean none at all: socket(7).
        let left = deadline.saturating_duration_since(Instant::now());
        socket.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
        match socket.recv_from(buffer) {
            Ok(received) => return Ok(Some(received)),
            Err(error) => match error.kind() {
                // EINTR: a signal arrived; signal(7) says try again.
                io::ErrorKind::Interrupted => {}
                io::ErrorKind::WouldBlock if Instant::now() < deadline => {}
                io::ErrorKind::WouldBlock => return Ok(None),
                _ => return Err(error),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn clock() -> Question {
        Question { number: 0x5f21, service: "clock".into() }
    }

    #[test]
    fn a_question_is_read_as_it_was_written() {
        assert_eq!(clock().to_text(), "WHO 5f21 clock");
        assert_eq!(Question::parse(b"WHO 5f21 clock"), Some(clock()));
    }

    #[test]
    fn what_is_no_question_is_none() {
        let long = format!("WHO 5f21 {}", "x".repeat(64));
        for bytes in [
            &b"WHO 5f21"[..],
            b"WHO 5f21 ",
            b"WHO  5f21 clock",
            b"WHO +f21 clock",
            b"WHO 5f2 clock",
            b"WHO 5f21 clock 8001",
            b"HERE 5f21 clock",
            b"WHO 5f21 cl\xffck",
            b"WHO 5f21 clock\n",
            b"",
            long.as_bytes(),
        ] {
            let text = String::from_utf8_lossy(bytes);
            assert_eq!(Question::parse(bytes), None, "{text:?}");
        }
    }

    #[test]
    fn an_answer_fits_its_own_question_only() {
        assert_eq!(clock().answer(8001), "HERE 5f21 clock 8001");
        assert_eq!(clock().port_in(b"HERE 5f21 clock 8001"), Some(8001));
        for answer in [
            "HERE 5f22 clock 8001",
            "HERE 5f21 printer 8001",
            "HERE 5f21 clock 0",
            "HERE 5f21 clock 65536",
            "HERE 5f21 clock +8001",
            "HERE 5f21 clock",
            "WHO 5f21 clock 8001",
        ] {
            assert_eq!(clock().port_in(answer.as_bytes()), None, "{answer}");
        }
    }

    fn two() -> (UdpSocket, UdpSocket) {
        let bind = || UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let (asker, other) = (bind(), bind());
        other.connect(asker.local_addr().unwrap()).unwrap();
        (asker, other)
    }

    #[test]
    fn a_service_that_answers_twice_is_found_once() {
        let (asker, other) = two();
        for answer in ["HERE 5f21 clock 1", "nonsense", "HERE 5f21 clock 1"] {
            other.send(answer.as_bytes()).unwrap();
        }
        let mut news = Vec::new();

        let found = gather(&asker, &clock(), Instant::now(), |came| {
            news.push(came.found.is_some());
        });

        assert_eq!(found.unwrap().len(), 1);
        assert_eq!(news, [true, false, false]);
    }

    #[test]
    fn whoever_answers_for_ever_is_not_listened_to_for_ever() {
        let (asker, other) = two();
        let far = Instant::now() + Duration::from_secs(60);
        let mut port = 1;
        other.send(clock().answer(port).as_bytes()).unwrap();

        // For each that is taken another one is sent.
        let found = gather(&asker, &clock(), far, |_| {
            port += 1;
            other.send(clock().answer(port).as_bytes()).unwrap();
        });

        assert_eq!(found.unwrap().len(), MOST_SERVICES);
        assert_eq!(usize::from(port), 1 + MOST_DATAGRAMS);
    }
}
