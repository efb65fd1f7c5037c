//! Who is asked, who is found, and when the search ends.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};
use support::check::{Broken, Log, check};

use super::exercise::*;

/// The broadcast address of the loopback interface, 127.0.0.0/8.
const EVERYBODY: Ipv4Addr = Ipv4Addr::new(127, 255, 255, 255);

/// Long enough for a search that ends because it has found enough.
const LONG: Duration = Duration::from_secs(2);

/// Long enough to be seen waiting.
const HALF: Duration = Duration::from_millis(500);

/// A network of its own: a port of the loopback interface. Two hosts hear
/// what is sent to everybody there.
struct Network {
    asker: UdpSocket,
    hosts: [UdpSocket; 2],
    everybody: SocketAddr,
}

fn network() -> io::Result<Network> {
    let asker = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    let first = listening(0)?;
    let everybody = first.local_addr()?;
    let hosts = [first, listening(everybody.port())?];
    Ok(Network { asker, hosts, everybody })
}

/// A socket that hears broadcasts beside others on the same port.
fn listening(port: u16) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&SocketAddr::from((EVERYBODY, port)).into())?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

impl Network {
    /// An answer from the host 127.0.0.`host`. It lies in the asker's
    /// socket before the question is asked: the number is known.
    fn answers(&self, log: &Log, host: u8, answer: &[u8]) -> io::Result<()> {
        let from = UdpSocket::bind((Ipv4Addr::new(127, 0, 0, host), 0))?;
        log.sent(answer, &format!("by 127.0.0.{host}"));
        from.send_to(answer, self.asker.local_addr()?).map(drop)
    }

    /// Claims who is found when question 7 asks for the service "time".
    fn finds(
        &self,
        log: &Log,
        most: usize,
        wait: Duration,
        due: &[&str],
    ) -> Result<(), Broken> {
        log.note("search", format!("WHO 0007 time, at most {most}"), "");
        let search = Search { id: 7, service: "time", most, wait };
        let found = discover(&self.asker, self.everybody, search)?;
        let due: Vec<_> = due.iter().map(ToString::to_string).collect();
        log.expect(due, found.iter().map(ToString::to_string).collect())
    }
}

#[test]
fn everybody_is_asked_once() {
    check("07", "Permission to broadcast")
        .because(
            "One datagram to the broadcast address reaches every host. \
             Without SO_BROADCAST the kernel refuses it: EACCES. The answer's \
             sender tells the address of the service, and its text the port.",
        )
        .run(|log| {
            let network = network()?;
            network.answers(log, 2, b"HERE 0007 time 8000")?;
            network.finds(log, 1, LONG, &["127.0.0.2:8000"])?;
            for host in &network.hosts {
                let mut buffer = [0; 64];
                let length = host.recv(&mut buffer)?;
                log.note("heard", "by a host", "");
                log.expect(
                    b"WHO 0007 time".to_vec(),
                    buffer[..length].to_vec(),
                )?;
                let more = host.recv(&mut buffer).map_err(|end| end.kind());
                log.expect(Err(ErrorKind::WouldBlock), more)?;
            }
            Ok(())
        });
}

#[test]
fn all_who_answer_are_found() {
    check("07", "Finding a service")
        .because(
            "A broadcast has as many answers as hosts that know one. The \
             first answer is not the last.",
        )
        .run(|log| {
            let network = network()?;
            network.answers(log, 4, b"HERE 0007 time 8004")?;
            network.answers(log, 2, b"HERE 0007 time 8002")?;
            network.answers(log, 3, b"HERE 0007 time 8002")?;
            let due = ["127.0.0.4:8004", "127.0.0.2:8002", "127.0.0.3:8002"];
            network.finds(log, 3, LONG, &due)
        });
}

#[test]
fn enough_is_enough() {
    check("07", "Finding a service")
        .because("The search ends when it has found `most` services.")
        .run(|log| {
            let network = network()?;
            network.answers(log, 2, b"HERE 0007 time 8002")?;
            network.answers(log, 3, b"HERE 0007 time 8003")?;
            network.finds(log, 1, LONG, &["127.0.0.2:8002"])
        });
}

