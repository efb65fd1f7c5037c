//! Descriptors in a message: SCM_RIGHTS, unix(7).
//!
//! A descriptor is a number, and means something to its own process only.
//! The kernel can put what it stands for into a message, and the receiver
//! finds it under a number of its own.
//!
//! ```text
//! msghdr   iov      → the bytes: at least one
//!          control  → cmsghdr  len 20, SOL_SOCKET, SCM_RIGHTS
//!                     data     one c_int for each descriptor
//!          flags    ← MSG_CTRUNC: some found no room
//! ```
//!
//! The messages' headers are walked as cmsg(3) shows it. nix has a safe walk,
//! but it gives an error and no descriptors where the flag MSG_CTRUNC is set;
//! those that had room would stay open for ever. This is the one place of
//! the lesson that turns numbers into descriptors, so it is `unsafe`.

#![allow(unsafe_code)]

use std::io::{self, IoSlice};
use std::mem;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use nix::libc;
use nix::sys::socket::{ControlMessage, MsgFlags, sendmsg};

/// The most descriptors that one message carries: SCM_MAX_FD in unix(7).
pub const MOST: usize = 253;

/// What a `recvmsg` brought. Its descriptors are closed with it.
#[derive(Debug)]
pub struct Message {
    /// How many bytes of data there are in the buffer. 0 is the end.
    pub bytes: usize,
    /// The descriptors, under the numbers that this process has for them.
    pub descriptors: Vec<OwnedFd>,
    /// MSG_CTRUNC: there were more, and the kernel has closed them.
    pub cut: bool,
}

