//! What `echo` and `serve` must withstand.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread;

use support::check::{Broken, Log, check, give_up};
use support::peer::{self, Duplex, Narrow, Pieces};

use super::exercise::*;

/// Claims that `echo` sends these bytes to the client, and ends in order.
fn echoes(log: &Log, mut client: Duplex, bytes: &[u8]) -> Result<(), Broken> {
    let taken = client.to.taken();
    let got = echo(&mut client).map_err(|error| error.kind());
    log.expect(bytes.to_vec(), taken.lock().unwrap().clone())?;
    log.expect(Ok(()), got)
}

/// A client that sends these pieces and takes whatever comes.
fn client<P: AsRef<[u8]>>(pieces: impl IntoIterator<Item = P>) -> Duplex {
    Duplex { from: Pieces::of(pieces), to: Narrow::new(usize::MAX) }
}

/// A server of yours on a free port.
fn server(log: &Log) -> io::Result<SocketAddr> {
    let listener = peer::listener()?;
    let address = listener.local_addr()?;
    log.beside("serve", move || serve(&listener));
    Ok(address)
}

#[test]
fn the_end_ends_the_conversation() {
    check("04", "Zero bytes is the end")
        .sent("", "the client finishes without a word")
        .because(
            "A read of 0 bytes is no empty message. The client has \
             finished, and every further read will return 0 at once: your \
             loop would keep a processor busy for a client that is gone.",
        )
        .run(|log| echoes(log, client([""; 0]), b""));
}

#[test]
fn what_a_client_sends_comes_back() {
    check("04", "A read returns what has arrived")
        .sent("hello", "in one piece")
        .because(
            "The client gets back its own bytes, no fewer and no more. A \
             read returns how many bytes it put into your buffer; the rest \
             of the buffer did not come from the client.",
        )
        .run(|log| echoes(log, client(["hello"]), b"hello"));
}

#[test]
fn a_conversation_has_many_turns() {
    check("04", "A read returns what has arrived")
        .sent("one, two, three", "one byte at a time")
        .because(
            "You stopped before the client had finished. A read returns \
             what has arrived so far, be it a single byte. Go on reading \
             until a read returns 0 bytes.",
        )
        .run(|log| {
            let text = b"one, two, three";
            echoes(log, client(text.chunks(1)), text)
        });
}

#[test]
fn an_echo_comes_before_the_next_read() {
    check("04", "A read returns what has arrived")
        .sent("who is", "then the client waits for its echo")
        .because(
            "This client sends on when it has heard the echo. You read again \
             before you had answered, so the two of you would wait for each \
             other for ever. Neither a newline nor the end must come first: \
             what has been read is echoed at once.",
        )
        .run(|log| {
            let pieces = Pieces::of(["who is", " there?\n"]);
            let mut client = Turns { pieces, sent: 0, heard: Vec::new() };
            log.expect(Ok(()), echo(&mut client).map_err(|e| e.kind()))?;
            log.expect(b"who is there?\n".to_vec(), client.heard)
        });
}

/// A client that waits for the echo before it sends the next piece.
struct Turns {
    pieces: Pieces,
    sent: usize,
    heard: Vec<u8>,
}

impl Read for Turns {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.heard.len() < self.sent {
            give_up("another read before the echo: both sides wait");
        }
        let count = self.pieces.read(buffer)?;
        self.sent += count;
        Ok(count)
    }
}

