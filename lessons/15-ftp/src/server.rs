//! The notes' file server: a directory listing, and an is-a-file check.
//!
//! It is a handler of chapter 13, so the server around it takes callers, has
//! a thread for each, and stops. What is left to do is to answer requests,
//! one after the other, until the client has no more.

use std::io::{self, ErrorKind};
use std::net::TcpListener;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

use lesson_framing::Error;
use lesson_socketserver::{Stream, StreamHandler, ThreadingTcpServer};
use narrator::{During, explain};
use nix::sys::socket::setsockopt;
use nix::sys::socket::sockopt::{ReceiveTimeout, SendTimeout};
use nix::sys::time::TimeVal;

use crate::folder::Folder;
use crate::hang_up::hang_up;
use crate::message::{Reply, Request};
use crate::send_file::send_file;
use crate::wire::Wire;

/// How long a client may be silent, or not read.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Serves the files of a folder to one client.
pub struct Files {
    folder: Arc<Folder>,
    patience: Duration,
}

impl Files {
    /// A handler; each connection has its own, and all have the folder.
    pub fn new(folder: Arc<Folder>) -> Self {
        Files { folder, patience: PATIENCE }
    }

    /// How long a client may be silent: at least a microsecond.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }
}

/// A server of the notes' protocol.
///
/// # Errors
/// Those of the system: EMFILE.
pub fn server(
    listener: TcpListener,
    folder: Folder,
    patience: Duration,
) -> io::Result<ThreadingTcpServer<impl Fn() -> Files + Send + Sync + 'static>>
{
    let folder = Arc::new(folder);
    let make = move || Files::new(folder.clone()).patience(patience);
    ThreadingTcpServer::new(listener, make)
}

// ANCHOR: handle
impl StreamHandler for Files {
    fn handle(&mut self, stream: &mut dyn Stream, _: &str) -> io::Result<()> {
        limit_waits(&stream, self.patience)?;
        let mut wire = Wire::new(stream);
        self.talk(&mut wire).map_err(|error| self.why(&mut wire, error))
    }
}

impl Files {
    /// Answers one request after the other, until there are no more.
    fn talk(&self, wire: &mut Client<'_>) -> io::Result<()> {
        while let Some(frame) = wire.frame()? {
            match Request::parse(&frame) {
                Ok(Request::List(name)) => self.list(wire, &name)?,
                Ok(Request::Get(name)) => self.get(wire, &name)?,
                Ok(Request::Put(size, name)) => self.put(wire, size, &name)?,
                Err(why) => wire.send(Reply::No(why))?,
            }
        }
        Ok(())
    }
}
// ANCHOR_END: handle

/// A connection, as a handler has it.
type Client<'a> = Wire<&'a mut dyn Stream>;

impl Files {
    fn list(&self, wire: &mut Client<'_>, name: &str) -> io::Result<()> {
        match self.folder.entries(name) {
            Ok(entries) => {
                let replies = entries.into_iter().map(Reply::from);
                wire.send_all(replies.chain([Reply::End]))
            }
            Err(denied) => wire.send(Reply::from(denied)),
        }
    }

    // ANCHOR: get
    fn get(&self, wire: &mut Client<'_>, name: &str) -> io::Result<()> {
        let file = match self.folder.file(name) {
            Ok(file) => file,
            Err(denied) => return wire.send(Reply::from(denied)),
        };
        // Of the file that is open, whatever its name stands for by now.
        let size = file.metadata()?.len();
        wire.send(Reply::Size(size))?;
        let sent = send_file(wire.stream().as_fd(), &file, 0, size)?;
        if sent < size {
            // The bytes were promised. Only an end before them takes it back.
            let text = format!("{name:?} has become shorter while it was sent");
            return Err(io::Error::new(ErrorKind::UnexpectedEof, text));
        }
        Ok(())
    }
    // ANCHOR_END: get

    // ANCHOR: put
    fn put(
        &self,
        wire: &mut Client<'_>,
        size: u64,
        name: &str,
    ) -> io::Result<()> {
        let mut upload = match self.folder.upload(name) {
            Ok(upload) => upload,
            Err(denied) => return wire.send(Reply::from(denied)),
        };
        wire.send(Reply::Go)?;
        // If the client stops half-way, the upload is dropped: it never was.
        let written = wire.receive(size, &mut upload)?.during("write");
        let stored = written.map_err(io::Error::from);
        wire.send(match stored.and_then(|()| upload.commit()) {
            Ok(()) => Reply::Done(size),
            Err(error) => Reply::No(explain(&error)),
        })
    }
    // ANCHOR_END: put

    /// Why the connection can't go on; the client is told, if it may not
    /// know.
    fn why(&self, wire: &mut Client<'_>, error: io::Error) -> io::Error {
        let cause = error.get_ref().and_then(|it| it.downcast_ref());
        if let Some(Error::TooLong { .. }) = cause {
            // It may have gone: then nobody wants to know.
            let _ = say_and_close(wire, &error);
        }
        match error.kind() {
            ErrorKind::WouldBlock => {
                let seconds = self.patience.as_secs_f32();
                let text = format!("nothing moved for {seconds} s");
                io::Error::new(ErrorKind::TimedOut, text)
            }
            _ => error,
        }
    }
}

/// The last word, and a close that doesn't take it away.
fn say_and_close(wire: &mut Client<'_>, why: &io::Error) -> io::Result<()> {
    wire.send(Reply::No(why.to_string()))?;
    hang_up(wire.stream().as_fd())
}

/// Lets a read and a write fail with EAGAIN that have waited so long:
/// SO_RCVTIMEO and SO_SNDTIMEO, socket(7).
fn limit_waits(stream: impl AsFd, patience: Duration) -> io::Result<()> {
    let micros = patience.as_micros().clamp(1, i64::MAX as u128) as i64;
    let time = TimeVal::new(micros / 1_000_000, micros % 1_000_000);
    setsockopt(&stream, ReceiveTimeout, &time)?;
    setsockopt(&stream, SendTimeout, &time)?;
    Ok(())
}
