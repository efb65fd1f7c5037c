//! Read an IPv4 address as `inet_aton` does.
//!
//! `ping 127.1` works, and `010.0.0.1` is 8.0.0.1. The C library's oldest
//! reader of addresses takes many forms, and many programs still call it. Write
//! `inet_aton`, which takes the forms that inet_aton(3) takes, and no others.
//!
//! | Parts     | The last one fills | `0x7f.1` and others            |
//! | --------- | ------------------ | ------------------------------ |
//! | `a.b.c.d` | the last byte      | `10.0.0.2` is 10.0.0.2         |
//! | `a.b.c`   | the last 2 bytes   | `172.16.258` is 172.16.1.2     |
//! | `a.b`     | the last 3 bytes   | `127.1` is 127.0.0.1           |
//! | `a`       | all 4 bytes        | `3232235777` is 192.168.1.1    |
//!
//! - A part is a number: hexadecimal after `0x` or `0X`, octal after `0`,
//!   otherwise decimal. `0` is 0, and may have zeros in front: `00000001` is 1.
//! - `0x` needs a hexadecimal digit behind it. `8` and `9` are no octal digits:
//!   `08` is no number at all.
//! - Every part but the last is 255 at most. The last is at most what its bytes
//!   hold, and may have as many digits as it likes: it must not overflow.
//! - The number ends the address, or a dot follows it, or white space. After
//!   white space anything may stand: it is not looked at. White space is what
//!   isspace(3) says: space, `\t`, `\n`, `\x0b` (vertical tab), `\x0c`
//!   (form feed) and `\r`.
//! - Everything else is refused: white space in front, a sign, a missing part,
//!   a fifth, a dot at the end, a letter.
//!
//! Check it: `cargo workbook check inet_aton`
//!
//! Read chapter 03, "The odd forms".

use std::net::Ipv4Addr;

/// The address that `text` begins with, if it does: inet_aton(3).
pub fn inet_aton(text: &str) -> Option<Ipv4Addr> {
    todo!("part by part, and the last one fills what is left")
}
