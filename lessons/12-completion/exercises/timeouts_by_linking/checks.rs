//! Which of two completions says what, and that there are two of them.

use std::io::{self, ErrorKind, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use lesson_completion::{
    Answer, Completion, Entry, Model, Operation, Refused, Ring, Rings,
    Submitted,
};
use nix::errno::Errno;
use nix::libc;
use support::check::{Broken, Log, Told, check};
use support::peer::connection;
use support::ring;

use super::exercise::*;

/// What a limit is, where the model decides when it ends.
const SOME: Option<Duration> = Some(Duration::from_millis(700));

/// How a recv with a limit ends: the two results, in the order of their
/// completions.
type End = Vec<Answer>;

fn bytes() -> Answer {
    Answer::bytes(RECV, b"hello")
}

fn recv(errno: Errno) -> Answer {
    Answer::error(RECV, errno)
}

fn limit(errno: Errno) -> Answer {
    Answer::error(LIMIT, errno)
}

/// A ring in which it ends so, and what was submitted.
fn ring_with(end: End) -> (Model, Receiver<Submitted>) {
    let (seen, submitted) = mpsc::channel();
    let mut end = Some(end);
    let ring = Model::new(8, move |taken| {
        note(&seen, taken);
        let ours = taken.iter().any(|entry| entry.user_data == RECV);
        if ours { end.take().unwrap_or_default() } else { Vec::new() }
    });
    (ring, submitted)
}

fn note(seen: &Sender<Submitted>, taken: &[Submitted]) {
    for entry in taken {
        // The check may have ended.
        let _ = seen.send(entry.clone());
    }
}

/// What `recv_within` gave: the count, or what kind of error it was. ECANCELED
/// has no kind, and is told by its name.
fn told(result: &io::Result<usize>) -> Told {
    Told(match result {
        Ok(count) => format!("Ok({count})"),
        Err(e) if e.raw_os_error() == Some(libc::ECANCELED) => {
            "Err(ECANCELED)".into()
        }
        Err(error) => format!("Err({:?})", error.kind()),
    })
}

/// Receives into 16 bytes; claims the result, and gives the buffer.
fn gives(
    log: &Log,
    ring: &mut dyn Rings,
    stream: &Arc<TcpStream>,
    within: Option<Duration>,
    due: &str,
) -> Result<Vec<u8>, Broken> {
    match recv_within(ring, stream, vec![b'.'; 16], within) {
        Ok((result, buffer)) => {
            log.expect(Told(due.into()), told(&result))?;
            Ok(buffer)
        }
        Err(error) => {
            log.note("expected", due, "");
            log.broken(format!("no result, for the ring failed: {error}"))
        }
    }
}

fn stream() -> io::Result<(TcpStream, Arc<TcpStream>)> {
    let (peer, stream) = connection()?;
    Ok((peer, Arc::new(stream)))
}

/// Claims what one recv with a limit gives.
fn one(log: &Log, end: End, due: &str) -> Result<(), Broken> {
    let (_peer, stream) = stream()?;
    let (mut ring, _) = ring_with(end);
    gives(log, &mut ring, &stream, SOME, due)?;
    Ok(())
}

#[test]
fn bytes_in_time_are_given() {
    check("12", "Time-outs by linking")
        .because(
            "The recv is done, so its limit was canceled. That is no failure.",
        )
        .run(|log| {
            log.note("given", "recv: 5 bytes; time-out: ECANCELED", "");
            one(log, vec![bytes(), limit(Errno::ECANCELED)], "Ok(5)")
        });
}

#[test]
fn a_limit_that_runs_out_is_timed_out() {
    check("12", "Time-outs by linking")
        .because(
            "The time-out has done what it was asked for, ETIME, and has \
             canceled the recv.",
        )
        .run(|log| {
            log.note("given", "recv: ECANCELED; time-out: ETIME", "");
            let end = vec![recv(Errno::ECANCELED), limit(Errno::ETIME)];
            one(log, end, "Err(TimedOut)")
        });
}

#[test]
fn both_are_submitted_and_linked() {
    check("12", "Time-outs by linking")
        .because(
            "IOSQE_IO_LINK stands at the first and means the next. Without \
             it, the time-out has nothing to end.",
        )
        .run(|log| {
            let (_peer, stream) = stream()?;
            let (mut ring, submitted) =
                ring_with(vec![bytes(), limit(Errno::ECANCELED)]);
            log.note("given", "a limit of 700 ms", "");
            gives(log, &mut ring, &stream, SOME, "Ok(5)")?;
            log.note("asked", "what was submitted", "");
            let all = submitted.try_iter().map(|entry| in_words(&entry));
            let due = ["recv, linked", "time-out of 700 ms"];
            let due = due.map(String::from).to_vec();
            log.expect(due, all.collect())?;
            log.note("asked", "by how many calls", "");
            log.expect(1, ring.calls())
        });
}

fn in_words(entry: &Submitted) -> String {
    let name = entry.name;
    let link = if entry.linked { ", linked" } else { "" };
    match name {
        "recv" => format!("{name}{link}"),
        _ => format!("{name} of {} ms{link}", entry.about),
    }
}

#[test]
fn completions_come_in_any_order() {
    check("12", "Time-outs by linking")
        .because("Both complete, and user_data says which is which.")
        .run(|log| {
            log.note("given", "time-out: ETIME; then recv: ECANCELED", "");
            let end = vec![limit(Errno::ETIME), recv(Errno::ECANCELED)];
            one(log, end, "Err(TimedOut)")?;
            log.afresh();
            log.note("given", "time-out: ECANCELED; then recv: 5 bytes", "");
            one(log, vec![limit(Errno::ECANCELED), bytes()], "Ok(5)")
        });
}

#[test]
fn bytes_in_the_last_moment_are_bytes() {
    check("12", "Time-outs by linking")
        .because(
            "The time had passed when the bytes came. It tried to cancel, \
             and was too late. They are out of the socket and in your \
             buffer: if you drop them, nobody has them.",
        )
        .run(|log| {
            for late in [Errno::ENOENT, Errno::EALREADY] {
                let what = format!("recv: 5 bytes; time-out: {late:?}");
                log.afresh().note("given", what, "");
                one(log, vec![bytes(), limit(late)], "Ok(5)")?;
            }
            Ok(())
        });
}

#[test]
fn an_error_stays_what_it_is() {
    check("12", "Time-outs by linking")
        .because("The peer has reset the connection. Nobody ran out of time.")
        .run(|log| {
            log.note("given", "recv: ECONNRESET; time-out: ECANCELED", "");
            let end = vec![recv(Errno::ECONNRESET), limit(Errno::ECANCELED)];
            one(log, end, "Err(ConnectionReset)")
        });
}

#[test]
fn who_else_cancels_is_not_the_time() {
    check("12", "Time-outs by linking")
        .because(
            "Both were canceled, so by somebody else. Only ETIME means that \
             the time has passed.",
        )
        .run(|log| {
            log.note("given", "recv: ECANCELED; time-out: ECANCELED", "");
            let end = vec![recv(Errno::ECANCELED), limit(Errno::ECANCELED)];
            one(log, end, "Err(ECANCELED)")
        });
}

#[test]
fn the_buffer_comes_back() {
    check("12", "A buffer that is the kernel's")
        .because(
            "The completion gives it back, whatever the result. A program \
             that loses one at every time-out must make a new one each time.",
        )
        .run(|log| {
            let (_peer, stream) = stream()?;
            log.note("given", "a buffer of 16 bytes, and ETIME", "");
            let end = vec![recv(Errno::ECANCELED), limit(Errno::ETIME)];
            let (mut ring, _) = ring_with(end);
            let buffer = gives(log, &mut ring, &stream, SOME, "Err(TimedOut)")?;
            log.note("asked", "how long the buffer is", "");
            log.expect(16, buffer.len())
        });
}

#[test]
fn no_limit_is_no_entry() {
    check("12", "Time-outs by linking")
        .because(
            "Never is not zero. And a recv that is linked to nothing is \
             linked to whatever is pushed next.",
        )
        .run(|log| {
            let (_peer, stream) = stream()?;
            let (mut ring, submitted) = ring_with(vec![bytes()]);
            log.note("given", "no limit", "");
            // A limit of zero waits for its own end here, in vain.
            let answer = recv_within(&mut ring, &stream, vec![0; 16], None);
            log.note("asked", "what was submitted", "");
            let all = submitted.try_iter().map(|entry| in_words(&entry));
            log.expect(vec!["recv".to_string()], all.collect())?;
            log.note("asked", "what came of it", "");
            let result = answer.and_then(|(result, _)| result);
            log.expect(Told("Ok(5)".into()), told(&result))
        });
}

#[test]
fn zero_is_a_limit() {
    check("12", "Time-outs by linking")
        .because(
            "Zero takes what is there and doesn't wait. SO_RCVTIMEO means \
             never by it; a time-out doesn't.",
        )
        .run(|log| {
            let (_peer, stream) = stream()?;
            let (mut ring, submitted) =
                ring_with(vec![bytes(), limit(Errno::ECANCELED)]);
            log.note("given", "a limit of zero", "");
            let zero = Some(Duration::ZERO);
            gives(log, &mut ring, &stream, zero, "Ok(5)")?;
            log.note("asked", "what was submitted", "");
            let all = submitted.try_iter().map(|entry| in_words(&entry));
            let due = ["recv, linked", "time-out of 0 ms"];
            log.expect(due.map(String::from).to_vec(), all.collect())
        });
}

#[test]
fn neither_is_left_in_the_ring() {
    check("12", "Time-outs by linking")
        .because(
            "Both complete. Whoever doesn't wait for the second leaves it to \
             the next, who takes it for its own.",
        )
        .run(|log| {
            let (_peer, stream) = stream()?;
            // The first says nothing of the second: it comes later.
            let mut answers = vec![limit(Errno::ECANCELED), bytes()];
            let mut begun = false;
            let mut ring = Model::new(8, move |taken| {
                begun |= taken.iter().any(|entry| entry.user_data == RECV);
                if begun { answers.pop().into_iter().collect() } else { vec![] }
            });
            log.note("given", "recv: 5 bytes; later, time-out: ECANCELED", "");
            gives(log, &mut ring, &stream, SOME, "Ok(5)")?;
            log.note("asked", "how many operations are left in the ring", "");
            log.expect(0, ring.open())
        });
}

#[test]
fn the_link_is_not_cut() {
    check("12", "Time-outs by linking")
        .because(
            "There was room for one entry. A link ends with the submission, \
             so a time-out in the next one limits nothing: EINVAL.",
        )
        .run(|log| {
            let (_peer, stream) = stream()?;
            let mut ring = Model::new(2, |taken| match taken {
                [.., first, second] if first.linked => {
                    let (user_data, limit) = (first.user_data, second);
                    vec![
                        Answer::error(user_data, Errno::ECANCELED),
                        Answer::error(limit.user_data, Errno::ETIME),
                    ]
                }
                _ => {
                    let limits = taken.iter().filter(|e| e.name == "time-out");
                    let refuse = |entry: &Submitted| {
                        Answer::error(entry.user_data, Errno::EINVAL)
                    };
                    limits.map(refuse).collect()
                }
            });
            let other = Operation::Recv(Arc::clone(&stream), vec![0; 16]);
            ring.push(Entry::new(77, other)).map_err(io::Error::from)?;
            log.note("given", "room for two entries, and one is taken", "");
            gives(log, &mut ring, &stream, SOME, "Err(TimedOut)")?;
            log.note("asked", "how many operations are left in the ring", "");
            log.expect(1, ring.open())
        });
}

#[test]
fn the_kernel_keeps_the_time() {
    check("12", "Time-outs by linking")
        .because(
            "A real ring, and a peer that speaks too late. Its bytes stay in \
             the socket for the next recv.",
        )
        .run(|log| {
            if !ring::is_here(log)? {
                return Ok(());
            }
            let ring = Ring::new(8).map_err(io::Error::from)?;
            let mut ring = InOrder { ring, reaped: Vec::new() };
            let (mut peer, stream) = stream()?;
            let short = Some(Duration::from_millis(20));
            log.note("given", "silence, and a limit of 20 ms", "");
            gives(log, &mut ring, &stream, short, "Err(TimedOut)")?;
            log.note("given", "silence, and a limit of zero", "");
            let zero = Some(Duration::ZERO);
            gives(log, &mut ring, &stream, zero, "Err(TimedOut)")?;
            let mut due = String::from("hello");
            for limit in [Some(Duration::from_secs(3600)), None] {
                peer.write_all(due.as_bytes())?;
                stream.peek(&mut [0; 1])?;
                log.sent(&due, &format!("and a limit of {limit:?}"));
                let told = format!("Ok({})", due.len());
                let got = gives(log, &mut ring, &stream, limit, &told)?;
                log.note("asked", "what is in the buffer", "");
                log.expect(due.clone().into_bytes(), got[..due.len()].into())?;
                due.push('!');
            }
            log.note("asked", "how many operations are left in the ring", "");
            let left = ring.ring.queues();
            log.expect(0, left.submission + left.kernel + left.completion)
        });
}

/// The kernel's ring, whose completions are reaped in the order of their
/// user_data: which of two comes first is for the other checks.
struct InOrder {
    ring: Ring,
    reaped: Vec<Completion>,
}

impl Rings for InOrder {
    fn room(&self) -> usize {
        self.ring.room()
    }

    fn push(&mut self, entry: Entry) -> Result<(), Refused> {
        self.ring.push(entry)
    }

    fn submit(&mut self) -> io::Result<usize> {
        self.ring.submit()
    }

    fn submit_and_wait(
        &mut self,
        count: usize,
        patience: Option<Duration>,
    ) -> io::Result<()> {
        self.ring.submit_and_wait(count, patience)
    }

    fn reap(&mut self) -> Option<Completion> {
        self.reaped.extend(std::iter::from_fn(|| self.ring.reap()));
        self.reaped.sort_by_key(|done| std::cmp::Reverse(done.user_data));
        self.reaped.pop()
    }
}
