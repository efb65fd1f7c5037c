//! Rejected by: an_ack_that_comes_late_takes_nothing_back, what_arrived_twice_leaves_no_hole, what_lies_behind_the_highest_byte_is_not_known, without_sack_no_hole_is_known
//!
//! What lies behind the highest byte is called missing too. It may still be
//! on its way.

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
    let before = first_byte(sent);
    let mut arrived: Vec<Span> = Vec::new();
    for ack in acks {
        arrived.push(Span { start: before, end: ack.number });
        arrived.extend(&ack.sack);
    }
    arrived.sort_by_key(|span| span.start);
    let mut gaps = Vec::new();
    let mut reached = before;
    for span in arrived {
        if span.start > reached {
            gaps.push(Span { start: reached, end: span.start });
        }
        reached = reached.max(span.end);
    }
    let end = sent.last().map_or(reached, |last| last.end);
    if reached < end {
        gaps.push(Span { start: reached, end });
    }
    gaps
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
