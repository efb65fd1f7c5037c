//! Rejected by: a_fin_closes_and_carries_an_ack, a_reset_is_a_reset_with_and_without_ack, a_syn_asks_and_a_syn_ack_agrees, an_ack_alone_acknowledges, an_offset_behind_the_end_is_refused, congestion_flags_do_not_hide_a_syn, data_is_told_by_data_and_not_by_psh, each_flag_is_a_bit_of_byte_13, options_are_not_data, reserved_bits_make_no_difference, the_data_offset_counts_words_of_four_bytes, what_no_tcp_would_send_is_nonsense
//!
//! The data offset is taken for a number of bytes.

/// The flags of RFC 9293, section 3.1, by their names there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flags {
    /// Congestion window reduced (RFC 3168).
    pub cwr: bool,
    /// The network is congested (RFC 3168).
    pub ece: bool,
    /// The urgent pointer counts.
    pub urg: bool,
    /// The acknowledgment number counts.
    pub ack: bool,
    /// Hand over what has come, don't wait for more.
    pub psh: bool,
    /// Forget this connection.
    pub rst: bool,
    /// "My bytes are numbered from here": opens.
    pub syn: bool,
    /// "I have no more to send": closes.
    pub fin: bool,
}

/// A segment, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment<'a> {
    /// Length of the header in bytes, options included.
    pub header_length: usize,
    /// What it is for.
    pub flags: Flags,
    /// The options, padding included.
    pub options: &'a [u8],
    /// The bytes of the stream that it carries.
    pub data: &'a [u8],
}

/// What a segment is for, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Asks for a connection.
    Syn,
    /// Agrees to a connection.
    SynAck,
    /// Closes its direction of the connection.
    Fin,
    /// Ends the connection, or refuses it.
    Rst,
    /// Carries bytes of the stream.
    Data,
    /// Acknowledges, and nothing else.
    Ack,
    /// Nothing that a TCP would send.
    Nonsense,
}

/// Why the bytes are not a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// They end before the 20 bytes that every header has.
    Truncated,
    /// The header claims to be shorter than 20 bytes.
    OffsetTooSmall,
    /// The header claims more bytes than there are.
    OffsetTooLarge,
}

/// Takes a segment apart.
pub fn parse(bytes: &[u8]) -> Result<Segment<'_>, Refused> {
    let Some(fixed) = bytes.first_chunk::<20>() else {
        return Err(Refused::Truncated);
    };
    let header_length = usize::from(fixed[12] >> 4);
    if header_length < 20 {
        return Err(Refused::OffsetTooSmall);
    }
    let Some((header, data)) = bytes.split_at_checked(header_length) else {
        return Err(Refused::OffsetTooLarge);
    };
    let flags = Flags::of(fixed[13]);
    Ok(Segment { header_length, flags, options: &header[20..], data })
}

impl Flags {
    /// The flags that are set in byte 13 of a header.
    fn of(byte: u8) -> Self {
        let is_set = |bit: u8| byte & (1 << bit) != 0;
        Flags {
            cwr: is_set(7),
            ece: is_set(6),
            urg: is_set(5),
            ack: is_set(4),
            psh: is_set(3),
            rst: is_set(2),
            syn: is_set(1),
            fin: is_set(0),
        }
    }
}

impl Segment<'_> {
    /// Says what the segment is for.
    pub fn kind(&self) -> Kind {
        let Flags { ack, rst, syn, fin, .. } = self.flags;
        if rst {
            Kind::Rst
        } else if syn && fin {
            Kind::Nonsense
        } else if syn && ack {
            Kind::SynAck
        } else if syn {
            Kind::Syn
        } else if !ack {
            // RFC 9293, section 3.10.7.4: "if the ACK bit is off, drop".
            Kind::Nonsense
        } else if fin {
            Kind::Fin
        } else if !self.data.is_empty() {
            Kind::Data
        } else {
            Kind::Ack
        }
    }
}
