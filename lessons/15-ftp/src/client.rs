//! The client: the notes' `ls`, `wget` and `wput`, as a library.
//!
//! A download is as careful as the server's uploads are: the file has its
//! name when all of it is there.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use narrator::{During, explain};
use nix::fcntl::OFlag;

use crate::folder::{Denied, Folder, Kind};
use crate::message::{Reply, Request};
use crate::send_file::send_file;
use crate::upload::Upload;
use crate::wire::Wire;

/// How long the server may be silent.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes between two looks at how far it is.
const STEP: u64 = 1024 * 1024;

/// A connection to the server.
pub struct Client {
    wire: Wire<TcpStream>,
}

/// One of a folder: file or folder, its size in bytes, its name.
pub type Listed = (Kind, u64, String);

/// Is told how many bytes of how many are done.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

/// Why it isn't done.
#[derive(Debug)]
pub enum Failed {
    /// The server says no, and why. The connection goes on.
    Refused(String),
    /// Trouble with a file of this side. The connection goes on.
    Here(io::Error),
    /// The connection has ended, or makes no sense any more.
    Broken(io::Error),
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failed::Refused(why) => write!(f, "the server says: {why}"),
            Failed::Here(error) => f.write_str(&explain(error)),
            Failed::Broken(error) if waited(error) => {
                let seconds = PATIENCE.as_secs();
                write!(f, "the server is silent for {seconds} s")
            }
            Failed::Broken(error) => {
                write!(f, "the connection is lost: {}", explain(error))
            }
        }
    }
}

/// SO_RCVTIMEO: what would have waited longer fails with EAGAIN.
fn waited(error: &io::Error) -> bool {
    error.kind() == ErrorKind::WouldBlock
}

impl std::error::Error for Failed {}

impl From<Failed> for io::Error {
    fn from(failed: Failed) -> Self {
        io::Error::other(failed)
    }
}

impl Client {
    /// Connects.
    ///
    /// # Errors
    /// Those of connect(2).
    pub fn connect(to: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(to)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Client { wire: Wire::new(stream) })
    }

    /// What is in a folder of the server's, `""` the one that it serves.
    ///
    /// # Errors
    /// [`Failed`], with the cause.
    pub fn ls(&mut self, path: &str) -> Result<Vec<Listed>, Failed> {
        self.ask(Request::List(path.into()))?;
        let mut all = Vec::new();
        loop {
            match self.reply()? {
                Reply::Entry(kind, size, name) => all.push((kind, size, name)),
                Reply::End => return Ok(all),
                other => return Err(unexpected(&other)),
            }
        }
    }

    // ANCHOR: wget
    /// Fetches the server's file `name`, to `path` on this side: how many
    /// bytes it has.
    ///
    /// # Errors
    /// [`Failed`], with the cause: then nothing has changed on this side.
    pub fn wget(
        &mut self,
        name: &str,
        path: &Path,
        progress: Progress<'_>,
    ) -> Result<u64, Failed> {
        // First of all: whether it could be stored.
        let upload = begin(path, name).map_err(Failed::Here)?;
        self.ask(Request::Get(name.into()))?;
        let size = match self.reply()? {
            Reply::Size(size) => size,
            other => return Err(unexpected(&other)),
        };
        let mut counted = Counted { upload, done: 0, size, progress };
        let stored =
            self.wire.receive(size, &mut counted).map_err(Failed::Broken)?;
        let stored = stored.during("write").map_err(io::Error::from);
        stored.and_then(|()| counted.upload.commit()).map_err(Failed::Here)?;
        Ok(size)
    }
    // ANCHOR_END: wget

    // ANCHOR: wput
    /// Sends a file of this side, to be the server's file `name`: how many
    /// bytes it has.
    ///
    /// # Errors
    /// [`Failed`], with the cause: then nothing has changed at the server;
    /// but if the connection is lost after the last byte, nobody here knows.
    pub fn wput(
        &mut self,
        path: &Path,
        name: &str,
        progress: Progress<'_>,
    ) -> Result<u64, Failed> {
        let (file, size) = open(path).map_err(Failed::Here)?;
        self.ask(Request::Put(size, name.into()))?;
        match self.reply()? {
            Reply::Go => {}
            other => return Err(unexpected(&other)),
        }
        self.content(&file, size, progress).map_err(Failed::Broken)?;
        match self.reply()? {
            Reply::Done(stored) if stored == size => Ok(size),
            other => Err(unexpected(&other)),
        }
    }
    // ANCHOR_END: wput

    fn content(
        &mut self,
        file: &File,
        size: u64,
        progress: Progress<'_>,
    ) -> io::Result<()> {
        let mut done = 0;
        while done < size {
            let step = STEP.min(size - done);
            let sent = send_file(self.wire.stream(), file, done, step)?;
            if sent < step {
                // So many were promised: only an end takes it back.
                self.wire.stream().shutdown(std::net::Shutdown::Both)?;
                let text = "the file has become shorter while it was sent";
                return Err(io::Error::new(ErrorKind::UnexpectedEof, text));
            }
            done += sent;
            progress(done, size);
        }
        Ok(())
    }

    fn ask(&mut self, request: Request) -> Result<(), Failed> {
        self.wire.send(request).map_err(Failed::Broken)
    }

    fn reply(&mut self) -> Result<Reply, Failed> {
        let frame = self.wire.frame().map_err(Failed::Broken)?;
        let Some(frame) = frame else {
            let end = io::Error::new(ErrorKind::UnexpectedEof, "the end");
            return Err(Failed::Broken(end));
        };
        match Reply::parse(&frame) {
            Some(Reply::No(why)) => Err(Failed::Refused(why)),
            Some(reply) => Ok(reply),
            None => Err(nonsense("it doesn't speak this protocol".into())),
        }
    }
}

