//! Who hears what, and who must not be in the way.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::poll::PollTimeout;
use socket2::{Domain, SockRef, Socket, Type};
use support::check::{Broken, Log, check};
use support::{peer, waiting};

use super::exercise::*;

/// How long a turn may wait: for what is certain to come, and in vain.
const LONG: u16 = 3_000;
const SHORT: u16 = 30;

/// How often a check lets the chat have a turn. What it waits for was there
/// before the first of them: so few wait, and then in vain.
struct Turns {
    all: usize,
    waited: usize,
}

impl Turns {
    fn new() -> Self {
        Turns { all: 0, waited: 0 }
    }

    /// Whether it may have another.
    fn are_left(&self) -> bool {
        self.all < 2_000 && self.waited < 10
    }

    fn turn(&mut self, chat: &mut Chat) -> io::Result<()> {
        let begun = Instant::now();
        chat.turn(PollTimeout::from(SHORT))?;
        self.all += 1;
        let short = Duration::from_millis(u64::from(SHORT));
        self.waited += usize::from(begun.elapsed() >= short);
        Ok(())
    }
}

/// The learner's chat, turned by the check.
struct Scene<'a> {
    log: &'a Log,
    chat: Chat,
    /// Another descriptor of its listener.
    listener: TcpListener,
}

/// A chat, with the first of ann, bob, carl and dora in it.
fn scene<const N: usize>(
    log: &Log,
) -> Result<(Scene<'_>, [Member; N]), Broken> {
    let listener = peer::listener()?;
    let chat = Chat::new(listener.try_clone()?)?;
    let mut scene = Scene { log, chat, listener };
    let names = ["ann", "bob", "carl", "dora"];
    log.note("given", format!("{} are in", names[..N].join(", ")), "");
    let mut members = Vec::new();
    for name in &names[..N] {
        members.push(scene.join(name)?);
    }
    match members.try_into() {
        Ok(members) => Ok((scene, members)),
        Err(_) => log.broken("nobody is in"),
    }
}

impl Scene<'_> {
    fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    fn join(&mut self, name: &'static str) -> Result<Member, Broken> {
        let stream = peer::client(self.address()?)?;
        self.enters(name, stream)
    }

    /// Turns until somebody who has connected is in.
    fn enters(
        &mut self,
        name: &'static str,
        stream: TcpStream,
    ) -> Result<Member, Broken> {
        stream.set_nonblocking(true)?;
        self.counts(self.chat.clients() + 1)?;
        Ok(Member { name, stream })
    }

    /// A turn that somebody ends who is ready, or will be.
    fn turn(&mut self, longest: u16) -> Result<(), Broken> {
        match self.chat.turn(PollTimeout::from(longest)) {
            Ok(()) => Ok(()),
            Err(error) => self.log.broken(format!("turn failed: {error}")),
        }
    }

    /// Somebody says this, and the chat has a turn.
    fn says(&mut self, who: &Member, text: &[u8]) -> Result<(), Broken> {
        self.sends(who, text)?;
        self.turn(LONG)
    }

    /// Somebody says this, and the chat has no turn yet.
    fn sends(&mut self, who: &Member, text: &[u8]) -> Result<(), Broken> {
        self.log.sent(text, &format!("by {}", who.name));
        Ok((&who.stream).write_all(text)?)
    }

    /// Claims that this is what somebody hears next, after some turns.
    fn hears(&mut self, who: &Member, due: &[u8]) -> Result<(), Broken> {
        self.log.note("asked", format!("what {} hears", who.name), "");
        let stream = &who.stream;
        peer::hears(
            self.log,
            &mut Turning { chat: &mut self.chat, stream },
            due,
        )
    }

    /// Claims that so many are in, after some turns.
    fn counts(&mut self, due: usize) -> Result<(), Broken> {
        let mut turns = Turns::new();
        while self.chat.clients() != due && turns.are_left() {
            if let Err(error) = turns.turn(&mut self.chat) {
                return self.log.broken(format!("turn failed: {error}"));
            }
        }
        if self.chat.clients() != due {
            self.log.note("asked", "how many are in", "");
        }
        self.log.expect(due, self.chat.clients())
    }
}

/// Somebody's end of a connection.
struct Member {
    name: &'static str,
    stream: TcpStream,
}

