//! Cut a packet into fragments, and put them together.
//!
//! A packet is larger than the next link takes, so IPv4 cuts its payload into
//! fragments, each with a header of its own. Write `cut` for the host that
//! sends them, and `assemble` for the one that they come to.
//!
//! ```text
//!  a payload of 1480 bytes, and a link that takes 576
//!
//!  offset     0                552              1104
//!             |------ 552 ------|------ 552 ------|--- 376 ---|
//!             more fragments    more fragments    the last
//! ```
//!
//! - The MTU is the most that a link takes: the IPv4 header, 20 bytes here,
//!   and what follows it.
//! - The header counts offsets in units of 8 bytes. So every fragment but the
//!   last carries a multiple of 8 bytes, and as many as fit.
//! - What fits in one packet is not cut: one fragment, at offset 0, the last.
//! - Where not even 8 bytes fit and the payload must be cut, `cut` answers
//!   `None`.
//! - `assemble` gets the fragments of one packet that have come so far, in
//!   any order, and some of them twice. It gives the payload when all of it is
//!   there, and `None` before. Fragments don't overlap, but for those that
//!   came twice.
//! - Only the last fragment tells where the payload ends.
//!
//! Check it: `cargo workbook check fragments`
//!
//! Read chapter 01, "Fragments".

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

/// Cuts a payload so that each fragment with its header fits the MTU.
pub fn cut(payload: &[u8], mtu: usize) -> Option<Vec<Fragment>> {
    todo!("as many multiples of 8 as fit")
}

/// Puts the fragments together, if none is missing.
pub fn assemble(fragments: &[Fragment]) -> Option<Vec<u8>> {
    todo!("is it all there?")
}
