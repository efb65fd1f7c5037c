//! Reading: a message as a view over the bytes that came.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Error, HEADER, Name, flag, kind};

/// A message that was checked from the first byte to the last.
#[derive(Clone, Copy, Debug)]
pub struct Message<'m> {
    bytes: &'m [u8],
}

/// What is asked: RFC 1035, section 4.1.2.
#[derive(Clone, Copy, Debug)]
pub struct Question<'m> {
    /// Of which name.
    pub name: Name<'m>,
    /// Which type of record; see [`kind`].
    pub kind: u16,
    /// Which class; [`IN`](super::IN) nearly always.
    pub class: u16,
}

/// What is answered: RFC 1035, section 4.1.3.
#[derive(Clone, Copy, Debug)]
pub struct Record<'m> {
    /// Of which name.
    pub name: Name<'m>,
    /// Which type of record; see [`kind`].
    pub kind: u16,
    /// Which class.
    pub class: u16,
    /// How long it may be kept, in seconds.
    pub ttl: u32,
    /// The data, in the form of its type.
    pub data: &'m [u8],
}

impl Record<'_> {
    /// The address, if that is what the record holds.
    pub fn address(&self) -> Option<IpAddr> {
        match self.kind {
            kind::A => {
                let octets: [u8; 4] = self.data.try_into().ok()?;
                Some(Ipv4Addr::from(octets).into())
            }
            kind::AAAA => {
                let octets: [u8; 16] = self.data.try_into().ok()?;
                Some(Ipv6Addr::from(octets).into())
            }
            _ => None,
        }
    }
}

impl<'m> Message<'m> {
    // ANCHOR: parse
    /// Reads the message that `bytes` are, all of them.
    ///
    /// A count in the header may say 65,535; each record still has to be
    /// there. So the walk takes no more steps than the message has bytes.
    ///
    /// # Errors
    /// Whatever in it isn't as it says; the [`Error`] names the place.
    pub fn parse(bytes: &'m [u8]) -> Result<Self, Error> {
        let mut walk = Walk { bytes, at: 0 };
        walk.take(HEADER)?;
        let message = Message { bytes };
        for _ in 0..message.count(0) {
            walk.question()?;
        }
        for _ in 0..message.records() {
            walk.record()?;
        }
        match bytes.len() - walk.at {
            0 => Ok(message),
            surplus => Err(Error::Surplus { bytes: surplus }),
        }
    }
    // ANCHOR_END: parse

    /// The number by which a question knows its answer.
    pub fn id(&self) -> u16 {
        self.number(0)
    }

    /// The second field; see [`flag`] and [`code`](super::code).
    pub fn flags(&self) -> u16 {
        self.number(2)
    }

    /// Whether it is an answer.
    pub fn is_response(&self) -> bool {
        self.flags() & flag::RESPONSE != 0
    }

    /// Whether it was cut, because it was too long for a datagram.
    pub fn was_truncated(&self) -> bool {
        self.flags() & flag::TRUNCATED != 0
    }

    /// How it went; see [`code`](super::code).
    pub fn code(&self) -> u8 {
        (self.flags() & 0x000f) as u8
    }

    /// The four counts: questions, answers, authority and additional records.
    pub fn counts(&self) -> [u16; 4] {
        [0, 1, 2, 3].map(|section| self.count(section))
    }

    // ANCHOR: answers_to
    /// Whether it answers this question: the same id, and the same words.
    ///
    /// RFC 5452, section 9.1, asks for more: that it came from the address
    /// and to the port that the question knows. A connected socket sees to
    /// that.
    pub fn answers_to(&self, asked: &Message<'_>) -> bool {
        let same = |(a, b): (Question<'_>, Question<'_>)| {
            a.kind == b.kind && a.class == b.class && a.name == b.name
        };
        self.is_response()
            && self.id() == asked.id()
            && self.count(0) == asked.count(0)
            && self.questions().zip(asked.questions()).all(same)
    }
    // ANCHOR_END: answers_to

    /// What is asked. Most messages have one question.
    pub fn questions(&self) -> impl Iterator<Item = Question<'m>> + use<'m> {
        let mut walk = self.walk();
        // It was checked: each step succeeds.
        (0..self.count(0)).map_while(move |_| walk.question().ok())
    }

    /// What is answered: the records of the first of the three sections.
    pub fn answers(&self) -> impl Iterator<Item = Record<'m>> + use<'m> {
        let mut walk = self.walk();
        for _ in 0..self.count(0) {
            let _ = walk.question();
        }
        (0..self.count(1)).map_while(move |_| walk.record().ok())
    }

    /// The bytes, as they came.
    pub fn as_bytes(&self) -> &'m [u8] {
        self.bytes
    }

    fn walk(&self) -> Walk<'m> {
        Walk { bytes: self.bytes, at: HEADER }
    }

    fn records(&self) -> u32 {
        (1..4).map(|section| u32::from(self.count(section))).sum()
    }

    fn count(&self, section: usize) -> u16 {
        self.number(4 + 2 * section)
    }

    fn number(&self, at: usize) -> u16 {
        u16::from_be_bytes([self.bytes[at], self.bytes[at + 1]])
    }
}

/// A walk through a message, from its first byte on.
struct Walk<'m> {
    bytes: &'m [u8],
    at: usize,
}

impl<'m> Walk<'m> {
    // ANCHOR: record
    fn record(&mut self) -> Result<Record<'m>, Error> {
        let Question { name, kind, class } = self.question()?;
        let ttl = u32::from_be_bytes(self.chunk()?);
        let length = usize::from(self.number()?);
        let (at, data) = (self.at, self.take(length)?);
        match (kind, length) {
            (kind::A, 4) | (kind::AAAA, 16) => {}
            (kind::A | kind::AAAA, _) => {
                return Err(Error::Address { at, length });
            }
            _ => {}
        }
        Ok(Record { name, kind, class, ttl, data })
    }
    // ANCHOR_END: record

    fn question(&mut self) -> Result<Question<'m>, Error> {
        let (name, behind) = Name::check(self.bytes, self.at)?;
        self.at = behind;
        Ok(Question { name, kind: self.number()?, class: self.number()? })
    }

    fn number(&mut self) -> Result<u16, Error> {
        Ok(u16::from_be_bytes(self.chunk()?))
    }

    fn chunk<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let (at, there) = (self.at, self.bytes.len() - self.at);
        match self.bytes[at..].first_chunk() {
            Some(chunk) => {
                self.at += N;
                Ok(*chunk)
            }
            None => Err(Error::Truncated { at, needed: N, there }),
        }
    }

    fn take(&mut self, needed: usize) -> Result<&'m [u8], Error> {
        let (at, rest) = (self.at, &self.bytes[self.at..]);
        let there = rest.len();
        let taken = rest.get(..needed);
        self.at += taken.map_or(0, <[u8]>::len);
        taken.ok_or(Error::Truncated { at, needed, there })
    }
}
