//! Rejected by: a_long_text_has_a_long_length
//!
//! The greatest length that fits is taken for one that doesn't.

/// What a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// Which message of this station it is.
    pub sequence: u32,
    /// The temperature in tenths of a degree.
    pub tenths: i16,
    /// A remark of at most 65,535 bytes.
    pub text: &'a [u8],
}

/// Why there is no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The text has more than 65,535 bytes.
    TooLong,
    /// The bytes end before the message does.
    Truncated,
    /// The first byte is not 1.
    UnknownVersion,
}

const VERSION: u8 = 1;

/// Puts the message's bytes behind those in `out`.
pub fn write(message: &Message<'_>, out: &mut Vec<u8>) -> Result<(), Refused> {
    let length = u16::try_from(message.text.len());
    let length = length.map_err(|_| Refused::TooLong)?;
    if length == u16::MAX {
        return Err(Refused::TooLong);
    }
    out.push(VERSION);
    out.extend(message.sequence.to_be_bytes());
    out.extend(message.tenths.to_be_bytes());
    out.extend(length.to_be_bytes());
    out.extend(message.text);
    Ok(())
}

/// Reads the message at the front of `bytes`, and says what lies behind it.
pub fn read(bytes: &[u8]) -> Result<(Message<'_>, &[u8]), Refused> {
    match bytes.first() {
        None => return Err(Refused::Truncated),
        Some(&VERSION) => {}
        Some(_) => return Err(Refused::UnknownVersion),
    }
    let Some((header, rest)) = bytes.split_first_chunk() else {
        return Err(Refused::Truncated);
    };
    let [_, s0, s1, s2, s3, t0, t1, l0, l1] = *header;
    let sequence = u32::from_be_bytes([s0, s1, s2, s3]);
    let tenths = i16::from_be_bytes([t0, t1]);
    let length = usize::from(u16::from_be_bytes([l0, l1]));
    let Some((text, rest)) = rest.split_at_checked(length) else {
        return Err(Refused::Truncated);
    };
    Ok((Message { sequence, tenths, text }, rest))
}
