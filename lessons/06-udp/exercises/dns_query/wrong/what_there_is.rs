//! Rejected by: a_message_that_ends_early_is_malformed, counts_are_claims
//!
//! Reading ends where the message ends, and gives what there was.

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

/// RFC 1035, section 2.3.4.
const LONGEST_LABEL: usize = 63;
const LONGEST_NAME: usize = 255;

/// Type A, class IN: RFC 1035, sections 3.2.2 and 3.2.4.
const A: u16 = 1;
const IN: u16 = 1;

/// The message that asks for the addresses of `name`.
///
/// # Errors
///
/// What is wrong with the name.
pub fn query(id: u16, name: &str) -> Result<Vec<u8>, BadName> {
    if !name.is_ascii() {
        return Err(BadName::NotAscii);
    }
    let mut message = id.to_be_bytes().to_vec();
    // Recursion desired; one question, and no records.
    message.extend([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    let begin = message.len();
    for label in labels(name) {
        match label.len() {
            0 => return Err(BadName::EmptyLabel),
            1..=LONGEST_LABEL => message.push(label.len() as u8),
            _ => return Err(BadName::LongLabel),
        }
        message.extend(label.as_bytes());
    }
    message.push(0);
    if message.len() - begin > LONGEST_NAME {
        return Err(BadName::LongName);
    }
    message.extend(A.to_be_bytes());
    message.extend(IN.to_be_bytes());
    Ok(message)
}

fn labels(name: &str) -> impl Iterator<Item = &str> {
    name.strip_suffix('.').unwrap_or(name).split('.')
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
    let mut reader = Reader { message, at: 0 };
    let (its_id, flags) = (reader.number()?, reader.number()?);
    let (questions, answers) = (reader.number()?, reader.number()?);
    // The counts of records that nobody here reads.
    reader.take(4)?;
    if its_id != id || flags & 0x8000 == 0 || questions != 1 {
        return Err(Problem::NotMine);
    }
    if !reader.is_about(name)? {
        return Err(Problem::NotMine);
    }
    if flags & 0x0200 != 0 {
        return Err(Problem::Cut);
    }
    match (flags & 0x000f) as u8 {
        0 => reader.addresses(answers, name),
        code => Err(Problem::Code(code)),
    }
}

/// A walk through a message.
struct Reader<'m> {
    message: &'m [u8],
    at: usize,
}

impl<'m> Reader<'m> {
    fn take(&mut self, count: usize) -> Result<&'m [u8], Problem> {
        let taken = self.message.get(self.at..self.at + count);
        self.at += count;
        taken.ok_or(Problem::Malformed)
    }

    fn number(&mut self) -> Result<u16, Problem> {
        let bytes = self.take(2)?;
        Ok(u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    /// Reads name, type and class. Says whether they are what was asked.
    fn is_about(&mut self, name: &str) -> Result<bool, Problem> {
        let its_name = self.name()?;
        let (kind, class) = (self.number()?, self.number()?);
        Ok(is(&its_name, name) && kind == A && class == IN)
    }

    fn addresses(
        &mut self,
        count: u16,
        name: &str,
    ) -> Result<Vec<Ipv4Addr>, Problem> {
        let mut addresses = Vec::new();
        for _ in 0..count {
            if self.at >= self.message.len() {
                break;
            }
            let asked = self.is_about(name)?;
            // How long it may be kept.
            self.take(4)?;
            let length = usize::from(self.number()?);
            let data = self.take(length)?;
            if asked {
                let octets = <[u8; 4]>::try_from(data);
                let octets = octets.map_err(|_| Problem::Malformed)?;
                addresses.push(octets.into());
            }
        }
        Ok(addresses)
    }

    /// Reads a name, and goes on behind its end or its first pointer.
    fn name(&mut self) -> Result<Vec<&'m [u8]>, Problem> {
        let (mut labels, mut length) = (Vec::new(), 1);
        let (mut run, mut behind) = (self.at, None);
        loop {
            let first = self.take(1)?[0];
            match (first >> 6, usize::from(first & 0x3f)) {
                (0b00, 0) => break,
                (0b00, size) => {
                    length += 1 + size;
                    if length > LONGEST_NAME {
                        return Err(Problem::Malformed);
                    }
                    labels.push(self.take(size)?);
                }
                (0b11, high) => {
                    let low = usize::from(self.take(1)?[0]);
                    let to = high << 8 | low;
                    // RFC 1035, section 4.1.4: a *prior* occurrence.
                    if to >= run {
                        return Err(Problem::Malformed);
                    }
                    behind = behind.or(Some(self.at));
                    (run, self.at) = (to, to);
                }
                _ => return Err(Problem::Malformed),
            }
        }
        self.at = behind.unwrap_or(self.at);
        Ok(labels)
    }
}

/// RFC 1035, section 2.3.3: upper and lower case are the same.
fn is(its_labels: &[&[u8]], name: &str) -> bool {
    let its_labels = its_labels.iter().copied();
    its_labels
        .map(<[u8]>::to_ascii_lowercase)
        .eq(labels(name).map(|label| label.to_ascii_lowercase().into_bytes()))
}
