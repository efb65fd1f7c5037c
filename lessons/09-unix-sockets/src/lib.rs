//! What the lesson's programs share, and later lessons build on.
//!
//! A Unix socket joins two processes of one machine, without a network:
//! unix(7). Its address is the path of a file, a name without a file, or
//! nothing. `UnixListener`, `UnixStream` and `UnixDatagram` of the standard
//! library make the usual calls; this library adds what they lack.
//!
//! ```text
//! server   socket → bind (makes the file) → listen → accept ⇄ read, write
//! client   socket ──────────────────────→ connect ⇄ read, write
//! ```
//!
//! - [`Claim`]: a listener on a path, whatever an earlier one left there.
//! - [`rights`]: descriptors in a message.
//! - [`table`]: the sockets that a process has, by their numbers.
//! - [`privilege`]: root's pass to all files, given up.
//! - [`Folder`]: a place for socket files, for one run.

mod at_exit;
mod claim;
mod folder;
pub mod privilege;
pub mod rights;
pub mod table;

pub use claim::{Claim, Refused, check_length};
pub use folder::{Folder, LONGEST};
