//! The loop of every server: wait, take, hand over; and the stop.
//!
//! ```text
//! loop {
//!     poll   → a caller, a signal, or the bell of one that has ended
//!     take   → refuse it: there are too many
//!            → run it: here, in a thread, in a process
//! }
//! take what has come, wait for those that run, give up the others
//! ```
//!
//! Nothing that a client does ends it: an error or a panic is of one request.

use std::any::Any;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::mem;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use narrator::explain;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::endpoint::{Endpoint, Request};
use crate::handler::Handler;
use crate::model::{Job, Model, Ran};
use crate::shared::{Open, Shared, Stopper};
use crate::signals::Signals;
use crate::stop;

/// To who calls when the system has no more to give.
const NO_ROOM: &str = "no room: try again later";
/// How many at once, unless [`Server::limit`] says otherwise.
const LIMIT: usize = 256;
/// How long a stop waits, unless [`Server::patience`] says otherwise.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long not to accept when there is no room, unless somebody leaves.
const REST: Duration = Duration::from_millis(100);
/// How often to look for children that have ended where no signal tells: a
/// child rings no bell.
const LOOK: Duration = Duration::from_millis(20);
/// Requests that a stop takes at most.
const LAST: usize = 4096;

/// A server: what it listens to, how it runs requests, and who makes its
/// handlers.
pub struct Server<E, M, F> {
    endpoint: Arc<E>,
    model: M,
    make: Arc<F>,
    shared: Arc<Shared>,
    signals: Option<Signals>,
    limit: usize,
    patience: Duration,
    /// Descriptors that are no business of a handler's process.
    apart: Vec<RawFd>,
    /// A descriptor to give up when there are no others.
    spare: Option<File>,
    /// No room for callers: don't look for them before.
    resting: Option<Instant>,
    /// That there is no room has been said.
    told: bool,
    report: Report,
}

/// What a server did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    /// Requests that got a handler.
    pub served: u64,
    /// Requests that were refused.
    pub refused: u64,
    /// Handlers that hadn't returned in time.
    pub given_up: usize,
}

