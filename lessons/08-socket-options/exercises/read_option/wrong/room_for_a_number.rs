//! Rejected by: what_is_no_number_is_refused
//!
//! The buffer has room for a number and no more. Of a longer value the first
//! four bytes look like one.

use std::io::{self, ErrorKind};

use nix::libc;

/// The kernel's two calls for options, as they are in C.
pub trait Options {
    /// Puts the option's value into the beginning of `value`, and returns how
    /// many bytes that was: `getsockopt(2)`.
    fn getsockopt(
        &self,
        level: i32,
        name: i32,
        value: &mut [u8],
    ) -> io::Result<usize>;

    /// Sets the option to these bytes: `setsockopt(2)`.
    fn setsockopt(&self, level: i32, name: i32, value: &[u8])
    -> io::Result<()>;
}

/// An option: its two numbers, and what it is called.
#[derive(Debug, Clone, Copy)]
pub struct Name {
    /// The level: SOL_SOCKET, IPPROTO_IP, IPPROTO_TCP.
    pub level: i32,
    /// The option's number. Each level counts anew.
    pub number: i32,
    /// What a human calls it.
    pub text: &'static str,
}

/// The size of a socket's receive buffer, socket(7).
pub const SO_RCVBUF: Name = Name {
    level: libc::SOL_SOCKET,
    number: libc::SO_RCVBUF,
    text: "SO_RCVBUF",
};

/// What came of the wish for a larger buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Buffer {
    /// What the option said before.
    pub before: i32,
    /// What it says now.
    pub after: i32,
    /// Whether the kernel has granted all that was wanted.
    pub granted: bool,
}

/// Reads an option that is a number.
///
/// # Errors
///
/// `Unsupported` where the kernel has no such option for this socket,
/// `InvalidData` where it is no number, otherwise what the kernel says.
pub fn read_number(socket: &impl Options, option: Name) -> io::Result<i32> {
    // An int, and room to see that it was one.
    let mut value = [0; 4];
    let count = socket
        .getsockopt(option.level, option.number, &mut value)
        .map_err(|error| told(error, option))?;
    match value[..count].try_into() {
        Ok(bytes) => Ok(i32::from_ne_bytes(bytes)),
        Err(_) => Err(io::Error::new(
            ErrorKind::InvalidData,
            format!("{} has {count} bytes: it is no number", option.text),
        )),
    }
}

/// An error with the option's name, where the kernel has no such option.
fn told(error: io::Error, option: Name) -> io::Error {
    match error.raw_os_error() {
        Some(libc::ENOPROTOOPT | libc::EOPNOTSUPP) => io::Error::new(
            ErrorKind::Unsupported,
            format!("this socket has no option {}", option.text),
        ),
        _ => error,
    }
}

/// Wants a receive buffer of so many bytes, and tells what came of it.
///
/// # Errors
///
/// As `read_number`.
pub fn want_buffer(socket: &impl Options, bytes: i32) -> io::Result<Buffer> {
    let before = read_number(socket, SO_RCVBUF)?;
    let Name { level, number, .. } = SO_RCVBUF;
    socket
        .setsockopt(level, number, &bytes.to_ne_bytes())
        .map_err(|error| told(error, SO_RCVBUF))?;
    let after = read_number(socket, SO_RCVBUF)?;
    // socket(7): the kernel doubles the value, and gives the doubled one.
    Ok(Buffer { before, after, granted: after / 2 >= bytes })
}