fn unexpected(reply: &Reply) -> Failed {
    nonsense(format!("it says {:?} here", reply.to_string()))
}

fn nonsense(text: String) -> Failed {
    Failed::Broken(io::Error::new(ErrorKind::InvalidData, text))
}

/// Begins the file that a download will be. If `path` is a folder, the file
/// has the last part of the server's name there.
fn begin(path: &Path, name: &str) -> io::Result<Upload> {
    let path = match path.is_dir() {
        true => path.join(name.rsplit('/').next().unwrap_or(name)),
        false => path.to_path_buf(),
    };
    let (above, last) = apart(&path)?;
    let doing = format!("write to {}", path.display());
    let folder = Folder::open(&above).during(&doing)?;
    let upload = folder.upload(&last).map_err(io::Error::from);
    Ok(upload.during(doing)?)
}

/// A path in two: the folder, and the name in it.
fn apart(path: &Path) -> io::Result<(PathBuf, String)> {
    let last = path.file_name().and_then(|name| name.to_str());
    let last = last.ok_or_else(|| {
        let text = format!("{} is no name for a file", path.display());
        io::Error::new(ErrorKind::InvalidInput, text)
    })?;
    let above = path.parent().filter(|it| !it.as_os_str().is_empty());
    Ok((above.unwrap_or(Path::new(".")).to_path_buf(), last.to_string()))
}

/// Opens a regular file: it has a size to promise.
fn open(path: &Path) -> io::Result<(File, u64)> {
    let doing = format!("open {}", path.display());
    // As in Folder::file: a FIFO would wait.
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(OFlag::O_NONBLOCK.bits());
    let file = options.open(path).during(&doing)?;
    let about = file.metadata().during("fstat")?;
    if !about.is_file() {
        let denied = match about.is_dir() {
            true => Denied::Folder,
            false => Denied::Special,
        };
        return Ok(Err(io::Error::from(denied)).during(doing)?);
    }
    Ok((file, about.len()))
}

/// A file on its way, with an account of it.
struct Counted<'a> {
    upload: Upload,
    done: u64,
    size: u64,
    progress: Progress<'a>,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.upload.write(bytes)?;
        self.done += count as u64;
        (self.progress)(self.done, self.size);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.upload.flush()
    }
}
