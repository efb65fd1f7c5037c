//! The C library's own calls, to compare with.
//!
//! Neither std nor nix offers these. Each function here takes ordinary
//! values, makes one call, and copies what it points to. The calls that
//! answer in memory of their own, shared by the whole process, are made one
//! at a time.

#![allow(unsafe_code)]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, MutexGuard};

use nix::libc::{self, AF_INET, AF_INET6, in_addr};
use socket2::SockAddr;

// arpa/inet.h and netdb.h; the crate libc leaves these out.
unsafe extern "C" {
    #[link_name = "inet_aton"]
    fn c_aton(text: *const c_char, address: *mut in_addr) -> c_int;
    #[link_name = "inet_ntoa"]
    fn c_ntoa(address: in_addr) -> *const c_char;
    #[link_name = "inet_pton"]
    fn c_pton(family: c_int, text: *const c_char, to: *mut c_void) -> c_int;
    #[link_name = "inet_ntop"]
    fn c_ntop(
        family: c_int,
        from: *const c_void,
        text: *mut c_char,
        room: libc::socklen_t,
    ) -> *const c_char;
    #[link_name = "gethostbyname"]
    fn c_gethostbyname(name: *const c_char) -> *const libc::hostent;
    #[link_name = "gethostbyaddr"]
    fn c_gethostbyaddr(
        address: *const c_void,
        length: libc::socklen_t,
        family: c_int,
    ) -> *const libc::hostent;
}

/// Held while a call's answer lies in memory that the next call overwrites.
static ANSWER: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ANSWER.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// A text for C, which ends at the first zero byte; so a text that holds one
/// is nothing that C could be given.
fn for_c(text: &str) -> Option<CString> {
    CString::new(text).ok()
}

/// `inet_aton(3)`. `None` where it refuses.
pub fn inet_aton(text: &str) -> Option<Ipv4Addr> {
    let (text, mut address) = (for_c(text)?, in_addr { s_addr: 0 });
    // SAFETY: the text ends with a zero byte, and the address is live.
    let taken = unsafe { c_aton(text.as_ptr(), &raw mut address) };
    (taken != 0).then(|| Ipv4Addr::from(address.s_addr.to_ne_bytes()))
}

/// `inet_ntoa(3)`.
pub fn inet_ntoa(address: Ipv4Addr) -> String {
    let s_addr = u32::from_ne_bytes(address.octets());
    let _alone = alone();
    // SAFETY: it returns a text that ends with a zero byte and stays as it
    // is until the next call, for which `_alone` makes others wait.
    let text = unsafe { CStr::from_ptr(c_ntoa(in_addr { s_addr })) };
    text.to_string_lossy().into_owned()
}

/// `inet_pton(3)` for IPv4. `None` where it refuses.
pub fn inet_pton4(text: &str) -> Option<Ipv4Addr> {
    let (text, mut octets) = (for_c(text)?, [0u8; 4]);
    let to = octets.as_mut_ptr().cast();
    // SAFETY: the text ends with a zero byte, and AF_INET writes 4 bytes.
    let taken = unsafe { c_pton(AF_INET, text.as_ptr(), to) };
    (taken == 1).then(|| octets.into())
}

/// `inet_pton(3)` for IPv6. `None` where it refuses.
pub fn inet_pton6(text: &str) -> Option<Ipv6Addr> {
    let (text, mut octets) = (for_c(text)?, [0u8; 16]);
    let to = octets.as_mut_ptr().cast();
    // SAFETY: the text ends with a zero byte, and AF_INET6 writes 16 bytes.
    let taken = unsafe { c_pton(AF_INET6, text.as_ptr(), to) };
    (taken == 1).then(|| octets.into())
}

/// `inet_ntop(3)`.
pub fn inet_ntop(address: IpAddr) -> String {
    let mut room = [0; 46];
    let text = room.as_mut_ptr();
    let size = room.len() as libc::socklen_t;
    match address {
        IpAddr::V4(address) => {
            let octets = address.octets();
            // SAFETY: 4 bytes are live for AF_INET; it writes at most `size`.
            unsafe { c_ntop(AF_INET, octets.as_ptr().cast(), text, size) };
        }
        IpAddr::V6(address) => {
            let octets = address.octets();
            // SAFETY: 16 bytes are live for AF_INET6; at most `size` written.
            unsafe { c_ntop(AF_INET6, octets.as_ptr().cast(), text, size) };
        }
    }
    // SAFETY: the room began as zeros and holds a text that ends with one.
    let text = unsafe { CStr::from_ptr(room.as_ptr()) };
    text.to_string_lossy().into_owned()
}

