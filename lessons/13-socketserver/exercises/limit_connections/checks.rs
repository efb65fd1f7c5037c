//! Who comes in, who is refused, when to look; and what a refused client
//! reads.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::net::TcpStream;

use nix::errno::Errno;
use support::check::{Broken, Log, Told, check};
use support::peer::{self, PATIENCE};

use super::exercise::*;

/// A loop that asks the door, and a queue of callers.
struct Scene<'a> {
    log: &'a Log,
    door: Door,
    queue: VecDeque<Result<usize, Errno>>,
    /// accept fails with this, and the caller stays in the queue.
    no_room: Option<Errno>,
    callers: usize,
    accepts: usize,
}

impl<'a> Scene<'a> {
    fn new(log: &'a Log, most: usize) -> Self {
        log.note("given", format!("a limit of {most}"), "");
        let (door, queue) = (Door::new(most), VecDeque::new());
        let (callers, accepts) = (0, 0);
        Scene { log, door, queue, no_room: None, callers, accepts }
    }

    /// So many more call, and are numbered.
    fn call(&mut self, count: usize) {
        for _ in 0..count {
            self.callers += 1;
            self.queue.push_back(Ok(self.callers));
        }
    }

    fn knock(&mut self) -> io::Result<Answer<usize>> {
        let (queue, no_room) = (&mut self.queue, self.no_room);
        let accepts = &mut self.accepts;
        self.door.knock(&mut || {
            *accepts += 1;
            if queue.is_empty() {
                return Err(Errno::EAGAIN.into());
            }
            if let Some(error) = no_room {
                return Err(error.into());
            }
            Ok(queue.pop_front().unwrap_or(Err(Errno::EAGAIN))?)
        })
    }

    /// Turns as long as the listener is watched and readable: who came in,
    /// and who was refused, in words.
    fn turns(&mut self) -> Result<String, Broken> {
        let (mut served, mut refused) = (0, 0);
        for _ in 0..100 {
            if !self.door.watched() || self.queue.is_empty() {
                let told = format!("{served} served, {refused} refused");
                return Ok(match self.queue.len() {
                    0 => told,
                    left => format!("{told}, {left} still in the queue"),
                });
            }
            match self.knock() {
                Ok(Answer::Serve(_)) => served += 1,
                Ok(Answer::Refuse(_)) => refused += 1,
                Ok(Answer::Nobody) => (),
                Err(error) => {
                    let told = format!("knock returned Err: {error}");
                    return self.log.broken(told);
                }
            }
        }
        self.log.note("expected", "the loop comes to rest", "");
        self.log.broken("it spins: accept has failed 100 times in a row")
    }

    /// Claims what the turns come to.
    fn comes_to(&mut self, due: &str) -> Result<(), Broken> {
        let got = self.turns()?;
        self.log.expect(Told(due.to_string()), Told(got))
    }

    fn is_watched(&self, due: bool) -> Result<(), Broken> {
        self.log.note("asked", "whether to watch the listener", "");
        self.log.expect(due, self.door.watched())
    }
}

/// An answer, or the error's name.
fn told(answer: io::Result<Answer<usize>>) -> Told {
    Told(match answer {
        Ok(answer) => format!("{answer:?}"),
        Err(error) => {
            let number = error.raw_os_error().unwrap_or(0);
            format!("Err({:?})", Errno::from_raw(number))
        }
    })
}

#[test]
fn who_comes_is_served() {
    check("13", "Limits").because("There is room: come in.").run(|log| {
        let mut scene = Scene::new(log, 2);
        scene.is_watched(true)?;
        log.note("then", "a client calls", "");
        scene.call(1);
        log.expect(Told("Serve(1)".into()), told(scene.knock()))?;
        scene.is_watched(true)
    });
}

#[test]
fn one_too_many_is_refused() {
    check("13", "Limits")
        .because(
            "Two are served, and two is the limit. The third is taken from \
             the queue, so that somebody can tell it.",
        )
        .run(|log| {
            let mut scene = Scene::new(log, 2);
            log.note("then", "three clients call, one by one", "");
            for due in ["Serve(1)", "Serve(2)", "Refuse(3)"] {
                scene.call(1);
                log.expect(Told(due.into()), told(scene.knock()))?;
            }
            Ok(())
        });
}

#[test]
fn who_leaves_makes_room() {
    check("13", "Limits")
        .because("One has left, so one more may come, and no more.")
        .run(|log| {
            let mut scene = Scene::new(log, 2);
            scene.call(2);
            scene.comes_to("2 served, 0 refused")?;
            log.note("given", "two are served", "");
            for _ in 0..3 {
                scene.door.left();
                log.note("then", "one leaves, and two call", "");
                scene.call(2);
                scene.comes_to("1 served, 1 refused")?;
            }
            Ok(())
        });
}

