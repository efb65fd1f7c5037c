//! The server: who comes in, who must leave, and how all of it ends.
//!
//! ```text
//! accept ── room? ── yes → a coroutine and a seat for it
//!            │ no
//!            └→ the client that has been silent longest loses its seat
//! ```
//!
//! A client that says nothing costs a seat, and so do a thousand. When all
//! seats are taken and somebody new comes, the one goes that has waited
//! longest without a whole request; RFC 9112, section 9.5: a server may close
//! an idle connection at any time.
//!
//! Start reading at [`Server::run`].

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::net::{Shutdown, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use lesson_coroutines::channel::{Receiver, Sender, channel};
use lesson_coroutines::net::{TcpListener, TcpStream};
use lesson_coroutines::scheduler::{sleep, spawn, yield_now};
use narrator::explain;
use socket2::SockRef;

use crate::Handler;
use crate::connection::{self, Settings};
use crate::pace::Pace;

/// How much of an answer the kernel takes before the client's window has room
/// for it, in bytes: TCP_NOTSENT_LOWAT, in the kernel's ip-sysctl. Who reads
/// nothing holds megabytes of it otherwise, and there is an end to what all
/// connections may hold (tcp_mem, tcp(7)).
const AHEAD: u32 = 128 * 1024;
/// How long to rest when nobody can be let in.
const REST: Duration = Duration::from_millis(10);
/// Whoever has sent or read a body for less than this is not slow yet.
const FAIR: Duration = Duration::from_secs(1);

/// What a connection is doing, for whoever looks for one to close.
#[derive(Clone, Copy)]
enum State {
    /// Waiting for a request, or for the rest of its head, since the wait of
    /// this number.
    Waiting(u64),
    /// Being answered.
    Busy,
    /// Sending or reading a body, and not at once.
    Slow(Pace),
    /// Told to go.
    Closed,
}

/// A connection's place among the others.
pub(crate) struct Seat {
    number: u64,
    stream: Rc<TcpStream>,
    state: Cell<State>,
    all: Rc<Seats>,
    /// Dropped with the seat: so a stop knows of it.
    _open: Sender<()>,
}

/// All that are connected.
struct Seats {
    most: usize,
    taken: RefCell<BTreeMap<u64, Rc<Seat>>>,
    /// A number for each wait, and for each seat.
    next: Cell<u64>,
    stopping: Cell<bool>,
    accepted: Cell<u64>,
}

impl Seat {
    pub(crate) fn waiting(&self) {
        // Who is told to go stays told.
        if !matches!(self.state.get(), State::Waiting(_) | State::Closed) {
            self.state.set(State::Waiting(self.all.number()));
        }
    }

    /// It has its answer, and is only waited for: the first to go.
    pub(crate) fn leaving(&self) {
        if !matches!(self.state.get(), State::Closed) {
            self.state.set(State::Waiting(0));
        }
    }

    pub(crate) fn busy(&self) {
        if !matches!(self.state.get(), State::Closed) {
            self.state.set(State::Busy);
        }
    }

    pub(crate) fn slow(&self, pace: &Pace) {
        if !matches!(self.state.get(), State::Closed) {
            self.state.set(State::Slow(*pace));
        }
    }

    /// Whether the response to come is the last.
    pub(crate) fn is_last(&self) -> bool {
        self.all.stopping.get()
    }

    /// Whoever reads here now reads the end.
    fn close(&self) {
        self.state.set(State::Closed);
        // ENOTCONN: the client has gone already.
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

impl Seats {
    fn new(most: usize) -> Self {
        Seats {
            most: most.max(1),
            taken: RefCell::default(),
            next: Cell::new(0),
            stopping: Cell::new(false),
            accepted: Cell::new(0),
        }
    }

    fn number(&self) -> u64 {
        self.next.set(self.next.get() + 1);
        self.next.get()
    }

    /// Who was told to go leaves as soon as it has its turn.
    fn is_full(&self) -> bool {
        let taken = self.taken.borrow();
        let stays =
            |seat: &&Rc<Seat>| !matches!(seat.state.get(), State::Closed);
        taken.len() >= self.most
            && taken.values().filter(stays).count() >= self.most
    }

    // ANCHOR: slowest
    /// Closes the connection that has waited longest for a request; if none
    /// waits, the one whose body moves slowest. Whether there was one.
    fn close_slowest(&self) -> bool {
        let taken = self.taken.borrow();
        let waits = |seat: &&Rc<Seat>| match seat.state.get() {
            State::Waiting(since) => since,
            _ => u64::MAX,
        };
        let rate = |seat: &&Rc<Seat>| match seat.state.get() {
            State::Slow(pace) if pace.age() > FAIR => pace.rate(),
            _ => f64::INFINITY,
        };
        let idle = taken.values().min_by_key(waits);
        let idle = idle.filter(|seat| waits(seat) < u64::MAX);
        let slow = taken
            .values()
            .min_by(|a, b| rate(a).total_cmp(&rate(b)))
            .filter(|seat| rate(seat) < f64::INFINITY);
        let found = idle.or(slow);
        found.iter().for_each(|seat| seat.close());
        found.is_some()
    }
    // ANCHOR_END: slowest

    /// Closes all that match.
    fn close_all(&self, which: impl Fn(State) -> bool) {
        for seat in self.taken.borrow().values() {
            if which(seat.state.get()) {
                seat.close();
            }
        }
    }
}

/// Takes connections and has them answered.
pub struct Server<H: ?Sized> {
    seats: Rc<Seats>,
    settings: Rc<Settings>,
    open: RefCell<Option<Sender<()>>>,
    all_closed: Receiver<()>,
    listener: RefCell<Option<std::net::TcpListener>>,
    handler: Rc<H>,
}

impl<H: Handler + 'static> Server<H> {
    /// With at most so many connections at once.
    pub fn new(handler: H, settings: Settings, most: usize) -> Rc<Self> {
        let (open, all_closed) = channel(1);
        Rc::new(Server {
            seats: Rc::new(Seats::new(most)),
            settings: Rc::new(settings),
            open: RefCell::new(Some(open)),
            all_closed,
            listener: RefCell::default(),
            handler: Rc::new(handler),
        })
    }

    /// How many connections it has accepted.
    pub fn accepted(&self) -> u64 {
        self.seats.accepted.get()
    }

    // ANCHOR: run
    /// Accepts connections until [`Server::stop`]. Each has a coroutine.
    ///
    /// # Errors
    /// Those of epoll_ctl(2) for the listener.
    ///
    /// # Panics
    /// Outside of a scheduler.
    pub fn run(&self, listener: std::net::TcpListener) -> io::Result<()> {
        *self.listener.borrow_mut() = Some(listener.try_clone()?);
        let listener = TcpListener::on(listener)?;
        while !self.seats.stopping.get() {
            let accepted = listener.accept();
            if self.seats.stopping.get() {
                break;
            }
            let begun = accepted.and_then(|(stream, _)| self.begin(stream));
            // accept(2): an error may be that of the connection, or want of
            // memory or descriptors. Neither is a reason to stop serving; but
            // to make room is.
            if let Err(error) = begun {
                eprintln!("accept: {}", explain(&error));
                self.seats.close_slowest();
                sleep(REST);
            }
            // A crowd at the door is no reason to forget who is inside.
            yield_now();
        }
        Ok(())
    }
    // ANCHOR_END: run

    fn begin(&self, stream: TcpStream) -> io::Result<()> {
        while self.seats.is_full() && !self.seats.stopping.get() {
            if !self.seats.close_slowest() {
                sleep(REST);
            }
        }
        let Some(open) = self.open.borrow().clone() else { return Ok(()) };
        set_options(&stream)?;
        let stream = Rc::new(stream);
        let number = self.seats.number();
        let seat = Rc::new(Seat {
            number,
            stream: stream.clone(),
            state: Cell::new(State::Waiting(number)),
            all: self.seats.clone(),
            _open: open,
        });
        self.seats.taken.borrow_mut().insert(number, seat.clone());
        let taken = Taken(seat);
        self.seats.accepted.set(self.seats.accepted.get() + 1);
        let (handler, settings) = (self.handler.clone(), self.settings.clone());
        spawn(move || {
            connection::serve(&stream, &*handler, &settings, &taken.0);
        })?;
        Ok(())
    }

    // ANCHOR: stop
    /// Ends: nobody new comes in, who waits is closed, who is being answered
    /// gets the answer, within `patience`. How many had to be cut off.
    ///
    /// # Errors
    /// Those of spawn.
    pub fn stop(&self, patience: Duration) -> io::Result<usize> {
        self.seats.stopping.set(true);
        // A listener that is shut down refuses, and accept(2) says EINVAL.
        if let Some(listener) = self.listener.take() {
            let _ = SockRef::from(&listener).shutdown(Shutdown::Both);
        }
        self.seats.close_all(|state| matches!(state, State::Waiting(_)));
        drop(self.open.take());
        let seats = self.seats.clone();
        let late = Rc::new(Cell::new(0));
        let cut = late.clone();
        spawn(move || {
            sleep(patience);
            cut.set(seats.taken.borrow().len());
            seats.close_all(|_| true);
        })?;
        // The last seat drops the last sender.
        while self.all_closed.recv().is_some() {}
        Ok(late.get())
    }
    // ANCHOR_END: stop
}

/// Not the listener's, which connections inherit: whoever had come before
/// those were set would have none.
fn set_options(stream: &TcpStream) -> io::Result<()> {
    let options = SockRef::from(stream.get());
    // tcp(7): without TCP_NODELAY the end of an answer could wait for the
    // client to acknowledge its beginning.
    options.set_tcp_nodelay(true)?;
    options.set_tcp_notsent_lowat(AHEAD)
}

/// A seat that is given up when this is dropped, by a panic too.
struct Taken(Rc<Seat>);

impl Drop for Taken {
    fn drop(&mut self) {
        self.0.all.taken.borrow_mut().remove(&self.0.number);
    }
}

/// Where a listener is, once it listens.
///
/// # Errors
/// Those of socket(2), bind(2) and listen(2).
pub fn listen(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    lesson_coroutines::open::listen(address, false)
}

#[cfg(test)]
mod tests {
    use lesson_coroutines::scheduler;

    use super::*;
    use crate::pace::Patience;

    /// Which seat is closed to make room, of those with these states.
    fn closed<const N: usize>(states: [State; N]) -> Option<usize> {
        let main = move || {
            let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
            let address = listener.local_addr().unwrap();
            let all = Rc::new(Seats::new(N));
            for (number, state) in (0..).zip(states) {
                let stream = Rc::new(TcpStream::connect(address).unwrap());
                let (all, (_open, _)) = (all.clone(), channel(1));
                let state = Cell::new(state);
                let seats = all.clone();
                let seat = Rc::new(Seat { number, stream, state, all, _open });
                seats.taken.borrow_mut().insert(number, seat);
            }
            let found = all.close_slowest();
            let taken = all.taken.borrow();
            let is_closed =
                |seat: &Rc<Seat>| matches!(seat.state.get(), State::Closed);
            let which = taken.values().position(is_closed);
            assert_eq!(found, which.is_some());
            which
        };
        scheduler::run(main).unwrap()
    }

    #[test]
    fn who_has_waited_longest_makes_room_and_nobody_who_has_just_begun() {
        let begun = State::Slow(Pace::begin(&Patience::default()));
        let (two, three) = (State::Waiting(2), State::Waiting(3));
        assert_eq!(closed([begun, three, two, State::Busy]), Some(2));
        assert_eq!(closed([begun, State::Busy]), None);
    }
}