#[test]
fn nobody_there_is_an_empty_list() {
    check("07", "Finding a service")
        .because(
            "That nothing comes is what a search may find. The receive's \
             time-out, EAGAIN, is its end, and no error.",
        )
        .run(|log| network()?.finds(log, 1, HALF, &[]));
}

#[test]
fn what_came_before_the_time_is_up_is_kept() {
    check("07", "Finding a service")
        .because(
            "Two would have been enough, and one has answered. One is better \
             than none.",
        )
        .run(|log| {
            let network = network()?;
            network.answers(log, 2, b"HERE 0007 time 8002")?;
            network.finds(log, 2, HALF, &["127.0.0.2:8002"])
        });
}

#[test]
fn an_answer_to_another_question_is_none() {
    check("07", "Finding a service")
        .because(
            "It answers an earlier question, or asks for something else. The \
             number and the service must be those of your question, whole.",
        )
        .run(|log| {
            for other in [
                "HERE 0008 time 8002",
                "HERE 0077 time 8002",
                "HERE 0007 timer 8002",
                "HERE 0007 tim 8002",
                "WHO 0007 time",
            ] {
                let network = network()?;
                network.answers(log.afresh(), 2, other.as_bytes())?;
                network.answers(log, 3, b"HERE 0007 time 8003")?;
                network.finds(log, 1, LONG, &["127.0.0.3:8003"])?;
            }
            Ok(())
        });
}

#[test]
fn nonsense_is_passed_over() {
    check("07", "Finding a service")
        .because(
            "Anybody on the link can send to your socket. What is no answer \
             must not end the search, nor be taken for one.",
        )
        .run(|log| {
            let nonsense: [&[u8]; 9] = [
                b"",
                b"\xff\xfe\xfd",
                b"HERE 0007 time",
                b"HERE 0007 time ",
                b"HERE 0007 time 0",
                b"HERE 0007 time 65536",
                b"HERE 0007 time 80 80",
                b"HERE 0007 time +80",
                b"HERE 0007 time 80\n",
            ];
            for bytes in nonsense {
                let network = network()?;
                network.answers(log.afresh(), 2, bytes)?;
                network.answers(log, 3, b"HERE 0007 time 8003")?;
                network.finds(log, 1, LONG, &["127.0.0.3:8003"])?;
            }
            Ok(())
        });
}

#[test]
fn who_answers_twice_counts_once() {
    check("07", "Finding a service")
        .because(
            "The network may deliver a datagram twice, and a host that has \
             two interfaces may hear the question twice.",
        )
        .run(|log| {
            let network = network()?;
            network.answers(log, 2, b"HERE 0007 time 8002")?;
            network.answers(log, 2, b"HERE 0007 time 8002")?;
            network.answers(log, 3, b"HERE 0007 time 8003")?;
            let due = ["127.0.0.2:8002", "127.0.0.3:8003"];
            network.finds(log, 2, LONG, &due)
        });
}

#[test]
fn noise_does_not_prolong_the_search() {
    check("07", "Finding a service")
        .given("noise", "a host that sends nonsense without a pause")
        .because(
            "The time-out of a receive begins again with each receive. The \
             search has one end: before each receive, ask how much is left.",
        )
        .run(|log| {
            let network = network()?;
            let over = AtomicBool::new(false);
            thread::scope(|scope| {
                scope.spawn(|| noise(&network, &over));
                log.note("search", "WHO 0007 time, for 0.5 s", "");
                let search =
                    Search { id: 7, service: "time", most: 1, wait: HALF };
                // That it ends is the claim; what it finds, another check's.
                let _ = discover(&network.asker, network.everybody, search);
                match over.swap(true, Ordering::Relaxed) {
                    false => Ok(()),
                    true => log.broken("the search went on with the noise"),
                }
            })
        });
}

/// Sends nonsense until the search is over, or for seven times as long as it
/// should take.
fn noise(network: &Network, over: &AtomicBool) -> io::Result<()> {
    let from = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    let to = network.asker.local_addr()?;
    let end = Instant::now() + HALF * 7;
    while Instant::now() < end && !over.load(Ordering::Relaxed) {
        from.send_to(b"noise", to)?;
    }
    over.store(true, Ordering::Relaxed);
    Ok(())
}
