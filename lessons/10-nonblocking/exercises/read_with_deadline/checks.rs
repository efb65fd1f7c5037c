//! What `read_with_deadline` must withstand.

use std::io::{ErrorKind, Write};
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsRawFd;
use std::sync::mpsc::{self, TryRecvError};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::socket::{MsgFlags, recv};
use socket2::SockRef;
use support::check::{Broken, Log, check};
use support::peer::{self, PATIENCE};
use support::show_as_debug;
use support::waiting;

use super::exercise::*;

show_as_debug!(Came);

/// A deadline that no check waits for.
const LONG: Duration = Duration::from_secs(60);

/// One that a check waits for.
const SHORT: Duration = Duration::from_millis(100);

/// One that shows what waiting costs, on a busy machine too.
const LONGER: Duration = Duration::from_millis(300);

/// More than this is no wait for a [`SHORT`] deadline any more.
const TOO_LONG: Duration = Duration::from_secs(2);

/// What the learner's function makes of it, and what is in the buffer then.
type Answer = (Result<Came, ErrorKind>, Vec<u8>);

/// Reads `wanted` bytes, and keeps as many as the answer counts.
fn read(stream: &TcpStream, wanted: usize, deadline: Instant) -> Answer {
    let mut buffer = vec![b'.'; wanted];
    let came = read_with_deadline(stream, &mut buffer, deadline);
    if let Ok(Came::End(n) | Came::Late(n)) = came {
        buffer.truncate(n);
    }
    (came.map_err(|error| error.kind()), buffer)
}

/// Claims what came of a read, and that the bytes are in the buffer.
fn due(
    log: &Log,
    (came, bytes): Answer,
    expected: Came,
    text: &str,
) -> Result<(), Broken> {
    log.expect(Ok(expected), came)?;
    log.expect(text.as_bytes().to_vec(), bytes)
}

/// Claims that nothing came within [`SHORT`], and that it was waited for.
fn silent(log: &Log, begun: Instant, answer: Answer) -> Result<(), Broken> {
    due(log, answer, Came::Late(0), "")?;
    let took = begun.elapsed();
    // A timer of the kernel's may be a little coarse.
    if took < SHORT - SHORT / 10 || took > TOO_LONG {
        return log.broken(format!("that after {took:.0?}"));
    }
    Ok(())
}

/// Waits until nothing lies in the socket, for as long as a peer waits.
fn until_taken(stream: &TcpStream) {
    let until = Instant::now() + PATIENCE;
    let look = MsgFlags::MSG_PEEK | MsgFlags::MSG_DONTWAIT;
    while Instant::now() < until
        && recv(stream.as_raw_fd(), &mut [0; 1], look).is_ok()
    {
        thread::yield_now();
    }
}

/// A moment that is over.
fn past() -> Instant {
    let now = Instant::now();
    now.checked_sub(Duration::from_secs(1)).unwrap_or(now)
}

#[test]
fn what_has_arrived_is_read() {
    check("10", "A time-out is not a deadline")
        .sent("hello", "in one piece; 5 bytes are wanted")
        .because("All of it was there. Nothing is waited for.")
        .run(|log| {
            let (mut peer, stream) = peer::connection()?;
            peer.write_all(b"hello")?;
            let got = read(&stream, 5, Instant::now() + LONG);
            due(log, got, Came::Full, "hello")
        });
}

#[test]
fn what_drips_in_time_is_collected() {
    check("10", "A time-out is not a deadline")
        .sent("hello", "one byte, the next when you have read it")
        .because(
            "A read returns what has arrived. Read again, behind what has \
             come, until the buffer is full.",
        )
        .run(|log| {
            let (mut peer, stream) = peer::connection()?;
            let there = stream.try_clone()?;
            thread::spawn(move || {
                for byte in b"hello" {
                    // What goes wrong here is seen by the one who reads.
                    let _ = peer.write_all(&[*byte]);
                    until_taken(&there);
                }
                peer
            });
            let got = read(&stream, 5, Instant::now() + LONG);
            due(log, got, Came::Full, "hello")
        });
}

#[test]
fn what_came_before_the_deadline_is_kept() {
    check("10", "A time-out is not a deadline")
        .because(
            "Three of five bytes had come by the deadline. An error in their \
             place would throw them away: give their number, and the next \
             call goes on behind them. A read whose time-out is over fails \
             with WouldBlock (EAGAIN), not with TimedOut.",
        )
        .run(|log| {
            let (mut peer, stream) = peer::connection()?;
            log.sent("hel", "then silence; 5 bytes are wanted in 100 ms");
            peer.write_all(b"hel")?;
            let got = read(&stream, 5, Instant::now() + SHORT);
            due(log, got, Came::Late(3), "hel")?;
            log.sent("lo", "later; the other 2 bytes are wanted");
            peer.write_all(b"lo")?;
            let got = read(&stream, 2, Instant::now() + LONG);
            due(log, got, Came::Full, "lo")
        });
}

