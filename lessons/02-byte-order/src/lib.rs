//! Byte order: which byte of a number comes first.
//!
//! A number of several bytes can be laid down in two ways. Both begin at the
//! lowest address; they differ in which end of the number lies there.
//!
//! ```text
//! 8080 = 0x1f90            address  +0 +1
//!
//! big-endian                        1f 90   the most significant byte first
//! little-endian                     90 1f   the least significant byte first
//! ```
//!
//! The headers of the internet are big-endian: that is network byte order
//! (RFC 791, appendix B). Most machines are little-endian inside. So a number
//! must be turned once on its way out and once on its way in, and a program
//! that forgets one of the two still compiles, and runs, and is wrong.
//!
//! - [`Be16`], [`Be32`], [`Be64`]: numbers in network byte order, as types of
//!   their own. They can't be taken for numbers of the machine.
//! - [`Header`]: a message's header, written field by field.
//! - [`Mark`]: the first bytes of a file, where they tell its order.
//!
//! Start reading at [`Be16`]. Nothing here allocates.

mod mark;
mod message;
mod wire;

pub use mark::{Mark, Order};
pub use message::{Header, WireHeader};
pub use wire::{Be16, Be32, Be64};
