//! The few system calls that need `unsafe`.
//!
//! nix wraps the rest. These it doesn't: binding a packet socket to an
//! interface, the options of packet sockets, and the ethtool ioctl. Each
//! function takes ordinary values, makes one call, and gives its errno as an
//! error.

#![allow(unsafe_code)]

use std::ffi::{c_int, c_void};
use std::io;
use std::mem;
use std::os::fd::{AsRawFd, BorrowedFd};

use nix::errno::Errno;
use nix::libc;

/// `bind(2)` of a packet socket to one interface, all protocols: packet(7).
pub fn bind_to_interface(fd: BorrowedFd<'_>, index: u32) -> io::Result<()> {
    let address = libc::sockaddr_ll {
        sll_family: libc::AF_PACKET as u16,
        sll_protocol: (libc::ETH_P_ALL as u16).to_be(),
        sll_ifindex: index as c_int,
        sll_hatype: 0,
        sll_pkttype: 0,
        sll_halen: 0,
        sll_addr: [0; 8],
    };
    // SAFETY: the pointer is to a live sockaddr_ll, the length is its size,
    // and the kernel only reads from it.
    let done = unsafe {
        libc::bind(
            fd.as_raw_fd(),
            (&raw const address).cast(),
            mem::size_of_val(&address) as libc::socklen_t,
        )
    };
    Ok(Errno::result(done).map(drop)?)
}

/// `setsockopt(2)` at level SOL_PACKET with an int: packet(7).
pub fn set_packet_option(
    fd: BorrowedFd<'_>,
    option: c_int,
    value: c_int,
) -> io::Result<()> {
    // SAFETY: the pointer is to a live int, the length is its size, and the
    // kernel only reads from it.
    let done = unsafe {
        libc::setsockopt(
            fd.as_raw_fd(),
            libc::SOL_PACKET,
            option,
            (&raw const value).cast(),
            mem::size_of_val(&value) as libc::socklen_t,
        )
    };
    Ok(Errno::result(done).map(drop)?)
}

/// How many frames found no room in the socket's buffer since this was last
/// asked: `getsockopt(2)`, PACKET_STATISTICS, packet(7).
pub fn overrun(fd: BorrowedFd<'_>) -> io::Result<u32> {
    /// struct tpacket_stats of linux/if_packet.h.
    #[repr(C)]
    #[derive(Default)]
    struct Statistics {
        packets: u32,
        drops: u32,
    }
    let mut told = Statistics::default();
    let mut length = mem::size_of_val(&told) as libc::socklen_t;
    // SAFETY: the kernel writes at most `length` bytes to `told`, which is as
    // long, and any bytes make a valid pair of numbers.
    let done = unsafe {
        libc::getsockopt(
            fd.as_raw_fd(),
            libc::SOL_PACKET,
            libc::PACKET_STATISTICS,
            (&raw mut told).cast(),
            &raw mut length,
        )
    };
    Errno::result(done)?;
    Ok(told.drops)
}

/// Sets a value of an interface through the ethtool ioctl, SIOCETHTOOL:
/// netdevice(7) and linux/ethtool.h. `interface` has at most 15 bytes.
pub fn ethtool(
    fd: BorrowedFd<'_>,
    interface: &str,
    command: u32,
    data: u32,
) -> io::Result<()> {
    /// struct ethtool_value of linux/ethtool.h.
    #[repr(C)]
    struct Value {
        command: u32,
        data: u32,
    }
    /// struct ifreq of netdevice(7), with the member that SIOCETHTOOL uses.
    #[repr(C)]
    struct Request {
        name: [u8; libc::IFNAMSIZ],
        value: *mut c_void,
        // The union's other members are longer than the pointer.
        rest: [u8; 16],
    }
    let mut value = Value { command, data };
    let mut request = Request {
        name: [0; libc::IFNAMSIZ],
        value: (&raw mut value).cast(),
        rest: [0; 16],
    };
    if interface.len() >= libc::IFNAMSIZ {
        return Err(Errno::ENAMETOOLONG.into());
    }
    request.name[..interface.len()].copy_from_slice(interface.as_bytes());
    // SAFETY: the request has the size and layout of an ifreq, its name ends
    // with a zero byte, and its pointer is to a live ethtool_value.
    let done = unsafe {
        libc::ioctl(fd.as_raw_fd(), libc::SIOCETHTOOL as _, &raw mut request)
    };
    Ok(Errno::result(done).map(drop)?)
}
