//! Rejected by: two_colons_stand_for_zeros, what_is_written_is_read
//!
//! `::` is known between groups only, not at an end.

/// The address as RFC 5952, section 4, recommends.
pub fn write(groups: [u16; 8]) -> String {
    let (start, length) = longest_run(&groups);
    if length < 2 {
        return joined(&groups);
    }
    let (before, behind) = (&groups[..start], &groups[start + length..]);
    format!("{}::{}", joined(before), joined(behind))
}

/// Groups in hexadecimal, with colons between them.
fn joined(groups: &[u16]) -> String {
    let groups: Vec<_> = groups.iter().map(|g| format!("{g:x}")).collect();
    groups.join(":")
}

/// Where the longest run of zeros begins, the first of several; its length.
fn longest_run(groups: &[u16; 8]) -> (usize, usize) {
    let mut longest = (0, 0);
    for start in 0..groups.len() {
        let run = groups[start..].iter().take_while(|group| **group == 0);
        let length = run.count();
        if length > longest.1 {
            longest = (start, length);
        }
    }
    longest
}

/// The address that `text` is, if it is one: RFC 4291, section 2.2.
pub fn read(text: &str) -> Option<[u16; 8]> {
    let Some((before, behind)) = text.split_once("::") else {
        return all(text)?.try_into().ok();
    };
    let (before, behind) = (some(before)?, some(behind)?);
    let zeros = 8usize.checked_sub(before.len() + behind.len())?;
    if zeros == 0 {
        return None;
    }
    [before, vec![0; zeros], behind].concat().try_into().ok()
}

/// No groups, or groups with colons between them.
fn some(text: &str) -> Option<Vec<u16>> {
    all(text)
}

/// Groups with single colons between them.
fn all(text: &str) -> Option<Vec<u16>> {
    text.split(':').map(group).collect()
}

/// One to four hexadecimal digits.
fn group(text: &str) -> Option<u16> {
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hex || text.len() > 4 {
        return None;
    }
    // `from_str_radix` refuses an empty group.
    u16::from_str_radix(text, 16).ok()
}