#[test]
fn who_was_refused_takes_no_place() {
    check("13", "Limits")
        .because(
            "Ten times as many as the limit have called, and each gets an \
             answer at once. Nobody says `left` for the refused: whoever \
             counts them has no room for anybody any more.",
        )
        .run(|log| {
            let mut scene = Scene::new(log, 2);
            log.note("then", "20 clients call", "");
            scene.call(20);
            scene.comes_to("2 served, 18 refused")?;
            scene.door.left();
            scene.door.left();
            log.note("then", "two leave, and 20 call", "");
            scene.call(20);
            scene.comes_to("2 served, 18 refused")
        });
}

#[test]
fn each_look_accepts_once() {
    check("13", "Limits")
        .because(
            "The loop has other things to do between two clients. As long as \
             somebody waits, the listener is readable.",
        )
        .run(|log| {
            let mut scene = Scene::new(log, 5);
            scene.call(3);
            for due in ["Serve(1)", "Serve(2)", "Serve(3)", "Nobody"] {
                scene.accepts = 0;
                log.expect(Told(due.into()), told(scene.knock()))?;
                log.note("asked", "how often accept was called", "");
                log.expect(1, scene.accepts)?;
            }
            Ok(())
        });
}

#[test]
fn an_error_of_the_caller_ends_nothing() {
    check("13", "A reset is not an accident")
        .because(
            "This error is of one connection, which was reset or whose \
             network failed, or of a signal. It says nothing about the next \
             one, who waits. A server that ends with it can be ended by any \
             client.",
        )
        .run(|log| {
            let all = [
                Errno::ECONNABORTED,
                Errno::EAGAIN,
                Errno::EINTR,
                Errno::EPROTO,
                Errno::ENETDOWN,
                Errno::EHOSTUNREACH,
                Errno::ETIMEDOUT,
                Errno::EPERM,
            ];
            for error in all {
                let mut scene = Scene::new(log.afresh(), 2);
                log.note("given", format!("accept fails: {error:?}"), "");
                scene.queue.push_back(Err(error));
                log.expect(Told("Nobody".into()), told(scene.knock()))?;
                scene.is_watched(true)?;
                log.note("then", "a client calls", "");
                scene.call(1);
                log.expect(Told("Serve(1)".into()), told(scene.knock()))?;
            }
            Ok(())
        });
}

const NO_ROOM: [Errno; 4] =
    [Errno::EMFILE, Errno::ENFILE, Errno::ENOBUFS, Errno::ENOMEM];

#[test]
fn without_room_the_loop_does_not_spin() {
    check("13", "Out of descriptors")
        .because(
            "accept couldn't take the caller, so the listener stays readable. \
             To try again at once fails again, thousands of times, while \
             those who are served wait. Don't watch the listener for now.",
        )
        .run(|log| {
            for error in NO_ROOM {
                let mut scene = Scene::new(log.afresh(), 10);
                scene.call(1);
                scene.comes_to("1 served, 0 refused")?;
                log.note("given", format!("accept fails: {error:?}"), "");
                scene.no_room = Some(error);
                scene.call(1);
                scene.comes_to("0 served, 0 refused, 1 still in the queue")?;
                scene.is_watched(false)?;
            }
            Ok(())
        });
}

#[test]
fn who_leaves_ends_the_rest() {
    check("13", "Out of descriptors")
        .because(
            "A client has left, and with it a descriptor is free. Whoever \
             waits in the queue can be taken now, and nothing else will \
             remind you of it.",
        )
        .run(|log| {
            let mut scene = Scene::new(log, 10);
            scene.call(1);
            scene.comes_to("1 served, 0 refused")?;
            scene.no_room = Some(Errno::EMFILE);
            scene.call(1);
            scene.comes_to("0 served, 0 refused, 1 still in the queue")?;
            log.note("given", "one is served; accept has failed: EMFILE", "");
            scene.no_room = None;
            scene.door.left();
            log.note("then", "the one who is served leaves", "");
            scene.is_watched(true)?;
            scene.comes_to("1 served, 0 refused")
        });
}

