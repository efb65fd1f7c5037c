//! The wire by hand: the caller decides on each frame.

use std::io;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use narrator::{During, Trouble};
use nix::errno::Errno;

use crate::host::Host;
use crate::port::{
    NOT_TAKEN, PATIENCE, Port, ROOM, give_others, reached, ready,
};
use crate::recording::{Fate, Recording, Seen};

/// A wire on which each frame waits until the caller passes it or loses it.
///
/// Frames wait in the kernel, in order, some 150 of full length for each
/// host. Whoever passes them one at a time sees the same run every time.
#[derive(Debug)]
pub struct ByHand {
    ports: Vec<Port>,
    began: Instant,
    /// For each port, how many frames were taken, and the latest passed.
    taken: Vec<(usize, usize)>,
    recording: Recording,
}

/// A frame in the caller's hand. To hold it back, keep it; to decide, give
/// it to [`ByHand::pass`] or [`ByHand::lose`].
#[derive(Debug)]
#[must_use = "pass it or lose it"]
pub struct Frame {
    /// The frame, from the Ethernet header on. Change it to corrupt it.
    pub bytes: Vec<u8>,
    from: usize,
    number: usize,
    at: Duration,
}

impl ByHand {
    pub(crate) fn new(ports: Vec<Port>) -> Self {
        ByHand {
            began: Instant::now(),
            taken: vec![(0, 0); ports.len()],
            ports,
            recording: Recording::default(),
        }
    }

    /// Waits for the next frame that this host sends, and takes it in hand.
    ///
    /// Errors: `TimedOut` if none has come within five seconds.
    pub fn next_from(&mut self, host: &Host) -> Result<Frame, Trouble> {
        self.next(host).during(format_args!("wait for a frame from {host}"))
    }

    fn next(&mut self, host: &Host) -> io::Result<Frame> {
        let from = self.port_of(host)?;
        let began = Instant::now();
        let mut room = vec![0; ROOM];
        while let Some(left) = PATIENCE.checked_sub(began.elapsed()) {
            ready(&[self.ports[from].socket.as_fd()], left)?;
            if let Some(bytes) = self.ports[from].take(&mut room)? {
                let at = self.began.elapsed();
                self.taken[from].0 += 1;
                let number = self.taken[from].0;
                return Ok(Frame { bytes: bytes.to_vec(), from, number, at });
            }
            if self.ports[from].gone {
                return Err(Errno::ENETDOWN.into());
            }
        }
        Err(Errno::ETIMEDOUT.into())
    }

    fn port_of(&self, host: &Host) -> io::Result<usize> {
        let ours = |port: &Port| *port.host == *host.name();
        let stranger = || io::Error::other("the host is not at this wire");
        self.ports.iter().position(ours).ok_or_else(stranger)
    }

    /// Whether a frame from this host waits to be taken in hand now.
    pub fn waits_from(&self, host: &Host) -> Result<bool, Trouble> {
        let look = || -> io::Result<bool> {
            let port = &self.ports[self.port_of(host)?];
            Ok(ready(&[port.socket.as_fd()], Duration::ZERO)?[0])
        };
        look().during(format_args!("look for a frame from {host}"))
    }

    /// Lets a frame arrive. One that a later frame of the same host has
    /// overtaken is recorded as reordered.
    pub fn pass(&mut self, frame: Frame) -> Result<(), Trouble> {
        let fate = match frame.number < self.taken[frame.from].1 {
            true => Fate::Reordered,
            false => Fate::Delivered,
        };
        self.give(&frame, fate)
    }

    /// Takes the next frame that this host sends and lets it arrive. Gives
    /// its bytes, to be looked at.
    pub fn pass_next(&mut self, host: &Host) -> Result<Vec<u8>, Trouble> {
        let frame = self.next_from(host)?;
        let bytes = frame.bytes.clone();
        self.pass(frame)?;
        Ok(bytes)
    }

    /// Lets a frame arrive twice.
    pub fn duplicate(&mut self, frame: Frame) -> Result<(), Trouble> {
        self.give(&frame, Fate::Delivered)?;
        self.give(&frame, Fate::Duplicated)
    }

    /// Loses a frame.
    pub fn lose(&mut self, frame: Frame) {
        self.record(&frame, Fate::Lost, "");
    }

    /// Ends the wire and gives what was decided. Frames that nobody took in
    /// hand never leave, and are not on record.
    pub fn stop(mut self) -> Recording {
        self.recording.overrun = self.ports.iter().map(Port::overrun).sum();
        self.recording
    }

    fn give(&mut self, frame: &Frame, fate: Fate) -> Result<(), Trouble> {
        let taken = give_others(&mut self.ports, frame.from, &frame.bytes)
            .during("pass a frame")?;
        if !taken {
            self.record(frame, Fate::Lost, NOT_TAKEN);
            return Ok(());
        }
        let latest = &mut self.taken[frame.from].1;
        *latest = frame.number.max(*latest);
        self.record(frame, fate, "");
        Ok(())
    }

    fn record(&mut self, frame: &Frame, fate: Fate, note: &str) {
        let left = self.began.elapsed();
        self.recording.frames.push(Seen {
            at: frame.at,
            arrived: (fate != Fate::Lost).then_some(left),
            from: self.ports[frame.from].host.clone(),
            to: reached(&self.ports, frame.from),
            bytes: frame.bytes.clone(),
            fate,
            note: note.into(),
        });
    }
}
