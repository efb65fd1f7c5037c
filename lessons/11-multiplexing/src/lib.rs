//! Multiplexing: one thread, many sockets.
//!
//! A program that waits in `recv` waits for one peer. select(2), poll(2) and
//! epoll(7) wait for many at once, and tell which of them have something.
//!
//! ```text
//! loop {
//!     wait    → the descriptors that are ready
//!     for each: find its connection, do what doesn't wait
//! }
//! ```
//!
//! - [`Poller`]: the interface; [`Mechanism`] makes one by name.
//! - [`Select`], [`Poll`], [`Epoll`]: three small files to lay side by side.

mod epoll;
mod poll;
mod poller;
mod select;

pub use epoll::Epoll;
pub use poll::Poll;
pub use poller::{Event, Interest, Mechanism, Poller, Readiness};
pub use select::Select;
