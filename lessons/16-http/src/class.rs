//! Which bytes may stand where, and how to pass over many of them at once.
//!
//! A table of 256 entries answers for one byte in one look. For the longest
//! parts, the values, eight bytes are tried at once, as one number. These few
//! functions are where a parser spends its time: they are inlined where they
//! are used, and `scripts/bench-parser` measures what comes of it.

/// A byte of a token, such as a method or a field's name.
pub(crate) const TOKEN: u8 = 1;
/// A byte of a target: visible ASCII, but `#`, which begins what is never
/// sent (RFC 9110, section 7.1).
pub(crate) const TARGET: u8 = 2;
/// A byte of a field's value.
pub(crate) const VALUE: u8 = 4;
/// A byte of a host and its port.
pub(crate) const HOST: u8 = 8;

/// For each byte, where it may stand.
static CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = class(byte as u8);
        byte += 1;
    }
    classes
}

const fn class(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
            TOKEN | TARGET | VALUE | HOST
        }
        // RFC 9110, section 5.6.2: the marks of a token; all but three of
        // them may be in a host.
        b'#' => TOKEN | VALUE,
        b'^' | b'`' | b'|' => TOKEN | TARGET | VALUE,
        b'!' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.'
        | b'_' | b'~' => TOKEN | TARGET | VALUE | HOST,
        // RFC 3986, section 3.2.2: a name, or an address in brackets.
        b'(' | b')' | b',' | b';' | b'=' | b':' | b'[' | b']' => {
            TARGET | VALUE | HOST
        }
        b'!'..=b'~' => TARGET | VALUE,
        // RFC 9110, section 5.5: obs-text, of which nothing is known.
        b'\t' | b' ' | 0x80.. => VALUE,
        _ => 0,
    }
}

/// Whether the byte may stand there.
#[inline]
pub(crate) fn is(byte: u8, class: u8) -> bool {
    CLASSES[usize::from(byte)] & class != 0
}

/// How many bytes at the beginning belong to the class.
///
/// An array of eight has a length that the compiler knows: it lays the eight
/// looks out one after the other, and checks no index.
#[inline]
pub(crate) fn run(bytes: &[u8], class: u8) -> usize {
    let mut at = 0;
    while let Some(eight) = bytes[at..].first_chunk::<8>() {
        match eight.iter().position(|&byte| !is(byte, class)) {
            Some(run) => return at + run,
            None => at += 8,
        }
    }
    let rest = &bytes[at..];
    at + rest.iter().take_while(|byte| is(**byte, class)).count()
}

/// How many bytes at the beginning may be in a value: `run` for [`VALUE`], 32
/// at a time as long as a value goes on, then eight.
#[inline]
pub(crate) fn run_of_value(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(many) = bytes[at..].first_chunk::<32>() {
        let (eights, _) = many.as_chunks();
        let marks = |marks, eight: &[u8; 8]| marks | controls(*eight);
        if eights.iter().fold(0, marks) != 0 {
            break;
        }
        at += 32;
    }
    while let Some(eight) = bytes[at..].first_chunk() {
        let marks = controls(*eight);
        if marks == 0 {
            at += 8;
            continue;
        }
        // The first byte is the lowest: each has 8 bits.
        at += (marks.trailing_zeros() / 8) as usize;
        if !is(bytes[at], VALUE) {
            return at;
        }
        at += 1;
    }
    at + run(&bytes[at..], VALUE)
}

/// Marks with 0x80 each of eight bytes that is a control character, and
/// perhaps some that aren't: tab, and one above a byte that borrowed or
/// carried.
#[inline]
fn controls(eight: [u8; 8]) -> u64 {
    let eight = u64::from_le_bytes(eight);
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = EACH * 0x80;
    // Below 0x20 the subtraction borrows and sets the high bit; at DEL, which
    // is 0x7f, the addition does. Bytes that have it anyway are no controls.
    let below = eight.wrapping_sub(EACH * 0x20);
    let del = eight.wrapping_add(EACH);
    (below | del) & !eight & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_at_a_time_say_the_same_as_one() {
        for byte in 0..=255 {
            for at in 0..50 {
                let mut bytes = *b"abcdefgh\xffjk\tmnopqrstabcdefgh\
                    abcdefghabcdefghabcdef";
                bytes[at] = byte;
                assert_eq!(
                    run_of_value(&bytes),
                    run(&bytes, VALUE),
                    "{byte:#x} at {at}"
                );
            }
        }
    }

    #[test]
    fn a_token_has_the_marks_of_the_rfc_and_no_others() {
        let marks = (b'!'..=b'~')
            .filter(|byte| !byte.is_ascii_alphanumeric() && is(*byte, TOKEN));
        assert_eq!(marks.collect::<Vec<_>>(), b"!#$%&'*+-.^_`|~");
    }
}
