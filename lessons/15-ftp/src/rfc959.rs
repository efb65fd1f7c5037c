//! RFC 959: the protocol that curl and lftp speak.
//!
//! ```text
//! control   lines from the client, replies from the server     stays open
//! data      one listing, or one file; its end is the end       one for each
//! ```
//!
//! The client says on the control connection what it wants. The bytes of a
//! file go over another one, which is made for them and closed after them.
//!
//! - [`Lines`] and [`Command`]: what comes in. [`Reply`]: what goes out.
//!
//! Start reading at [`parse`].

mod calendar;
mod command;
mod lines;
mod reply;

pub use calendar::Moment;
pub use command::{
    Command, DONE, Family, NOT_DONE, Refusal, Representation, parse,
};
pub use lines::{LONGEST, Lines};
pub use reply::{Malformed, Reply};