/// Reads what somebody hears, and gives the chat turns until it has come.
struct Turning<'a> {
    chat: &'a mut Chat,
    stream: &'a TcpStream,
}

impl Read for Turning<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut turns = Turns::new();
        loop {
            match self.stream.read(buffer) {
                Err(error)
                    if error.kind() == ErrorKind::WouldBlock
                        && turns.are_left() =>
                {
                    turns.turn(self.chat)?;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    let why = format!("nothing in {} turns", turns.all);
                    return Err(io::Error::new(ErrorKind::TimedOut, why));
                }
                other => return other,
            }
        }
    }
}

#[test]
fn a_line_goes_to_all_the_others() {
    check("11", "poll")
        .because(
            "poll says who is ready. Read from that one, and write to the \
             others.",
        )
        .run(|log| {
            let (mut chat, [ann, bob, carl]) = scene(log)?;
            chat.says(&ann, b"hello\n")?;
            chat.hears(&bob, b"hello\n")?;
            chat.hears(&carl, b"hello\n")
        });
}

#[test]
fn a_line_does_not_come_back() {
    check("11", "poll")
        .because("Ann knows what she has said. Only the others hear it.")
        .run(|log| {
            let (mut chat, [ann, bob]) = scene(log)?;
            chat.says(&ann, b"hello\n")?;
            chat.says(&bob, b"welcome\n")?;
            chat.hears(&ann, b"welcome\n")
        });
}

#[test]
fn half_a_line_waits_for_the_rest_and_holds_up_nobody() {
    check("11", "Properties of multiplexing")
        .because(
            "A read returns what has arrived. Keep half a line with its \
             client, and serve the others: whoever reads on until the line \
             is complete waits for one client, and all wait with it.",
        )
        .run(|log| {
            let (mut chat, [ann, bob, carl]) = scene(log)?;
            chat.says(&ann, b"hel")?;
            chat.says(&bob, b"welcome\n")?;
            chat.hears(&carl, b"welcome\n")?;
            chat.says(&ann, b"lo\n")?;
            chat.hears(&carl, b"hello\n")
        });
}

#[test]
fn two_who_talk_at_once_are_not_mixed() {
    check("11", "poll")
        .because(
            "Each client has a line of its own that isn't complete yet. In \
             one buffer for all, one's half is completed by another's.",
        )
        .run(|log| {
            let (mut chat, [ann, bob, carl]) = scene(log)?;
            chat.says(&ann, b"aaa")?;
            chat.says(&bob, b"bbb")?;
            chat.says(&ann, b"AAA\n")?;
            chat.says(&bob, b"BBB\n")?;
            chat.hears(&carl, b"aaaAAA\nbbbBBB\n")
        });
}

#[test]
fn several_lines_come_in_one_piece() {
    check("05", "A delimiter")
        .because(
            "One read gives two lines, an empty one, and the beginning of \
             another. What ends with `\\n` is sent, what doesn't is kept.",
        )
        .run(|log| {
            let (mut chat, [ann, bob]) = scene(log)?;
            chat.says(&ann, b"one\ntwo\n\nth")?;
            chat.says(&ann, b"ree\n")?;
            chat.hears(&bob, b"one\ntwo\n\nthree\n")
        });
}

#[test]
fn any_bytes_make_a_line() {
    check("05", "A delimiter")
        .because(
            "Clients send what they like, and it goes out as it came: \\r, \
             zeros, and bytes that are no text.",
        )
        .run(|log| {
            let (mut chat, [ann, bob]) = scene(log)?;
            chat.says(&ann, b"\0\xff\xfe\r\n")?;
            chat.hears(&bob, b"\0\xff\xfe\r\n")
        });
}

#[test]
fn who_closes_is_gone_and_the_others_go_on() {
    check("11", "The end is an event, too")
        .because(
            "A read of 0 bytes is the end. Whoever keeps that client is told \
             of its end in every turn, and never waits again.",
        )
        .run(|log| {
            let (mut chat, [ann, bob, carl]) = scene(log)?;
            log.note("given", "ann closes", "");
            drop(ann);
            chat.counts(2)?;
            chat.says(&bob, b"alone?\n")?;
            chat.hears(&carl, b"alone?\n")
        });
}

