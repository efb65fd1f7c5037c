//! What the chat must withstand.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;

use support::check::{Broken, Log, Show, check};
use support::memory;
use support::peer::{self, Narrow, Pieces};

use super::exercise::*;

support::show_as_debug!(Message);

const JOIN: &[u8] = b"\x00\x04\x01ann";
const SAY: &[u8] = b"\x00\x03\x02hi";
const LEAVE: &[u8] = b"\x00\x01\x03";
/// Of a kind that only newer clients know.
const WAVE: &[u8] = b"\x00\x03\x09\xff\xfe";

type Answer = Result<Option<Message>, ErrorKind>;

/// What `next_message` answers; of an error, its kind.
fn next(stream: &mut impl Read) -> Answer {
    next_message(stream).map_err(|error| error.kind())
}

fn join() -> Message {
    Message::Join("ann".to_string())
}

fn say(text: &str) -> Message {
    Message::Say(text.to_string())
}

/// The frame that `send_message` writes.
fn sent(message: &Message) -> Result<Vec<u8>, ErrorKind> {
    let mut frame = Vec::new();
    match send_message(&mut frame, message) {
        Ok(()) => Ok(frame),
        Err(error) => Err(error.kind()),
    }
}

/// A frame of this kind, whatever its text is.
fn frame(kind: u8, text: &[u8]) -> Vec<u8> {
    let length = (1 + text.len()) as u16;
    [&length.to_be_bytes()[..], &[kind], text].concat()
}

#[test]
fn a_message_is_one_frame() {
    check("05", "A length")
        .because(
            "Two bytes of length, the most significant first, then the \
             kind, then the text. The length counts all that follows it, \
             the kind too, and it counts bytes: é is one character and two \
             bytes.",
        )
        .run(|log| {
            for (message, due) in [
                (join(), JOIN),
                (say("hi"), SAY),
                (Message::Leave, LEAVE),
                (say(""), b"\x00\x01\x02"),
                (say("\u{e9}"), b"\x00\x03\x02\xc3\xa9"),
            ] {
                log.afresh().note("message", format!("{message:?}"), "");
                log.expect(Ok(due.to_vec()), sent(&message))?;
            }
            let due = frame(2, &[b'x'; 300]);
            log.afresh().note("message", "Say, of 300 times x", "");
            log.expect(Ok(due), sent(&say(&"x".repeat(300))))
        });
}

/// A writer that takes all it is given and keeps the calls apart.
#[derive(Default)]
struct Calls(Vec<Vec<u8>>);

