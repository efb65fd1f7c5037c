//! Connect to the first address that answers.
//!
//! A name may have many addresses, and some of them lead nowhere: a server is
//! down, or a network swallows everything without a word. Write
//! `connect_to_any`, which tries each address in turn, waits for none longer
//! than `patience`, and returns the first connection that it gets.
//!
//! - The addresses are tried in the order in which they are given, one after
//!   the other. The resolver has put the best ones first (RFC 6724).
//! - What goes wrong with one address is no reason not to try the next.
//! - Each address has `patience` of its own: two that stay silent may take
//!   twice as long.
//! - When an address answers, no other is tried, and no second connection is
//!   made to it.
//! - When none answers, the error of the last one is returned as it is. Where
//!   there is no address at all, the error is of the kind `InvalidInput`.
//! - `TcpStream::connect` takes several addresses too, but waits for each as
//!   long as the kernel does: more than two minutes where nobody answers
//!   (tcp(7), tcp_syn_retries). `TcpStream::connect_timeout` takes one.
//!
//! Check it: `cargo workbook check try_each_address`
//!
//! Read chapter 03, "One name, many addresses".

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Connects to the first of the addresses that answers within `patience`.
pub fn connect_to_any(
    addresses: &[SocketAddr],
    patience: Duration,
) -> io::Result<TcpStream> {
    todo!("try each, remember the last error")
}
