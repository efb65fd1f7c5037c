//! Rejected by: fragments_are_put_together, fragments_may_come_in_any_order, a_fragment_may_come_twice, what_was_cut_is_put_together_again
//!
//! The header holds the offset in units of 8 bytes, so `assemble` multiplies by
//! 8. Here the offset is in bytes already.

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
        let offset = fragment.offset * 8;
        if offset > whole.len() {
            return None;
        }
        // One that came twice begins before the end, and adds nothing.
        if offset == whole.len() {
            whole.extend_from_slice(&fragment.payload);
        }
        ended |= !fragment.more;
    }
    ended.then_some(whole)
}
