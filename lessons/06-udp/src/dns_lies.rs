//! Answers that lie about their lengths, or whose names go round in
//! circles: each refused, within bounds. RFC 9267 tells which programs were
//! taken in by such answers.

use std::io;
use std::net::UdpSocket;

use lesson_udp::dns::{HEADER, LARGEST, Message, kind, query};
use lesson_udp::{LOOPBACK, bound, connected};
use narrator::say;

/// Where the answer's record begins: behind the header, the name bob.lab
/// with its 9 bytes, type and class.
const RECORD: usize = HEADER + 9 + 4;

/// A lie: what it is, and how it is made of an honest answer.
type Lie = (&'static str, fn(&mut Vec<u8>));

const LIES: [Lie; 9] = [
    ("65535 answers, one is there", |m| m[6..8].fill(0xff)),
    ("data of 65535 bytes", |m| m[RECORD + 10..RECORD + 12].fill(0xff)),
    ("an address of 3 bytes", |m| {
        m[RECORD + 11] = 3;
        m.truncate(RECORD + 15);
    }),
    ("one byte too many", |m| m.push(0)),
    ("a name that points at itself", |m| m[RECORD + 1] = RECORD as u8),
    ("two that point at each other", |m| {
        // The question's name is a pointer forwards, the record's one back.
        m[HEADER..HEADER + 2].copy_from_slice(&[0xc0, RECORD as u8]);
    }),
    ("a label of the kind 10", |m| m[RECORD] = 0x80),
    ("a name of more than 255 bytes", long_name),
    ("another id: a guess", |m| m[0] ^= 1),
];

/// Nine lies and the truth.
pub fn run() -> io::Result<()> {
    let server = bound(LOOPBACK)?;
    let client = connected(server.local_addr()?)?;
    let mut asked = [0; LARGEST];
    let count = query(0x1a2b, "bob.lab", kind::A, &mut asked);
    let asked = &asked[..count.map_err(io::Error::other)?];
    client.send(asked)?;
    say("client", "send", "bob.lab, type A?");

    let mut buffer = [0; LARGEST];
    let (count, from) = server.recv_from(&mut buffer)?;
    for (name, lie) in LIES {
        let mut message = honest(&buffer[..count]);
        lie(&mut message);
        server.send_to(&message, from)?;
        say("server", "sendto", name);
        understand(&client, asked)?;
    }
    server.send_to(&honest(&buffer[..count]), from)?;
    say("server", "sendto", "the truth");
    understand(&client, asked)
}

/// The answer to the question, as it should be.
fn honest(question: &[u8]) -> Vec<u8> {
    let mut message = question.to_vec();
    message[2..4].copy_from_slice(&[0x85, 0x00]);
    message[7] = 1;
    // Name, type A, class IN, 60 seconds, 4 bytes: 10.0.0.2.
    message.extend([0xc0, HEADER as u8, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
    message.extend([10, 0, 0, 2]);
    message
}

/// The record's name: four labels of 63 letters, then the pointer.
fn long_name(message: &mut Vec<u8>) {
    let mut labels = [b'x'; 4 * 64];
    for label in labels.chunks_mut(64) {
        label[0] = 63;
    }
    message.splice(RECORD..RECORD, labels);
}

/// Takes the next datagram for an answer, if nothing speaks against it.
fn understand(client: &UdpSocket, asked: &[u8]) -> io::Result<()> {
    let mut buffer = [0; LARGEST];
    let count = client.recv(&mut buffer)?;
    let asked = Message::parse(asked).map_err(io::Error::other)?;
    match Message::parse(&buffer[..count]) {
        Err(error) => say("client", "refuses", error),
        Ok(message) if !message.answers_to(&asked) => {
            say("client", "ignores", "an answer to another question");
        }
        Ok(message) => {
            for address in message.answers().filter_map(|r| r.address()) {
                say("client", "believes", address);
            }
        }
    }
    Ok(())
}
