//! What the demos in the lab share: Alice, who looks names up, and Bob, who
//! is her name server.
//!
//! ```text
//! alice: getaddrinfo(3)                          bob: 10.0.0.2, port 53
//!   ├─ /etc/nsswitch.conf   who is asked?
//!   ├─ /etc/hosts           "files"
//!   └─ a question by UDP    "dns"     ───────→   answers from ZONE
//! ```
//!
//! Alice's thread calls the C library. Meanwhile the demo's first thread
//! carries one frame at a time and answers for Bob, so the order of events
//! is the same in every run. Start reading at [`Stage::ask`].

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};
use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};
use std::thread;
use std::time::{Duration, Instant};

use lab::{ByHand, Capture, Host, Lab};
use lesson_names::dns::{Data, Question, Type};
use narrator::{During, Trouble};
use nix::errno::Errno;
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};

/// The files in Alice's /etc.
pub const ETC: [(&str, &str); 5] = [
    ("hosts", include_str!("../etc/hosts")),
    ("services", include_str!("../etc/services")),
    ("nsswitch.conf", include_str!("../etc/nsswitch.conf")),
    ("resolv.conf", include_str!("../etc/resolv.conf")),
    ("host.conf", include_str!("../etc/host.conf")),
];

// ANCHOR: zone
/// All that Bob knows: a name, what may be asked of it, and the answer. The
/// last line is a lie that nobody prevents.
const ZONE: [(&str, Type, Data); 7] = [
    ("bob.lab", Type::A, v4(2)),
    ("printer.lab", Type::A, v4(9)),
    ("printer.lab", Type::A, v4(10)),
    ("printer.lab", Type::AAAA, v6(9)),
    ("9.0.0.10.in-addr.arpa", Type::PTR, Data::Name("printer.lab")),
    ("10.0.0.10.in-addr.arpa", Type::PTR, Data::Name("printer.lab")),
    ("66.0.0.10.in-addr.arpa", Type::PTR, Data::Name("bob.lab")),
];
// ANCHOR_END: zone

/// To questions about this name Bob gives no answer.
const SILENT: &str = "silent.lab";

/// How long one call may take. The resolver's own limits are shorter.
const LIMIT: Duration = Duration::from_secs(30);

const fn v4(last: u8) -> Data {
    Data::Address(IpAddr::V4(Ipv4Addr::new(10, 0, 0, last)))
}

const fn v6(last: u16) -> Data {
    Data::Address(IpAddr::V6(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, last)))
}

/// What was seen while a call looked something up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A file in Alice's /etc was opened, as inotify(7) tells.
    Opened(String),
    /// A question came to Bob over the wire.
    Asked {
        /// About which name.
        name: String,
        /// What about it.
        kind: Type,
        /// What Bob said.
        reply: Reply,
    },
}

/// What Bob says to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// This is there. Nothing, if the name has other records only.
    Found(Vec<Data>),
    /// There is no such name: NXDOMAIN.
    NoSuchName,
    /// Nothing at all.
    Silence,
}

type Job = Box<dyn FnOnce() + Send>;

/// Two hosts, the wire between, and Alice's thread.
pub struct Stage {
    alice: Host,
    bob: Host,
    wire: ByHand,
    server: UdpSocket,
    opened: Inotify,
    jobs: Sender<Job>,
}

impl Stage {
    /// Alice with files of her own, and Bob who answers on port 53.
    pub fn open(mut lab: Lab) -> Result<Self, Trouble> {
        let (alice, bob) = (lab.host("alice")?, lab.host("bob")?);
        lab.introduce(&[&alice, &bob])?;
        let wire = lab.by_hand()?;
        let server = bob
            .enter(|| UdpSocket::bind((bob.address(), 53)))
            .during("bind 10.0.0.2:53")?;
        let patience = Some(Duration::from_secs(5));
        server.set_read_timeout(patience).during("setsockopt")?;
        let (opened, jobs) = settle(&alice)?;
        Ok(Stage { alice, bob, wire, server, opened, jobs })
    }

    /// Gives Alice's `lo` its IPv6 address, ::1. For a lab that was entered
    /// with IPv6.
    pub fn enable_ipv6_loopback(&self) -> Result<(), Trouble> {
        self.alice.set("ipv6/conf/lo/disable_ipv6", "0")
    }

