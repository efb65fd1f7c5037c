//! DNS messages, as far as this chapter's server needs them: RFC 1035,
//! section 4. Chapter 06 opens them byte by byte.
//!
//! ```text
//!  ┌────────┬──────────┬─────────┬─┄
//!  │ header │ question │ answers │        header: id, flags, four counts
//!  └────────┴──────────┴─────────┴─┄
//!   12 bytes  name, type, class            name: 3 bob 3 lab 0
//! ```
//!
//! Start reading at [`Question::parse`].

use std::fmt;
use std::net::IpAddr;

use crate::Error;

/// The bytes of the header.
const HEADER: usize = 12;

/// The most labels that are read of one name; it has 255 bytes at most.
const LABELS: usize = 127;

/// What is asked for: RFC 1035, section 3.2.2, and RFC 3596.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Type(pub u16);

impl Type {
    /// An IPv4 address.
    pub const A: Type = Type(1);
    /// The name of an address.
    pub const PTR: Type = Type(12);
    /// An IPv6 address.
    pub const AAAA: Type = Type(28);
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Type::A => f.pad("A"),
            Type::PTR => f.pad("PTR"),
            Type::AAAA => f.pad("AAAA"),
            Type(other) => write!(f, "type {other}"),
        }
    }
}

/// A question: about which name, and what is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The asker's number for it, which the answer repeats.
    pub id: u16,
    /// The name, its labels joined by dots, without one at the end.
    pub name: String,
    /// What is asked for.
    pub kind: Type,
    /// Where it ends in the message.
    end: usize,
}

impl Question {
    /// Reads the question of a message, be it a query or an answer.
    ///
    /// # Errors
    /// Where the message ends too early, has no question, or has a name
    /// with a pointer or with more than RFC 1035, section 2.3.4, allows. A
    /// question stands first, so it has nothing to point back to.
    pub fn parse(message: &[u8]) -> Result<Self, Error> {
        let count = number(message, 4)?;
        if count != 1 {
            return Err(Error::Unexpected { due: "one question", at: 4 });
        }
        let id = number(message, 0)?;
        let (name, end) = name(message, HEADER)?;
        let kind = Type(number(message, end)?);
        number(message, end + 2)?; // the class
        Ok(Question { id, name, kind, end: end + 4 })
    }

    /// The answer to this question, asked by `message`: what `answers` has,
    /// or "no such name" for `None`.
    pub fn answer(&self, message: &[u8], answers: Option<&[Data]>) -> Vec<u8> {
        let mut bytes = message[..self.end].to_vec();
        // A response, authoritative, recursion wished as it was asked; 3:
        // the name doesn't exist. RFC 1035, section 4.1.1.
        bytes[2] = 0x84 | message[2] & 1;
        bytes[3] = if answers.is_some() { 0 } else { 3 };
        let answers = answers.unwrap_or_default();
        // Never more than this chapter's server knows: a handful.
        bytes[6..8].copy_from_slice(&(answers.len() as u16).to_be_bytes());
        bytes[8..12].fill(0);
        for answer in answers {
            // A pointer to the question's name: section 4.1.4.
            bytes.extend([0xc0, HEADER as u8]);
            bytes.extend(self.kind.0.to_be_bytes());
            // The class IN, and 60 seconds to live.
            bytes.extend([0, 1, 0, 0, 0, 60]);
            let data = answer.bytes();
            bytes.extend((data.len() as u16).to_be_bytes());
            bytes.extend(data);
        }
        bytes
    }
}

/// What an answer holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// For A and AAAA.
    Address(IpAddr),
    /// For PTR.
    Name(&'static str),
}

impl Data {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Data::Address(IpAddr::V4(address)) => address.octets().into(),
            Data::Address(IpAddr::V6(address)) => address.octets().into(),
            Data::Name(name) => encode(name),
        }
    }
}

impl fmt::Display for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Data::Address(address) => address.fmt(f),
            Data::Name(name) => f.pad(name),
        }
    }
}

/// A name as labels, each behind its length; the empty one ends it.
fn encode(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for label in name.split('.') {
        bytes.push(label.len() as u8);
        bytes.extend(label.as_bytes());
    }
    bytes.push(0);
    bytes
}

fn number(message: &[u8], at: usize) -> Result<u16, Error> {
    let bytes = message.get(at..).and_then(|rest| rest.first_chunk::<2>());
    let end = message.len();
    let missing = Error::Ends { due: "a number of 16 bits", at: end };
    bytes.map(|bytes| u16::from_be_bytes(*bytes)).ok_or(missing)
}

/// The name at this place, and where it ends.
fn name(message: &[u8], mut at: usize) -> Result<(String, usize), Error> {
    let (mut text, end) = (String::new(), message.len());
    for _ in 0..=LABELS {
        let missing = Error::Ends { due: "a label", at: end };
        let length = usize::from(*message.get(at).ok_or(missing)?);
        match length {
            0 => return Ok((text, at + 1)),
            1..=63 => {}
            _ => {
                let due = "a label of at most 63 bytes";
                return Err(Error::Unexpected { due, at });
            }
        }
        let label = message.get(at + 1..at + 1 + length).ok_or(missing)?;
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(&String::from_utf8_lossy(label));
        at += 1 + length;
    }
    Err(Error::TooMany { what: "labels", most: LABELS, at })
}