#[test]
fn who_resets_is_gone_and_the_others_go_on() {
    check("11", "What can happen to a descriptor")
        .because(
            "A reset comes as POLLIN, POLLERR and POLLHUP together. Ask \
             whether anything has come; the read says ECONNRESET. It is the \
             end of one client, and no error of the chat.",
        )
        .run(|log| {
            let (mut chat, [ann, bob, carl]) = scene(log)?;
            log.note("given", "ann resets her connection", "");
            peer::reset(ann.stream)?;
            chat.counts(2)?;
            chat.says(&bob, b"alone?\n")?;
            chat.hears(&carl, b"alone?\n")
        });
}

#[test]
fn last_words_are_heard() {
    check("11", "What can happen to a descriptor")
        .because(
            "Data and a reset come as POLLIN, POLLERR and POLLHUP together. \
             What had arrived before can still be read: read first, and \
             remove a client when the read says so.",
        )
        .run(|log| {
            for reset in [false, true] {
                let (mut chat, [ann, bob]) = scene(log.afresh())?;
                chat.sends(&ann, b"good bye\n")?;
                let how = if reset { "resets" } else { "closes" };
                log.note("given", format!("ann {how} her connection"), "");
                match reset {
                    true => peer::reset(ann.stream)?,
                    false => drop(ann),
                }
                chat.hears(&bob, b"good bye\n")?;
                chat.counts(1)?;
            }
            Ok(())
        });
}

#[test]
fn half_a_line_dies_with_its_client() {
    check("11", "The end is an event, too")
        .because("Nobody knows what it would have said: half a line is none.")
        .run(|log| {
            let (mut chat, [ann, bob, carl]) = scene(log)?;
            chat.says(&ann, b"I wanted to sa")?;
            log.note("given", "ann closes", "");
            drop(ann);
            chat.counts(2)?;
            chat.says(&bob, b"what?\n")?;
            chat.hears(&carl, b"what?\n")
        });
}

#[test]
fn two_leave_in_one_turn() {
    check("11", "poll")
        .because(
            "The list for poll was made before anybody was removed. If you \
             remove a client while you walk through it, the indices behind \
             it mean somebody else, or nobody.",
        )
        .run(|log| {
            let (mut chat, [ann, bob, carl, dora]) = scene(log)?;
            log.note("given", "carl and dora close, then a turn", "");
            drop((carl, dora));
            chat.counts(2)?;
            chat.says(&ann, b"alone?\n")?;
            chat.hears(&bob, b"alone?\n")
        });
}

#[test]
fn one_leaves_while_others_talk() {
    check("11", "poll")
        .because(
            "Three are ready in one turn. That one of them goes must not \
             keep the others from being heard.",
        )
        .run(|log| {
            let (mut chat, [ann, bob, carl, dora]) = scene(log)?;
            log.note("given", "ann closes", "");
            drop(ann);
            chat.sends(&carl, b"cheese\n")?;
            chat.sends(&dora, b"dates\n")?;
            chat.hears(&carl, b"dates\n")?;
            chat.hears(&dora, b"cheese\n")?;
            chat.counts(3)?;
            chat.says(&bob, b"bread\n")?;
            chat.hears(&dora, b"bread\n")
        });
}

#[test]
fn a_line_of_the_limit_is_heard() {
    check("05", "Bounds")
        .because(
            "The limit counts the bytes of a line, with its `\\n`. It isn't \
             about how much comes in one piece, or is kept in a buffer.",
        )
        .run(|log| {
            let (mut chat, [ann, bob]) = scene(log)?;
            let mut line = vec![b'x'; LIMIT - 1];
            line.push(b'\n');
            chat.says(&ann, &line)?;
            chat.hears(&bob, &line)?;
            let many = b"short\n".repeat(LIMIT / 4);
            chat.says(&ann, &many)?;
            chat.hears(&bob, &many)
        });
}

