//! Ask for a name's address by hand, and read the answer.
//!
//! Write a DNS question into bytes. Then read what came back, and give the
//! addresses in it, unless the answer lies.
//!
//! ```text
//!  header    id, flags, and four counts: questions, answers, two more.
//!            Each has 2 bytes, big-endian. RFC 1035, section 4.1.1
//!  question  name, type, class. Section 4.1.2
//!  answer    name, type, class, time to live (4 bytes), length of the
//!            data (2 bytes), data. Section 4.1.3
//!
//!  flags     8000 it is a response          0200 it was cut
//!            0100 recursion desired         000f the code of the answer
//!  type      1 is A, an address of 4 bytes  class 1 is IN
//! ```
//!
//! A question has the flag 0100, counts 1 0 0 0, type A, class IN. `bob.lab`
//! is `03 b o b 03 l a b 00`: labels, each behind its length, then a 0. A
//! label has 1 to 63 bytes, a name 255 with all its lengths and the 0
//! (section 2.3.4). A dot at the end of the text changes nothing.
//!
//! Examine an answer in this order:
//!
//! - A message that ends before what it speaks of is `Malformed`. So is a
//!   name of more than 255 bytes, and a label that begins with the bits 01
//!   or 10.
//! - `NotMine`: another id, no response, not exactly one question, or not
//!   yours. Upper and lower case are the same (section 2.3.3).
//! - `Cut` if the flag says so, then `Code` if the code isn't 0. What comes
//!   behind the question doesn't matter then.
//! - Then the answers, as many as the header says. Those of another name,
//!   type or class are skipped. An address that hasn't 4 bytes is
//!   `Malformed`. What comes behind the answers need not be read.
//!
//! Two bytes that begin with the bits 11 are a pointer: the 14 other bits
//! say where in the message the name goes on (section 4.1.4). A pointer ends
//! the name where it stands. Go only backwards: the place must lie before
//! the labels that led to the pointer, or the name is `Malformed`.
//!
//! Check it: `cargo workbook check dns_query`
//!
//! Read chapter 06, "A question by hand: DNS" and "Answers that lie".

use std::net::Ipv4Addr;

/// Why no question can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadName {
    /// A label without a byte, as in `a..b`.
    EmptyLabel,
    /// A label of more than 63 bytes.
    LongLabel,
    /// More than 255 bytes in the message.
    LongName,
    /// A character beyond ASCII.
    NotAscii,
}

/// Why a message gives no addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// It isn't as it says.
    Malformed,
    /// It doesn't answer this question. Wait for one that does.
    NotMine,
    /// It was too long for a datagram. Ask again, over TCP.
    Cut,
    /// The server says why not: 3, there is no such name.
    Code(u8),
}

/// The message that asks for the addresses of `name`.
///
/// # Errors
///
/// What is wrong with the name.
pub fn query(id: u16, name: &str) -> Result<Vec<u8>, BadName> {
    todo!("the header, the labels, type and class")
}

/// The addresses in the answer to `query(id, name)`, in their order. None
/// where the name has no IPv4 address, or has it under another name.
///
/// # Errors
///
/// Why there are none to be believed.
pub fn answer(
    message: &[u8],
    id: u16,
    name: &str,
) -> Result<Vec<Ipv4Addr>, Problem> {
    todo!("the header, the question, each record")
}
