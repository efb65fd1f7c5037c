//! Write an IPv6 address in its one recommended form, and read any.
//!
//! An IPv6 address has eight groups of 16 bits, and one address can be written
//! in hundreds of ways. RFC 5952 chooses one of them, so that addresses can be
//! searched for and compared. Write that form, and read every form that RFC
//! 4291, section 2.2, allows.
//!
//! ```text
//!   2001:0DB8:0000:0000:0000:0000:0000:0001    allowed
//!   2001:db8::0:1                              allowed
//!   2001:db8::1                                recommended
//! ```
//!
//! `write` obeys RFC 5952, section 4:
//!
//! - Hexadecimal in lower case, and no zeros in front. A group of zero is `0`.
//! - `::` stands for the longest run of zero groups, all of it; for the first,
//!   where several are the longest; and never for a single group.
//!
//! `read` takes eight groups of one to four hexadecimal digits, in either case,
//! with single colons between them. Once, `::` may stand for one or more groups
//! of zero. Everything else is `None`: a zone (`%eth0`), brackets, white space,
//! and also an IPv4 address at the end, which RFC 4291 allows and this exercise
//! leaves out.
//!
//! - `Ipv6Addr`'s `to_string` and `parse` do this too, so do without them. In a
//!   program of your own, use them.
//!
//! Check it: `cargo workbook check ipv6_text`
//!
//! Read chapter 03, "IPv6 as text".

/// The address as RFC 5952, section 4, recommends.
pub fn write(groups: [u16; 8]) -> String {
    todo!("find the longest run of zeros, then write group by group")
}

/// The address that `text` is, if it is one: RFC 4291, section 2.2.
pub fn read(text: &str) -> Option<[u16; 8]> {
    todo!("what stands before ::, what stands behind it, zeros between")
}
