//! A port that was not swapped.
//!
//! The kernel wants a port in network byte order (ip(7)), in a struct:
//!
//! ```text
//! sockaddr_in   sin_family   2 bytes   the machine's order
//!               sin_port     2 bytes   network byte order
//!               sin_addr     4 bytes   network byte order
//!               sin_zero     8 bytes   nothing
//! ```
//!
//! `sin_port` is a `u16` like any other, so nothing stops a program from
//! putting the port there as it is. std, socket2 and nix all convert; this
//! demo fills the struct by hand, as a C program does.

use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};
use std::os::fd::{AsRawFd, OwnedFd};

use lab::Lab;
use narrator::{During, Trouble, explain, line};
use nix::libc::{AF_INET, in_addr, sa_family_t, sockaddr_in};
use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, SockaddrIn, bind, getsockname,
    listen, socket,
};

/// Tells the story on a host of its own, where no other program has taken a
/// port: network_namespaces(7). Where none may be made, on this machine.
pub fn run(ports: &[u16]) -> Result<(), Trouble> {
    let Ok(mut lab) = Lab::enter() else { return tell_all(ports) };
    let host = lab.host("alice")?;
    host.enter(|| Ok(tell_all(ports))).during("enter a host")?
}

/// Binds to each port twice: as it is, then swapped.
fn tell_all(ports: &[u16]) -> Result<(), Trouble> {
    for (index, port) in ports.iter().enumerate() {
        if index > 0 {
            line("");
        }
        forgotten(*port)?;
        remembered(*port)?;
    }
    Ok(())
}

/// The port as it is: who can reach the server, and where.
fn forgotten(port: u16) -> Result<(), Trouble> {
    line(format_args!("{port} as it is"));
    let (_server, bound) = serve(port)?;
    call(*bound.ip(), port);
    if bound.port() != port {
        call(*bound.ip(), bound.port());
    }
    Ok(())
}

/// The port in network byte order: what htons(3) does in C.
fn remembered(port: u16) -> Result<(), Trouble> {
    let swapped = port.to_be();
    line(format_args!("{port} swapped: htons({port}) = {swapped}"));
    let (_server, bound) = serve(swapped)?;
    call(*bound.ip(), port);
    Ok(())
}

// ANCHOR: serve
/// Listens on the port that the kernel reads out of `sin_port`.
fn serve(sin_port: u16) -> Result<(OwnedFd, SocketAddrV4), Trouble> {
    let [first, second] = sin_port.to_ne_bytes();
    let memory = format!("{sin_port}, in memory {first:02x} {second:02x}");
    tell("server", "sin_port", memory);
    let address = sockaddr_in {
        sin_family: AF_INET as sa_family_t,
        sin_port,
        sin_addr: in_addr { s_addr: u32::from(own_address()).to_be() },
        sin_zero: [0; 8],
    };
    let server = stream_socket()?;
    bind(server.as_raw_fd(), &SockaddrIn::from(address))
        .during(wanted(sin_port))?;
    listen(&server, Backlog::MAXCONN).during("listen")?;

    // The kernel's own answer; nix turns it into the machine's order.
    let bound: SockaddrIn =
        getsockname(server.as_raw_fd()).during("getsockname")?;
    tell("server", "getsockname", format!("port {}", bound.port()));
    Ok((server, bound.into()))
}
// ANCHOR_END: serve

/// A TCP socket over IPv4: `socket(2)`.
fn stream_socket() -> Result<OwnedFd, Trouble> {
    let flags = SockFlag::SOCK_CLOEXEC;
    socket(AddressFamily::Inet, SockType::Stream, flags, None).during("socket")
}

/// What was asked of the kernel, for whoever reads that it refused.
fn wanted(sin_port: u16) -> String {
    let port = u16::from_be(sin_port);
    let whose = if port < 1024 { "which is kept for root; " } else { "" };
    format!("bind to port {port} ({whose}`forgot PORT` takes another one)")
}

/// Calls a server and says what became of it.
fn call(address: Ipv4Addr, port: u16) {
    let answer = match TcpStream::connect((address, port)) {
        Ok(_) => "connected".to_string(),
        Err(error) => explain(&error),
    };
    tell("client", "connect", format!("port {port}: {answer}"));
}

/// An address of this process: all of 127.0.0.0/8 is this machine (RFC 1122,
/// section 3.2.1.3). A port that is taken on 127.0.0.1 is free here.
fn own_address() -> Ipv4Addr {
    let [_, a, b, c] = std::process::id().to_be_bytes();
    Ipv4Addr::new(127, a | 0x80, b, c)
}

fn tell(speaker: &str, call: &str, what: String) {
    line(format_args!("{speaker:<7} {call:<12} {what}"));
}
