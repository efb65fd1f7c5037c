//! A read that goes on by itself: aio(7), the asynchronous I/O of POSIX.
//!
//! `aio_read` notes what is to be read and returns. When it is done, the
//! bytes are in the buffer. On Linux the C library does it, with threads that
//! wait in read(2) in the program's place. Chapter 12 has the kernel's own.
//!
//! The control block and the buffer belong to that thread until the read is
//! done, so neither may move or be freed before: both are boxes here, and a
//! request that is dropped too early leaves them where they are.

#![allow(unsafe_code)]

use std::io;
use std::mem;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr;

use nix::errno::Errno;
use nix::libc;

/// A read that has been asked for.
pub struct Request {
    control: *mut libc::aiocb,
    buffer: *mut [u8],
    taken: bool,
}

impl Request {
    // ANCHOR: submit
    /// Asks for up to `room` bytes, and returns at once: `aio_read(3)`.
    ///
    /// # Errors
    /// EAGAIN where the C library can't start another thread.
    pub fn read(from: BorrowedFd<'_>, room: usize) -> io::Result<Self> {
        let buffer = Box::into_raw(vec![0; room].into_boxed_slice());
        // SAFETY: integers and pointers only, for all of which zero is valid.
        let mut control: libc::aiocb = unsafe { mem::zeroed() };
        control.aio_fildes = from.as_raw_fd();
        control.aio_buf = buffer.cast();
        control.aio_nbytes = room;
        control.aio_sigevent.sigev_notify = libc::SIGEV_NONE;
        let control = Box::into_raw(Box::new(control));
        let request = Request { control, buffer, taken: false };
        // SAFETY: both boxes stay where they are until the read is done.
        Errno::result(unsafe { libc::aio_read(control) })?;
        Ok(request)
    }
    // ANCHOR_END: submit

    /// How far it is: EINPROGRESS, 0 for done, or an error: `aio_error(3)`.
    fn state(&self) -> i32 {
        // SAFETY: the control block lives as long as the request.
        unsafe { libc::aio_error(self.control) }
    }

    // ANCHOR: take
    /// What came, once the read is done: `aio_return(3)`. `None` before.
    ///
    /// # Errors
    /// Those of read(2).
    pub fn take(&mut self) -> io::Result<Option<Vec<u8>>> {
        let state = self.state();
        if self.taken || state == libc::EINPROGRESS {
            return Ok(None);
        }
        self.taken = true;
        // SAFETY: the read is done, and this is the one call for it.
        let count = unsafe { libc::aio_return(self.control) };
        let Ok(count) = usize::try_from(count) else {
            return Err(io::Error::from_raw_os_error(state));
        };
        // SAFETY: the thread has done with the buffer, which is freed with
        // the request.
        let bytes = unsafe { &(&*self.buffer)[..count] };
        Ok(Some(bytes.to_vec()))
    }
    // ANCHOR_END: take
}

impl Drop for Request {
    fn drop(&mut self) {
        if !self.taken && self.state() == libc::EINPROGRESS {
            // A thread of the C library may write into it yet.
            return;
        }
        // SAFETY: both come from boxes, and nobody else uses them any more.
        unsafe {
            drop(Box::from_raw(self.control));
            drop(Box::from_raw(self.buffer));
        }
    }
}

/// Waits until one of them is done: `aio_suspend(3)`.
///
/// # Errors
/// ENOSYS where the C library has none of this.
pub fn suspend(requests: &[&Request]) -> io::Result<()> {
    let list: Vec<_> =
        requests.iter().map(|request| request.control.cast_const()).collect();
    let count = i32::try_from(list.len()).unwrap_or(i32::MAX);
    loop {
        // SAFETY: so many control blocks, each of a live request.
        let done =
            unsafe { libc::aio_suspend(list.as_ptr(), count, ptr::null()) };
        match Errno::result(done) {
            // EINTR: a signal arrived; signal(7) says try again.
            Err(Errno::EINTR) => {}
            done => return Ok(done.map(drop)?),
        }
    }
}
