//! Coroutines: many waits in one thread.
