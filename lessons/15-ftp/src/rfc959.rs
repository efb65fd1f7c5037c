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
//! - [`Passive`]: a listener for one data connection.
//! - [`Session`]: what a client may do, and what came before it.
//!
//! Start reading at [`Session::turn`].

mod calendar;
mod command;
mod control;
mod data;
mod failures;
mod lines;
mod listing;
mod reply;
mod session;
mod transfer;

pub use calendar::{MONTHS, Moment, civil};
pub use command::{
    Command, DONE, Family, NOT_DONE, Refusal, Representation, parse,
};
pub use control::{Event, Teller};
pub use data::{Passive, port_of_epsv, port_of_pasv, six_numbers};
pub use lines::{LONGEST, Lines};
pub use listing::{Facts, facts, long};
pub use reply::{Malformed, Reply};
pub use session::{Ftp, Patience, Session, server};
