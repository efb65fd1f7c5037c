//! What `listen` gives, and what `take_waiting` takes, passes over and tells.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};

use nix::errno::Errno;
use socket2::SockRef;
use support::check::{Broken, Log, Told, check, give_up};
use support::peer::{self, PATIENCE};

use super::exercise::*;

/// More than any check has.
const MANY: usize = 64;

/// A free port of the loopback address.
fn anywhere() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

/// What is taken from a listener, and how that ends.
fn take(
    listener: &TcpListener,
    most: usize,
    taken: &mut Vec<TcpStream>,
) -> Result<(), ErrorKind> {
    let mut accept = || listener.accept().map(|(stream, _)| stream);
    take_waiting(&mut accept, most, taken).map_err(|e| e.kind())
}

/// So many clients, in the queue of the listener. Each has sent its number.
fn clients(
    log: &Log,
    listener: &TcpListener,
    count: u8,
) -> io::Result<Vec<TcpStream>> {
    log.note("given", format!("{count} clients that wait"), "");
    let address = listener.local_addr()?;
    let connect = |number| {
        let mut client = peer::client(address)?;
        client.write_all(&[b'0' + number])?;
        Ok(client)
    };
    let clients = (0..count).map(connect).collect();
    peer::in_queue(listener, u32::from(count))?;
    clients
}

/// What the first client of each stream has sent, in order.
fn numbers(taken: &[TcpStream]) -> io::Result<String> {
    let mut text = String::new();
    for mut stream in taken {
        stream.set_nonblocking(false)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut number = [0];
        stream.read_exact(&mut number)?;
        text.push(char::from(number[0]));
    }
    Ok(text)
}

/// What accept answers, one after the other, and then EAGAIN.
struct Script {
    answers: VecDeque<Option<Errno>>,
    listener: TcpListener,
    calls: usize,
}

impl Script {
    /// `None` is a connection, which is made when it is taken.
    fn of(
        answers: impl IntoIterator<Item = Option<Errno>>,
    ) -> io::Result<Self> {
        let answers = answers.into_iter().collect();
        let listener = peer::listener()?;
        Ok(Script { answers, listener, calls: 0 })
    }

    fn accept(&mut self) -> io::Result<TcpStream> {
        self.calls += 1;
        if self.calls > 1_000 {
            give_up("accept is called again and again, and fails each time");
        }
        // An error that keeps the listener from giving any stays.
        let lasts = matches!(
            self.answers.front(),
            Some(Some(Errno::EMFILE | Errno::ENFILE | Errno::ENOMEM))
        );
        let answer = if lasts {
            self.answers.front().copied()
        } else {
            self.answers.pop_front()
        };
        match answer {
            None => Err(Errno::EAGAIN.into()),
            Some(Some(errno)) => Err(errno.into()),
            Some(None) => {
                let _client = peer::client(self.listener.local_addr()?)?;
                Ok(self.listener.accept()?.0)
            }
        }
    }

    /// What comes of it: the outcome, and how many streams were taken.
    fn run(&mut self) -> (Result<(), Told>, usize) {
        let mut taken = Vec::new();
        let end = take_waiting(&mut || self.accept(), MANY, &mut taken);
        let told = |e: io::Error| match e.raw_os_error() {
            Some(errno) => Told(Errno::from_raw(errno).to_string()),
            None => Told(e.to_string()),
        };
        (end.map_err(told), taken.len())
    }
}

/// Claims that of two connections, with these errors around and between
/// them, both are taken.
fn passes_over(log: &Log, errno: Errno) -> Result<(), Broken> {
    let error = Some(errno);
    log.note("accept", "a connection, two errors, one more, nobody", "");
    log.note("error", format!("{errno:?}: {}", errno.desc()), "");
    let mut script = Script::of([None, error, error, None, error])?;
    let (end, taken) = script.run();
    due(log, "nothing", end)?;
    log.note("asked", "how many were taken", "");
    log.expect(2, taken)
}

/// Claims how it ended.
fn due(log: &Log, error: &str, end: Result<(), Told>) -> Result<(), Broken> {
    let got = end.map_or_else(|told| told.0, |()| "nothing".to_string());
    log.expect(Told(error.to_string()), Told(got))
}

#[test]
fn nobody_is_waited_for() {
    check("10", "A call that does not wait")
        .given("listener", "yours; no client is there")
        .because(
            "The queue is empty, and accept would wait for the next client. \
             A listener that is set non-blocking says EAGAIN instead.",
        )
        .run(|log| {
            let listener = listen(anywhere())?;
            let mut taken = Vec::new();
            log.expect(Ok(()), take(&listener, MANY, &mut taken))?;
            log.expect(0, taken.len())
        });
}

#[test]
fn all_that_wait_are_taken() {
    check("10", "A call that does not wait")
        .because(
            "One look takes all that wait. Whoever takes one and goes on to \
             other things has a queue that grows.",
        )
        .run(|log| {
            let listener = listen(anywhere())?;
            let _clients = clients(log, &listener, 5)?;
            let mut taken = Vec::new();
            log.expect(Ok(()), take(&listener, MANY, &mut taken))?;
            log.note("asked", "what the clients have sent, in order", "");
            log.expect("01234".to_string(), numbers(&taken)?)
        });
}

