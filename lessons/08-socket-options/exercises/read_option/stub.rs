//! Read an option, and see what the kernel made of your wish.
//!
//! To the kernel an option is a level, a number and some bytes. Write
//! `read_number`, which reads an option that is a number: an `int` of C, four
//! bytes, in this machine's own order.
//!
//! - Not every option is one. SO_LINGER is two of them, TCP_CONGESTION is a
//!   text. Such an option is refused: an error of the kind `InvalidData`.
//!   The kernel cuts a value that is longer than your buffer, and says
//!   nothing.
//! - An option that the kernel doesn't know, or not for this socket, is
//!   refused with ENOPROTOOPT or EOPNOTSUPP. Make a clear error of that: of
//!   the kind `Unsupported`, with the option's name in its text.
//! - Any other error is returned as it is.
//!
//! Then write `want_buffer`: read SO_RCVBUF, set it to `bytes`, and read it
//! again. For a wish of `bytes` the kernel reserves twice as much, for its
//! own book-keeping, and reading gives the doubled number (socket(7)). A wish
//! beyond /proc/sys/net/core/rmem_max is cut down to that, without an error.
//! Tell whether it was granted in full.
//!
//! Check it: `cargo workbook check read_option`
//!
//! Read chapter 08, "Asking and setting" and "Buffers, and the window".

use std::io;

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
    todo!("how many bytes of room? how many came?")
}

/// Wants a receive buffer of so many bytes, and tells what came of it.
///
/// # Errors
///
/// As `read_number`.
pub fn want_buffer(socket: &impl Options, bytes: i32) -> io::Result<Buffer> {
    todo!("read, set, read; then compare")
}
