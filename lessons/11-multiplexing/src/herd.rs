//! One listener, many processes: whom does a connection wake?
//!
//! Each process has an epoll instance of its own, and the listener is in all
//! of them. A connection makes it readable for everybody, and only one can
//! accept it. EPOLLEXCLUSIVE (epoll_ctl(2)) wakes one; with SO_REUSEPORT
//! (socket(7)) each has a listener of its own.
//!
//! Nothing here is left to chance: a client connects when every process is
//! asleep, which /proc/PID/stat tells (proc_pid_stat(5)), and no process
//! accepts before the demo says so.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command};
use std::time::{Duration, Instant};
use std::{fs, thread};

use narrator::{line, say};
use socket2::{Domain, Socket, Type};

/// How many processes there are.
const WORKERS: usize = 8;
/// How many clients connect, one after another.
const CLIENTS: usize = 10;
/// How long a process may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// How the processes wait.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// In `accept`, all on one listener.
    Accept,
    /// In `epoll_wait`, all on one listener.
    Epoll,
    /// The same with EPOLLEXCLUSIVE.
    Exclusive,
    /// In `epoll_wait`, each on a listener of its own.
    ReusePort,
}

/// One connection, told in full; then many, counted.
pub fn run() -> io::Result<()> {
    one_by_one()?;
    line("");
    line(format_args!("{CLIENTS} clients and {WORKERS} workers, which wait"));
    row("", "woken", "accepted", "in vain", "whom");
    for (way, name) in [
        (Way::Accept, "in accept"),
        (Way::Epoll, "in epoll_wait"),
        (Way::Exclusive, "the same, EPOLLEXCLUSIVE"),
        (Way::ReusePort, "the same, SO_REUSEPORT"),
    ] {
        let Count { woken, accepted, who } = Herd::new(way)?.count()?;
        let who = match who.len() {
            1 => "always the same one",
            _ => "different ones",
        };
        row(name, woken, accepted, woken - accepted, who);
    }
    Ok(())
}

fn row(
    name: &str,
    woken: impl Display,
    accepted: impl Display,
    vain: impl Display,
    who: impl Display,
) {
    line(format_args!(
        "{name:<24}  {woken:<5}  {accepted:<8}  {vain:<7}  {who}"
    ));
}

#[derive(Default)]
struct Count {
    woken: usize,
    accepted: usize,
    /// Those that were woken, each once.
    who: BTreeSet<usize>,
}

// ANCHOR: one
/// Two connections, and workers that accept when they are told to.
fn one_by_one() -> io::Result<()> {
    let mut herd = Herd::new(Way::Epoll)?;
    let _first = herd.connect()?;
    say("client", "connect", format_args!("{WORKERS} workers are asleep"));
    let woken = herd.all_woken()?;
    say("worker", "epoll_wait", format_args!("readable, in {woken} of them"));
    for (place, worker) in herd.workers.iter_mut().enumerate().take(3) {
        worker.order(b'a')?;
        let who = format!("worker{}", place + 1);
        match worker.report()? {
            b'c' => say(&who, "accept", "the connection"),
            _ => say(&who, "accept", EAGAIN),
        }
    }
    blocking(&mut herd)
}

/// The same, with a listener that isn't non-blocking.
fn blocking(herd: &mut Herd) -> io::Result<()> {
    herd.listeners[0].set_nonblocking(false)?;
    say("all", "fcntl", "the listener blocks from now on");
    let _second = herd.connect()?;
    say("client", "connect", "a second one");
    herd.all_woken()?;
    let [worker1, worker2, ..] = &mut herd.workers[..] else { return Ok(()) };
    worker1.order(b'a')?;
    worker1.report()?;
    say("worker1", "accept", "the connection");
    worker2.order(b'a')?;
    worker2.asleep()?;
    say("worker2", "accept", "waits, though epoll_wait said readable");
    let _third = TcpStream::connect(herd.address)?;
    say("client", "connect", "a third one");
    worker2.report()?;
    say("worker2", "accept", "the third one's connection");
    Ok(())
}
// ANCHOR_END: one

const EAGAIN: &str = "EAGAIN: another worker has it";

/// The workers, and the listeners that they watch.
struct Herd {
    way: Way,
    address: SocketAddr,
    listeners: Vec<TcpListener>,
    workers: Vec<Worker>,
}

impl Herd {
    fn new(way: Way) -> io::Result<Self> {
        let several = way == Way::ReusePort;
        let mut address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut listeners = Vec::new();
        for _ in 0..if several { WORKERS } else { 1 } {
            let listener = listener(address, several)?;
            listener.set_nonblocking(way != Way::Accept)?;
            address = listener.local_addr()?;
            listeners.push(listener);
        }
        let watched = listeners.iter().cycle().take(WORKERS);
        let workers = watched.map(|l| Worker::start(l, way));
        let workers = workers.collect::<io::Result<_>>()?;
        Ok(Herd { way, address, listeners, workers })
    }

    /// A client that connects when every worker is asleep.
    fn connect(&mut self) -> io::Result<TcpStream> {
        for worker in &mut self.workers {
            worker.sleep(self.way)?;
        }
        TcpStream::connect(self.address)
    }