#[test]
fn it_waits_until_the_deadline() {
    check("10", "A time-out is not a deadline")
        .given("peer", "sends nothing; the deadline is in 100 ms")
        .because(
            "Nothing came. The answer is Late(0), when the time is over and \
             not before. It is a value, as a deadline that passes is no \
             failure of the connection.",
        )
        .run(|log| {
            let (_peer, stream) = peer::connection()?;
            let begun = Instant::now();
            let got = read(&stream, 5, begun + SHORT);
            silent(log, begun, got)
        });
}

#[test]
fn a_past_deadline_does_not_wait() {
    check("10", "A time-out is not a deadline")
        .given("deadline", "a second ago")
        .because(
            "No time is left, so nothing may be waited for; what is there \
             can be taken all the same. Mind your tools: to `poll`, -1 means \
             for ever; set_read_timeout takes None for \"for ever\", and \
             refuses zero.",
        )
        .run(|log| {
            let (mut peer, stream) = peer::connection()?;
            log.note("peer", "has sent nothing", "");
            let got = read(&stream, 5, past());
            due(log, got, Came::Late(0), "")?;
            log.sent("hel", "and 5 bytes are wanted");
            peer.write_all(b"hel")?;
            let got = read(&stream, 5, past());
            due(log, got, Came::Late(3), "hel")?;
            log.sent("hello", "and 5 bytes are wanted");
            peer.write_all(b"hello")?;
            let got = read(&stream, 5, past());
            due(log, got, Came::Full, "hello")
        });
}

#[test]
fn an_empty_buffer_is_full() {
    check("10", "A time-out is not a deadline")
        .given("wanted", "no bytes, from a peer that sends nothing")
        .because(
            "Nothing is missing from an empty buffer. Look whether it is \
             full before you wait.",
        )
        .run(|log| {
            let (_peer, stream) = peer::connection()?;
            for deadline in [Instant::now() + LONG, past()] {
                due(log, read(&stream, 0, deadline), Came::Full, "")?;
            }
            Ok(())
        });
}

#[test]
fn the_end_is_told_from_a_pause() {
    check("10", "A time-out is not a deadline")
        .because(
            "The peer has finished: a read of 0 bytes. Nothing more will \
             come, however long you wait.",
        )
        .run(|log| {
            for text in ["", "hel"] {
                let (mut peer, stream) = peer::connection()?;
                log.afresh().sent(text, "then the end; 5 bytes are wanted");
                peer.write_all(text.as_bytes())?;
                peer.shutdown(Shutdown::Write)?;
                let got = read(&stream, 5, Instant::now() + LONG);
                due(log, got, Came::End(text.len()), text)?;
            }
            Ok(())
        });
}

#[test]
fn a_reset_is_an_error() {
    check("10", "A time-out is not a deadline")
        .given("peer", "resets the connection")
        .because("That is neither an end nor a pause: hand on the error.")
        .run(|log| {
            let (peer, stream) = peer::connection()?;
            peer::reset(peer)?;
            let (got, _) = read(&stream, 5, Instant::now() + LONG);
            log.expect(Err(ErrorKind::ConnectionReset), got)
        });
}

#[test]
fn the_socket_stays_as_it_was() {
    check("10", "Time-outs")
        .because(
            "The socket's own time-out (SO_RCVTIMEO) and its mode \
             (O_NONBLOCK) belong to your caller, who may have set them for \
             a reason. MSG_DONTWAIT and poll are about one call.",
        )
        .run(|log| {
            let own = Some(Duration::from_secs(7));
            for (blocking, mode) in [(true, ""), (false, "non-")] {
                let (mut peer, stream) = peer::connection()?;
                stream.set_read_timeout(own)?;
                stream.set_nonblocking(!blocking)?;
                let given = format!("{mode}blocking, a time-out of 7 s");
                log.afresh().note("socket", given, "");
                let unchanged = || {
                    log.note("asked", "its time-out, and if it blocks", "");
                    let blocks = !SockRef::from(&stream).nonblocking()?;
                    let time = stream.read_timeout()?;
                    log.expect((own, blocking), (time, blocks))
                };
                log.sent("hel", "then silence; 5 bytes in 100 ms");
                peer.write_all(b"hel")?;
                let got = read(&stream, 5, Instant::now() + SHORT);
                due(log, got, Came::Late(3), "hel")?;
                unchanged()?;
                log.sent("hello", "5 bytes are wanted");
                peer.write_all(b"hello")?;
                let got = read(&stream, 5, Instant::now() + LONG);
                due(log, got, Came::Full, "hello")?;
                unchanged()?;
                log.note("peer", "finishes", "");
                drop(peer);
                let got = read(&stream, 5, Instant::now() + LONG);
                due(log, got, Came::End(0), "")?;
                unchanged()?;
            }
            Ok(())
        });
}

