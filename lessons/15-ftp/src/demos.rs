//! The demos, and the tools.

pub mod asking;
pub mod client;
pub mod escape;
pub mod full_disk;
pub mod interrupted_upload;
pub mod nameless;
pub mod resume;
pub mod same_name;
pub mod serve;
pub mod session;
pub mod sockets;
pub mod stage;
pub mod two_connections;

use std::net::{Ipv4Addr, SocketAddrV4};

/// Loopback, at a port that the kernel chooses.
const ANY: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0);
