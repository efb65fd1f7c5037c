//! What `connect` must set, and how `send` must write.

use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::net::TcpStream;

use support::check::{Broken, Log, check, give_up};
use support::peer;
use support::sockopt;

use super::exercise::*;

/// A connection of yours, and the server's end of it.
fn connected() -> io::Result<(TcpStream, TcpStream)> {
    let listener = peer::listener()?;
    let client = connect(listener.local_addr()?)?;
    let (server, _) = listener.accept()?;
    server.set_read_timeout(Some(peer::PATIENCE))?;
    Ok((client, server))
}

/// A message as it is due on the wire.
fn message(text: &[u8]) -> Vec<u8> {
    let length = text.len() as u16;
    [&length.to_be_bytes()[..], text].concat()
}

/// Keeps each write, and takes no more than `room` bytes of one.
struct Writes {
    room: usize,
    all: Vec<Vec<u8>>,
}

impl Writes {
    fn of(room: usize) -> Self {
        Writes { room, all: Vec::new() }
    }

    fn bytes(&self) -> Vec<u8> {
        self.all.concat()
    }
}

impl Write for Writes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.all.len() == 1_000 {
            give_up("1,000 writes for one message");
        }
        let count = bytes.len().min(self.room);
        self.all.push(bytes[..count].to_vec());
        Ok(count)
    }

    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        let all: Vec<_> = parts.iter().flat_map(|part| part.iter()).collect();
        let all: Vec<_> = all.into_iter().copied().collect();
        self.write(&all)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Claims what `send` has written, in how many pieces it may.
fn writes(log: &Log, room: usize, text: &[u8]) -> Result<(), Broken> {
    let mut to = Writes::of(room);
    send(&mut to, text)?;
    log.expect(message(text), to.bytes())
}

#[test]
fn nagle_is_off() {
    check("08", "Small writes and Nagle")
        .given("given", "a connection that your `connect` has made")
        .because(
            "TCP_NODELAY isn't set. The second small message waits until \
             the first is acknowledged, and the receiver may take 40 ms \
             over that. flush doesn't help: it is the kernel that waits. \
             Nor does an option of acknowledgements, which is the other end's.",
        )
        .run(|log| {
            let (client, _server) = connected()?;
            log.note("asked", "the option TCP_NODELAY", "");
            log.expect(true, client.nodelay()?)
        });
}

#[test]
fn a_message_has_a_length_and_a_text() {
    check("05", "A length")
        .because(
            "The receiver reads two bytes of length, the high one first, \
             and then as many of text, be it none.",
        )
        .run(|log| {
            for text in [&b"up"[..], b"", &[b'x'; 300]] {
                log.afresh().note("text", format!("{} bytes", text.len()), "");
                writes(log, usize::MAX, text)?;
            }
            Ok(())
        });
}

#[test]
fn a_message_is_one_write() {
    check("08", "Small writes and Nagle")
        .because(
            "Each write may become a segment of its own, and with \
             TCP_NODELAY it does. Put length and text together first, then \
             write once.",
        )
        .run(|log| {
            for length in [2, 300, 20_000] {
                let what = format!("{length} bytes, and the kernel has room");
                log.afresh().note("text", what, "");
                let mut to = Writes::of(usize::MAX);
                send(&mut to, &vec![b'x'; length])?;
                let told = |count| match count {
                    1 => "1 write".to_string(),
                    _ => format!("{count} writes"),
                };
                log.expect(told(1), told(to.all.len()))?;
            }
            Ok(())
        });
}

#[test]
fn a_message_is_one_segment() {
    const MESSAGES: u32 = 20;
    check("08", "Small writes and Nagle")
        .given("text", "20 times \"left\", each read before the next")
        .because(
            "The server's kernel has counted the segments that came \
             (TCP_INFO). There are about two for each message: its length \
             travelled in one, and its text in another.",
        )
        .run(|log| {
            let (mut client, mut server) = connected()?;
            // Whether connect sets it is another check's claim.
            client.set_nodelay(true)?;
            for _ in 0..MESSAGES {
                send(&mut client, b"left")?;
                peer::hears(log, &mut server, &message(b"left"))?;
            }
            let segments = sockopt::segments_in(&server)?;
            // A machine under load may send one or two of them twice.
            if segments < MESSAGES + MESSAGES / 2 {
                return Ok(());
            }
            log.note("expected", format!("{MESSAGES} segments"), "");
            log.broken(format!("{segments} segments"))
        });
}

#[test]
fn a_short_write_is_continued() {
    check("04", "A send may be short")
        .given("text", "\"to be or not to be\", 5 bytes a write")
        .because(
            "`write` says how many bytes were taken, which may be fewer than \
             you gave. `write_all` goes on until all are.",
        )
        .run(|log| writes(log, 5, b"to be or not to be"));
}

#[test]
fn the_longest_text_is_sent() {
    check("05", "A length")
        .given("text", "65,535 bytes")
        .because(
            "Two bytes of length tell up to 65,535. This text has as many as \
             a message may have.",
        )
        .run(|log| writes(log, usize::MAX, &[b'x'; 65_535]));
}

#[test]
fn a_text_that_is_too_long_is_refused_whole() {
    check("05", "Bounds")
        .because(
            "Its length doesn't fit into two bytes. Cut to the low two, it \
             lies, and the receiver takes the middle of the text for the \
             next length. Say so before anything is sent.",
        )
        .run(|log| {
            for length in [65_536, 70_000] {
                log.afresh().note("text", format!("{length} bytes"), "");
                let mut to = Writes::of(usize::MAX);
                let got = send(&mut to, &vec![b'x'; length]);
                let kind = got.map_err(|error| error.kind());
                log.expect(Err(ErrorKind::InvalidInput), kind)?;
                log.expect(Vec::new(), to.bytes())?;
            }
            Ok(())
        });
}

#[test]
fn a_broken_connection_is_told() {
    check("04", "Broken pipe")
        .given("peer", "every write fails with BrokenPipe")
        .because(
            "The message can't be sent, and `send` has returned Ok. An \
             error that a buffer meets when it is dropped is lost.",
        )
        .run(|log| {
            let mut to =
                peer::Narrow::new(8).failing_after(0, ErrorKind::BrokenPipe);
            let got = send(&mut to, b"jump").map_err(|e| e.kind());
            log.expect(Err(ErrorKind::BrokenPipe), got)
        });
}

#[test]
fn messages_arrive_one_after_the_other() {
    check("08", "Small writes and Nagle")
        .given(
            "texts",
            "\"up\", \"\", \"down\", by the connection of `connect`",
        )
        .because(
            "The kernel has each message when `send` returns. What is still \
             in a buffer of the program's is on its way to nobody.",
        )
        .run(|log| {
            let (mut client, mut server) = connected()?;
            let mut due = Vec::new();
            for text in ["up", "", "down"] {
                send(&mut client, text.as_bytes())?;
                due.extend(message(text.as_bytes()));
            }
            peer::hears(log, &mut server, &due)?;
            drop(client);
            let mut rest = Vec::new();
            server.read_to_end(&mut rest)?;
            log.expect(Vec::new(), rest)
        });
}
