//! What the wire carried, in the order in which it left the wire.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use narrator::{During, Trouble};

use crate::pcap;

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrived as it was sent.
    Delivered,
    /// It never arrived: the plan, a cut cable, the caller's hand, or a path
    /// too narrow for it.
    Lost,
    /// It arrived a second time; the first is a frame of its own.
    Duplicated,
    /// It arrived later than it could have.
    Delayed,
    /// It arrived after one that was sent later.
    Reordered,
    /// It arrived with a bit flipped. `bytes` are as it arrived.
    Corrupted,
    /// It came round once more on a looped segment.
    Looped,
}

/// One frame that the wire saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// When a host sent it, counted from when the hosts were joined.
    pub at: Duration,
    /// When it left the wire, on the same clock. `None` if it never did.
    pub arrived: Option<Duration>,
    /// The name of the host that sent it.
    pub from: Arc<str>,
    /// The name of the host at the other end; "all" where there are more.
    pub to: Arc<str>,
    /// The frame, from the Ethernet header to the last byte of its payload.
    pub bytes: Vec<u8>,
    /// What became of it.
    pub fate: Fate,
    /// Why, in a few words: the rule of the plan that struck it. Empty for a
    /// frame that was delivered.
    pub note: String,
}

/// What opened the loop of a looped segment: [`Plan::looped`].
///
/// [`Plan::looped`]: crate::Plan::looped
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// It has carried as many frames as it may.
    Frames(usize),
    /// Its time was over, and it had carried so many frames.
    Time(usize),
}

/// All that the wire saw.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    /// The frames in the order in which they left the wire, or were lost on
    /// it. One that was delayed or overtaken stands behind those that were
    /// faster; `at` tells when it was sent.
    pub frames: Vec<Seen>,
    /// How many more were carried, but not kept: see [`Plan::keep`].
    ///
    /// [`Plan::keep`]: crate::Plan::keep
    pub not_kept: usize,
    /// How many frames were sent faster than the wire took them, and found
    /// no room to wait: lost, and never seen.
    pub overrun: usize,
    pub(crate) opened: Option<Opened>,
    pub(crate) unmatched: Vec<String>,
}

impl Recording {
    /// An error if a rule of the plan never struck, since then the run did
    /// not show what it was to show.
    pub fn unmatched(&self) -> Result<(), Trouble> {
        match self.unmatched.first() {
            None => Ok(()),
            Some(rule) => Err(io::Error::other(rule.clone()))
                .during("the plan was not carried out"),
        }
    }

    /// Writes the frames as a pcap file that Wireshark and tshark open, each
    /// at the time when it left the wire; lost ones when they were sent. The
    /// file is there as a whole or not at all.
    ///
    /// Errors: no frames to write, as after a replay; and what the file
    /// system says.
    pub fn write_pcap(&self, path: &Path) -> Result<(), Trouble> {
        let doing = format_args!("write {}", path.display());
        if self.frames.is_empty() {
            return Err(io::Error::other("no frames were recorded"))
                .during(doing);
        }
        // A pipe or a terminal takes the bytes as they come.
        if fs::metadata(path).is_ok_and(|meta| !meta.is_file()) {
            return self.write_to(path).during(doing);
        }
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".part");
        let unfinished = Path::new(&unfinished);
        let written = self
            .write_to(unfinished)
            .and_then(|()| fs::rename(unfinished, path));
        if written.is_err() {
            // What can't be written can't always be removed either.
            let _ = fs::remove_file(unfinished);
        }
        written.during(doing)
    }

    fn write_to(&self, path: &Path) -> io::Result<()> {
        let mut file = pcap::Writer::new(BufWriter::new(File::create(path)?))?;
        for seen in &self.frames {
            file.frame(seen.arrived.unwrap_or(seen.at), &seen.bytes)?;
        }
        file.into_inner().flush()
    }
}
