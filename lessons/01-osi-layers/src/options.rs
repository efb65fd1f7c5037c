//! Options that are a kind, a length and data, as IPv4 and TCP have them.

use crate::Error;
use crate::frame::Kind;

/// Ends a list of options; zeros fill the header up (RFC 791, section 3.1;
/// RFC 9293, section 3.2).
pub const END: u8 = 0;
/// One byte between options, so that the next begins at a better address.
pub const NO_OPERATION: u8 = 1;

/// Splits the first option off: its kind, its data, and all its bytes.
///
/// ```text
/// +--------+--------+--------+---   ---+
/// |  kind  | length |  length - 2 bytes of data
/// +--------+--------+--------+---   ---+
/// ```
///
/// The kinds 0 and 1 are one byte, without a length. `bytes` isn't empty.
pub fn split(layer: Kind, bytes: &[u8]) -> Result<(u8, &[u8], usize), Error> {
    let there = bytes.len();
    match *bytes {
        [kind @ (END | NO_OPERATION), ..] => Ok((kind, &[], 1)),
        [option, length, ..] => {
            let says = usize::from(length);
            // RFC 9293, section 3.2: the length counts the kind and itself.
            match bytes.get(2..says) {
                Some(data) => Ok((option, data, says)),
                None => Err(Error::OptionLength {
                    layer,
                    option,
                    says,
                    least: 2,
                    most: there,
                }),
            }
        }
        _ => Err(Error::Truncated { layer, needed: 2, there }),
    }
}
