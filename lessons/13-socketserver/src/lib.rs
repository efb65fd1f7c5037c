//! Servers: one after the other, by threads, by processes, by a pool.
//!
//! A server is three choices, and each is a type of its own. What Python's
//! `socketserver` mixes into a class is a parameter here:
//!
//! ```text
//! Server < what is listened to,  how requests run,  what makes handlers >
//!          TcpListener           Sequential         || Upper::default()
//!          UdpSocket             Threading
//!          UnixListener          Forking, Pool
//! ```
//!
//! Three steps make a server: choose its type, write a handler, and let the
//! server make one of it for each request.
//!
//! ```no_run
//! use lesson_socketserver::{Echo, ThreadingTcpServer, listen};
//!
//! let listener = listen::tcp("127.0.0.1:8888".parse().unwrap())?;
//! let server = ThreadingTcpServer::new(listener, || Echo)?;
//! server.run()?;
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! - [`Server`]: the loop that waits, takes, refuses, and stops.
//! - [`Endpoint`]: what is listened to; [`Model`]: how requests run.
//! - [`StreamHandler`], [`DatagramHandler`]: what is done for each.

mod endpoint;
mod fork;
mod handler;
pub mod listen;
mod model;
mod server;
mod shared;
mod signals;
mod stop;

use std::net::{TcpListener, UdpSocket};
use std::os::unix::net::UnixListener;

pub use endpoint::{Caller, Connection, Datagram, Endpoint, Request};
pub use fork::{fork, threads};
pub use handler::{
    DatagramHandler, Echo, Handler, Stream, StreamHandler, Upper,
};
pub use model::{Forking, Job, Model, Pool, Ran, Sequential, Threading};
pub use server::{Report, Server};
pub use shared::{Open, Stopper};
pub use signals::Signals;

// ANCHOR: classes
/// One connection after the other: Python's `TCPServer`.
pub type TcpServer<F> = Server<TcpListener, Sequential, F>;
/// One datagram after the other: Python's `UDPServer`.
pub type UdpServer<F> = Server<UdpSocket, Sequential, F>;
/// One connection after the other: Python's `UnixStreamServer`.
pub type UnixServer<F> = Server<UnixListener, Sequential, F>;

/// A thread for each connection: Python's `ThreadingTCPServer`.
pub type ThreadingTcpServer<F> = Server<TcpListener, Threading, F>;
/// A thread for each datagram: Python's `ThreadingUDPServer`.
pub type ThreadingUdpServer<F> = Server<UdpSocket, Threading, F>;
/// A thread for each connection: Python's `ThreadingUnixStreamServer`.
pub type ThreadingUnixServer<F> = Server<UnixListener, Threading, F>;

/// A process for each connection: Python's `ForkingTCPServer`.
pub type ForkingTcpServer<F> = Server<TcpListener, Forking, F>;
/// A process for each datagram: Python's `ForkingUDPServer`.
pub type ForkingUdpServer<F> = Server<UdpSocket, Forking, F>;
/// A process for each connection: Python's `ForkingUnixStreamServer`.
pub type ForkingUnixServer<F> = Server<UnixListener, Forking, F>;

/// As many threads as were asked for: Python has none.
pub type PoolTcpServer<F> = Server<TcpListener, Pool, F>;
/// The same for datagrams.
pub type PoolUdpServer<F> = Server<UdpSocket, Pool, F>;
/// The same for Unix sockets.
pub type PoolUnixServer<F> = Server<UnixListener, Pool, F>;
// ANCHOR_END: classes
