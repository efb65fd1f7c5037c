//! Who may connect is a matter of files: unix(7). `connect(2)` needs the
//! permission to write to the socket's file, and to search each folder on
//! the way to it.
//!
//! Root passes every such check, so the demo gives that up first. What it
//! prints is the same for root and for everybody else.

use std::fs::{self, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use lesson_unix_sockets::{Folder, privilege};
use narrator::{explain, say};
use nix::sys::stat::{Mode, umask};

/// Permissions are given and taken away, and a client tries.
pub fn run() -> io::Result<()> {
    privilege::obey_permissions()?;
    let folder = Folder::new()?;
    let path = folder.path("door.sock");
    // Whoever started this may have another one.
    umask(Mode::from_bits_truncate(0o022));
    let server = UnixListener::bind(&path)?;
    say("server", "bind", format_args!("with umask 022: {}", mode(&path)?));
    let (mut client, mut stream) = enter(&path, &server)?;

    doors(&folder, &path)?;
    change(folder.here(), 0o700)?;
    change(&path, 0o000)?;
    say("server", "chmod", "file 000, while a client is connected");
    client.write_all(b"hello")?;
    let mut buffer = [0; 16];
    let count = stream.read(&mut buffer)?;
    let text = buffer[..count].escape_ascii();
    say("server", "recv", format_args!("\"{text}\": it was let in before"));
    private()
}

fn enter(
    path: &Path,
    server: &UnixListener,
) -> io::Result<(UnixStream, UnixStream)> {
    let client = UnixStream::connect(path)?;
    say("client", "connect", "done");
    let (stream, _) = server.accept()?;
    Ok((client, stream))
}

// ANCHOR: doors
/// The file's mode, the folder's, and what `connect` says to them.
fn doors(folder: &Folder, path: &Path) -> io::Result<()> {
    for (what, file, around) in [
        ("file 500", 0o500, 0o700),
        ("file 200", 0o200, 0o700),
        ("file 777, folder 600", 0o777, 0o600),
        ("file 777, folder 100", 0o777, 0o100),
    ] {
        change(folder.here(), 0o700)?;
        change(path, file)?;
        change(folder.here(), around)?;
        say("server", "chmod", what);
        match UnixStream::connect(path) {
            Ok(_) => say("client", "connect", "done"),
            Err(error) => say("client", "connect", explain(&error)),
        }
    }
    Ok(())
}
// ANCHOR_END: doors

// ANCHOR: private
/// Nobody else may connect, from the first moment on: the mode is right when
/// the file appears.
fn private() -> io::Result<()> {
    let folder = Folder::new()?;
    let path = folder.path("private.sock");
    let before = umask(Mode::from_bits_truncate(0o177));
    let server = UnixListener::bind(&path);
    // The mask belongs to the whole process, with all its threads: umask(2).
    umask(before);
    let _server = server?;
    say("server", "bind", format_args!("with umask 177: {}", mode(&path)?));
    Ok(())
}
// ANCHOR_END: private

fn change(path: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(path, Permissions::from_mode(mode))
}

/// A file's mode as chmod(1) takes it: `755`.
fn mode(path: &Path) -> io::Result<String> {
    let mode = fs::symlink_metadata(path)?.permissions().mode();
    Ok(format!("{:03o}", mode & 0o777))
}