#[test]
fn where_nobody_can_leave_a_moment_is_enough() {
    check("13", "Out of descriptors")
        .because(
            "Nobody is served, so nobody will leave: other files, or other \
             processes (ENFILE), have used up the table. Look again after \
             a moment, or the server never accepts anybody any more.",
        )
        .run(|log| {
            let mut scene = Scene::new(log, 10);
            scene.no_room = Some(Errno::ENFILE);
            scene.call(1);
            scene.comes_to("0 served, 0 refused, 1 still in the queue")?;
            log.note("given", "nobody is served; accept has failed", "");
            scene.door.rested();
            log.note("then", "a moment has passed", "");
            scene.is_watched(true)?;
            scene.comes_to("0 served, 0 refused, 1 still in the queue")?;
            log.note("then", "it has failed again, a moment has passed", "");
            scene.no_room = None;
            scene.door.rested();
            scene.comes_to("1 served, 0 refused")
        });
}

#[test]
fn an_error_of_the_listener_is_told() {
    check("13", "Out of descriptors")
        .because(
            "The listener is no socket, isn't listening, or is closed. That \
             will be so for ever: to go on would be to spin.",
        )
        .run(|log| {
            for error in [Errno::EBADF, Errno::EINVAL, Errno::ENOTSOCK] {
                let mut scene = Scene::new(log.afresh(), 2);
                log.note("given", format!("accept fails: {error:?}"), "");
                scene.queue.push_back(Err(error));
                let due = Told(format!("Err({error:?})"));
                log.expect(due, told(scene.knock()))?;
            }
            Ok(())
        });
}

/// Refuses a client, aside: it mustn't wait.
fn refused(log: &Log, stream: TcpStream) -> Result<(), Broken> {
    let end = log.aside(move || refuse(stream));
    if end.recv_timeout(PATIENCE).is_err() {
        log.note("expected", "refuse returns at once", "");
        return log.broken("it waits for the client");
    }
    Ok(())
}

#[test]
fn the_refused_read_why_and_the_end() {
    check("13", "Limits")
        .because(
            "A close while something unread has come is a reset: RFC 9293, \
             section 3.6.1, RFC 2525, section 2.17. The client then may not \
             read what you wrote. Read what has come before you close.",
        )
        .run(|log| {
            for sent in [0, 5, 20_000] {
                let (mut client, stream) = peer::connection()?;
                client.write_all(&vec![b'x'; sent])?;
                if sent > 0 {
                    peer::arrives(&stream, sent)?;
                }
                log.afresh();
                log.note(
                    "given",
                    format!("a client has sent {sent} bytes"),
                    "",
                );
                refused(log, stream)?;
                log.note("then", "it is refused", "");
                peer::hears(log, &mut client, BUSY.as_bytes())?;
                peer::hears_the_end(log, &mut client)?;
                log.note("asked", "whether a reset came behind the end", "");
                log.expect(false, client.take_error()?.is_some())?;
            }
            Ok(())
        });
}

#[test]
fn nobody_waits_for_the_refused() {
    check("13", "Limits")
        .because(
            "It says nothing and stays, or it has gone. The others wait \
             while you wait for it.",
        )
        .run(|log| {
            let (client, stream) = peer::connection()?;
            log.note("given", "a client that says nothing, and stays", "");
            refused(log, stream)?;
            drop(client);
            let (client, stream) = peer::connection()?;
            let ends = (client.local_addr()?, client.peer_addr()?);
            peer::reset(client)?;
            peer::reset_arrived(ends)?;
            log.afresh().note("given", "a client that has reset", "");
            refused(log, stream)
        });
}

#[test]
fn over_tcp_ten_times_as_many_get_an_answer() {
    check("13", "Limits")
        .given("given", "a limit of 2, and 20 clients in the queue")
        .because("Two are served, and each other one reads why not.")
        .run(|log| {
            let listener = peer::listener()?;
            listener.set_nonblocking(true)?;
            let mut clients = Vec::new();
            for number in 1..=20 {
                let mut client = peer::client(listener.local_addr()?)?;
                client.write_all(b"hello\n")?;
                peer::in_queue(&listener, number)?;
                clients.push(client);
            }
            let mut door = Door::new(2);
            let mut served = Vec::new();
            for _ in 0..20 {
                let accept = &mut || listener.accept().map(|(s, _)| s);
                match door.knock(accept)? {
                    Answer::Serve(stream) => served.push(stream),
                    Answer::Refuse(stream) => refused(log, stream)?,
                    Answer::Nobody => return log.broken("Nobody"),
                }
            }
            log.note("asked", "how many were served", "");
            log.expect(2, served.len())?;
            for stream in &mut served {
                stream.write_all(b"welcome\n")?;
            }
            for (number, client) in clients.iter_mut().enumerate() {
                let due = if number < 2 { "welcome\n" } else { BUSY };
                log.note("asked", format!("client {}", number + 1), "");
                peer::hears(log, client, due.as_bytes())?;
            }
            Ok(())
        });
}