impl Write for Turns {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.heard.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_short_write_is_continued() {
    check("04", "A send may be short")
        .sent("to be or not to be", "and the client takes 5 bytes a time")
        .because(
            "`write` returns how many bytes were taken, which may be fewer \
             than you gave. You went on as if all had been taken, and the \
             rest was never sent. `write_all` goes on until it is.",
        )
        .run(|log| {
            let text = b"to be or not to be";
            let narrow = Duplex { to: Narrow::new(5), ..client([text]) };
            echoes(log, narrow, text)
        });
}

#[test]
fn bytes_that_are_no_text_come_back() {
    let bytes = [0xff, 0x00, 0xc3, b'\r', 0x80, b'\n', 0xc3];
    check("04", "A read returns what has arrived")
        .sent(bytes, "in one piece")
        .because(
            "You took the bytes for text. ff is never part of UTF-8, and c3 \
             is half a letter whose other half may come with the next read. \
             A stream carries bytes: pass them on as they are.",
        )
        .run(move |log| echoes(log, client([bytes]), &bytes));
}

#[test]
fn a_broken_connection_is_not_a_finished_one() {
    check("04", "Reset")
        .sent("hel", "then the client resets the connection")
        .because(
            "The client did not finish, its connection broke. You answered \
             Ok(()), as after an orderly end, so nobody will ever know. \
             Return the error as it is.",
        )
        .run(|log| {
            let broken = Pieces::of(["hel"])
                .then_error(ErrorKind::ConnectionReset)
                .then("lo");
            let mut client = Duplex { from: broken, ..client([""; 0]) };
            let end = echo(&mut client).map_err(|error| error.kind());
            log.expect(Err(ErrorKind::ConnectionReset), end)
        });
}

#[test]
fn a_second_client_is_served() {
    check("04", "A socket for every client")
        .because(
            "The first client came, was served and left; the second found \
             no server. `accept` gives one client. A server accepts again, \
             for ever.",
        )
        .run(|log| {
            let address = server(log)?;
            served(log, peer::client(address)?, "first", "by a client")?;
            served(log, peer::client(address)?, "later", "by the next one")
        });
}

/// Claims that a client which sends all it has, and finishes, is echoed.
fn served(
    log: &Log,
    mut client: TcpStream,
    text: &str,
    whose: &str,
) -> Result<(), Broken> {
    log.sent(text, whose);
    client.write_all(text.as_bytes())?;
    client.shutdown(Shutdown::Write)?;
    peer::hears(log, &mut client, text.as_bytes())
}

#[test]
fn a_silent_client_keeps_nobody_waiting() {
    check("04", "A socket for every client")
        .because(
            "You hold one conversation at a time: while one client says \
             nothing, your only thread sleeps in `read`, and the next client \
             is not even accepted. One silent client is enough to stop such \
             a server. Give each client a thread of its own, and don't wait \
             for that thread.",
        )
        .run(|log| {
            let address = server(log)?;
            let _silent = peer::client(address)?;
            log.note("given", "a client that connects and is silent", "");
            served(log, peer::client(address)?, "hello", "by another client")
        });
}

#[test]
fn a_reset_ends_no_other_conversation() {
    check("04", "Reset")
        .because(
            "One client's reset ended your whole server: its error left \
             `serve` by a `?` or a panic. A reset is no rare thing, any \
             client that crashes may cause it. It concerns one \
             conversation.",
        )
        .run(|log| {
            let address = server(log)?;
            let mut broken = peer::client(address)?;
            let second = peer::client(address)?;
            log.sent("first", "by a client that then resets");
            broken.write_all(b"first")?;
            peer::reset(broken)?;
            served(log, second, "second", "by one that was there before")?;
            served(log, peer::client(address)?, "third", "by a new client")
        });
}

#[test]
fn a_megabyte_comes_back_while_it_is_sent() {
    let lines = (0..150_000).map(|number| format!("{number}\n"));
    let bytes = lines.collect::<String>().into_bytes();
    check("04", "Sent is not delivered")
        .sent(&bytes, "")
        .because(
            "The client sends and receives at the same time. The bytes reach \
             you in hundreds of pieces, each to be sent back before the \
             next is read, all of them and in order.",
        )
        .run(move |log| {
            let mut client = peer::client(server(log)?)?;
            let mut sender = client.try_clone()?;
            let payload = bytes.clone();
            thread::spawn(move || {
                // What goes wrong here is seen by the one who listens.
                let _ = sender.write_all(&payload);
                let _ = sender.shutdown(Shutdown::Write);
            });
            peer::hears(log, &mut client, &bytes)
        });
}
