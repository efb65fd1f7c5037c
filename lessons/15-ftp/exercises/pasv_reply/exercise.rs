//! Say where the data goes, and read it.
//!
//! Write the two replies by which a server tells where it listens for a data
//! connection, read them, and say where the client connects to (RFC 959,
//! section 4.1.2; RFC 2428, section 3).
//!
//! ```text
//!   227 Entering Passive Mode (192,168,0,7,195,80)
//!                              └─ host ──┘ └ port: 195 × 256 + 80 = 50000
//!   229 Entering Extended Passive Mode (|||50000|)
//! ```
//!
//! There are five functions. Two write the replies, exactly as above, and end
//! them with CR LF. Three read a line that has lost its CR LF already:
//!
//! - `read_pasv`: the six numbers of a 227. Servers don't agree about the
//!   words, and some leave the parentheses out: "a User-FTP program that
//!   interprets the PASV reply must scan the reply for the first digit of the
//!   host and port numbers" (RFC 1123, section 4.1.2.6). So the numbers begin
//!   at the first digit behind `227 `. They are six, with a comma and nothing
//!   else between two. Each has one to three digits and is at most 255. What
//!   stands behind the sixth is neither a digit nor a comma; or nothing does.
//! - `read_epsv`: the port of a 229. Behind the first `(` stand three times the
//!   same sign, the port in one to five digits, the sign again, and `)`. The
//!   sign is usually `|`, but may be any byte from 33 to 126 (here: but a
//!   digit).
//! - Port 0 is none. No reply but a 227 is read by the one, and none but a 229
//!   by the other. What can't be read is `None`; and so is a line that has
//!   a CR or an LF in it, as that is more than a line.
//! - `data_address`: where the client connects to after either reply. The
//!   port is the reply's; the host is the one that the control connection
//!   leads to, *whatever the reply says*.
//!
//! Check it: `cargo workbook check pasv_reply`
//!
//! Read chapter 15, "Where the data goes".

use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};

/// The reply to PASV.
pub fn pasv_reply(address: SocketAddrV4) -> String {
    todo!("227, four numbers of the host, two of the port")
}

/// The reply to EPSV.
pub fn epsv_reply(port: u16) -> String {
    todo!("229, and the port")
}

/// The address in a 227.
pub fn read_pasv(line: &str) -> Option<SocketAddrV4> {
    todo!("find the first digit, read six numbers")
}

/// The port in a 229.
pub fn read_epsv(line: &str) -> Option<u16> {
    todo!("find the parenthesis, read one number")
}

/// Where the data connection goes: the control connection leads to `server`.
pub fn data_address(line: &str, server: IpAddr) -> Option<SocketAddr> {
    todo!("their port, and whose host?")
}
