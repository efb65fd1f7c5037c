//! What the lesson's programs share, and later lessons build on: socket
//! options by their names.
//!
//! An option has a level, which says what part of the kernel it is meant
//! for, and a name. `getsockopt(2)` reads it, `setsockopt(2)` sets it.
//!
//! ```text
//! level         man page    what it is about
//! SOL_SOCKET    socket(7)   any socket, whatever it speaks
//! IPPROTO_IP    ip(7)       the IPv4 packets that go out and come in
//! IPPROTO_TCP   tcp(7)      the connection
//! ```
//!
//! - [`Setting`]: one option, read and set as text.
//! - [`SETTINGS`]: those of the lesson, in the order of the man pages.
//! - [`find`]: one of them by its name.

pub mod settings;

pub use settings::{SETTINGS, Setting, find};