#[test]
fn neither_its_time_out_nor_its_mode_shortens_the_wait() {
    check("10", "Time-outs")
        .because(
            "The caller of this function said until when to wait. Wait so \
             long, whatever the socket's own time-out is, and also where \
             its reads don't wait: poll waits all the same.",
        )
        .run(|log| {
            for blocking in [true, false] {
                let (_peer, stream) = peer::connection()?;
                let what = if blocking {
                    stream.set_read_timeout(Some(SHORT / 10))?;
                    "a time-out of its own: 10 ms"
                } else {
                    stream.set_nonblocking(true)?;
                    "non-blocking"
                };
                log.afresh().note("socket", what, "");
                log.note(
                    "peer",
                    "sends nothing; the deadline is in 100 ms",
                    "",
                );
                let begun = Instant::now();
                let got = read(&stream, 5, begun + SHORT);
                silent(log, begun, got)?;
            }
            Ok(())
        });
}

#[test]
fn a_signal_does_not_end_the_wait() {
    check("10", "Interrupted")
        .given("signals", "3, while you wait; then the peer sends hello")
        .because(
            "EINTR: a signal arrived. Nothing is wrong with the connection, \
             and no byte is lost. Wait on.",
        )
        .run(|log| {
            let (mut peer, stream) = peer::connection()?;
            let send = move || drop(peer.write_all(b"hello").map(|()| peer));
            let work = || read(&stream, 5, Instant::now() + LONG);
            let got = waiting::interrupted(3, send, work)?;
            due(log, got, Came::Full, "hello")
        });
}

#[test]
fn waiting_costs_nothing() {
    check("10", "Four ways to wait")
        .given("peer", "sends nothing; the deadline is in 300 ms")
        .because(
            "Who asks again and again keeps a processor busy, or sleeps and \
             wakes for nothing. One call of poll waits for both: the bytes, \
             and the end of the time.",
        )
        .run(|log| {
            let (_peer, stream) = peer::connection()?;
            let until = Instant::now() + LONGER;
            let (got, cost) = waiting::cost(|| read(&stream, 5, until))?;
            due(log, got, Came::Late(0), "")?;
            log.note("expected", "one sleep or a few, and hardly any work", "");
            // Who never sleeps may get little of a processor that is busy.
            if !(1..10).contains(&cost.sleeps) || cost.busy > LONGER / 3 {
                let busy = cost.busy;
                return log.broken(format!(
                    "{} sleeps, and {busy:.0?} on a processor",
                    cost.sleeps
                ));
            }
            Ok(())
        });
}

#[test]
fn signals_do_not_prolong_the_wait() {
    check("10", "Interrupted")
        .given("signals", "one after another, and no byte; 100 ms")
        .because(
            "After each signal only the time that is left may be waited \
             for. Wait until a moment, not for a time.",
        )
        .run(|log| {
            let (_peer, stream) = peer::connection()?;
            let (begun, got) = waiting::among_signals(SHORT, || {
                let begun = Instant::now();
                (begun, read(&stream, 5, begun + SHORT))
            })?;
            silent(log, begun, got)
        });
}

#[test]
fn a_drip_does_not_prolong_the_wait() {
    check("10", "A time-out is not a deadline")
        .given("peer", "a byte every few ms; 1,000,000 are wanted in 100 ms")
        .because(
            "Each byte came in time, and all of them never will. If each \
             begins the wait anew, the peer decides how long you wait.",
        )
        .run(|log| {
            for _ in 0..20 {
                let (answer, sent, pause) = among_drips(log)?;
                // On a busy machine the drip may pause as long as the wait.
                // Then an end says nothing: once more.
                let late = matches!(answer.0, Ok(Came::Late(_)));
                if late && pause >= SHORT {
                    continue;
                }
                let count = answer.1.len().min(sent.len());
                log.expect(Ok(Came::Late(count)), answer.0)?;
                return log.expect(sent[..count].to_vec(), answer.1);
            }
            Ok(())
        });
}

/// What a read gives while bytes drip, the bytes, and their longest pause.
fn among_drips(log: &Log) -> Result<(Answer, Vec<u8>, Duration), Broken> {
    let (mut peer, stream) = peer::connection()?;
    let begun = Instant::now();
    let ends = log.aside(move || {
        // From here on: a thread may begin late.
        let deadline = Instant::now() + SHORT;
        (read(&stream, 1_000_000, deadline), stream)
    });
    let (_open, pace) = mpsc::channel::<()>();
    let (mut last, mut pause, mut sent) = (begun, Duration::ZERO, vec![]);
    while begun.elapsed() < TOO_LONG {
        let byte = b'a' + (sent.len() % 26) as u8;
        sent.push(byte);
        peer.write_all(&[byte])?;
        let now = Instant::now();
        (pause, last) = (pause.max(now - last), now);
        match ends.try_recv() {
            Ok((answer, _open)) => return Ok((answer, sent, pause)),
            Err(TryRecvError::Disconnected) => return Err(Broken::told()),
            Err(TryRecvError::Empty) => {}
        }
        // How dense the drip is; nothing waits for it.
        let _ = pace.recv_timeout(Duration::from_millis(5));
    }
    log.broken("still waiting after 2 s")
}
