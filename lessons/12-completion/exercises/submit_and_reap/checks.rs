//! Completions in every order, and a queue that is too small.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use lesson_completion::{
    Answer, Completion, Entry, Model, Refused, Ring, Rings, Submitted,
};
use nix::errno::Errno;
use support::check::{Broken, Log, check};
use support::peer::{PATIENCE, connection, reset};
use support::ring;

use super::exercise::*;

/// How long the buffers are.
const LENGTH: usize = 16;

/// Connections, with the peer's ends first.
fn connections(count: usize) -> io::Result<Ends> {
    let pairs = (0..count).map(|_| connection());
    let pairs = pairs.map(|pair| pair.map(|(a, b)| (a, Arc::new(b))));
    Ok(pairs.collect::<io::Result<Vec<_>>>()?.into_iter().unzip())
}

type Ends = (Vec<TcpStream>, Vec<Arc<TcpStream>>);

/// What `recv_each` gives of one stream.
type Got = Result<Vec<u8>, ErrorKind>;

/// Claims what `recv_each` gives, each stream's result on a line.
fn gives(
    log: &Log,
    ring: &mut dyn Rings,
    streams: &[Arc<TcpStream>],
    due: &[Got],
) -> Result<(), Broken> {
    let results = match recv_each(ring, streams, LENGTH) {
        Ok(results) => results,
        Err(error) => {
            log.note("expected", "a result for each stream", "");
            return log.broken(format!("Err({:?})", error.kind()));
        }
    };
    log.note("asked", "how many results there are", "");
    log.expect(due.len(), results.len())?;
    for (place, (due, result)) in due.iter().zip(results).enumerate() {
        log.note("asked", format!("the result of stream {place}"), "");
        log.expect(due.clone(), result.map_err(|e| e.kind()))?;
    }
    Ok(())
}

/// Claims that nothing is left in the ring.
fn is_empty(log: &Log, ring: &Model) -> Result<(), Broken> {
    log.note("asked", "how many operations are left in the ring", "");
    log.expect(0, ring.open())
}

fn ok(bytes: &[u8]) -> Got {
    Ok(bytes.to_vec())
}

/// What stream number `place` sends.
fn greeting(place: u64) -> Vec<u8> {
    format!("I am {place}").into_bytes()
}

/// Answers each entry with a greeting, the nth with that of stream n: which
/// name belongs to which stream is the learner's choice.
fn greets() -> impl FnMut(&[Submitted]) -> Vec<Answer> {
    let mut seen = 0;
    move |taken| {
        let greet = |entry: &Submitted| {
            seen += 1;
            Answer::bytes(entry.user_data, &greeting(seen - 1))
        };
        taken.iter().map(greet).collect()
    }
}

fn greetings(count: u64) -> Vec<Got> {
    (0..count).map(|place| Ok(greeting(place))).collect()
}

#[test]
fn each_stream_gets_its_own_bytes() {
    check("12", "Two rings")
        .because("A recv for each, one submission, and a result for each.")
        .run(|log| {
            let (_peers, streams) = connections(3)?;
            log.note("given", "three streams; each says who it is", "");
            let mut ring = Model::new(8, greets());
            gives(log, &mut ring, &streams, &greetings(3))?;
            is_empty(log, &ring)
        });
}

#[test]
fn completions_come_in_any_order() {
    check("12", "Two rings")
        .because(
            "The kernel completes what is done, in whatever order. Only \
             user_data says whose it is.",
        )
        .run(|log| {
            let (_peers, streams) = connections(3)?;
            log.note("given", "the last stream is done first", "");
            let mut greet = greets();
            let mut ring = Model::new(8, move |taken| {
                greet(taken).into_iter().rev().collect()
            });
            gives(log, &mut ring, &streams, &greetings(3))?;
            is_empty(log, &ring)
        });
}

#[test]
fn zeros_are_bytes_and_the_end_is_none() {
    check("12", "Two rings")
        .because(
            "A completion's result is a count. The buffer behind it is what \
             you put there: zeros, that nobody has sent.",
        )
        .run(|log| {
            let (_peers, streams) = connections(2)?;
            log.note("given", "6f 6b 00 00 from one stream", "");
            log.note("given", "the end from the other: 0 bytes", "");
            let mut texts = [&b"ok\0\0"[..], b""].into_iter();
            let mut ring = Model::new(8, move |taken| {
                let named = taken.iter().zip(&mut texts);
                let answer = |(entry, text): (&Submitted, _)| {
                    Answer::bytes(entry.user_data, text)
                };
                named.map(answer).collect()
            });
            gives(log, &mut ring, &streams, &[ok(b"ok\0\0"), ok(b"")])?;
            is_empty(log, &ring)
        });
}

