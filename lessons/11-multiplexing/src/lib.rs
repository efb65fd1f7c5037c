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
//! - [`Server`]: an echo server on one thread, and its [`Connection`]s.

mod connection;
mod epoll;
mod poll;
mod poller;
mod select;
mod serve;

pub use connection::{Connection, HIGH, LOW, TURN, unless_it_waits};
pub use epoll::Epoll;
pub use poll::Poll;
pub use poller::{Event, Interest, Mechanism, Poller, Readiness};
pub use select::Select;
pub use serve::{Server, listener};
