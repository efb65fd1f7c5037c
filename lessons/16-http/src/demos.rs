//! The lesson's demos and tools, a file each.

pub mod chunked;
pub mod escape;
pub mod exchange;
pub mod keep_alive;
pub mod lingering_close;
mod live;
pub mod methods;
pub mod no_body;
pub mod serve;
pub mod slow_client;
pub mod smuggling;
mod stage;
pub mod unread_body;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Where the kernel chooses the port.
pub const ANY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
