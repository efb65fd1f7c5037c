//! What the lesson's programs share, and later lessons build on.
//!
//! A call on a socket waits until it can do something. A program that has
//! more to do than to wait can ask it not to (O_NONBLOCK), or not for longer
//! than so long, or let the kernel watch many sockets at once: chapter 11.
//!
//! ```text
//! blocking      recv ─────── waits ───────→ bytes
//! non-blocking  recv → EAGAIN   recv → EAGAIN   recv → bytes
//! with a limit  recv ─ waits ─→ EAGAIN
//! ```
//!
//! - [`Deadline`]: one moment for many calls.
//! - [`Event`], [`Queue`]: threads that wait for each other, with a limit.
//! - [`asleep`]: whether a thread waits, and in which call.

pub mod asleep;
mod deadline;
mod event;
mod queue;

pub use deadline::{Deadline, read};
pub use event::Event;
pub use queue::Queue;
