//! Send all of it.
//!
//! `send(2)` takes as many bytes as there is room for and returns how many
//! those were. Write the function that goes on until every byte has been
//! taken.
//!
//! What `send_all` makes of one `write`:
//!
//! | `write` returns                    | what it means and what to do      |
//! | ---------------------------------- | --------------------------------- |
//! | `Ok(n)`, n is more than 0          | the first n bytes are taken       |
//! | `Ok(0)`                            | it takes no more: `WriteZero`     |
//! | `Err`, of kind `Interrupted`       | a signal came (EINTR): try again  |
//! | any other `Err`                    | return it as it is, at once       |
//!
//! - Each byte is sent once, and in order.
//! - When `bytes` is empty, there is nothing to do: `Ok(())`.
//! - `Write::write_all` is this very function, so do without it.
//!
//! Check it: `cargo workbook check send_all`
//!
//! Read chapter 04, "A send may be short".

use std::io::{self, Write};

/// Sends all of `bytes` by as many calls of `write` as it takes.
pub fn send_all(writer: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    todo!("write, see how much was taken, go on with the rest")
}
