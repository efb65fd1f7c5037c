//! The wire: takes frames from one host and gives them to the others.
//!
//! A [`Wire`] carries them by itself, in a thread that obeys a plan. Where
//! the caller wants to decide on each frame, it takes the wire by hand:
//! `src/by_hand.rs`.
//!
//! Start reading at [`Carrier::run`], the thread's loop.

use std::collections::VecDeque;
use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use narrator::{During, Trouble};
use nix::errno::Errno;

use crate::plan::{Fault, Loop, Plan, Struck};
use crate::port::{
    NOT_TAKEN, PATIENCE, Port, ROOM, give_others, reached, ready,
};
use crate::recording::{Fate, Opened, Recording, Seen};

/// How long a frame that is to be overtaken waits for the other one.
const HELD: Duration = Duration::from_secs(1);

/// How many frames of one host are carried before the next has its turn.
const TURN: usize = 64;

/// The same at the end, for hosts that never stop sending: more than wait.
const LAST_TURN: usize = 10_000;

/// What the wire's thread and the handle to it share.
#[derive(Debug, Default)]
struct Shared {
    recording: Mutex<Recording>,
    more: Condvar,
    /// Somebody waits for frames: a wake-up is a system call for each.
    awaited: AtomicBool,
    cut: AtomicBool,
}

impl Shared {
    fn recording(&self) -> MutexGuard<'_, Recording> {
        self.recording.lock().unwrap_or_else(|e| e.into_inner())
    }
}

/// A wire that carries frames by itself until it is stopped or dropped.
#[derive(Debug)]
pub struct Wire {
    shared: Arc<Shared>,
    /// How long the loop may last, where there is one.
    looped: Duration,
    /// Closed to stop the thread.
    stop: Option<PipeWriter>,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Wire {
    pub(crate) fn start(ports: Vec<Port>, plan: Plan) -> Result<Self, Trouble> {
        let doing = "join the hosts";
        if ports.len() < 2 {
            let few = io::Error::other("a wire has two ends or more");
            return Err(few).during(doing);
        }
        let (stopped, stop) = io::pipe().during(doing)?;
        let shared = Arc::new(Shared::default());
        let looped = plan.loops().map(|bound| bound.time).unwrap_or_default();
        let mut carrier = Carrier {
            held: ports.iter().map(|_| None).collect(),
            looping: plan.loops(),
            ports,
            plan,
            shared: shared.clone(),
            began: Instant::now(),
            late: Vec::new(),
            rounds: VecDeque::new(),
            turns: 0,
            first: None,
        };
        let thread = thread::Builder::new()
            .name("wire".into())
            .spawn(move || carrier.run(&stopped))
            .during(doing)?;
        let (stop, thread) = (Some(stop), Some(thread));
        Ok(Wire { shared, looped, stop, thread })
    }

    /// Cuts the cable: from now on every frame is lost. The hosts notice
    /// nothing: their interfaces still see the piece of cable next to them.
    pub fn cut(&self) {
        self.shared.cut.store(true, Ordering::SeqCst);
    }

    /// Mends the cable. What was lost is not brought back.
    pub fn mend(&self) {
        self.shared.cut.store(false, Ordering::SeqCst);
    }

    /// Waits until the nth frame has passed, of those that `matches` says
    /// yes to, counted from 1 and from when the hosts were joined. Gives
    /// that frame.
    ///
    /// Errors: `TimedOut` if it hasn't come within five seconds.
    pub fn wait_for(
        &self,
        nth: usize,
        matches: impl Fn(&Seen) -> bool,
    ) -> Result<Seen, Trouble> {
        let began = Instant::now();
        let (mut looked_at, mut found) = (0, 0);
        let mut recording = self.shared.recording();
        // Under the lock, so that no frame goes on record in between.
        self.shared.awaited.store(true, Ordering::SeqCst);
        loop {
            for seen in &recording.frames[looked_at..] {
                found += usize::from(matches(seen));
                if found == nth {
                    return Ok(seen.clone());
                }
            }
            looked_at = recording.frames.len();
            let Some(left) = PATIENCE.checked_sub(began.elapsed()) else {
                return Err(io::Error::from(Errno::ETIMEDOUT))
                    .during(format_args!("wait for frame {nth} on the wire"));
            };
            let waited = self.shared.more.wait_timeout(recording, left);
            (recording, _) = waited.unwrap_or_else(|e| e.into_inner());
        }
    }

    /// Waits until the loop of a looped segment has opened, and tells which
    /// of its two bounds it was.
    ///
    /// Errors: `TimedOut` if it hasn't within its time and five seconds.
    pub fn wait_for_the_end_of_the_loop(&self) -> Result<Opened, Trouble> {
        let limit = self.looped + PATIENCE;
        let closed = |recording: &mut Recording| recording.opened.is_none();
        let recording = self.shared.recording();
        let waited =
            self.shared.more.wait_timeout_while(recording, limit, closed);
        let (recording, _) = waited.unwrap_or_else(|e| e.into_inner());
        let late = || io::Error::from(Errno::ETIMEDOUT);
        recording.opened.ok_or_else(late).during("wait for the loop to open")
    }

    /// Carries what was sent until now, stops, and gives what was seen.
    pub fn stop(mut self) -> Result<Recording, Trouble> {
        self.end().during("carry frames")?;
        Ok(std::mem::take(&mut *self.shared.recording()))
    }

    fn end(&mut self) -> io::Result<()> {
        drop(self.stop.take());
        let Some(thread) = self.thread.take() else { return Ok(()) };
        // A plan's closure that panicked has told so on stderr.
        let broken = |_| io::Error::other("the wire's thread has panicked");
        thread.join().map_err(broken)?
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        // Whoever drops a wire doesn't ask how it fared.
        let _ = self.end();
    }
}

/// A frame on its way: the port it came from, and what will be on record
/// when it leaves the wire.
type Passing = (usize, Seen);

/// The wire's thread.
struct Carrier {
    ports: Vec<Port>,
    plan: Plan,
    shared: Arc<Shared>,
    began: Instant,
    /// Frames that leave at a later time.
    late: Vec<(Instant, Passing)>,
    /// For each port, a frame to be overtaken by the next, and its limit.
    held: Vec<Option<(Instant, Passing)>>,
    /// The frames that turn on the looped segment.
    rounds: VecDeque<Passing>,
    looping: Option<Loop>,
    /// How many frames the loop has carried, and when the first came.
    turns: usize,
    first: Option<Duration>,
}

impl Carrier {
    fn run(&mut self, stop: &PipeReader) -> io::Result<()> {
        let mut room = vec![0; ROOM];
        loop {
            let (ready, stopped) = self.wait(stop)?;
            for (from, ready) in ready.into_iter().enumerate() {
                // Stopped: what was sent before is still carried.
                match (stopped, ready) {
                    (true, _) => self.take(from, LAST_TURN, &mut room)?,
                    (_, true) => self.take(from, TURN, &mut room)?,
                    _ => {}
                }
            }
            self.go_round()?;
            self.deliver_due(stopped)?;
            if stopped {
                let mut recording = self.shared.recording();
                recording.unmatched = self.plan.unmatched();
                recording.overrun = self.ports.iter().map(Port::overrun).sum();
                return Ok(());
            }
        }
    }