impl<E, M, F, H> Server<E, M, F>
where
    E: Endpoint,
    M: Model,
    F: Fn() -> H + Send + Sync + 'static,
    H: Handler<E>,
{
    /// A server of a model that needs no more to be said.
    ///
    /// # Errors
    /// Those of the system: EMFILE.
    pub fn new(endpoint: E, make: F) -> io::Result<Self>
    where
        M: Default,
    {
        Server::with(endpoint, M::default(), make)
    }

    /// A server of any model.
    ///
    /// # Errors
    /// Those of the system: EMFILE.
    pub fn with(endpoint: E, model: M, make: F) -> io::Result<Self> {
        // A caller who is gone by the time of accept must not hold up the
        // others: accept(2), under EAGAIN.
        endpoint.dont_wait()?;
        Ok(Server {
            endpoint: Arc::new(endpoint),
            model,
            make: Arc::new(make),
            shared: Shared::new()?,
            signals: None,
            limit: LIMIT,
            patience: PATIENCE,
            apart: Vec::new(),
            spare: Some(File::open("/dev/null")?),
            resting: None,
            told: false,
            report: Report::default(),
        })
    }

    /// Stops at SIGTERM and SIGINT.
    pub fn signals(mut self, signals: Signals) -> Self {
        self.signals = Some(signals);
        self
    }

    /// Serves so many at once, and refuses others.
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    /// How long a stop waits for handlers. Where a signal handler has to see
    /// to it, in whole seconds.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// A process for a request closes these, too: what the caller of this
    /// server holds for as long as it lives, as a lock. The child may live
    /// longer.
    pub fn apart(mut self, descriptors: Vec<RawFd>) -> Self {
        self.apart = descriptors;
        self
    }

    /// What stops it from another thread.
    pub fn stopper(&self) -> Stopper {
        Stopper(self.shared.clone())
    }

    // ANCHOR: run
    /// Serves until it is stopped.
    ///
    /// # Errors
    /// Those of poll(2), and EINVAL for a listener that somebody has shut
    /// down. No client can cause one.
    pub fn run(mut self) -> io::Result<Report> {
        while !self.shared.stopping() {
            if self.wait()? {
                self.take()?;
            }
        }
        self.drain()
    }

    /// Waits until there is something to do: whether somebody calls.
    fn wait(&mut self) -> io::Result<bool> {
        let in_ = PollFlags::POLLIN;
        let mut watched = vec![PollFd::new(self.shared.bell(), in_)];
        watched
            .extend(self.signals.iter().map(|s| PollFd::new(s.as_fd(), in_)));
        if self.resting.is_none() {
            watched.push(PollFd::new(self.endpoint.as_fd(), in_));
        }
        let blind = M::CHILDREN && self.signals.is_none();
        let look = blind && self.model.busy() > 0;
        let look = look.then(|| Instant::now() + LOOK);
        match poll(&mut watched, timeout(self.resting.or(look))) {
            Err(Errno::EINTR) => return Ok(false),
            other => other?,
        };
        let ready = |fd: &PollFd<'_>| fd.any().unwrap_or(false);
        let called =
            self.resting.is_none() && watched.last().is_some_and(ready);
        self.look_after()?;
        Ok(called)
    }
    // ANCHOR_END: run

    /// Signals, the bell, children that have ended, a rest that is over.
    fn look_after(&mut self) -> io::Result<()> {
        self.shared.heard();
        if self.signals.as_ref().map_or(Ok(false), Signals::take)? {
            self.shared.stop();
        }
        self.model.busy();
        if mem::take(&mut self.resting).is_some() {
            self.refill();
        }
        Ok(())
    }

    // ANCHOR: take
    /// Takes one request. Others are still there at the next turn.
    fn take(&mut self) -> io::Result<bool> {
        match self.endpoint.take() {
            Ok(request) if self.model.busy() >= self.limit => {
                self.refuse(request, "busy: try again later");
            }
            Ok(request) => self.start(request)?,
            Err(error) => match Errno::from_raw(code(&error)) {
                Errno::EAGAIN => return Ok(false),
                // The caller waits in the queue, so the listener stays
                // readable: to try again at once would be to spin.
                Errno::EMFILE
                | Errno::ENFILE
                | Errno::ENOBUFS
                | Errno::ENOMEM => self.no_room(&error),
                // Somebody has shut the listener down, or closed it: to go on
                // would be to spin.
                Errno::EINVAL | Errno::EBADF => return Err(error),
                // accept(2): other errors are those of the connection.
                _ => (),
            },
        }
        Ok(true)
    }
    // ANCHOR_END: take

    fn refuse(&mut self, request: E::Request, why: &str) {
        self.report.refused += 1;
        self.endpoint.refuse(request, why);
    }

    // ANCHOR: no_room
    /// Gives up the spare descriptor to tell the caller; and where that is
    /// gone, too, doesn't look for callers until somebody has left.
    fn no_room(&mut self, error: &io::Error) {
        if !mem::replace(&mut self.told, true) {
            eprintln!("accept: {}: callers are refused", explain(error));
        }
        if self.spare.take().is_some()
            && let Ok(request) = self.endpoint.take()
        {
            self.refuse(request, NO_ROOM);
        }
        self.refill();
        if self.spare.is_none() {
            self.resting = Some(Instant::now() + REST);
        }
    }

    fn refill(&mut self) {
        if self.spare.is_none() {
            self.spare = File::open("/dev/null").ok();
        }
    }
    // ANCHOR_END: no_room

    // ANCHOR: start
    /// Makes a handler for a request, and runs it as the model does.
    fn start(&mut self, request: E::Request) -> io::Result<()> {
        self.report.served += 1;
        let connection = request.connection();
        let job = self.job(request);
        let name = job.name.clone();
        match self.model.run(job) {
            Ok(Ran::Started | Ran::Done) => (),
            Ok(Ran::Asked) => self.shared.stop(),
            // No more threads or processes. This one is told, and others
            // are served.
            Err(error) => {
                eprintln!("client {name}: not started: {}", explain(&error));
                connection.inspect(|it| it.turn_away(NO_ROOM));
                self.report.served -= 1;
                self.report.refused += 1;
            }
        }
        Ok(())
    }

    fn job(&self, request: E::Request) -> Job {
        let (endpoint, make) = (self.endpoint.clone(), self.make.clone());
        let connection = request.connection();
        let (name, number) = (request.peer(), self.report.served);
        let fd = connection.as_ref().map(|it| it.as_fd().as_raw_fd());
        let open = Open::new(&self.shared, number, connection);
        let peer = name.clone();
        let run = Box::new(move || {
            // One request's panic is no one else's business.
            let served = catch_unwind(AssertUnwindSafe(|| {
                make().serve(&endpoint, request)
            }));
            tell(&peer, served);
        });
        let (signals, patience) = (self.signals.is_some(), self.patience);
        let leave = self.not_for_a_child();
        Job { run, open, name, connection: fd, leave, signals, patience }
    }
    // ANCHOR_END: start

    fn not_for_a_child(&self) -> Vec<RawFd> {
        // Not the bell: its handler may have a Stopper, which would write to
        // whatever has that number then.
        let signals = self.signals.iter();
        let mut leave: Vec<_> =
            signals.map(|it| it.as_fd().as_raw_fd()).collect();
        leave.extend(self.spare.iter().map(|it| it.as_raw_fd()));
        leave.extend(&self.apart);
        if !E::ANSWERS {
            leave.push(self.endpoint.as_fd().as_raw_fd());
        }
        leave
    }

    // ANCHOR: drain
    /// Takes what has come, waits for those that run, and gives up the
    /// others.
    fn drain(mut self) -> io::Result<Report> {
        let end = Instant::now() + self.patience;
        if M::HERE && self.signals.is_some() {
            stop::give_up_after(self.patience)?;
        }
        // A close would reset who waits in the queue.
        let mut last = 0;
        while last < LAST && self.resting.is_none() && self.take()? {
            last += 1;
        }
        self.endpoint.close();
        self.model.ask();
        while self.model.busy() > 0 && Instant::now() < end {
            let mut bell = [PollFd::new(self.shared.bell(), PollFlags::POLLIN)];
            // EINTR is as good as any other reason to look.
            let _ = poll(&mut bell, timeout(Some(Instant::now() + LOOK)));
            self.shared.heard();
        }
        let (left, fate) = self.model.give_up();
        if left > 0 {
            eprintln!("stop: handlers that have not returned: {left}, {fate}");
        }
        self.report.given_up = left;
        nix::unistd::alarm::cancel();
        Ok(self.report)
    }
    // ANCHOR_END: drain
}

type Served = Result<io::Result<()>, Box<dyn Any + Send>>;

/// On stderr, what went wrong for whom.
fn tell(peer: &str, served: Served) {
    match served {
        Ok(Ok(())) => (),
        Ok(Err(error)) => eprintln!("client {peer}: {}", explain(&error)),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or(panic.downcast_ref::<&str>().copied());
            let text = text.unwrap_or("it didn't say why");
            eprintln!("client {peer}: the handler panicked: {text}");
        }
    }
}

fn timeout(end: Option<Instant>) -> PollTimeout {
    let Some(end) = end else { return PollTimeout::NONE };
    let left = end.saturating_duration_since(Instant::now());
    // Rounded up: a wait that ends too soon is one more turn for nothing.
    PollTimeout::try_from(left.as_millis() + 1).unwrap_or(PollTimeout::MAX)
}

fn code(error: &io::Error) -> i32 {
    match error.kind() {
        ErrorKind::WouldBlock => Errno::EAGAIN as i32,
        _ => error.raw_os_error().unwrap_or(0),
    }
}
