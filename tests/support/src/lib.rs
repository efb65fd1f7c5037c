//! What the workbook's tests stand on.
//!
//! - [`check`]: how an exercise's checks are written, timed and told.
//! - [`memory`]: how much room the learner's code asked for.
//! - [`number`]: descriptors under numbers that a check has to itself.
//! - [`peer`]: hostile readers, writers and connections for them.
//! - [`random`]: numbers that are the same in every run.
//! - [`sockopt`]: socket options as levels, names and bytes.
//! - [`tcp_table`]: what the kernel knows of TCP sockets.
//! - [`tool`]: a lesson's tools as a reader runs them.
//! - [`transcript`]: a lesson's output as a snapshot that the book shows.
//! - [`waiting`]: signals for a thread that waits, and what its waiting costs.
//! - `poller`, a feature: a poller that notes what it is asked.
//! - `trials`, a feature: claims that a machine may be unable to try.
//! - `ring`, a feature: tests of demos that need io_uring.
//! - `wire`, a feature: tests of demos that need the lab.

pub mod check;
pub mod memory;
pub mod number;
pub mod peer;
#[cfg(feature = "poller")]
pub mod poller;
pub mod random;
#[cfg(feature = "ring")]
pub mod ring;
pub mod sockopt;
pub mod tcp_table;
pub mod tool;
pub mod transcript;
#[cfg(feature = "ring")]
pub mod trials;
pub mod waiting;
#[cfg(feature = "wire")]
pub mod wire;
