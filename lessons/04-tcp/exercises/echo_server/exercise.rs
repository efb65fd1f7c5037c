//! Write an echo server.
//!
//! Send every client back the bytes it sends, as they arrive, until it has
//! finished. Serve any number of clients, all at the same time.
//!
//! `echo` is one conversation:
//!
//! - Read what has arrived and write exactly those bytes back. Then read
//!   again. Many a client waits for the echo before it sends more.
//! - A read of 0 bytes is the end: the client has finished. Answer `Ok(())`.
//! - Return an error of a read or a write as it is.
//! - A write may take fewer bytes than you gave it.
//! - Bytes are bytes. They need not be text, nor end in a newline.
//!
//! `serve` accepts clients for ever and gives each of them a thread of its
//! own, which calls `echo`:
//!
//! - A client that says nothing keeps nobody else waiting.
//! - Whatever happens to one client ends that conversation and no other.
//! - Return only when `accept` itself fails.
//!
//! Check it: `cargo workbook check echo_server`
//!
//! Read chapter 04, "Five calls and a conversation" and "A socket for every
//! client".

use std::io::{self, Read, Write};
use std::net::TcpListener;

/// Sends back what comes from `client`, until it has finished.
pub fn echo(client: &mut (impl Read + Write)) -> io::Result<()> {
    todo!("read, write back what was read, until a read returns 0 bytes")
}

/// Accepts clients for ever, and echoes each one on a thread of its own.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    todo!("accept a client, spawn a thread that echoes it, accept again")
}
