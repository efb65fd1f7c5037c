//! Coroutines: many waits in one thread.
//!
//! A thread that waits for a socket does nothing else, and to have one for
//! each of ten thousand clients is much to ask of a kernel. A coroutine is a
//! function with a stack of its own that can stop in the middle. A thread
//! has as many as it likes, and runs another where one would wait.
//!
//! ```text
//! net        read, write, accept: yield where they would block
//! scheduler  run, spawn, sleep; join, channel
//! reactor    who waits for what     │ executor, async_net: the same
//! coroutine  resume, suspend        │ for async and await
//! switch     from stack to stack    │
//! stack      memory, a guard page   │
//! ```
//!
//! Read from the bottom up: [`stack`], [`switch`], [`coroutine`],
//! [`overflow`]; then [`reactor`], [`scheduler`], [`join`], [`channel`],
//! [`net`]; then [`executor`] beside [`scheduler`].

pub mod async_net;
pub mod channel;
pub mod coroutine;
pub mod executor;
pub mod join;
pub mod net;
pub mod open;
pub mod overflow;
pub mod reactor;
pub mod scheduler;
pub mod stack;
pub mod switch;
