//! Gives up root's pass to every file: capabilities(7).

#![allow(unsafe_code)]

use std::io;

use nix::libc;

// linux/capability.h, which the crate libc leaves out.
const VERSION_3: u32 = 0x2008_0522;
const CAP_DAC_OVERRIDE: u32 = 1;
const CAP_DAC_READ_SEARCH: u32 = 2;

/// `struct __user_cap_header_struct`.
#[repr(C)]
struct Header {
    version: u32,
    pid: i32,
}

/// `struct __user_cap_data_struct`, for 32 capabilities each.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Data {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

/// Obeys the permissions of files from now on, also as root: `capset(2)`
/// takes CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH out of the effective
/// capabilities of the calling thread. Without them, nothing changes.
pub fn obey_permissions() -> io::Result<()> {
    let mut header = Header { version: VERSION_3, pid: 0 };
    let mut data = [Data::default(); 2];
    let (header, data) = (&raw mut header, &raw mut data);
    // SAFETY: version 3 reads a header and writes two sets; both are live.
    let read = unsafe { libc::syscall(libc::SYS_capget, header, data) };
    if read != 0 {
        return Err(io::Error::last_os_error());
    }
    let pass = 1 << CAP_DAC_OVERRIDE | 1 << CAP_DAC_READ_SEARCH;
    // SAFETY: `data` is live, and capget has filled it.
    unsafe { (*data)[0].effective &= !pass };
    // SAFETY: it reads a header and two sets; both are live.
    let written = unsafe { libc::syscall(libc::SYS_capset, header, data) };
    match written {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