#[test]
fn enough_is_enough() {
    check("10", "A call that does not wait")
        .because(
            "`most` is how many may be taken in one go. The others wait in \
             the queue for the next; those whom you serve don't wait for \
             all who come.",
        )
        .run(|log| {
            let listener = listen(anywhere())?;
            let _clients = clients(log, &listener, 5)?;
            let mut taken = Vec::new();
            for (most, there) in [(2, 2), (0, 2), (2, 4), (2, 5)] {
                log.note("call", format!("with {most} for most"), "");
                log.expect(Ok(()), take(&listener, most, &mut taken))?;
                log.note("asked", "how many were taken by now", "");
                log.expect(there, taken.len())?;
            }
            log.note("asked", "what the clients have sent, in order", "");
            log.expect("01234".to_string(), numbers(&taken)?)
        });
}

#[test]
fn the_streams_do_not_block() {
    check("10", "What is inherited")
        .because(
            "accept(2): on Linux the new socket doesn't inherit O_NONBLOCK \
             from the listener. The first read would stop your only thread, \
             until this client sends something.",
        )
        .run(|log| {
            let listener = listen(anywhere())?;
            let _clients = clients(log, &listener, 3)?;
            let mut taken = Vec::new();
            log.expect(Ok(()), take(&listener, MANY, &mut taken))?;
            log.expect(3, taken.len())?;
            log.note("asked", "whether each of the three is non-blocking", "");
            let flags = taken.iter().map(|s| SockRef::from(s).nonblocking());
            let flags = flags.collect::<io::Result<Vec<_>>>()?;
            log.expect(vec![true; 3], flags)
        });
}

#[test]
fn a_connection_that_was_reset_is_no_error() {
    check("10", "A call that does not wait")
        .because(
            "The second client has gone, by a reset, before you took it. On \
             Linux accept gives a stream all the same, and the first read \
             will tell. Whoever asks it for its peer's address here gets \
             ENOTCONN, and must not let that end the work.",
        )
        .run(|log| {
            let listener = listen(anywhere())?;
            let mut clients = clients(log, &listener, 3)?;
            log.note("given", "the second resets its connection", "");
            let second = clients.remove(1);
            let ends = (second.local_addr()?, second.peer_addr()?);
            peer::reset(second)?;
            peer::reset_arrived(ends)?;
            let mut taken = Vec::new();
            log.expect(Ok(()), take(&listener, MANY, &mut taken))?;
            log.note("asked", "what the others have sent", "");
            let alive = |s: &TcpStream| s.peer_addr().is_ok();
            taken.retain(alive);
            log.expect("02".to_string(), numbers(&taken)?)
        });
}

#[test]
fn an_aborted_connection_is_passed_over() {
    check("10", "A call that does not wait")
        .because(
            "That connection failed before you took it; other systems than \
             Linux say so. Nothing is wrong with the listener. Go on with \
             the next.",
        )
        .run(|log| passes_over(log, Errno::ECONNABORTED));
}

#[test]
fn a_network_error_is_passed_over() {
    check("10", "A call that does not wait")
        .because(
            "accept(2): Linux gives the network error of the new socket as \
             an error of accept. It is that connection's trouble. Go on \
             with the next.",
        )
        .run(|log| {
            use Errno::{
                EHOSTDOWN, EHOSTUNREACH, ENETDOWN, ENETUNREACH, ENONET,
                ENOPROTOOPT, EOPNOTSUPP, EPROTO,
            };
            let of_the_page = [
                ENETDOWN,
                EPROTO,
                ENOPROTOOPT,
                EHOSTDOWN,
                ENONET,
                EHOSTUNREACH,
                EOPNOTSUPP,
                ENETUNREACH,
            ];
            for errno in of_the_page {
                log.afresh();
                passes_over(log, errno)?;
            }
            Ok(())
        });
}

#[test]
fn a_signal_is_no_reason_to_stop() {
    check("10", "Interrupted")
        .because("EINTR: a signal arrived. Nothing is wrong: call again.")
        .run(|log| passes_over(log, Errno::EINTR));
}

#[test]
fn a_full_table_is_told() {
    check("10", "A call that does not wait")
        .because(
            "No descriptor is left, and none will be until somebody closes \
             one. The connection stays in the queue: who calls again fails \
             again, and who says nothing looks like a server without \
             clients. Tell your caller, and keep what you have.",
        )
        .run(|log| {
            for errno in [Errno::EMFILE, Errno::ENFILE, Errno::ENOMEM] {
                log.afresh();
                log.note("accept", "two connections, then errors only", "");
                let what = format!("{errno:?}: {}", errno.desc());
                log.note("error", what, "");
                let mut script = Script::of([None, None, Some(errno)])?;
                let (end, taken) = script.run();
                due(log, &errno.to_string(), end)?;
                log.note("asked", "how many were taken", "");
                log.expect(2, taken)?;
                log.note("asked", "how often accept was called", "");
                log.expect(3, script.calls)?;
            }
            Ok(())
        });
}

#[test]
fn trouble_with_the_listener_is_told() {
    check("10", "A call that does not wait")
        .because(
            "The descriptor is no listener that could give a connection. \
             Nobody will ever come: tell your caller.",
        )
        .run(|log| {
            for errno in [Errno::EINVAL, Errno::EBADF, Errno::ENOTSOCK] {
                log.afresh().note("accept", "one connection, an error", "");
                let what = format!("{errno:?}: {}", errno.desc());
                log.note("error", what, "");
                let mut script = Script::of([None, Some(errno)])?;
                let (end, taken) = script.run();
                due(log, &errno.to_string(), end)?;
                log.note("asked", "how many were taken", "");
                log.expect(1, taken)?;
            }
            Ok(())
        });
}