    /// Waits until every worker says that the listener is readable.
    fn all_woken(&mut self) -> io::Result<usize> {
        let mut woken = 0;
        for worker in &mut self.workers {
            // Who was interrupted finds it readable when it looks again.
            while worker.report()? != b'r' {
                worker.order(b'w')?;
            }
            woken += 1;
        }
        Ok(woken)
    }

    /// Every client, one after another.
    fn count(mut self) -> io::Result<Count> {
        let mut count = Count::default();
        for _ in 0..CLIENTS {
            let client = self.connect()?;
            let mut woken = self.woken()?;
            // A wait that a signal ended was no sleep: the kernel has looked
            // for somebody else. Such a client doesn't count.
            while woken.iter().any(|(_, report)| *report == b'i') {
                self.turn_away()?;
                drop(self.connect()?);
                woken = self.woken()?;
            }
            for (place, report) in woken {
                count.woken += 1;
                count.who.insert(place);
                let worker = &mut self.workers[place];
                let accepted = match report {
                    b'c' => true,
                    _ => worker.obeys(b'a')? == b'c',
                };
                count.accepted += usize::from(accepted);
            }
            drop(client);
        }
        Ok(count)
    }

    /// Who has been woken by a client, and what each of them says.
    fn woken(&mut self) -> io::Result<Vec<(usize, u8)>> {
        if self.way == Way::Epoll {
            self.all_woken()?;
            return Ok((0..WORKERS).map(|place| (place, b'r')).collect());
        }
        let mut reports = vec![None; WORKERS];
        wait_until(|| {
            for (worker, report) in self.workers.iter_mut().zip(&mut reports) {
                *report = worker.report_so_far()?;
            }
            Ok(reports.iter().any(Option::is_some))
        })?;
        // All others are asleep, and have been.
        for (worker, report) in self.workers.iter_mut().zip(&mut reports) {
            if report.is_none() {
                worker.asleep()?;
                *report = worker.report_so_far()?;
            }
        }
        let reports = reports.into_iter().enumerate();
        Ok(reports.filter_map(|(n, r)| Some((n, r?))).collect())
    }

    /// Takes the client that waits out of the queue.
    fn turn_away(&mut self) -> io::Result<()> {
        wait_until(|| {
            for listener in &self.listeners {
                match listener.accept() {
                    Ok(_) => return Ok(true),
                    Err(e) if e.kind() == ErrorKind::WouldBlock => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(false)
        })
    }
}

fn listener(address: SocketAddr, several: bool) -> io::Result<TcpListener> {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    listener.set_reuse_port(several)?;
    listener.bind(&address.into())?;
    listener.listen(128)?;
    Ok(listener.into())
}

/// A process, and the socket by which it is told what to do.
struct Worker {
    process: Child,
    orders: UnixStream,
    /// It has been told to wait, and hasn't said anything yet.
    waits: bool,
}

impl Worker {
    fn start(listener: &TcpListener, way: Way) -> io::Result<Self> {
        let (orders, theirs) = UnixStream::pair()?;
        orders.set_read_timeout(Some(PATIENCE))?;
        let mut command = Command::new("/proc/self/exe");
        command.arg("herd-worker");
        if way == Way::Exclusive {
            command.arg("--exclusive");
        }
        let process = command
            .stdin(OwnedFd::from(listener.try_clone()?))
            .stdout(OwnedFd::from(theirs))
            .spawn()?;
        Ok(Worker { process, orders, waits: false })
    }

    /// Tells it what to do, and waits until it is about to.
    fn order(&mut self, what: u8) -> io::Result<()> {
        self.orders.write_all(&[what])?;
        self.waits = true;
        let mut heard = [0];
        self.orders.read_exact(&mut heard)
    }

    /// What came of it.
    fn report(&mut self) -> io::Result<u8> {
        let mut report = [0];
        self.orders.read_exact(&mut report)?;
        self.waits = false;
        Ok(report[0])
    }

    fn obeys(&mut self, what: u8) -> io::Result<u8> {
        self.order(what)?;
        self.report()
    }

    /// The same, if it has said so already.
    fn report_so_far(&mut self) -> io::Result<Option<u8>> {
        self.orders.set_nonblocking(true)?;
        let report = self.report();
        self.orders.set_nonblocking(false)?;
        match report {
            Err(e) if e.kind() == ErrorKind::WouldBlock => Ok(None),
            report => report.map(Some),
        }
    }

    /// Puts it to sleep, if it isn't.
    fn sleep(&mut self, way: Way) -> io::Result<()> {
        let order = if way == Way::Accept { b'a' } else { b'w' };
        loop {
            if !self.waits {
                self.order(order)?;
            }
            self.asleep()?;
            // It was stopped before: it waits again.
            if self.report_so_far()?.is_none() {
                return Ok(());
            }
        }
    }

    /// Waits until the kernel says that it sleeps.
    fn asleep(&self) -> io::Result<()> {
        let file = format!("/proc/{}/stat", self.process.id());
        wait_until(|| {
            let stat = fs::read_to_string(&file)?;
            // The name of the program stands in brackets, then the state.
            let (_, state) = stat.rsplit_once(')').unwrap_or_default();
            Ok(state.trim_start().starts_with('S'))
        })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn wait_until(
    mut happened: impl FnMut() -> io::Result<bool>,
) -> io::Result<()> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if happened()? {
            return Ok(());
        }
        thread::yield_now();
    }
    Err(ErrorKind::TimedOut.into())
}
