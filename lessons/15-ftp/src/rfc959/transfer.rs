//! Bytes over the data connection, with an ear for the other one.
//!
//! The end of the data connection is the end of the file: RFC 959, section
//! 3.4.1. Nothing counts its bytes, and a client that dies closes its
//! connections as one that has finished. What this server does about it is
//! told in [`super::Session`].

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc::linger;
use nix::poll::PollFlags;
use nix::sys::sendfile::sendfile64;
use nix::sys::socket::{setsockopt, sockopt};

use super::control::{Broken, Control};
use crate::Upload;

/// The most that one sendfile moves, before the next look at the control
/// connection.
const PIECE: u64 = 2 * 1024 * 1024;

/// A data connection, and how long it may stand still.
pub(crate) struct Transfer<'a, 'b> {
    pub(crate) control: &'a mut Control<'b>,
    pub(crate) data: &'a TcpStream,
    pub(crate) stall: Duration,
}

impl Transfer<'_, '_> {
    fn wait(&mut self, ready: PollFlags) -> Result<(), Broken> {
        let end = Instant::now() + self.stall;
        self.control.wait(self.data.as_fd(), ready, end)
    }

    // ANCHOR: send
    /// Sends a file's bytes from `start` to `end`: `sendfile(2)`.
    pub(crate) fn send_file(
        &mut self,
        file: &File,
        start: u64,
        end: u64,
    ) -> Result<(), Broken> {
        let mut at = i64::try_from(start).map_err(|_| Errno::EOVERFLOW)?;
        while (at as u64) < end {
            self.wait(PollFlags::POLLOUT)?;
            let most = (end - at as u64).min(PIECE) as usize;
            match sendfile64(self.data, file, Some(&mut at), most) {
                Ok(0) => return Err(Broken::Shorter),
                Ok(_) | Err(Errno::EAGAIN | Errno::EINTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
        Ok(())
    }
    // ANCHOR_END: send

    /// Sends a listing.
    pub(crate) fn send(&mut self, mut bytes: &[u8]) -> Result<(), Broken> {
        let mut data = self.data;
        while !bytes.is_empty() {
            self.wait(PollFlags::POLLOUT)?;
            match data.write(bytes) {
                Ok(count) => bytes = &bytes[count..],
                Err(error) if later(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    // ANCHOR: receive
    /// Takes a file's bytes to the connection's end: how many.
    pub(crate) fn receive(
        &mut self,
        upload: &mut Upload,
    ) -> Result<u64, Broken> {
        let mut data = self.data;
        let mut piece = vec![0; 256 * 1024];
        let mut all = 0;
        loop {
            self.wait(PollFlags::POLLIN)?;
            match data.read(&mut piece) {
                Ok(0) => return Ok(all),
                Ok(count) => {
                    let written = upload.write_all(&piece[..count]);
                    written.map_err(Broken::Disk)?;
                    all += count as u64;
                }
                Err(error) if later(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    // ANCHOR_END: receive

    /// Lets the connection's end be a reset, ECONNRESET: else the client
    /// would take the end of a part for the end of the file.
    pub(crate) fn break_off(&self) {
        let now = linger { l_onoff: 1, l_linger: 0 };
        // It fails only where there is no connection any more.
        let _ = setsockopt(self.data, sockopt::Linger, &now);
    }
}

fn later(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, WouldBlock};
    matches!(error.kind(), WouldBlock | Interrupted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    use support::peer::connection;

    #[test]
    fn a_listing_that_no_buffer_holds_arrives() {
        let (mut client, data) = connection().unwrap();
        setsockopt(&data, sockopt::SndBuf, &4096).unwrap();
        data.set_nonblocking(true).unwrap();
        let (_other, control) = connection().unwrap();
        let mut control = Control::new(control, Box::new(|_| {}));
        let stall = Duration::from_secs(60);
        let listing: Vec<u8> = (0..1_000_000).map(|it| it as u8).collect();
        let reading = thread::spawn(move || {
            let mut all = Vec::new();
            client.read_to_end(&mut all).map(|_| all)
        });

        let mut transfer =
            Transfer { control: &mut control, data: &data, stall };
        transfer.send(&listing).unwrap();
        drop(data);

        assert!(reading.join().unwrap().unwrap() == listing);
    }
}
