//! Responses, on their way out.
//!
//! ```text
//! requests that came together → │ head body │ head body │ → one write
//! a big file                  → │ head │ → sendfile …
//! ```
//!
//! Heads and small contents are gathered, and written when the server would
//! wait for the next request. A file's bytes go from the page cache to the
//! socket: sendfile(2).

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::FileExt;

use lesson_coroutines::net::TcpStream;
use lesson_coroutines::reactor::Direction;
use lesson_coroutines::scheduler::yield_now;
use nix::errno::Errno;
use nix::libc;
use nix::sys::sendfile::sendfile64;
use nix::sys::socket::{MsgFlags, send};

use crate::chunked;
use crate::pace::{Pace, Patience};
use crate::response::End;
use crate::server::Seat;
use crate::{Content, Response, Version};

/// A content of at most so many bytes is copied behind its head.
const SMALL: u64 = 32 * 1024;
/// So much is gathered before it is written.
const FULL: usize = 64 * 1024;
/// The most that one sendfile moves before the others have their turn.
const SHARE: u64 = 1024 * 1024;

/// What has been gathered, and where it goes.
pub(crate) struct Output<'c> {
    pub stream: &'c TcpStream,
    pub seat: &'c Seat,
    pub patience: &'c Patience,
    pub bytes: Vec<u8>,
    /// That of the answer that goes out.
    pub pace: Option<Pace>,
}

/// How a response goes out.
#[derive(Clone, Copy)]
pub(crate) struct Way {
    pub version: Version,
    /// The request was HEAD.
    pub head: bool,
    /// The value of the Connection field, if it needs one.
    pub connection: Option<&'static str>,
}

impl Output<'_> {
    // ANCHOR: send
    /// Gathers a response, and writes what is too much to be gathered.
    pub fn send(&mut self, response: Response, way: Way) -> io::Result<()> {
        self.pace = None;
        response.write_head(way.version, way.connection, &mut self.bytes);
        let end = response.end(way.head, way.version);
        match response.content {
            _ if end == End::Head => {}
            Content::Bytes(bytes) if bytes.len() as u64 > SMALL => {
                self.flush()?;
                self.write(&bytes, MsgFlags::empty())?;
            }
            Content::Bytes(bytes) => self.bytes.extend_from_slice(&bytes),
            Content::File(file, start, count) if count <= SMALL => {
                self.copy(&file, start, count as usize)?;
            }
            Content::File(file, start, count) => {
                self.send_file(&file, start, count)?;
            }
            Content::Pieces(pieces) => {
                for piece in pieces {
                    self.piece(&piece?, end)?;
                }
                if end == End::Chunks {
                    chunked::end(&mut self.bytes);
                }
            }
            Content::Tunnel(_) => {}
        }
        if self.bytes.len() >= FULL { self.flush() } else { Ok(()) }
    }
    // ANCHOR_END: send

    /// Writes all that has been gathered, in one call if the socket takes it.
    pub fn flush(&mut self) -> io::Result<()> {
        self.flush_with(MsgFlags::empty())
    }

    fn flush_with(&mut self, flags: MsgFlags) -> io::Result<()> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        let mut bytes = std::mem::take(&mut self.bytes);
        let written = self.write(&bytes, flags);
        bytes.clear();
        self.bytes = bytes;
        written
    }

    /// A piece whose number of bytes is told before it.
    fn piece(&mut self, piece: &[u8], end: End) -> io::Result<()> {
        match end {
            End::Chunks => chunked::encode(piece, &mut self.bytes),
            _ => self.bytes.extend_from_slice(piece),
        }
        // The client sees it now, whatever the next one takes.
        self.flush()
    }

    /// A small file: read into the same write.
    fn copy(
        &mut self,
        file: &File,
        start: u64,
        count: usize,
    ) -> io::Result<()> {
        let head = self.bytes.len();
        self.bytes.resize(head + count, 0);
        file.read_exact_at(&mut self.bytes[head..], start)
    }

    fn write(&mut self, mut bytes: &[u8], flags: MsgFlags) -> io::Result<()> {
        let flags = flags | MsgFlags::MSG_NOSIGNAL;
        // What goes at once needs no clock.
        match send(self.stream.get().as_raw_fd(), bytes, flags) {
            Ok(count) if count == bytes.len() => return Ok(()),
            Ok(count) => bytes = &bytes[count..],
            Err(Errno::EAGAIN) => {}
            Err(errno) => return Err(errno.into()),
        }
        let mut pace = self.pace();
        while !bytes.is_empty() {
            self.wait(&pace)?;
            let count = self.stream.call(Direction::Write, |socket| {
                Ok(send(socket.as_raw_fd(), bytes, flags)?)
            })?;
            bytes = &bytes[count..];
            pace.moved(count, self.patience);
        }
        self.pace = Some(pace);
        Ok(())
    }

    /// How this answer goes. To make its next piece is not the client's time.
    fn pace(&self) -> Pace {
        let begin = || Pace::begin(self.patience);
        let mut pace = self.pace.unwrap_or_else(begin);
        pace.go_on();
        pace
    }

    fn wait(&self, pace: &Pace) -> io::Result<()> {
        self.seat.slow(pace);
        let left = pace.left().ok_or(io::ErrorKind::TimedOut)?;
        self.stream.set_limit(Some(left));
        Ok(())
    }

    // ANCHOR: send_file
    /// The head, and then the file by sendfile(2).
    fn send_file(
        &mut self,
        file: &File,
        start: u64,
        count: u64,
    ) -> io::Result<()> {
        // send(2), MSG_MORE: so the head shares a segment with the file's first
        // bytes.
        self.flush_with(MsgFlags::from_bits_retain(libc::MSG_MORE))?;
        let mut at = i64::try_from(start).map_err(io::Error::other)?;
        let end = start + count;
        let mut pace = self.pace();
        while (at as u64) < end {
            self.wait(&pace)?;
            let most = (end - at as u64).min(SHARE) as usize;
            let sent = self.stream.call(Direction::Write, |socket| {
                Ok(sendfile64(socket.as_fd(), file, Some(&mut at), most)?)
            })?;
            if sent == 0 {
                // It has become shorter, and the length was told.
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            pace.moved(sent, self.patience);
            yield_now();
        }
        Ok(())
    }
    // ANCHOR_END: send_file
}