    // ANCHOR: ask
    /// Has Alice make a call, and plays the wire and Bob meanwhile. What the
    /// call gave, and what was seen of it.
    pub fn ask<T: Send + 'static>(
        &mut self,
        call: impl FnOnce() -> T + Send + 'static,
    ) -> Result<(T, Vec<Event>), Trouble> {
        let (tell, told) = mpsc::channel();
        // Nobody listens any more only if this function has failed.
        let job = Box::new(move || drop(tell.send(call())));
        self.jobs.send(job).map_err(gone).during("ask alice")?;
        let mut events = Vec::new();
        let end = Instant::now() + LIMIT;
        loop {
            let answer = told.try_recv();
            self.files_opened(&mut events)?;
            match answer {
                Ok(answer) => return Ok((answer, events)),
                Err(TryRecvError::Disconnected) => {
                    return Err(gone(())).during("ask alice");
                }
                Err(TryRecvError::Empty) => {}
            }
            if self.wire.waits_from(&self.alice)? {
                events.push(self.serve()?);
            }
            if Instant::now() > end {
                let late = io::Error::from(Errno::ETIMEDOUT);
                return Err(late).during("wait for alice");
            }
            thread::yield_now();
        }
    }

    /// Carries Alice's question to Bob, and his answer back.
    fn serve(&mut self) -> Result<Event, Trouble> {
        self.wire.pass_next(&self.alice)?;
        let mut room = [0; 512]; // RFC 1035, section 2.3.4
        let received = self.server.recv_from(&mut room);
        let (count, from) = received.during("recvfrom at bob")?;
        let query = &room[..count];
        let question = Question::parse(query)
            .map_err(io::Error::other)
            .during("read alice's question")?;
        let reply = reply(&question);
        let answers = match &reply {
            Reply::Found(answers) => Some(&answers[..]),
            Reply::NoSuchName | Reply::Silence => None,
        };
        if reply != Reply::Silence {
            let answer = question.answer(query, answers);
            self.server.send_to(&answer, from).during("sendto at bob")?;
            self.wire.pass_next(&self.bob)?;
        }
        let Question { name, kind, .. } = question;
        Ok(Event::Asked { name, kind, reply })
    }
    // ANCHOR_END: ask

    /// The files opened since this was last asked, each only once in a row.
    fn files_opened(&self, events: &mut Vec<Event>) -> Result<(), Trouble> {
        let seen = match self.opened.read_events() {
            Err(Errno::EAGAIN | Errno::EINTR) => return Ok(()),
            seen => seen.during("read what inotify saw")?,
        };
        let names = seen.into_iter().filter_map(|event| event.name);
        for name in names {
            let event = Event::Opened(name.to_string_lossy().into_owned());
            if events.last() != Some(&event) {
                events.push(event);
            }
        }
        Ok(())
    }

    /// Ends the wire, and writes what it carried to a file if asked to.
    pub fn close(self, capture: Capture) -> Result<(), Trouble> {
        capture.write(&self.wire.stop())
    }
}

/// Alice's thread: it waits for calls to make, one after the other, and ends
/// with the stage. And what watches her /etc.
fn settle(alice: &Host) -> Result<(Inotify, Sender<Job>), Trouble> {
    let (tell, told) = mpsc::channel();
    let (jobs, work): (_, Receiver<Job>) = mpsc::channel();
    let thread = alice.spawn_with_etc(&ETC, move || {
        let flags = InitFlags::IN_NONBLOCK | InitFlags::IN_CLOEXEC;
        let opened = Inotify::init(flags)?;
        opened.add_watch("/etc", AddWatchFlags::IN_OPEN)?;
        tell.send(opened).map_err(gone)?;
        work.into_iter().for_each(|job| job());
        Ok(())
    });
    match told.recv() {
        Ok(opened) => Ok((opened, jobs)),
        Err(_) => match thread.join() {
            Ok(Err(error)) => Err(error).during("settle alice"),
            _ => Err(gone(())).during("settle alice"),
        },
    }
}

fn gone<T>(_: T) -> io::Error {
    io::Error::other("her thread has ended")
}

/// What Bob knows of a name. Upper and lower case are the same: RFC 4343.
fn reply(question: &Question) -> Reply {
    let is = |name: &str| question.name.eq_ignore_ascii_case(name);
    if is(SILENT) {
        return Reply::Silence;
    }
    let records = || ZONE.iter().filter(|(name, ..)| is(name));
    let asked = records().filter(|(_, kind, _)| *kind == question.kind);
    match records().next() {
        None => Reply::NoSuchName,
        Some(_) => Reply::Found(asked.map(|(.., data)| data.clone()).collect()),
    }
}
