//! A frame that waits on the wire, and what it says of the connection.
//!
//! The library of chapter 01 reads its bytes. What is left to do is to make
//! the numbers relative: a kernel begins to count at a number that it picks
//! at random (RFC 6528), and 0 is easier on the eye.

use std::time::Duration;

use lab::Frame;
use lesson_osi_layers::Error;
use lesson_osi_layers::ethernet::Frame as Ethernet;
use lesson_osi_layers::ipv4::Packet;
use lesson_osi_layers::tcp::{Flags, Opt, Segment as Bytes};

use crate::conversation::{Fate, Segment, Who};

/// A segment that has been sent and hasn't arrived.
pub struct InHand {
    pub frame: Frame,
    /// What it says.
    pub segment: Segment,
    /// How many sequence numbers it uses up.
    pub count: u32,
    /// Alice's port, which tells one connection from another.
    pub client: u16,
}

impl InHand {
    /// Reads a frame of `who`. `first` has the first sequence number of each
    /// host; a SYN tells a new one.
    pub fn read(
        who: Who,
        frame: Frame,
        first: &mut [u32; 2],
    ) -> Result<Self, Error> {
        let ethernet = Ethernet::parse(&frame.bytes)?;
        let packet = Packet::parse(ethernet.payload())?;
        let bytes = Bytes::parse(packet.payload())?;
        if bytes.flags().has(Flags::SYN) {
            first[who as usize] = bytes.sequence_number();
        }
        let segment = relative(who, &bytes, first)?;
        let count = bytes.sequence_length() as u32;
        let client = match who {
            Who::Alice => bytes.source_port(),
            Who::Bob => bytes.destination_port(),
        };
        Ok(InHand { segment, count, client, frame })
    }

    /// Adds what the reader should know of it.
    pub fn noted(mut self, note: impl Into<String>) -> Self {
        self.segment.note = note.into();
        self
    }

    /// Adds how long its sender waited before it. A busy machine stretches
    /// such a time a little, so the story tells what it surely exceeded.
    pub fn after(mut self, more_than: Duration) -> Self {
        let seconds = more_than.as_secs_f64();
        self.segment.wait = Some(format!("more than {seconds:.1} s"));
        self
    }
}

/// The segment, with both counts beginning at 0.
fn relative(
    from: Who,
    bytes: &Bytes<'_>,
    first: &[u32; 2],
) -> Result<Segment, Error> {
    let (mine, theirs) = match from {
        Who::Alice => (first[0], first[1]),
        Who::Bob => (first[1], first[0]),
    };
    let flags = bytes.flags();
    let ack = bytes.acknowledgment_number().wrapping_sub(theirs);
    let (options, sack) = options(bytes, theirs)?;
    Ok(Segment {
        from,
        flags: flags.names().collect(),
        seq: bytes.sequence_number().wrapping_sub(mine),
        ack: flags.has(Flags::ACK).then_some(ack),
        length: bytes.payload().len(),
        options,
        sack,
        window: bytes.window(),
        fate: Fate::Delivered,
        note: String::new(),
        wait: None,
        states: None,
        why: "",
    })
}

/// The options in words, and the blocks of SACK, which count the bytes of
/// the other side.
fn options(
    bytes: &Bytes<'_>,
    theirs: u32,
) -> Result<(Vec<String>, Vec<[u32; 2]>), Error> {
    let (mut words, mut sack) = (Vec::new(), Vec::new());
    for option in bytes.options() {
        match option? {
            Opt::NoOperation => {}
            Opt::Sack(blocks) => sack.extend(blocks.map(|(first, after)| {
                [first.wrapping_sub(theirs), after.wrapping_sub(theirs)]
            })),
            other => words.push(other.to_string()),
        }
    }
    Ok((words, sack))
}