impl Write for Calls {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_frame_goes_out_in_one_write() {
    check("05", "A length")
        .given("message", "Join(\"ann\")")
        .because(
            "You wrote the parts of the frame one by one. Each write is a \
             system call and may be a packet of its own; and if another \
             thread sends to the same member, its frame may come between \
             your parts. Put the frame together first.",
        )
        .run(|log| {
            let mut calls = Calls::default();
            send_message(&mut calls, &join())?;
            log.note("written", calls.0.show(), "");
            log.note("writes", "are counted:", "");
            log.expect(1, calls.0.len())
        });
}

#[test]
fn a_short_write_is_continued() {
    check("04", "A send may be short")
        .because(
            "A write takes what fits the send buffer and says how much that \
             was. If you ignore the answer, the rest of the frame is lost, \
             and with it the place in the stream. `write_all` goes on, and \
             tries again after a signal.",
        )
        .run(|log| {
            for (signals, how) in [(0, ""), (1, "the first is interrupted")] {
                log.afresh().note("writer", "takes 2 bytes a call", how);
                let mut writer = Narrow::new(2).interrupted(signals);
                let taken = writer.taken();
                let end = send_message(&mut writer, &join());
                log.expect(Ok(()), end.map_err(|error| error.kind()))?;
                let taken = taken.lock().unwrap_or_else(|e| e.into_inner());
                log.expect(JOIN.to_vec(), taken.clone())?;
            }
            Ok(())
        });
}

#[test]
fn a_text_above_the_limit_is_not_sent() {
    check("05", "Bounds")
        .because(
            "The other side would refuse such a frame and hang up. With \
             65,536 bytes it is worse: cast to u16, the length becomes a \
             small one, and the text is read as frames. Refuse before the \
             first byte goes out.",
        )
        .run(|log| {
            for (length, allowed) in
                [(LIMIT, true), (LIMIT + 1, false), (65_536, false)]
            {
                let message = say(&"x".repeat(length));
                let mut wire = Vec::new();
                let end = send_message(&mut wire, &message);
                let end = end.map_err(|error| error.kind());
                log.afresh();
                log.note("message", format!("Say, of {length} bytes"), "");
                let refused = Err(ErrorKind::InvalidInput);
                log.expect(if allowed { Ok(()) } else { refused }, end)?;
                log.note("written", format!("{} bytes", wire.len()), "");
                log.expect(if allowed { LIMIT + 3 } else { 0 }, wire.len())?;
            }
            Ok(())
        });
}

#[test]
fn a_message_is_read() {
    check("05", "A length")
        .because(
            "The kind is the first byte behind the length: 1 is Join, 2 is \
             Say, 3 is Leave. The text is what the length still counts, one \
             byte less than it says.",
        )
        .run(|log| {
            for (wire, due) in [
                (JOIN, join()),
                (SAY, say("hi")),
                (LEAVE, Message::Leave),
                (b"\x00\x01\x02", say("")),
                (b"\x00\x03\x02\xc3\xa9", say("\u{e9}")),
            ] {
                log.afresh().sent(wire, "in one piece");
                log.expect(Ok(Some(due)), next(&mut Pieces::of([wire])))?;
            }
            Ok(())
        });
}

/// Claims that a whole conversation comes out, however it was cut.
fn reads_all(log: &Log, peer: &mut Pieces) -> Result<(), Broken> {
    for due in [join(), say("hi"), Message::Leave] {
        log.expect(Ok(Some(due)), next(peer))?;
    }
    log.expect(Ok(None), next(peer))
}

#[test]
fn messages_survive_being_split_into_single_bytes() {
    let wire = [JOIN, SAY, LEAVE].concat();
    check("05", "One message, many reads")
        .sent(&wire, "one byte at a time")
        .because(
            "A read returns what has arrived so far, and that may be one \
             byte. Read until the frame is whole; the length says when.",
        )
        .run(move |log| reads_all(log, &mut Pieces::single(&wire)));
}

#[test]
fn messages_in_one_piece_are_read_one_by_one() {
    let wire = [JOIN, SAY, LEAVE].concat();
    check("05", "A stream has no messages")
        .sent(&wire, "in one piece")
        .because(
            "Three frames came glued together. Take one frame out of the \
             stream and no byte more: what you read beyond it is lost to \
             the next call.",
        )
        .run(move |log| reads_all(log, &mut Pieces::of([&wire])));
}

#[test]
fn messages_survive_every_cut() {
    check("05", "One message, many reads")
        .because(
            "The network cuts where it likes: inside the length, before the \
             kind, inside the text. The same messages must come out.",
        )
        .run(|log| {
            let wire = [JOIN, SAY, LEAVE].concat();
            for cut in 1..wire.len() {
                let (head, tail) = wire.split_at(cut);
                let how = format!("in two pieces, cut after byte {cut}");
                log.afresh().sent(&wire, &how);
                reads_all(log, &mut Pieces::of([head, tail]))?;
            }
            Ok(())
        });
}

#[test]
fn an_unknown_kind_is_skipped() {
    check("05", "A length")
        .because(
            "You don't know this kind, but you know how long the frame is. \
             Skip all of it, its text unread, and go on with the next. So \
             the protocol can grow: an old server and a new client can \
             still talk.",
        )
        .run(|log| {
            for unknown in [
                frame(4, b""),
                frame(0, b"\xff\xfe"),
                frame(255, SAY),
                [frame(9, b"one"), frame(9, b"two")].concat(),
            ] {
                let wire = [&unknown, SAY].concat();
                log.afresh().sent(&wire, "unknown, then Say(\"hi\")");
                let mut peer = Pieces::of([&wire]);
                log.expect(Ok(Some(say("hi"))), next(&mut peer))?;
                log.expect(Ok(None), next(&mut peer))?;
            }
            Ok(())
        });
}

/// A reader that notes how deep in the stack it is called.
struct Sounding {
    peer: Pieces,
    depths: Vec<usize>,
}

impl Read for Sounding {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let here = 0_u8;
        self.depths.push(std::ptr::from_ref(&here).addr());
        self.peer.read(buffer)
    }
}