/// `gethostname(2)`: the name of this machine.
pub fn gethostname() -> Option<String> {
    let mut room: [c_char; 256] = [0; 256];
    // SAFETY: at most 255 of the room's 256 bytes are written.
    let code = unsafe { libc::gethostname(room.as_mut_ptr(), 255) };
    // SAFETY: the room began as zeros, and its last byte still is one.
    let name = unsafe { CStr::from_ptr(room.as_ptr()) };
    (code == 0).then(|| name.to_string_lossy().into_owned())
}

/// `gethostbyname(3)`: the IPv4 addresses of a name. Empty where it finds
/// none. It can't give IPv6 addresses, which is why getaddrinfo(3) exists.
pub fn gethostbyname(name: &str) -> Vec<Ipv4Addr> {
    let Some(name) = for_c(name) else { return Vec::new() };
    let _alone = alone();
    let mut found = Vec::new();
    // SAFETY: the name ends with a zero byte. The answer is null, or stays as
    // it is until the next call; its list ends with a null, and each entry of
    // an AF_INET answer points to 4 bytes.
    unsafe {
        let host = c_gethostbyname(name.as_ptr());
        if host.is_null() || (*host).h_addrtype != AF_INET {
            return found;
        }
        let mut entry = (*host).h_addr_list;
        while !(*entry).is_null() {
            found.push((*(*entry).cast::<[u8; 4]>()).into());
            entry = entry.add(1);
        }
    }
    found
}

/// `gethostbyaddr(3)`: the name of an IPv4 address.
pub fn gethostbyaddr(address: Ipv4Addr) -> Option<String> {
    let octets = address.octets();
    let _alone = alone();
    // SAFETY: 4 bytes are live, as AF_INET needs. The answer is null, or
    // stays as it is until the next call, with a name that ends with a zero.
    unsafe {
        let host = c_gethostbyaddr(octets.as_ptr().cast(), 4, AF_INET);
        if host.is_null() {
            return None;
        }
        let name = CStr::from_ptr((*host).h_name);
        Some(name.to_string_lossy().into_owned())
    }
}

/// `getnameinfo(3)` with NI_NAMEREQD: the name of an address.
///
/// # Errors
/// The words of gai_strerror(3), such as "Name or service not known".
pub fn getnameinfo(address: IpAddr) -> Result<String, String> {
    let address = SockAddr::from(SocketAddr::new(address, 0));
    let mut room: [c_char; 1025] = [0; 1025]; // NI_MAXHOST of netdb.h
    // SAFETY: the address is live and as long as it says; at most the room's
    // length is written; no service is asked for.
    let code = unsafe {
        libc::getnameinfo(
            address.as_ptr().cast(),
            address.len(),
            room.as_mut_ptr(),
            room.len() as libc::socklen_t,
            std::ptr::null_mut(),
            0,
            libc::NI_NAMEREQD,
        )
    };
    // SAFETY: gai_strerror gives a text that ends with a zero byte and lasts
    // as long as the program; so does the room, which began as zeros.
    let text = unsafe {
        match code {
            0 => CStr::from_ptr(room.as_ptr()),
            code => CStr::from_ptr(libc::gai_strerror(code)),
        }
    };
    let text = text.to_string_lossy().into_owned();
    if code == 0 { Ok(text) } else { Err(text) }
}

/// `getservbyname(3)`: the port of a service, from /etc/services.
pub fn getservbyname(name: &str, protocol: &str) -> Option<u16> {
    let (name, protocol) = (for_c(name)?, for_c(protocol)?);
    let _alone = alone();
    // SAFETY: both texts end with a zero byte. The answer is null, or stays
    // as it is until the next call.
    unsafe {
        let found = libc::getservbyname(name.as_ptr(), protocol.as_ptr());
        // The lower 16 bits, in network byte order.
        (!found.is_null()).then(|| u16::from_be((*found).s_port as u16))
    }
}

/// `getservbyport(3)`: the name of a port's service.
pub fn getservbyport(port: u16, protocol: &str) -> Option<String> {
    let protocol = for_c(protocol)?;
    let _alone = alone();
    // SAFETY: the text ends with a zero byte. The answer is null, or stays
    // as it is until the next call, with a name that ends with a zero byte.
    unsafe {
        let port = c_int::from(port.to_be());
        let found = libc::getservbyport(port, protocol.as_ptr());
        if found.is_null() {
            return None;
        }
        let name = CStr::from_ptr((*found).s_name);
        Some(name.to_string_lossy().into_owned())
    }
}