#[test]
fn a_line_too_long_ends_its_client() {
    check("05", "Bounds")
        .because(
            "A line that never ends would fill the memory. Whether its `\\n` \
             comes or not: beyond the limit the client is removed, and \
             nothing of the line is heard.",
        )
        .run(|log| {
            for end in [b'x', b'\n'] {
                let (mut chat, [ann, bob, carl]) = scene(log.afresh())?;
                let mut line = vec![b'x'; LIMIT];
                line.push(end);
                chat.says(&ann, &line)?;
                chat.counts(2)?;
                chat.says(&bob, b"alone?\n")?;
                chat.hears(&carl, b"alone?\n")?;
            }
            Ok(())
        });
}

#[test]
fn many_come_at_once() {
    check("11", "poll")
        .because(
            "Five connections wait at the listener. As long as one is left, \
             the listener is ready: none is lost.",
        )
        .run(|log| {
            let (mut chat, [ann]) = scene(log)?;
            let mut others = Vec::new();
            for _ in 0..5 {
                let stream = peer::client(chat.address()?)?;
                stream.set_nonblocking(true)?;
                others.push(Member { name: "one of five", stream });
            }
            log.note("given", "five more connect", "");
            chat.counts(6)?;
            chat.says(&ann, b"welcome\n")?;
            for one in &others {
                chat.hears(one, b"welcome\n")?;
            }
            Ok(())
        });
}

#[test]
fn a_turn_in_which_nothing_happens_ends_in_time() {
    check("11", "poll")
        .because("A time-out is no error: the list says that nobody is ready.")
        .run(|log| {
            let (mut chat, [_ann]) = scene(log)?;
            log.note("given", format!("nobody says anything: {SHORT} ms"), "");
            let begun = Instant::now();
            chat.turn(SHORT)?;
            let took = begun.elapsed();
            if took >= Duration::from_millis(u64::from(SHORT)) {
                return Ok(());
            }
            log.note("expected", "a turn that waits for so long", "");
            log.broken(format!("it ended after {took:?}"))
        });
}

#[test]
fn a_signal_is_no_error() {
    check("10", "Interrupted")
        .because(
            "signal(7): poll is never restarted after a signal, SA_RESTART or \
             not. EINTR says that nobody was ready so far.",
        )
        .run(|log| {
            let (mut chat, [ann, bob]) = scene(log)?;
            log.note("given", "a signal while the turn waits", "");
            let speaks = ann.stream.try_clone()?;
            let spoken = AtomicBool::new(false);
            let then = || {
                let sent = (&speaks).write_all(b"hello\n");
                spoken.store(sent.is_ok(), Ordering::SeqCst);
            };
            waiting::interrupted(1, then, || chat.turn(LONG))??;
            if !spoken.load(Ordering::SeqCst) {
                chat.sends(&ann, b"hello\n")?;
            }
            chat.hears(&bob, b"hello\n")
        });
}

#[test]
fn who_reads_nothing_holds_up_nobody() {
    check("11", "Properties of multiplexing")
        .because(
            "One client doesn't read, and there is no room for the next \
             line. A write that waits holds up everybody; half a line would \
             spoil what follows. That client is removed, in time.",
        )
        .run(|log| {
            let (mut chat, [ann]) = scene(log)?;
            // Accepted sockets have the listener's buffer size, socket(7).
            let listener = chat.listener.try_clone()?;
            let listener = SockRef::from(&listener);
            listener.set_send_buffer_size(4_096)?;
            let _deaf = chat.enters("deaf", deaf(chat.address()?)?)?;
            listener.set_send_buffer_size(200_000)?;
            let carl = chat.join("carl")?;
            let what = "ann, carl, and one who never reads";
            log.afresh().note("given", what, "");
            for n in 1..=1_000 {
                let line = format!("{n} green bottles hanging on the wall ");
                let line = format!("{line:x<width$}\n", width = LIMIT - 1);
                chat.says(&ann, line.as_bytes())?;
                chat.hears(&carl, line.as_bytes())?;
                if chat.chat.clients() == 2 {
                    chat.says(&carl, b"cheers\n")?;
                    return chat.hears(&ann, b"cheers\n");
                }
                log.afresh().note("given", what, "");
                log.note("given", format!("{n} lines said by ann"), "");
            }
            log.note("expected", "who never reads is removed", "");
            log.broken("all are in, and the lines go on")
        });
}

/// Somebody with little room for what comes.
fn deaf(address: SocketAddr) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_recv_buffer_size(4_096)?;
    socket.connect(&address.into())?;
    Ok(socket.into())
}