#[test]
fn skipping_takes_no_stack() {
    check("05", "Bounds")
        .given("sent", "1000 frames of unknown kind, then Say(\"hi\")")
        .because(
            "You call a function anew for each frame that is skipped, and \
             the calls pile up. A client that sends nothing but unknown \
             frames makes the stack grow until the program is killed. Go \
             round a loop instead.",
        )
        .run(|log| {
            let wire = [WAVE.repeat(1000), SAY.to_vec()].concat();
            let peer = Pieces::of([wire]);
            let mut peer = Sounding { peer, depths: Vec::new() };
            log.expect(Ok(Some(say("hi"))), next(&mut peer))?;
            let top = peer.depths.iter().max().unwrap_or(&0);
            let bottom = peer.depths.iter().min().unwrap_or(&0);
            if top - bottom > 32 * 1024 {
                return log.broken(format!("{} bytes of stack", top - bottom));
            }
            Ok(())
        });
}

#[test]
fn a_text_that_is_not_utf8_is_refused() {
    check("05", "Bounds")
        .because(
            "The protocol says UTF-8, and this is something else. With \
             replacement characters in it you would pass on what nobody \
             said; and two names that differ could become the same.",
        )
        .run(|log| {
            for text in [&b"caf\xe9"[..], b"\xff", b"\xc3", b"\xed\xa0\x80"] {
                for kind in [1, 2] {
                    let wire = frame(kind, text);
                    log.afresh().sent(&wire, "in one piece");
                    let got = next(&mut Pieces::of([&wire]));
                    log.expect(Err(ErrorKind::InvalidData), got)?;
                }
            }
            Ok(())
        });
}

#[test]
fn a_frame_without_a_kind_is_refused() {
    check("05", "A length")
        .sent(b"\x00\x00", "then Leave")
        .because(
            "A length of 0 leaves no room for the kind. If you read one all \
             the same, you take it from the next frame; and a length of 0 \
             minus 1 is no length.",
        )
        .expect(Err(ErrorKind::InvalidData), || {
            next(&mut Pieces::of([b"\x00\x00\x00\x01\x03"]))
        });
}

#[test]
fn a_leave_with_a_text_is_refused() {
    check("05", "A length")
        .sent(b"\x00\x03\x03hi", "in one piece")
        .because(
            "Leave has no text. Bytes that mean nothing are the first sign \
             that the peer means something else than you do; and if they \
             stay in the stream, the next length is read out of them.",
        )
        .expect(Err(ErrorKind::InvalidData), || {
            next(&mut Pieces::of([b"\x00\x03\x03hi"]))
        });
}

