//! What to notice:
//!
//! - Whether to cut is asked before how. A payload that fits goes out whole,
//!   also where its length is no multiple of 8.
//! - `room / 8 * 8` rounds down to a multiple of 8. It is 0 where not even 8
//!   bytes fit, and `chunks(0)` would be a panic.
//! - The flag follows from the place: what doesn't reach the end has more
//!   behind it. No count of fragments is needed.
//! - `assemble` sorts first. Then a gap is a fragment that begins behind what
//!   has been put together, and one that came twice begins before it.
//! - Without the last fragment nobody knows how long the payload is, whatever
//!   else has come. A real host waits for it 30 seconds at most.

/// A part of a packet's payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// Where in the payload it belongs, in bytes.
    pub offset: usize,
    /// Whether another one follows behind it: the flag *more fragments*.
    pub more: bool,
    /// The bytes.
    pub payload: Vec<u8>,
}

/// The length of an IPv4 header without options, in bytes.
const HEADER: usize = 20;

/// Cuts a payload so that each fragment with its header fits the MTU.
pub fn cut(payload: &[u8], mtu: usize) -> Option<Vec<Fragment>> {
    let room = mtu.checked_sub(HEADER)?;
    if payload.len() <= room {
        let payload = payload.to_vec();
        return Some(vec![Fragment { offset: 0, more: false, payload }]);
    }
    // RFC 791, section 3.2: the number of fragment blocks, of 8 octets each.
    let size = room / 8 * 8;
    if size == 0 {
        return None;
    }
    let fragment = |(index, part): (usize, &[u8])| {
        let offset = index * size;
        let more = offset + part.len() < payload.len();
        Fragment { offset, more, payload: part.to_vec() }
    };
    Some(payload.chunks(size).enumerate().map(fragment).collect())
}

/// Puts the fragments together, if none is missing.
pub fn assemble(fragments: &[Fragment]) -> Option<Vec<u8>> {
    let mut sorted: Vec<&Fragment> = fragments.iter().collect();
    sorted.sort_by_key(|fragment| fragment.offset);
    let mut whole = Vec::new();
    let mut ended = false;
    for fragment in sorted {
        if fragment.offset > whole.len() {
            return None;
        }
        // One that came twice begins before the end, and adds nothing.
        if fragment.offset == whole.len() {
            whole.extend_from_slice(&fragment.payload);
        }
        ended |= !fragment.more;
    }
    ended.then_some(whole)
}
