//! Writing: a message into a buffer that the caller has.

use std::net::Ipv4Addr;

use super::{Error, HEADER, IN, LARGEST, Message, flag, kind, name};

/// One address of a name, for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The address.
    pub address: Ipv4Addr,
    /// How long it may be kept, in seconds.
    pub ttl: u32,
}

// ANCHOR: query
/// Writes a question: which records of this type has this name? Gives the
/// number of bytes written.
///
/// `id` comes back in the answer. A program takes one that nobody can guess,
/// or anybody could answer: RFC 5452, section 9.2.
///
/// # Errors
/// A name that can't be written, or a buffer without room for it.
pub fn query(
    id: u16,
    text: &str,
    kind: u16,
    into: &mut [u8],
) -> Result<usize, Error> {
    let counts = [1, 0, 0, 0];
    put_header(id, flag::RECURSION_DESIRED, counts, into)?;
    let at = name::write(text, into, HEADER)?;
    let at = put(&kind.to_be_bytes(), into, at)?;
    put(&IN.to_be_bytes(), into, at)
}
// ANCHOR_END: query

/// Writes the answer to the first question of `request`, with the addresses
/// that have room. Gives the number of bytes written, [`LARGEST`] at most.
///
/// If not all addresses fit, the flag TRUNCATED says so.
///
/// # Errors
/// A request without a question is answered with no question either; only a
/// buffer without room for the question is an error.
pub fn answer(
    request: &Message<'_>,
    code: u8,
    entries: &[Entry],
    into: &mut [u8],
) -> Result<usize, Error> {
    let room = into.len().min(LARGEST);
    let into = &mut into[..room];
    let question = request.questions().next();
    let mut at = HEADER;
    if let Some(question) = question {
        at = put_name(&question.name, into, at)?;
        at = put(&question.kind.to_be_bytes(), into, at)?;
        at = put(&question.class.to_be_bytes(), into, at)?;
    }
    let mut told = 0;
    for entry in entries {
        match put_record(entry, into, at) {
            Ok(behind) => at = behind,
            Err(_) => break,
        }
        told += 1;
    }
    let recursion = request.flags() & flag::RECURSION_DESIRED;
    let mut flags = flag::RESPONSE | flag::AUTHORITATIVE | recursion;
    if told < entries.len() {
        flags |= flag::TRUNCATED;
    }
    let asked = u16::from(question.is_some());
    let counts = [asked, told as u16, 0, 0];
    put_header(request.id(), flags | u16::from(code), counts, into)?;
    Ok(at)
}

/// The name is the question's, at byte 12: a pointer says so.
fn put_record(
    entry: &Entry,
    into: &mut [u8],
    at: usize,
) -> Result<usize, Error> {
    let at = put(&[0xc0, HEADER as u8], into, at)?;
    let at = put(&kind::A.to_be_bytes(), into, at)?;
    let at = put(&IN.to_be_bytes(), into, at)?;
    let at = put(&entry.ttl.to_be_bytes(), into, at)?;
    let octets = entry.address.octets();
    let at = put(&(octets.len() as u16).to_be_bytes(), into, at)?;
    put(&octets, into, at)
}

fn put_name(
    name: &super::Name<'_>,
    into: &mut [u8],
    mut at: usize,
) -> Result<usize, Error> {
    for label in name.labels() {
        at = put(&[label.len() as u8], into, at)?;
        at = put(label, into, at)?;
    }
    put(&[0], into, at)
}

fn put_header(
    id: u16,
    flags: u16,
    counts: [u16; 4],
    into: &mut [u8],
) -> Result<usize, Error> {
    let at = put(&id.to_be_bytes(), into, 0)?;
    let mut at = put(&flags.to_be_bytes(), into, at)?;
    for count in counts {
        at = put(&count.to_be_bytes(), into, at)?;
    }
    Ok(at)
}

/// Writes `bytes` at `at`; gives the place behind them.
fn put(bytes: &[u8], into: &mut [u8], at: usize) -> Result<usize, Error> {
    let room = into.len();
    let place = into.get_mut(at..at + bytes.len());
    place.ok_or(Error::NoRoom { room })?.copy_from_slice(bytes);
    Ok(at + bytes.len())
}