    /// Waits for a frame, for the time at which a late one is due, or for
    /// the end. A port whose host is gone is never ready again.
    fn wait(&self, stop: &PipeReader) -> io::Result<(Vec<bool>, bool)> {
        let now = Instant::now();
        let late = self.late.iter().map(|(due, _)| *due);
        let held = self.held.iter().flatten().map(|(due, _)| *due);
        let due = late.chain(held).min();
        let mut limit =
            due.map_or(PATIENCE, |due| due.saturating_duration_since(now));
        if !self.rounds.is_empty() {
            limit = Duration::ZERO;
        }
        let there = self.ports.iter().filter(|port| !port.gone);
        let mut fds: Vec<_> = there.map(|p| p.socket.as_fd()).collect();
        fds.push(stop.as_fd());
        let mut some = ready(&fds, limit)?.into_iter();
        let mut next = || some.next().unwrap_or(false);
        let frames = self.ports.iter().map(|port| !port.gone && next());
        Ok((frames.collect(), next()))
    }

    /// Takes what a host has sent, at most so many frames, and carries it.
    fn take(
        &mut self,
        from: usize,
        most: usize,
        room: &mut [u8],
    ) -> io::Result<()> {
        for _ in 0..most {
            let Some(frame) = self.ports[from].take(room)? else { break };
            let bytes = frame.to_vec();
            self.carry(from, bytes)?;
        }
        Ok(())
    }

