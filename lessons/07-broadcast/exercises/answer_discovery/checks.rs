//! Whom `answer` must answer, and whom not.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, UdpSocket};
use std::time::Duration;

use support::check::{Broken, Log, check};

use super::exercise::*;

/// A server for "time" at port 8013, and those who ask it.
struct Scene<const N: usize> {
    server: UdpSocket,
    askers: [UdpSocket; N],
}

fn scene<const N: usize>() -> io::Result<Scene<N>> {
    let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    // Whoever takes a datagram too many waits in vain.
    server.set_read_timeout(Some(Duration::from_secs(1)))?;
    let askers: Vec<_> = (0..N)
        .map(|_| {
            let asker = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
            asker.set_nonblocking(true)?;
            asker.connect(server.local_addr()?)?;
            Ok(asker)
        })
        .collect::<io::Result<_>>()?;
    let askers = askers.try_into().map_err(|_| io::Error::other("count"))?;
    Ok(Scene { server, askers })
}

impl<const N: usize> Scene<N> {
    fn sends(&self, log: &Log, asker: usize, data: &[u8]) -> io::Result<()> {
        log.sent(data, &format!("by asker {}", asker + 1));
        self.askers[asker].send(data).map(drop)
    }

    fn answers(&self, count: usize) -> io::Result<()> {
        answer(&self.server, "time", 8013, count)
    }

    /// Claims what an asker has been answered. On loopback it is there as
    /// soon as it was sent.
    fn hears(
        &self,
        log: &Log,
        asker: usize,
        due: Option<&str>,
    ) -> Result<(), Broken> {
        let mut buffer = [0; 2000];
        log.note("heard", format!("by asker {}", asker + 1), "");
        let heard = match self.askers[asker].recv(&mut buffer) {
            Ok(length) => Some(buffer[..length].to_vec()),
            Err(end) if end.kind() == ErrorKind::WouldBlock => None,
            Err(error) => return Err(error.into()),
        };
        log.expect(due.map(|due| due.as_bytes().to_vec()), heard)
    }
}

#[test]
fn a_question_is_answered() {
    check("07", "Finding a service")
        .because("It asks for your service, and the answer tells the port.")
        .run(|log| {
            let scene = scene::<1>()?;
            scene.sends(log, 0, b"WHO 0007 time")?;
            scene.answers(1)?;
            scene.hears(log, 0, Some("HERE 0007 time 8013"))?;
            scene.hears(log, 0, None)
        });
}

#[test]
fn each_asker_gets_its_own_answer() {
    check("07", "Finding a service")
        .because(
            "The number in the answer is the question's, and the answer goes \
             to whom the question came from.",
        )
        .run(|log| {
            let scene = scene::<2>()?;
            scene.sends(log, 0, b"WHO ffff time")?;
            scene.answers(1)?;
            scene.sends(log, 1, b"WHO 0000 time")?;
            scene.sends(log, 0, b"WHO 0002 time")?;
            scene.answers(2)?;
            scene.hears(log, 1, Some("HERE 0000 time 8013"))?;
            scene.hears(log, 0, Some("HERE ffff time 8013"))?;
            scene.hears(log, 0, Some("HERE 0002 time 8013"))?;
            scene.hears(log, 1, None)
        });
}

#[test]
fn another_service_gets_no_answer() {
    check("07", "Finding a service")
        .because(
            "It isn't yours. Whoever has it will answer. The name must be \
             the same as a whole.",
        )
        .run(|log| {
            for other in ["file", "timer", "tim", "TIME", "time "] {
                let scene = scene::<1>()?;
                let question = format!("WHO 0007 {other}");
                scene.sends(log.afresh(), 0, question.as_bytes())?;
                scene.answers(1)?;
                scene.hears(log, 0, None)?;
            }
            Ok(())
        });
}

#[test]
fn an_answer_is_not_answered() {
    check("07", "Finding a service")
        .because(
            "Two hosts that answer each other's answers never stop: that is \
             a storm.",
        )
        .run(|log| {
            let scene = scene::<1>()?;
            scene.sends(log, 0, b"HERE 0007 time 8013")?;
            scene.answers(1)?;
            scene.hears(log, 0, None)
        });
}

#[test]
fn nonsense_gets_silence() {
    check("07", "Finding a service")
        .because(
            "A broadcast port hears all sorts of things. What is no question \
             gets no answer, and must not end the service.",
        )
        .run(|log| {
            let nonsense: [&[u8]; 12] = [
                b"",
                b"\xff\xfe WHO 0007 time",
                b"WHO",
                b"WHO 0007",
                b"WHO time",
                b"WHO 00x7 time",
                b"WHO 10007 time",
                b"WHO -007 time",
                b"WHO +007 time",
                b"WHO 7 time",
                b"WHO 0007 time\n",
                b"WHO 0007 time 8000",
            ];
            for bytes in nonsense {
                let scene = scene::<1>()?;
                scene.sends(log.afresh(), 0, bytes)?;
                scene.sends(log, 0, b"WHO 0008 time")?;
                scene.answers(2)?;
                scene.hears(log, 0, Some("HERE 0008 time 8013"))?;
                scene.hears(log, 0, None)?;
            }
            Ok(())
        });
}

#[test]
fn every_datagram_counts() {
    check("07", "Finding a service")
        .because(
            "`count` says how many datagrams are taken, answered or not. \
             What comes after them is for whoever receives next.",
        )
        .run(|log| {
            let scene = scene::<1>()?;
            scene.sends(log, 0, b"noise")?;
            scene.sends(log, 0, b"WHO 0007 time")?;
            scene.sends(log, 0, b"WHO 0008 time")?;
            scene.answers(2)?;
            scene.hears(log, 0, Some("HERE 0007 time 8013"))?;
            scene.hears(log, 0, None)?;
            scene.answers(1)?;
            scene.hears(log, 0, Some("HERE 0008 time 8013"))
        });
}
