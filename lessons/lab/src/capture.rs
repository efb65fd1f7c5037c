//! What the reader may ask of a demo in the lab: arguments for clap.

use std::io;
use std::path::PathBuf;

use clap::Args;
use narrator::{During, Trouble};

use crate::forbidden::{self, Forbidden};
use crate::host::Lab;
use crate::recording::Recording;

/// Arguments of a demo on the wire: the frames in a file.
#[derive(Args, Clone, Debug, Default)]
pub struct Capture {
    /// Write the frames to FILE, for Wireshark or tshark
    #[arg(long, value_name = "FILE")]
    pub pcap: Option<PathBuf>,
}

impl Capture {
    /// Enters the lab. Where the machine forbids it, plays the recorded run
    /// and gives `None`, as [`Lab::enter_or_replay`] does. To be called first
    /// of all, before any thread.
    ///
    /// Errors: the lab is forbidden, and frames are to be written. A recorded
    /// run has none.
    pub fn enter(&self, recorded: &str) -> Result<Option<Lab>, Trouble> {
        self.frames_or_replay(Lab::enter(), recorded)
    }

    /// The same for a demo whose hosts speak IPv6.
    pub fn enter_with_ipv6(
        &self,
        recorded: &str,
    ) -> Result<Option<Lab>, Trouble> {
        self.frames_or_replay(Lab::enter_with_ipv6(), recorded)
    }

    fn frames_or_replay(
        &self,
        entered: Result<Lab, Forbidden>,
        recorded: &str,
    ) -> Result<Option<Lab>, Trouble> {
        let Some(path) = &self.pcap else {
            return Ok(forbidden::or_replay(entered, recorded));
        };
        let entered = entered.map_err(|forbidden| {
            let (what, remedy) = (forbidden.what(), forbidden.remedy());
            io::Error::other(format!(
                "{what} on this machine ({forbidden}), and a recorded run has \
                 no frames. To allow it: {remedy}"
            ))
        });
        entered.during(format_args!("write {}", path.display())).map(Some)
    }

    /// Writes the frames where they were asked for:
    /// [`Recording::write_pcap`].
    pub fn write(&self, recording: &Recording) -> Result<(), Trouble> {
        match &self.pcap {
            Some(path) => recording.write_pcap(path),
            None => Ok(()),
        }
    }
}

/// Arguments of a demo that feeds a widget: its steps as data, and the frames
/// in a file.
#[derive(Args, Clone, Debug, Default)]
pub struct Record {
    /// Print what happened as JSON, for the book's widgets
    #[arg(long)]
    pub json: bool,
    /// The frames in a file.
    #[command(flatten)]
    pub capture: Capture,
}

impl Record {
    /// Enters as [`Capture::enter`] does. The recorded run is `text`, or
    /// `json` where that was asked for.
    pub fn enter(
        &self,
        text: &str,
        json: &str,
    ) -> Result<Option<Lab>, Trouble> {
        self.capture.enter(self.form(text, json))
    }

    /// The same for a demo whose hosts speak IPv6.
    pub fn enter_with_ipv6(
        &self,
        text: &str,
        json: &str,
    ) -> Result<Option<Lab>, Trouble> {
        self.capture.enter_with_ipv6(self.form(text, json))
    }

    fn form<'a>(&self, text: &'a str, json: &'a str) -> &'a str {
        if self.json { json } else { text }
    }
}

impl From<Capture> for Record {
    fn from(capture: Capture) -> Self {
        Record { json: false, capture }
    }
}
