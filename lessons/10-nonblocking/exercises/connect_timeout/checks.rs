//! What `connect_timeout` must wait for, and how long.

use std::io::{self, ErrorKind, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use socket2::SockRef;
use support::check::{Broken, Log, check};
use support::peer::{self, PATIENCE};
use support::waiting;

use super::exercise::*;

/// A wait that no check waits for.
const LONG: Duration = Duration::from_secs(60);

/// One that a check waits for.
const SHORT: Duration = Duration::from_millis(100);

/// One that shows what waiting costs, on a busy machine too.
const LONGER: Duration = Duration::from_millis(300);

/// More than this is no wait of [`SHORT`] any more.
const TOO_LONG: Duration = Duration::from_secs(2);

fn kind<T>(result: &io::Result<T>) -> Result<(), ErrorKind> {
    result.as_ref().map(drop).map_err(io::Error::kind)
}

/// Claims that the wait was neither cut short nor too long.
fn timed_out(
    log: &Log,
    (begun, wait): (Instant, Duration),
    got: &io::Result<TcpStream>,
) -> Result<(), Broken> {
    let took = begun.elapsed();
    log.expect(Err(ErrorKind::TimedOut), kind(got))?;
    // A timer of the kernel's may be a little coarse.
    if took < wait - wait / 10 || took > TOO_LONG {
        return log.broken(format!("that after {took:.0?}"));
    }
    Ok(())
}

/// Claims that the stream leads to the listener, and carries bytes.
fn leads_to(
    log: &Log,
    listener: &TcpListener,
    mut stream: &TcpStream,
) -> Result<(), Broken> {
    listener.set_nonblocking(true)?;
    let accepted = listener.accept().map_err(|e| e.kind());
    log.expect(Ok(()), accepted.as_ref().map(drop).map_err(|e| *e))?;
    let Ok((mut peer, _)) = accepted else { return Err(Broken::told()) };
    peer.set_read_timeout(Some(PATIENCE))?;
    log.note("asked", "to carry \"hello\"", "");
    stream.write_all(b"hello")?;
    peer::hears(log, &mut peer, b"hello")
}

#[test]
fn it_connects_to_who_listens() {
    check("10", "A connect in progress")
        .given("peer", "listens; the wait is a minute")
        .because(
            "EINPROGRESS isn't a failure. The kernel sent a SYN, and goes on \
             by itself: wait until the socket is writable.",
        )
        .run(|log| {
            let listener = peer::listener()?;
            let got = connect_timeout(listener.local_addr()?, LONG);
            log.expect(Ok(()), kind(&got))?;
            leads_to(log, &listener, &got?)
        });
}

#[test]
fn a_refusal_is_told() {
    check("10", "A connect in progress")
        .given("peer", "a port at which nobody listens; a minute")
        .because(
            "The socket is writable since it is decided: the connection was \
             refused. Writable is not connected. SO_ERROR has the reason, \
             `take_error`.",
        )
        .run(|log| {
            let (_closed, address) = peer::closed_port()?;
            let got = connect_timeout(address, LONG);
            log.expect(Err(ErrorKind::ConnectionRefused), kind(&got))
        });
}

#[test]
fn an_error_of_connect_itself_is_told() {
    check("10", "A connect in progress")
        .given("address", "255.255.255.255, to which TCP can't connect")
        .because(
            "`connect` failed before anything was under way. Only \
             EINPROGRESS means that it goes on.",
        )
        .run(|log| {
            let address = SocketAddr::from((Ipv4Addr::BROADCAST, 9));
            let got = connect_timeout(address, LONG);
            let due = Err(ErrorKind::NetworkUnreachable);
            log.expect(due, kind(&got))
        });
}

#[test]
fn the_stream_is_blocking_again() {
    check("10", "A connect in progress")
        .given("peer", "listens")
        .because(
            "The socket was made non-blocking so that connect wouldn't \
             wait. Whoever gets the stream expects that a read waits.",
        )
        .run(|log| {
            let listener = peer::listener()?;
            let stream = connect_timeout(listener.local_addr()?, LONG)?;
            log.note("asked", "whether the stream blocks", "");
            log.expect(true, !SockRef::from(&stream).nonblocking()?)
        });
}

#[test]
fn nobody_answers_in_time() {
    check("10", "A connect in progress")
        .given("peer", "drops each SYN: its queue is full; 100 ms")
        .because(
            "No answer came, neither yes nor no. When the wait is over, say \
             TimedOut; a blocking connect would go on for two minutes.",
        )
        .run(|log| {
            let (_full, address, _first) = peer::full_listener()?;
            let begun = Instant::now();
            let got = connect_timeout(address, SHORT);
            timed_out(log, (begun, SHORT), &got)
        });
}

#[test]
fn what_is_given_up_is_closed() {
    check("10", "A connect in progress")
        .given("peer", "drops each SYN; 100 ms")
        .because(
            "The kernel sends the SYN again as long as the socket is open. \
             Later it would be connected after all, with nobody behind it. \
             Whoever gives up closes the socket; a thread that goes on \
             waiting for it doesn't.",
        )
        .run(|log| {
            let (_full, address, _first) = peer::full_listener()?;
            let got = connect_timeout(address, SHORT);
            log.expect(Err(ErrorKind::TimedOut), kind(&got))?;
            log.note("asked", "whether a socket still calls the peer", "");
            log.expect(false, peer::is_called(address)?)
        });
}

#[test]
fn zero_does_not_wait() {
    check("10", "A connect in progress")
        .given("peer", "drops each SYN; a wait of zero")
        .because(
            "Zero is a time as others are: it is over at once. It is neither \
             an error nor for ever. To poll, 0 means don't wait, and -1 for \
             ever.",
        )
        .run(|log| {
            let (_full, address, _first) = peer::full_listener()?;
            let begun = Instant::now();
            let got = connect_timeout(address, Duration::ZERO);
            log.expect(Err(ErrorKind::TimedOut), kind(&got))?;
            let took = begun.elapsed();
            if took > TOO_LONG {
                return log.broken(format!("that after {took:.0?}"));
            }
            Ok(())
        });
}

#[test]
fn a_wait_without_end_is_no_panic() {
    check("10", "A connect in progress")
        .given("peer", "listens; the wait is Duration::MAX")
        .because(
            "`Instant::now() + Duration::MAX` panics, and so many \
             milliseconds fit no i32. Who says so means: as long as it \
             takes. See checked_add, and PollTimeout::MAX.",
        )
        .run(|log| {
            for wait in [Duration::MAX, Duration::from_secs(1 << 32)] {
                let listener = peer::listener()?;
                let got = connect_timeout(listener.local_addr()?, wait);
                log.expect(Ok(()), kind(&got))?;
            }
            Ok(())
        });
}

#[test]
fn a_signal_does_not_end_the_wait() {
    check("10", "Interrupted")
        .given("signals", "3, while nobody answers; 100 ms")
        .because(
            "EINTR: a signal arrived. The connect goes on all the same, so \
             wait on; a second call of connect would be told EALREADY.",
        )
        .run(|log| {
            let (_full, address, _first) = peer::full_listener()?;
            let begun = Instant::now();
            let work = || connect_timeout(address, SHORT);
            let got = waiting::interrupted(3, || (), work)?;
            timed_out(log, (begun, SHORT), &got)
        });
}

#[test]
fn waiting_costs_nothing() {
    check("10", "Four ways to wait")
        .given("peer", "drops each SYN; 300 ms")
        .because(
            "Who asks again and again keeps a processor busy, or sleeps and \
             wakes for nothing. One call of poll waits for both: the \
             connection, and the end of the time.",
        )
        .run(|log| {
            let (_full, address, _first) = peer::full_listener()?;
            let begun = Instant::now();
            let work = || connect_timeout(address, LONGER);
            let (got, cost) = waiting::cost(work)?;
            timed_out(log, (begun, LONGER), &got)?;
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
        .given("signals", "one after another, and no answer; 100 ms")
        .because(
            "After each signal only the time that is left may be waited \
             for. Wait until a moment, not for a time.",
        )
        .run(|log| {
            let (_full, address, _first) = peer::full_listener()?;
            let (begun, got) = waiting::among_signals(SHORT, || {
                let begun = Instant::now();
                (begun, connect_timeout(address, SHORT))
            })?;
            timed_out(log, (begun, SHORT), &got)
        });
}
