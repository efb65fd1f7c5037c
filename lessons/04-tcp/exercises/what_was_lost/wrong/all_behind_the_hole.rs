//! Rejected by: a_hole_lies_between_the_ack_number_and_a_block, a_hole_that_was_filled_is_none, an_ack_that_comes_late_takes_nothing_back, blocks_come_newest_first, segments_lost_side_by_side_are_one_hole, the_first_segment_may_be_missing, what_arrived_twice_leaves_no_hole, what_lies_behind_the_highest_byte_is_not_known, what_was_reported_once_has_arrived, without_sack_no_hole_is_known
//!
//! Everything from the ACK number on is called missing, as if nothing beyond
//! it had arrived. That is what a sender without SACK would have to send
//! again in the worst case.

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
    let reached = acks.iter().map(|ack| ack.number).max();
    let start = reached.unwrap_or(first_byte(sent));
    let end = sent.last().map_or(start, |last| last.end);
    if start < end { vec![Span { start, end }] } else { Vec::new() }
}

/// Says which segment is sent again first, and after which ACK.
pub fn fast_retransmission(
    sent: &[Span],
    acks: &[Ack],
) -> Option<Retransmission> {
    let mut greatest = first_byte(sent);
    let mut duplicates = 0;
    for (after, ack) in acks.iter().enumerate() {
        if ack.number > greatest {
            greatest = ack.number;
            duplicates = 0;
        } else if ack.number == greatest {
            duplicates += 1;
        }
        // RFC 5681, section 3.2: "the arrival of 3 duplicate ACKs".
        if duplicates == 3 {
            // Where all is acknowledged, no segment begins here.
            let segment = sent.iter().find(|span| span.start == greatest)?;
            return Some(Retransmission { after, segment: *segment });
        }
    }
    None
}

/// The first byte that no earlier ACK has acknowledged.
fn first_byte(sent: &[Span]) -> u32 {
    sent.first().map_or(0, |span| span.start)
}
