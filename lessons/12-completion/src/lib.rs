//! Completion: io_uring, with what the kernel works on in the kernel's hands.
//!
//! select(2), poll(2) and epoll(7) say when a call would not wait; then the
//! program makes the call. With io_uring(7) the program says which call it
//! wants, and the kernel says when that call is done.
//!
//! ```text
//!            push                     io_uring_enter
//! program  ───────→ submission queue ───────────────→ kernel
//!          ←─────── completion queue ←───────────────
//!            reap
//! ```
//!
//! From the push to the completion the kernel may write to the operation's
//! buffer at any moment. So the buffer moves into the ring, and comes back
//! with the completion: no safe program can read, change or free it between.
//!
//! - [`Entry`], [`Operation`], [`Completion`]: what goes in and comes out.
//! - [`Rings`]: the interface; [`Ring`] is the kernel's, [`Model`] a made-up
//!   one for tests.
//! - [`Forbidden`]: why a machine has none, and what to do about it.

mod entry;
mod forbidden;
mod model;
mod ring;

pub use entry::{Completion, Entry, Operation, Refused, Rings};
pub use forbidden::{Cause, Forbidden};
pub use model::{Answer, Model, Submitted};
pub use ring::{Queues, Ring};