#[test]
fn the_end_between_two_frames_is_none() {
    check("05", "A length")
        .because(
            "No frame has begun, so nothing is missing: the peer has said \
             all. This holds for an empty stream, behind a message, and \
             behind a frame that was skipped.",
        )
        .run(|log| {
            log.sent(b"", "nothing, then the end");
            log.expect(Ok(None), next(&mut Pieces::of([b""; 0])))?;
            log.afresh().sent(WAVE, "unknown, then the end");
            let mut peer = Pieces::of([WAVE]);
            log.expect(Ok(None), next(&mut peer))?;
            log.afresh().sent(LEAVE, "then the end");
            let mut peer = Pieces::of([LEAVE]);
            log.expect(Ok(Some(Message::Leave)), next(&mut peer))?;
            log.expect(Ok(None), next(&mut peer))
        });
}

#[test]
fn the_end_inside_a_frame_is_an_error() {
    check("05", "A length")
        .because(
            "The frame began and did not end: the connection broke. That \
             must not look like a goodbye, and half a text not like a whole \
             one. It holds for a frame that you skip, too.",
        )
        .run(|log| {
            for whole in [JOIN, LEAVE, WAVE] {
                for kept in 1..whole.len() {
                    log.afresh().sent(&whole[..kept], "then the end");
                    let got = next(&mut Pieces::of([&whole[..kept]]));
                    log.expect(Err(ErrorKind::UnexpectedEof), got)?;
                }
            }
            Ok(())
        });
}

#[test]
fn a_text_of_the_limit_is_read() {
    let text = "x".repeat(LIMIT);
    check("05", "Bounds")
        .given("sent", "Say, of 1024 bytes: the limit")
        .because(
            "The limit is about the text. The kind is one byte more, so the \
             greatest length on the wire is 1025.",
        )
        .run(move |log| {
            let mut peer = Pieces::of([frame(2, text.as_bytes())]);
            let got = next(&mut peer);
            log.expect(true, got == Ok(Some(Message::Say(text))))
        });
}

#[test]
fn a_frame_above_the_limit_is_refused_at_once() {
    check("05", "Bounds")
        .because(
            "The length alone says that the frame is too long, of whatever \
             kind it is. You made room for it or waited for the rest, which \
             may never come. Here it doesn't: the stream ends.",
        )
        .run(|log| {
            for length in [1026_u16, 2048, u16::MAX] {
                let wire = length.to_be_bytes();
                log.afresh().sent(wire, "a length, then the end");
                let mut peer = Pieces::of([wire]);
                let got = memory::within(log, 16 * 1024, || next(&mut peer))?;
                log.expect(Err(ErrorKind::InvalidData), got)?;
            }
            Ok(())
        });
}

#[test]
fn an_interrupted_read_is_tried_again() {
    check("05", "A length")
        .because(
            "EINTR: a signal arrived while you waited. signal(7) says try \
             again; `read_exact` does, a `read` of your own must.",
        )
        .run(|log| {
            for cut in 0..JOIN.len() {
                let (head, tail) = JOIN.split_at(cut);
                let how = format!("interrupted before byte {}", cut + 1);
                log.afresh().sent(JOIN, &how);
                let mut peer = Pieces::of(head.chunks(1))
                    .then_error(ErrorKind::Interrupted)
                    .then(tail);
                log.expect(Ok(Some(join())), next(&mut peer))?;
            }
            Ok(())
        });
}

#[test]
fn a_reset_inside_a_frame_is_an_error() {
    check("04", "Reset")
        .because(
            "The peer's side of the connection was thrown away: ECONNRESET. \
             That is not the end of a stream. Hand the error on as it is.",
        )
        .run(|log| {
            let (mut peer, mut learner) = peer::connection()?;
            log.sent(JOIN, "over TCP");
            peer.write_all(JOIN)?;
            log.expect(Ok(Some(join())), next(&mut learner))?;
            log.sent(&SAY[..4], "half a frame, then a reset");
            peer.write_all(&SAY[..4])?;
            peer::reset(peer)?;
            log.expect(Err(ErrorKind::ConnectionReset), next(&mut learner))
        });
}

/// Frames on the wire, told as messages.
#[derive(PartialEq)]
struct Talk(Vec<u8>);