    /// Carries one frame as the cable and the plan allow.
    fn carry(&mut self, from: usize, mut bytes: Vec<u8>) -> io::Result<()> {
        let at = self.began.elapsed();
        let (fault, note) = match self.judge(&bytes) {
            Some(Struck { fault, why }) => (Some(fault), why),
            None => (None, String::new()),
        };
        if let Some(Fault::Corrupt(bit)) = fault {
            bytes[bit / 8] ^= 0x80 >> (bit % 8);
        }
        let (sender, to) =
            (self.ports[from].host.clone(), reached(&self.ports, from));
        let fate = fate(fault);
        let seen =
            Seen { at, arrived: None, from: sender, to, bytes, fate, note };
        let now = Instant::now();
        match fault {
            Some(Fault::Drop) => self.record(seen),
            Some(Fault::Delay(time)) => {
                self.late.push((now + time, (from, seen)));
            }
            Some(Fault::Reorder) => {
                // One that waited here before has waited long enough.
                let held = self.held[from].replace((now + HELD, (from, seen)));
                self.late.extend(held.map(|(_, before)| (now, before)));
            }
            None | Some(Fault::Corrupt(_) | Fault::Duplicate) => {
                if fate == Fate::Duplicated {
                    let (fate, note) = (Fate::Delivered, String::new());
                    self.deliver(from, Seen { fate, note, ..seen.clone() })?;
                }
                self.deliver(from, seen)?;
                // Now the one that was to be overtaken may go.
                if let Some((_, (from, held))) = self.held[from].take() {
                    self.deliver(from, held)?;
                }
            }
        }
        Ok(())
    }

    fn judge(&mut self, bytes: &[u8]) -> Option<Struck> {
        match self.shared.cut.load(Ordering::SeqCst) {
            true => Some(Struck {
                fault: Fault::Drop,
                why: "the cable is cut".into(),
            }),
            false => self.plan.judge(bytes),
        }
    }

    /// Gives a frame to the other hosts, then puts it on record: whoever
    /// waits for the record knows that the frame was delivered.
    fn deliver(&mut self, from: usize, mut seen: Seen) -> io::Result<()> {
        if give_others(&mut self.ports, from, &seen.bytes)? {
            seen.arrived = Some(self.began.elapsed());
            self.come_again(from, &seen);
        } else {
            seen.fate = Fate::Lost;
            seen.note = NOT_TAKEN.into();
        }
        self.record(seen);
        Ok(())
    }

    /// Puts a frame on record, if there is room.
    fn record(&self, seen: Seen) {
        let mut recording = self.shared.recording();
        match recording.frames.len() < self.plan.kept() {
            true => recording.frames.push(seen),
            false => recording.not_kept += 1,
        }
        if self.shared.awaited.load(Ordering::SeqCst) {
            self.shared.more.notify_all();
        }
    }

    /// Delivers the frames whose time has come; at the end, all.
    fn deliver_due(&mut self, all: bool) -> io::Result<()> {
        let now = Instant::now();
        let is_due = |due: &Instant| all || *due <= now;
        let mut due: Vec<_> =
            self.late.extract_if(.., |(time, _)| is_due(time)).collect();
        for held in &mut self.held {
            due.extend(held.take_if(|(time, _)| is_due(time)));
        }
        due.sort_by_key(|(time, _)| *time);
        due.into_iter()
            .try_for_each(|(_, (from, seen))| self.deliver(from, seen))
    }

    /// On a looped segment, a frame that was delivered will come round.
    fn come_again(&mut self, from: usize, seen: &Seen) {
        if self.looping.is_some() {
            self.turns += 1;
            self.first.get_or_insert(seen.at);
            self.rounds.push_back((from, seen.clone()));
        }
    }

    /// One round of every frame on the looped segment, to all hosts: also to
    /// the one that sent it.
    fn go_round(&mut self) -> io::Result<()> {
        for _ in 0..self.rounds.len() {
            let Some(bound) = self.looping else { break };
            let Some((from, mut seen)) = self.rounds.pop_front() else { break };
            seen.at = self.began.elapsed();
            let time = seen.at - self.first.unwrap_or(seen.at);
            if self.turns >= bound.frames || time >= bound.time {
                self.open(bound);
                break;
            }
            for port in &mut self.ports {
                port.give(&seen.bytes)?;
            }
            seen.arrived = Some(self.began.elapsed());
            seen.to = "all".into();
            seen.fate = Fate::Looped;
            seen.note = "came round again".into();
            self.come_again(from, &seen);
            self.record(seen);
        }
        Ok(())
    }

    /// Ends the loop for good, and tells whoever waits for that.
    fn open(&mut self, bound: Loop) {
        self.looping = None;
        self.rounds.clear();
        let why = match self.turns >= bound.frames {
            true => Opened::Frames(self.turns),
            false => Opened::Time(self.turns),
        };
        self.shared.recording().opened = Some(why);
        self.shared.more.notify_all();
    }
}

fn fate(fault: Option<Fault>) -> Fate {
    match fault {
        None => Fate::Delivered,
        Some(Fault::Drop) => Fate::Lost,
        Some(Fault::Duplicate) => Fate::Duplicated,
        Some(Fault::Delay(_)) => Fate::Delayed,
        Some(Fault::Reorder) => Fate::Reordered,
        Some(Fault::Corrupt(_)) => Fate::Corrupted,
    }
}
