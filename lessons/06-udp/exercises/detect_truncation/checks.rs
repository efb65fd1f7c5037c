//! What `receive` must tell apart.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use support::check::{Broken, Log, Show, Told, check};

use super::exercise::*;

/// The most bytes of a message here.
const LIMIT: usize = 16;

/// A socket of the protocol's, and one that sends to it.
fn two() -> io::Result<(UdpSocket, UdpSocket)> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    // Whoever takes a datagram too many waits in vain.
    socket.set_read_timeout(Some(Duration::from_secs(1)))?;
    let sender = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    sender.connect(socket.local_addr()?)?;
    Ok((socket, sender))
}

fn sends(log: &Log, sender: &UdpSocket, data: &[u8]) -> io::Result<()> {
    log.sent(data, &format!("{} bytes, the limit is {LIMIT}", data.len()));
    sender.send(data).map(drop)
}

/// What came, in words: the port of the sender differs from run to run.
fn told(got: Got, sender: SocketAddr) -> String {
    let whom = |from| if from == sender { "its sender" } else { "another" };
    match got {
        Got::Message(data, from) => {
            format!("a message from {}: {}", whom(from), data.show())
        }
        Got::TooLong(from) => format!("too long, from {}", whom(from)),
    }
}

/// Claims what the next call gives.
fn gives(
    log: &Log,
    socket: &UdpSocket,
    sender: &UdpSocket,
    due: &str,
) -> Result<(), Broken> {
    let got = told(receive(socket, LIMIT)?, sender.local_addr()?);
    log.expect(Told(due.to_string()), Told(got))
}

#[test]
fn a_short_message_is_given() {
    check("06", "A datagram is a message")
        .because("One datagram came, and one receive takes it whole.")
        .run(|log| {
            let (socket, sender) = two()?;
            sends(log, &sender, b"hello")?;
            let due = "a message from its sender: \"hello\"";
            gives(log, &socket, &sender, due)
        });
}

#[test]
fn a_message_of_the_limit_is_given() {
    check("06", "What does not fit is lost")
        .because(
            "It has as many bytes as a message may have. That it fills a \
             buffer of that size doesn't mean that something was cut.",
        )
        .run(|log| {
            let (socket, sender) = two()?;
            sends(log, &sender, b"sixteen letters!")?;
            let due = "a message from its sender: \"sixteen letters!\"";
            gives(log, &socket, &sender, due)
        });
}

#[test]
fn a_longer_datagram_is_refused() {
    check("06", "What does not fit is lost")
        .because(
            "What exceeds the buffer is gone, and recv_from doesn't say so. \
             You have taken the beginning of something for a message.",
        )
        .run(|log| {
            for length in [LIMIT + 1, LIMIT + 2, 1000, 60_000] {
                let (socket, sender) = two()?;
                sends(log.afresh(), &sender, &vec![b'x'; length])?;
                let due = "too long, from its sender";
                gives(log, &socket, &sender, due)?;
            }
            Ok(())
        });
}

#[test]
fn the_next_message_stays_whole() {
    check("06", "What does not fit is lost")
        .because(
            "Nothing of the long datagram is left in the socket. Another \
             receive for the rest takes the next message instead.",
        )
        .run(|log| {
            let (socket, sender) = two()?;
            sends(log, &sender, &[b'x'; 100])?;
            sends(log, &sender, b"next")?;
            gives(log, &socket, &sender, "too long, from its sender")?;
            let due = "a message from its sender: \"next\"";
            gives(log, &socket, &sender, due)
        });
}

#[test]
fn an_empty_datagram_is_a_message() {
    check("06", "An empty datagram")
        .because(
            "A receive of 0 bytes is no end and no error: somebody sent a \
             message without data.",
        )
        .run(|log| {
            let (socket, sender) = two()?;
            sends(log, &sender, b"")?;
            sends(log, &sender, b"more")?;
            let due = "a message from its sender: \"\"";
            gives(log, &socket, &sender, due)?;
            let due = "a message from its sender: \"more\"";
            gives(log, &socket, &sender, due)
        });
}
