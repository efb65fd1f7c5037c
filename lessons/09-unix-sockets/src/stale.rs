//! The file of a socket outlives it: unix(7). The next `bind(2)` finds it and
//! fails, and SO_REUSEADDR doesn't help. It is about ports.
//!
//! What helps is `unlink(2)`, by somebody who knows that no server is alive.
//! The lesson's [`Claim`] knows by a lock.

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use lesson_unix_sockets::{Claim, Folder};
use narrator::{explain, line, say};
use socket2::{Domain, SockAddr, Socket, Type};

use crate::stage::{MYSELF, strange};

/// A file stays behind, and is cleared away: by hand, then by the lock.
pub fn run() -> io::Result<()> {
    let folder = Folder::new()?;
    line("By hand");
    by_hand(&folder.path("stale.sock"))?;
    line("");
    line("With a lock, against a server in another program");
    locked(&folder.path("locked.sock"))
}

// ANCHOR: by_hand
fn by_hand(path: &Path) -> io::Result<()> {
    drop(UnixListener::bind(path)?);
    say("first", "bind", "and close, as when a server ends");
    if let Err(error) = UnixStream::connect(path) {
        say("client", "connect", explain(&error));
    }

    let second = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    let before = second.reuse_address()?;
    second.set_reuse_address(true)?;
    let after = second.reuse_address()?;
    let what = format!("SO_REUSEADDR: {before} → {after}");
    say("second", "setsockopt", what);
    if let Err(error) = second.bind(&SockAddr::unix(path)?) {
        say("second", "bind", explain(&error));
    }

    fs::remove_file(path)?;
    say("second", "unlink", "the file that nobody listens at");
    second.bind(&SockAddr::unix(path)?)?;
    say("second", "bind", "done");
    Ok(())
}
// ANCHOR_END: by_hand

fn locked(path: &Path) -> io::Result<()> {
    let mut first = Server::start(path)?;
    say("first", "listen", "and keeps a lock");
    if let Err(refused) = Claim::take(path) {
        say("second", "flock", refused);
    }

    first.kill()?;
    say("first", "killed", "SIGKILL: no program can clean up after that");
    let there = if path.try_exists()? { "still there" } else { "gone" };
    say("second", "stat", format_args!("the file is {there}"));
    let _claim = Claim::take(path)?;
    say("second", "flock", "got it: the kernel opened the lock");
    say("second", "unlink", "bind, listen: safe, as long as it has the lock");
    UnixStream::connect(path)?;
    say("client", "connect", "done");
    Ok(())
}

/// The lesson's tool `server`, as a program of its own. Its stdin is a pipe
/// from this one, and ends with it, whatever ends it: then so does the server.
struct Server(Child);

impl Server {
    fn start(path: &Path) -> io::Result<Self> {
        let mut child = Command::new(MYSELF)
            .args(["server", "--until-stdin-ends"])
            .arg(path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().ok_or_else(|| strange("no pipe"))?;
        let server = Server(child);
        let mut told = String::new();
        BufReader::new(stdout).read_line(&mut told)?;
        match told.starts_with("listening on ") {
            true => Ok(server),
            false => Err(strange("the server didn't start")),
        }
    }

    fn kill(&mut self) -> io::Result<()> {
        self.0.kill()?;
        self.0.wait().map(drop)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // On an error, nothing stays behind.
        let _ = self.kill();
    }
}