impl Show for Talk {
    fn show(&self) -> String {
        let known =
            [(JOIN, "Join"), (SAY, "Say"), (LEAVE, "Leave"), (WAVE, "kind 9")];
        let mut rest = &self.0[..];
        let mut told = Vec::new();
        while !rest.is_empty() {
            let next = known.iter().find(|(frame, _)| rest.starts_with(frame));
            let (frame, name) = match next {
                Some((frame, name)) => (*frame, name.to_string()),
                None => (rest, rest.show()),
            };
            told.push(name);
            rest = &rest[frame.len()..];
        }
        if told.is_empty() { "nothing".to_string() } else { told.join(", ") }
    }
}

/// Claims that a client which sends all of this and closes that direction
/// hears what is due, and that `serve` ends as it should.
fn serves(
    log: &Log,
    wire: &[u8],
    due: &[u8],
    due_end: Result<(), ErrorKind>,
) -> Result<(), Broken> {
    let wire = Talk(wire.to_vec());
    log.afresh().note("sent", wire.show(), "then the client's FIN");
    let (mut client, mut learner) = peer::connection()?;
    client.write_all(&wire.0)?;
    client.shutdown(Shutdown::Write)?;
    let end = serve(&mut learner).map_err(|error| error.kind());
    learner.shutdown(Shutdown::Write)?;
    let mut heard = Vec::new();
    client.read_to_end(&mut heard)?;
    let told = Talk(heard.clone()).show();
    log.expect(Talk(due.to_vec()), Talk(heard))?;
    log.note("heard", told, "");
    log.note("serve", "has ended with:", "");
    log.expect(due_end, end)
}

/// Notes an error that `serve` ended with, before its client sees the end.
fn ended(
    log: &Log,
    end: io::Result<()>,
    learner: TcpStream,
) -> Result<(), ErrorKind> {
    if let Err(error) = &end {
        log.note("serve", format!("ended: {error}"), "");
    }
    drop(learner);
    end.map_err(|error| error.kind())
}

/// Claims that this frame comes back to the client.
fn comes_back(
    log: &Log,
    client: &mut TcpStream,
    frame: &[u8],
) -> Result<(), Broken> {
    let mut heard = vec![0; frame.len()];
    match client.read_exact(&mut heard) {
        Ok(()) => log.expect(Talk(frame.to_vec()), Talk(heard)),
        Err(error) => {
            log.note("expected", Talk(frame.to_vec()).show(), "");
            log.broken(match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => {
                    format!("nothing for {} s", peer::PATIENCE.as_secs())
                }
                _ => "the end: the server has hung up".to_string(),
            })
        }
    }
}

#[test]
fn a_message_comes_back_at_once() {
    check("05", "Not enough yet")
        .because(
            "The client waits for its Join to come back before it goes on, \
             as people in a chat do. Answer each message as soon as it is \
             whole; don't wait for the end, or for a full buffer.",
        )
        .run(|log| {
            let (client, mut learner) = peer::connection()?;
            let told = log.clone();
            let client = thread::spawn(move || converse(&told, client));
            let end = serve(&mut learner);
            let end = ended(log, end, learner);
            match client.join() {
                Ok(heard) => heard?,
                Err(_) => return log.broken("the client panicked"),
            }
            log.expect(Ok(()), end)
        });
}

/// A client that sends a frame and a half, and the rest once the first came
/// back.
fn converse(log: &Log, mut client: TcpStream) -> Result<(), Broken> {
    let (head, tail) = SAY.split_at(3);
    for (wire, due) in [
        ([JOIN, head].concat(), JOIN),
        (tail.to_vec(), SAY),
        (LEAVE.to_vec(), LEAVE),
    ] {
        log.sent(&wire, "");
        // Where the server has hung up, the read will say so.
        let _ = client.write_all(&wire);
        comes_back(log, &mut client, due)?;
    }
    Ok(())
}

