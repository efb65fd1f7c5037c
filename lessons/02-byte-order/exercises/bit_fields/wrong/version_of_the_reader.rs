//! Rejected by: a_field_across_two_bytes_is_read
//!
//! The version is taken for granted where it is read.

/// IPv4's bytes 6 and 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fragment {
    /// D: a router must not cut this packet.
    pub dont_fragment: bool,
    /// M: this is a fragment, and not the last one.
    pub more_fragments: bool,
    /// Where the payload belongs in the packet that was cut, in bytes.
    pub offset: usize,
}

/// IPv6's first four bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    /// 6.
    pub version: u8,
    /// How the packet would like to be treated.
    pub class: u8,
    /// What the packets of one conversation have in common: 20 bits.
    pub label: u32,
}

/// Why a number can't be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It needs more bits than its field has.
    TooLarge,
    /// It is no multiple of what the field counts.
    NotInUnits,
}

const DONT_FRAGMENT: u16 = 0x4000;
const MORE_FRAGMENTS: u16 = 0x2000;
const OFFSET: u16 = 0x1fff;
const LABEL: u32 = 0xf_ffff;

/// IPv4's first byte: `header_length` is in bytes.
pub fn pack_first(version: u8, header_length: usize) -> Result<u8, Refused> {
    let ihl = in_units(header_length, 4, 0xf)? as u8;
    if version > 0xf {
        return Err(Refused::TooLarge);
    }
    Ok((version << 4) | ihl)
}

/// The version and the length of the header in bytes.
pub fn unpack_first(byte: u8) -> (u8, usize) {
    (byte >> 4, usize::from(byte & 0xf) * 4)
}

/// IPv4's bytes 6 and 7.
pub fn pack_fragment(fragment: Fragment) -> Result<[u8; 2], Refused> {
    let mut word = in_units(fragment.offset, 8, OFFSET)?;
    if fragment.dont_fragment {
        word |= DONT_FRAGMENT;
    }
    if fragment.more_fragments {
        word |= MORE_FRAGMENTS;
    }
    Ok(word.to_be_bytes())
}

/// What IPv4's bytes 6 and 7 say.
pub fn unpack_fragment(bytes: [u8; 2]) -> Fragment {
    let word = u16::from_be_bytes(bytes);
    Fragment {
        dont_fragment: word & DONT_FRAGMENT != 0,
        more_fragments: word & MORE_FRAGMENTS != 0,
        offset: usize::from(word & OFFSET) * 8,
    }
}

/// IPv6's first four bytes.
pub fn pack_flow(class: u8, label: u32) -> Result<[u8; 4], Refused> {
    if label > LABEL {
        return Err(Refused::TooLarge);
    }
    Ok(((6 << 28) | (u32::from(class) << 20) | label).to_be_bytes())
}

/// What IPv6's first four bytes say.
pub fn unpack_flow(bytes: [u8; 4]) -> Flow {
    let word = u32::from_be_bytes(bytes);
    Flow {
        version: 6,
        // The cast drops the version above the class.
        class: (word >> 20) as u8,
        label: word & LABEL,
    }
}

/// How many units `bytes` are: at most `most`.
fn in_units(bytes: usize, unit: usize, most: u16) -> Result<u16, Refused> {
    match u16::try_from(bytes / unit) {
        Ok(count) if count > most => Err(Refused::TooLarge),
        Err(_) => Err(Refused::TooLarge),
        Ok(_) if bytes % unit != 0 => Err(Refused::NotInUnits),
        Ok(count) => Ok(count),
    }
}
