//! A question by hand, and the answer of a tiny server: RFC 1035.
//!
//! No resolver takes part. Alice writes the bytes of her
//! question into a datagram, Bob reads them, and answers from a table.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};

use lab::Capture;
use lesson_udp::dns::{
    Entry, IN, LARGEST, Message, Question, answer, code, kind, query,
};
use lesson_udp::recv_whole;
use narrator::{line, say};

use crate::scene::Scene;

/// Where DNS servers listen, on bob: RFC 1035, section 4.2.1.
const SERVER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 2), 53);

/// What Bob knows.
const TABLE: [(&str, Entry); 2] = [
    ("alice.lab", Entry { address: Ipv4Addr::new(10, 0, 0, 1), ttl: 60 }),
    ("bob.lab", Entry { address: Ipv4Addr::new(10, 0, 0, 2), ttl: 60 }),
];

/// The ids of Alice's questions. Fixed, for the story to be the same each
/// time; a program takes ones that nobody can guess.
const IDS: [u16; 2] = [0x1a2b, 0x3c4d];

/// A name that Bob knows, byte by byte; then one that he doesn't.
pub fn run(capture: Capture) -> io::Result<()> {
    const RECORDED: &str = include_str!("../tests/snapshots/dns.snap");
    let Some(mut scene) = Scene::open(capture, RECORDED)? else {
        return Ok(());
    };
    let alice = scene.alice_socket()?;
    // Nobody else may answer.
    alice.connect(SERVER)?;
    let bob = scene.bob_socket(SERVER.into())?;
    let mut asked = [0; LARGEST];

    let count = ask(&mut scene, &alice, IDS[0], "bob.lab", &mut asked)?;
    tell("alice", &asked[..count], &QUESTION);
    say("alice", "send", format_args!("{count} bytes → {SERVER}"));
    serve(&mut scene, &bob, true)?;
    understand(&alice, &asked[..count])?;

    line("");
    let count = ask(&mut scene, &alice, IDS[1], "carol.lab", &mut asked)?;
    say("alice", "send", "carol.lab, type A?");
    serve(&mut scene, &bob, false)?;
    understand(&alice, &asked[..count])?;
    scene.end()
}

// ANCHOR: ask
fn ask(
    scene: &mut Scene,
    alice: &UdpSocket,
    id: u16,
    name: &str,
    buffer: &mut [u8],
) -> io::Result<usize> {
    let count = query(id, name, kind::A, buffer).map_err(io::Error::other)?;
    alice.send(&buffer[..count])?;
    let host = scene.alice.clone();
    scene.pass(&host)?;
    Ok(count)
}
// ANCHOR_END: ask

// ANCHOR: serve
/// One datagram in, one out. Whatever isn't a question gets no answer: two
/// servers that answered answers would never stop.
fn serve(scene: &mut Scene, bob: &UdpSocket, aloud: bool) -> io::Result<()> {
    let (mut asked, mut reply) = ([0; LARGEST], [0; LARGEST]);
    let got = recv_whole(bob, &mut asked)?;
    let request = Message::parse(&asked[..got.kept]);
    let request = request.map_err(io::Error::other)?;
    let Some(question) = request.questions().next() else { return Ok(()) };
    if got.was_cut() || request.is_response() {
        return Ok(());
    }
    let entry = look_up(&question);
    let code = match entry {
        Some(_) => code::NO_ERROR,
        None => code::NAME_ERROR,
    };
    let count = answer(&request, code, entry.as_slice(), &mut reply);
    let reply = &reply[..count.map_err(io::Error::other)?];
    bob.send_to(reply, got.from)?;
    if aloud {
        say("bob", "recvfrom", format_args!("{}, type A?", question.name));
        tell("bob", reply, &ANSWER);
    }
    say("bob", "sendto", format_args!("{} bytes → {}", reply.len(), got.from));
    let host = scene.bob.clone();
    scene.pass(&host).map(drop)
}
// ANCHOR_END: serve

fn look_up(question: &Question<'_>) -> Option<Entry> {
    let asked = (question.kind, question.class) == (kind::A, IN);
    let mut known = TABLE.iter().filter(|(name, _)| question.name.is(name));
    known.next().filter(|_| asked).map(|(_, entry)| *entry)
}

// ANCHOR: understand
/// Reads the answer, if it is one to what was asked.
fn understand(alice: &UdpSocket, asked: &[u8]) -> io::Result<()> {
    let mut buffer = [0; LARGEST];
    let got = recv_whole(alice, &mut buffer)?;
    let asked = Message::parse(asked).map_err(io::Error::other)?;
    let message = Message::parse(&buffer[..got.kept]);
    let message = message.map_err(io::Error::other)?;
    if !message.answers_to(&asked) {
        return Err(io::Error::other("an answer to another question"));
    }
    if message.code() == code::NAME_ERROR {
        say("alice", "recv", "code 3 (NXDOMAIN): there is no such name");
    }
    for record in message.answers() {
        let (name, ttl) = (record.name, record.ttl);
        if let Some(address) = record.address() {
            let what = format!("{name} has {address}, for {ttl} s");
            say("alice", "recv", what);
        }
    }
    Ok(())
}
// ANCHOR_END: understand

/// A field: how many bytes it has, how many of them to show as one group,
/// and what they mean.
type Field = (usize, usize, &'static str);

/// Alice's question about bob.lab.
const QUESTION: [Field; 6] = [
    (2, 2, "id: its answer will have the same"),
    (2, 2, "flags: a question, recursion desired"),
    (8, 2, "1 question, and no records"),
    (9, 4, "name: 3 letters, 3 letters, end"),
    (2, 2, "type A"),
    (2, 2, "class IN"),
];

/// Bob's answer to it.
const ANSWER: [Field; 10] = [
    (2, 2, "id: that of the question"),
    (2, 2, "flags: an answer from the owner of the name"),
    (8, 2, "1 question, 1 answer"),
    (9, 4, "the question's name"),
    (4, 2, "its type and class"),
    (2, 2, "the answer's name: a pointer to byte 12"),
    (4, 2, "type A, class IN"),
    (4, 4, "time to live: 60 seconds"),
    (2, 2, "length of the data: 4 bytes"),
    (4, 4, "data: 10.0.0.2"),
];

/// The bytes of a message, field by field.
fn tell(who: &str, mut bytes: &[u8], fields: &[Field]) {
    for (length, group, meaning) in fields {
        let Some((field, rest)) = bytes.split_at_checked(*length) else {
            return;
        };
        let hex = |group: &[u8]| {
            group.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        let hex: Vec<_> = field.chunks(*group).map(hex).collect();
        let what = format!("{:<20} {meaning}", hex.join(" "));
        say(who, "writes", what);
        bytes = rest;
    }
}