#[test]
fn an_error_is_that_of_one_stream() {
    check("12", "Two rings")
        .because(
            "The peer of one has reset its connection. The others have \
             nothing to do with it, and their bytes have come.",
        )
        .run(|log| {
            let (_peers, streams) = connections(3)?;
            log.note("given", "ECONNRESET for the first of three", "");
            let (mut greet, mut reset) = (greets(), false);
            let mut ring = Model::new(8, move |taken| {
                let mut answers = greet(taken);
                if let Some(first) = answers.first_mut().filter(|_| !reset) {
                    *first = Answer::error(first.user_data, Errno::ECONNRESET);
                    reset = true;
                }
                answers
            });
            let mut due = greetings(3);
            due[0] = Err(ErrorKind::ConnectionReset);
            gives(log, &mut ring, &streams, &due)?;
            is_empty(log, &ring)
        });
}

#[test]
fn one_call_is_enough_for_all() {
    check("12", "System calls per message")
        .because(
            "That is what the queue is for: push them all, and enter the \
             kernel once, to submit and to wait.",
        )
        .run(|log| {
            let (_peers, streams) = connections(5)?;
            log.note("given", "five streams, and room for eight", "");
            let mut ring = Model::new(8, greets());
            gives(log, &mut ring, &streams, &greetings(5))?;
            log.note("asked", "how often the kernel was entered", "");
            log.expect(1, ring.calls())
        });
}

#[test]
fn a_full_queue_is_submitted_and_filled_again() {
    check("12", "Two rings")
        .because(
            "push gives the entry back where there is no room. The kernel \
             takes what is queued when you submit, and then there is.",
        )
        .run(|log| {
            let (_peers, streams) = connections(5)?;
            log.note("given", "five streams, and room for two", "");
            let mut ring = Model::new(2, greets());
            gives(log, &mut ring, &streams, &greetings(5))?;
            is_empty(log, &ring)
        });
}

#[test]
fn all_are_waited_for() {
    check("12", "Two rings")
        .because(
            "They come when they come. What isn't there yet is missing in \
             the answer, and stays in the ring for somebody else to find.",
        )
        .run(|log| {
            let (_peers, streams) = connections(3)?;
            log.note("given", "one of three is done each time you look", "");
            let (mut greet, mut later) = (greets(), VecDeque::new());
            let mut ring = Model::new(8, move |taken| {
                later.extend(greet(taken));
                later.pop_front().into_iter().collect()
            });
            gives(log, &mut ring, &streams, &greetings(3))?;
            is_empty(log, &ring)
        });
}

#[test]
fn nobody_is_nobody() {
    check("12", "Two rings")
        .because("No stream, no result; and nothing that could be waited for.")
        .run(|log| {
            log.note("given", "no streams at all", "");
            let mut ring = Model::new(8, |_| Vec::new());
            gives(log, &mut ring, &[], &[])
        });
}

#[test]
fn the_kernel_s_own_ring_agrees() {
    check("12", "Two rings")
        .because(
            "Four real connections. The last one speaks first, one is \
             reset, and one ends.",
        )
        .run(|log| {
            if !ring::is_here(log)? {
                return Ok(());
            }
            let ring = Ring::new(8).map_err(io::Error::from)?;
            let (peers, streams) = connections(4)?;
            let mut ring = Unkind { ring, peers };
            let due = [
                ok(b"first"),
                ok(b""),
                Err(ErrorKind::ConnectionReset),
                ok(b"fourth"),
            ];
            gives(log, &mut ring, &streams, &due)?;
            log.note("asked", "whether a completion is left", "");
            log.expect(false, ring.reap().is_some())
        });
}

/// The kernel's ring, and peers that speak once their recvs wait in it: the
/// last one first.
struct Unkind {
    ring: Ring,
    peers: Vec<TcpStream>,
}

impl Unkind {
    fn speak(&mut self) -> io::Result<()> {
        let all_wait = self.ring.queues().kernel == self.peers.len();
        while let Some(mut peer) = self.peers.pop() {
            match self.peers.len() {
                3 => peer.write_all(b"fourth")?,
                2 => reset(peer)?,
                1 => drop(peer),
                _ => peer.write_all(b"first")?,
            }
            // As many wait as there are peers who haven't spoken.
            let end = Instant::now() + PATIENCE;
            while all_wait
                && self.ring.queues().kernel > self.peers.len()
                && Instant::now() < end
            {
                thread::yield_now();
            }
        }
        Ok(())
    }
}

impl Rings for Unkind {
    fn room(&self) -> usize {
        self.ring.room()
    }

    fn push(&mut self, entry: Entry) -> Result<(), Refused> {
        self.ring.push(entry)
    }

    fn submit(&mut self) -> io::Result<usize> {
        let taken = self.ring.submit()?;
        self.speak()?;
        Ok(taken)
    }

    fn submit_and_wait(
        &mut self,
        count: usize,
        patience: Option<Duration>,
    ) -> io::Result<()> {
        self.submit()?;
        self.ring.submit_and_wait(count, patience)
    }

    fn reap(&mut self) -> Option<Completion> {
        self.ring.reap()
    }
}
