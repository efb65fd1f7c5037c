//! The demos, and the tool that most of them run as a process of its own.

pub mod classes;
pub mod compare;
pub mod limits;
pub mod never_returns;
pub mod out_of_descriptors;
pub mod panic;
pub mod reset;
pub mod serve;
pub mod snapshot;
pub mod stage;
pub mod stop;
pub mod talk;
pub mod wake;
pub mod zombies;

use std::net::{Ipv4Addr, SocketAddrV4};

/// Loopback, at a port that the kernel chooses.
const ANY: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0);
