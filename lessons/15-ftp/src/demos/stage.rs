//! What the demos do with a server.

use std::fs;
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use lesson_ftp::message::{Reply, Request};
use lesson_ftp::{Client, Folder, Kind, Wire, server};
use lesson_socketserver::{Report, Stopper, listen};

use super::{ANY, nameless};

/// How long anything may take, on a busy machine.
pub const LONG: Duration = Duration::from_secs(60);

/// A server in a thread.
pub struct Serving {
    /// Where it listens.
    pub address: SocketAddr,
    stopper: Stopper,
    running: JoinHandle<io::Result<Report>>,
}

impl Serving {
    /// Serves a folder, at a port that the kernel chooses.
    pub fn start(folder: &Path) -> io::Result<Self> {
        let listener = listen::tcp(ANY.into())?;
        let address = listener.local_addr()?;
        let server = server(listener, Folder::open(folder)?, LONG)?;
        let stopper = server.stopper();
        let running = thread::spawn(move || server.run());
        Ok(Serving { address, stopper, running })
    }

    /// Stops it: how many it has served.
    pub fn stop(self) -> io::Result<String> {
        self.stopper.stop();
        let report = self.running.join().map_err(|_| broken())??;
        Ok(format!("served {}, refused {}", report.served, report.refused))
    }
}

fn broken() -> io::Error {
    io::Error::other("the server's thread has panicked")
}

/// The tool `serve`, a process that can be killed.
pub struct Process {
    /// Where it listens.
    pub address: SocketAddr,
    child: Child,
    stderr: BufReader<ChildStderr>,
    folder: PathBuf,
}

impl Process {
    /// Starts it, and waits until it listens.
    pub fn start(folder: &Path) -> io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .arg(folder)
            .arg("127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().ok_or(ErrorKind::BrokenPipe)?;
        let stderr = child.stderr.take().ok_or(ErrorKind::BrokenPipe)?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line.trim_end().strip_prefix("listening on ");
        let address = address.unwrap_or_default().parse();
        let address = address.map_err(io::Error::other)?;
        let stderr = BufReader::new(stderr);
        Ok(Process { address, child, stderr, folder: folder.into() })
    }

    /// What it says next about a client.
    pub fn trouble(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.stderr.read_line(&mut line)?;
        let why = line.trim_end().split_once(": ");
        Ok(why.map_or(line.as_str(), |(_, why)| why).to_string())
    }

    /// Waits until it has written so many bytes to a file without a name.
    pub fn has_written(&self, count: u64) -> io::Result<()> {
        nameless::has_written(self.child.id(), &self.folder, count)
    }

    /// Kills it: SIGKILL, which no process can handle, signal(7).
    pub fn kill(mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An upload that goes on as far as it is told.
pub struct Half(Wire<TcpStream>);

impl Half {
    /// Asks for an upload of so many bytes, and waits for "go".
    pub fn begin(to: SocketAddr, size: u64, name: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(to)?;
        stream.set_read_timeout(Some(LONG))?;
        let mut half = Half(Wire::new(stream));
        half.0.send(Request::Put(size, name.into()))?;
        match half.answer()?.as_str() {
            "go" => Ok(half),
            other => Err(io::Error::other(other.to_string())),
        }
    }

    /// Sends some more of the bytes.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.stream().write_all(bytes)
    }

    /// What the server says.
    pub fn answer(&mut self) -> io::Result<String> {
        let frame = self.0.frame()?.ok_or(ErrorKind::UnexpectedEof)?;
        let reply = Reply::parse(&frame).ok_or(ErrorKind::InvalidData)?;
        Ok(reply.to_string())
    }
}

/// What the others see: `music/, song: 1000 bytes`.
pub fn ls(client: &mut Client) -> io::Result<String> {
    let entries = client.ls("")?;
    let shown = entries.iter().map(|(kind, size, name)| match kind {
        Kind::File => format!("{name}: {size} bytes"),
        Kind::Folder => format!("{name}/"),
    });
    Ok(match entries.len() {
        0 => "nothing".to_string(),
        _ => shown.collect::<Vec<_>>().join(", "),
    })
}

/// All names that are in a folder, hidden ones too.
pub fn names(folder: &Path) -> io::Result<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names.join(" "))
}
