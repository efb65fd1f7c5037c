//! Tell what was lost.
//!
//! A sender learns from the receiver's ACKs alone which bytes have not come,
//! and when to send a segment again without waiting for a timer. Write both:
//! `missing`, which reads the ACKs, and `fast_retransmission`, which counts
//! them.
//!
//! ```text
//!  sent       1 …….. 1461 …….. 2921 …….. 4381 …….. 5841
//!  arrived    |########|          |########|
//!
//!  ACK 1461, SACK 2921–4381   "1461 is the next byte I wait for,
//!                              and I have 2921 to 4380"
//!  missing             |----------|
//!                                          behind 4381: not known
//! ```
//!
//! - All numbers are relative, and an end is the byte behind the last. The
//!   ACK number is the next byte that the receiver waits for: all below has
//!   arrived. Each SACK block (RFC 2018) names bytes that have arrived beyond.
//! - All of `sent` was sent before the first of these ACKs came, in segments
//!   that lie side by side. Bytes below the first were acknowledged before.
//!
//! `missing` gives the bytes that have not arrived, as far as the ACKs show
//! it: those below a byte that has. Lowest first; what lies side by side is
//! one span.
//!
//! - An ACK has room for four blocks at most, the newest first. What was
//!   reported once has arrived, also where no later ACK repeats it.
//! - An ACK may be overtaken on its way by a later one.
//! - A block may report once more what arrived twice (RFC 2883).
//!
//! `fast_retransmission` says with which ACK the sender sends a segment again
//! for the first time, and which segment (RFC 5681, section 3.2):
//!
//! - A *duplicate* has the greatest ACK number that was seen so far, once
//!   more, while bytes that were sent are not acknowledged. With or without
//!   SACK blocks.
//! - With the third duplicate in a row, the segment that begins at its number
//!   is sent again. A greater number begins a new row. An ACK with a smaller
//!   number is old: it neither counts nor interrupts.
//!
//! Check it: `cargo workbook check what_was_lost`
//!
//! Read chapter 04, "A lost segment".

/// Bytes of the stream, from `start` to `end`, which is not one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The number of the first byte.
    pub start: u32,
    /// The number of the byte behind the last.
    pub end: u32,
}

/// An acknowledgment, as it came from the receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ack {
    /// The next byte that the receiver waits for.
    pub number: u32,
    /// Bytes that have arrived beyond, in the order of the SACK option.
    pub sack: Vec<Span>,
}

/// A segment that is sent again before a timer expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retransmission {
    /// The ACK that caused it, by its place in the list: the first is 0.
    pub after: usize,
    /// The segment, as it was sent.
    pub segment: Span,
}

/// Says which bytes have not arrived, though later ones have.
pub fn missing(sent: &[Span], acks: &[Ack]) -> Vec<Span> {
    todo!("what has arrived, and the gaps in it")
}

/// Says which segment is sent again first, and after which ACK.
pub fn fast_retransmission(
    sent: &[Span],
    acks: &[Ack],
) -> Option<Retransmission> {
    todo!("count the duplicates")
}