// ANCHOR: send
/// Sends `bytes`, and with the first of them the descriptors: `sendmsg(2)`
/// with SCM_RIGHTS. The sender keeps its own; a message holds copies, as
/// dup(2) makes them. Gives how many of the bytes went out.
///
/// # Errors
/// EINVAL for more than [`MOST`] descriptors, ETOOMANYREFS for too many on
/// their way, EPIPE when the peer is gone. Without a byte of data a stream
/// would send nothing, so that is an error, too.
pub fn send(
    socket: impl AsFd,
    bytes: &[u8],
    descriptors: &[BorrowedFd<'_>],
) -> io::Result<usize> {
    if bytes.is_empty() {
        let why = "descriptors travel with at least one byte of data";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    let numbers: Vec<RawFd> =
        descriptors.iter().map(AsRawFd::as_raw_fd).collect();
    let rights = [ControlMessage::ScmRights(&numbers)];
    let control = if numbers.is_empty() { &[][..] } else { &rights };
    let data = [IoSlice::new(bytes)];
    let to = socket.as_fd().as_raw_fd();
    let flags = MsgFlags::MSG_NOSIGNAL;
    Ok(sendmsg::<()>(to, &data, control, flags, None)?)
}
// ANCHOR_END: send

// ANCHOR: receive
/// Receives bytes, and with them up to `room` descriptors: `recvmsg(2)`.
///
/// The kernel counts room in units of 8 bytes, and a descriptor takes 4: with
/// an odd `room` there may be one more. All that came are in the answer, so
/// none can leak.
///
/// # Errors
/// Those of recv(2). An error brings no descriptors.
pub fn receive(
    socket: impl AsFd,
    buffer: &mut [u8],
    room: usize,
) -> io::Result<Message> {
    // u64s, for the headers in it to be aligned: cmsg(3).
    let mut control = vec![0u64; space(room).div_ceil(8)];
    let mut data = libc::iovec {
        iov_base: buffer.as_mut_ptr().cast(),
        iov_len: buffer.len(),
    };
    // SAFETY: integers and pointers only, for all of which zero is valid.
    let mut header: libc::msghdr = unsafe { mem::zeroed() };
    header.msg_iov = &raw mut data;
    header.msg_iovlen = 1;
    header.msg_control = control.as_mut_ptr().cast();
    header.msg_controllen = space(room) as _;
    let bytes = fetch(socket.as_fd(), &mut header)?;
    Ok(Message {
        bytes,
        // SAFETY: `fetch` filled the header a moment ago; `control`, which it
        // points to, is alive, and nobody else has taken what is in it.
        descriptors: unsafe { descriptors(&header) },
        cut: header.msg_flags & libc::MSG_CTRUNC != 0,
    })
}

fn fetch(from: BorrowedFd<'_>, header: &mut libc::msghdr) -> io::Result<usize> {
    // No program that this one starts shall inherit them: close-on-exec.
    let flags = libc::MSG_CMSG_CLOEXEC;
    loop {
        // SAFETY: the header's pointers are those of `receive`, live and as
        // long as their lengths say.
        let count = unsafe { libc::recvmsg(from.as_raw_fd(), header, flags) };
        match usize::try_from(count) {
            Ok(count) => return Ok(count),
            Err(_) => match io::Error::last_os_error() {
                // EINTR: a signal arrived; signal(7) says try again.
                e if e.kind() == io::ErrorKind::Interrupted => {}
                error => return Err(error),
            },
        }
    }
}

/// Takes what the control data holds, header by header.
///
/// # Safety
/// The header is one that `recvmsg` has filled, its control data is live, and
/// this is the only call for it: each descriptor gets one owner.
unsafe fn descriptors(header: &libc::msghdr) -> Vec<OwnedFd> {
    let mut found = Vec::new();
    // SAFETY: the header was filled by `recvmsg`, as the caller promises.
    let mut next = unsafe { libc::CMSG_FIRSTHDR(header) };
    // SAFETY: the macros of cmsg(3) give headers inside the control data, or
    // null; unaligned reads take any address there.
    while let Some(message) = unsafe { next.as_ref() } {
        let kind = (message.cmsg_level, message.cmsg_type);
        if kind == (libc::SOL_SOCKET, libc::SCM_RIGHTS) {
            // SAFETY: it computes a number.
            let before = unsafe { libc::CMSG_LEN(0) } as usize;
            let count = (message.cmsg_len - before) / SIZE;
            // SAFETY: `cmsg_len` counts the bytes of this message's data.
            let data = unsafe { libc::CMSG_DATA(next) }.cast::<RawFd>();
            for place in 0..count {
                // SAFETY: within the data; the kernel made the number for
                // this process, and nobody else knows of it.
                found.push(unsafe {
                    OwnedFd::from_raw_fd(data.add(place).read_unaligned())
                });
            }
        }
        // SAFETY: as with CMSG_FIRSTHDR.
        next = unsafe { libc::CMSG_NXTHDR(header, next) };
    }
    found
}
// ANCHOR_END: receive

/// The bytes of a descriptor's number.
const SIZE: usize = size_of::<RawFd>();

/// The room that control data with so many descriptors takes: CMSG_SPACE.
fn space(descriptors: usize) -> usize {
    let data = descriptors.min(MOST) * SIZE;
    // SAFETY: it computes a number, and 253 descriptors don't overflow it.
    unsafe { libc::CMSG_SPACE(data as u32) as usize }
}

// ANCHOR: one
/// Receives a message with exactly one descriptor, and takes nothing else:
/// what came beyond that is closed before this returns.
///
/// # Errors
/// `UnexpectedEof` when the peer has closed, `InvalidData` when the message
/// has another number of descriptors, and those of [`receive`].
pub fn receive_one(socket: impl AsFd) -> io::Result<OwnedFd> {
    // Room for all that a message can carry, so that the count is known.
    let mut message = receive(socket, &mut [0; 64], MOST)?;
    match (message.bytes, message.descriptors.len()) {
        (0, _) => Err(io::ErrorKind::UnexpectedEof.into()),
        (_, 1) if !message.cut => Ok(message.descriptors.remove(0)),
        (_, count) => {
            let why = format!("one descriptor expected, {count} came");
            Err(io::Error::new(io::ErrorKind::InvalidData, why))
        }
    }
}
// ANCHOR_END: one

/// Keeps every descriptor but 0, 1 and 2 from the programs that this one
/// starts: `close_range(2)` with CLOSE_RANGE_CLOEXEC, which closes nothing
/// here.
///
/// The standard library opens all its descriptors so. But whoever started
/// this program may have left it some others by mistake. Without them, the
/// first that the next program opens is number 3.
pub fn keep_from_children() {
    let flags = libc::CLOSE_RANGE_CLOEXEC as libc::c_int;
    // SAFETY: it sets a flag and touches no memory. A kernel older than 5.11
    // refuses, and then the numbers may be other ones.
    unsafe { libc::close_range(3, libc::c_uint::MAX, flags) };
}