#[test]
fn a_client_that_closed_one_direction_hears_all() {
    check("04", "Half-close")
        .because(
            "The stream ended without a Leave. The client sends no more, \
             but it may still listen, so it is sent everything: its \
             messages, without the one of unknown kind, and the Leave that \
             tells that it has left.",
        )
        .run(|log| {
            let wire = [JOIN, SAY, WAVE, SAY].concat();
            let due = [JOIN, SAY, SAY, LEAVE].concat();
            serves(log, &wire, &due, Ok(()))
        });
}

#[test]
fn leave_ends_the_conversation() {
    check("05", "A stream has no messages")
        .because(
            "Behind the Leave came a Say in the same piece. The client has \
             left by then: Leave is sent back once, and what follows is not \
             looked at.",
        )
        .run(|log| {
            let wire = [JOIN, LEAVE, SAY].concat();
            serves(log, &wire, &[JOIN, LEAVE].concat(), Ok(()))
        });
}

#[test]
fn nobody_speaks_before_joining() {
    check("05", "Bounds")
        .because(
            "The first message must be Join. Until then the client has no \
             name, so nothing it says, and no Leave, is sent to anybody.",
        )
        .run(|log| {
            for first in [SAY, LEAVE] {
                let wire = [first, JOIN].concat();
                serves(log, &wire, b"", Err(ErrorKind::InvalidData))?;
            }
            Ok(())
        });
}

#[test]
fn nobody_joins_twice() {
    check("05", "Bounds")
        .because(
            "The client has a name already. A second Join would let it \
             speak under another name in the middle of the conversation.",
        )
        .run(|log| {
            let wire = [JOIN, JOIN, SAY].concat();
            serves(log, &wire, JOIN, Err(ErrorKind::InvalidData))
        });
}

#[test]
fn a_client_that_never_joined_is_sent_nothing() {
    check("05", "A length")
        .because(
            "Somebody connected and went away, as port scanners and health \
             checks do all day. It is no error; and a client that never \
             joined can't leave.",
        )
        .run(|log| {
            serves(log, b"", b"", Ok(()))?;
            serves(log, WAVE, b"", Ok(()))
        });
}

#[test]
fn a_broken_frame_ends_with_an_error() {
    check("05", "Bounds")
        .because(
            "The stream can't be understood any more. Tell the caller, who \
             closes the connection and may write the cause to a log. To end \
             with Ok, or with a Leave, is to say that all was well.",
        )
        .run(|log| {
            for (bad, due) in [
                (&b"GET / HTTP/1.1\r\n"[..], ErrorKind::InvalidData),
                (b"\x00\x02\x02\xff", ErrorKind::InvalidData),
                (b"\x00\x06\x02he", ErrorKind::UnexpectedEof),
            ] {
                serves(log, &[JOIN, bad].concat(), JOIN, Err(due))?;
            }
            Ok(())
        });
}

#[test]
fn a_reset_is_told_to_the_caller() {
    check("04", "Reset")
        .because(
            "A client that is torn away is no client that left. `serve` \
             must end, with the error and without a panic, so that the \
             server can go on with its other clients.",
        )
        .run(|log| {
            let (client, mut learner) = peer::connection()?;
            let told = log.clone();
            let client = thread::spawn(move || torn_away(&told, client));
            let end = serve(&mut learner);
            let end = ended(log, end, learner);
            match client.join() {
                Ok(heard) => heard?,
                Err(_) => return log.broken("the client panicked"),
            }
            log.expect(Err(ErrorKind::ConnectionReset), end)
        });
}

/// A client that joins, and resets the connection once that came back.
fn torn_away(log: &Log, mut client: TcpStream) -> Result<(), Broken> {
    log.sent(JOIN, "when it has come back, a reset");
    client.write_all(JOIN)?;
    comes_back(log, &mut client, JOIN)?;
    Ok(peer::reset(client)?)
}
