//! What `listen` must take, and from whom it must not.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, symlink};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Barrier;
use std::thread;

use lesson_unix_sockets::Folder;
use nix::fcntl::{Flock, FlockArg};
use socket2::{Domain, SockAddr, Socket, Type};
use support::check::{Broken, Log, check};

use super::exercise::*;

/// A folder, and the path of a socket in it.
fn place() -> io::Result<(Folder, PathBuf)> {
    let folder = Folder::new()?;
    let path = folder.path("server.sock");
    Ok((folder, path))
}

/// The lock's file, locked as another server would; `None` where it is taken.
fn lock(path: &Path) -> io::Result<Option<Flock<File>>> {
    let mut how = OpenOptions::new();
    how.write(true).create(true).truncate(false);
    let file = how.open(path.with_extension("sock.lock"))?;
    Ok(Flock::lock(file, FlockArg::LockExclusiveNonblock).ok())
}

/// Leaves a file behind, as a server does that is killed.
fn stale(log: &Log, path: &Path) -> io::Result<()> {
    drop(UnixListener::bind(path)?);
    log.note("given", "the file that a dead server left", "");
    Ok(())
}

/// Claims that a client that connects to the path gets to this server.
fn leads_to(
    log: &Log,
    path: &Path,
    server: &UnixListener,
) -> Result<(), Broken> {
    log.note("asked", "a connection to the path", "");
    server.set_nonblocking(true)?;
    let client = UnixStream::connect(path).map_err(|e| e.kind());
    log.expect(Ok(()), client.map(drop))?;
    let got = server.accept().map(drop).map_err(|e| e.kind());
    log.expect(Ok(()), got)
}

fn outcome<T>(result: io::Result<T>) -> Result<(), ErrorKind> {
    result.map(drop).map_err(|error| error.kind())
}

#[test]
fn a_free_path_is_bound() {
    check("09", "A socket with a file's name")
        .because("Nothing is there: bind makes the file, listen opens it.")
        .run(|log| {
            let (_folder, path) = place()?;
            let (listener, _lock) = listen(&path)?;
            leads_to(log, &path, &listener)
        });
}

#[test]
fn a_file_that_was_left_behind_is_replaced() {
    check("09", "The file stays")
        .because(
            "No close removes a socket's file, and bind fails while there \
             is one: EADDRINUSE. SO_REUSEADDR changes nothing about paths. \
             You have the lock, so nobody needs the file any more.",
        )
        .run(|log| {
            let (_folder, path) = place()?;
            stale(log, &path)?;
            let listened = listen(&path);
            log.expect(
                Ok(()),
                listened.as_ref().map(drop).map_err(|e| e.kind()),
            )?;
            leads_to(log, &path, &listened?.0)
        });
}

#[test]
fn a_server_that_is_alive_keeps_its_path() {
    check("09", "The file stays")
        .because(
            "The other server has the lock and is at work. Without its file \
             it would go on listening where no path leads, and nobody would \
             tell it. The lock says so before you touch anything, and at \
             once: don't wait for it.",
        )
        .run(|log| {
            let (_folder, path) = place()?;
            let (first, _lock) = listen(&path)?;
            log.note("given", "a server of yours listens there", "");
            log.note("asked", "another one at the same path", "");
            log.expect(Err(ErrorKind::AddrInUse), outcome(listen(&path)))?;
            leads_to(log, &path, &first)
        });
}

#[test]
fn a_server_that_is_about_to_listen_keeps_its_path() {
    check("09", "The file stays")
        .because(
            "A server that has called bind and not yet listen refuses \
             connections, as a dead one does. So a connection can't tell \
             you whether it is alive. The lock can.",
        )
        .run(|log| {
            let (_folder, path) = place()?;
            let _lock = lock(&path)?;
            let first = Socket::new(Domain::UNIX, Type::STREAM, None)?;
            first.bind(&SockAddr::unix(&path)?)?;
            let what = "a server with the lock, between bind and listen";
            log.note("given", what, "");
            log.expect(Err(ErrorKind::AddrInUse), outcome(listen(&path)))?;
            first.listen(16)?;
            log.note("given", "now it listens", "");
            leads_to(log, &path, &first.into())
        });
}

#[test]
fn what_is_no_socket_stays() {
    check("09", "The file stays")
        .because(
            "Somebody has mistyped a path, and it is that of a file with \
             something in it. Look at the file's type before you remove it.",
        )
        .run(|log| {
            let (_folder, path) = place()?;
            fs::write(&path, "a diary")?;
            log.note("given", "a file with \"a diary\" in it", "");
            let got = outcome(listen(&path));
            log.expect(Err(ErrorKind::AlreadyExists), got)?;
            log.note("asked", "what is in the file", "");
            let text = fs::read_to_string(&path).map_err(|e| e.kind());
            log.expect(Ok("a diary".to_string()), text)
        });
}

#[test]
fn a_link_is_no_socket() {
    check("09", "The file stays")
        .because(
            "A symbolic link is there. `metadata` and `exists` look at what \
             it leads to; `symlink_metadata` looks at the link.",
        )
        .run(|log| {
            let (folder, path) = place()?;
            let other = folder.path("other.sock");
            for there in [true, false] {
                if there {
                    drop(UnixListener::bind(&other)?);
                    log.note("given", "a link to a socket's file", "");
                } else {
                    fs::remove_file(&other)?;
                    fs::remove_file(&path)?;
                    log.afresh().note("given", "a link to nothing", "");
                }
                symlink(&other, &path)?;
                let got = outcome(listen(&path));
                log.expect(Err(ErrorKind::AlreadyExists), got)?;
                log.note("asked", "whether the link is still there", "");
                log.expect(true, path.is_symlink())?;
            }
            Ok(())
        });
}

#[test]
fn the_lock_is_held_until_it_is_let_go() {
    check("09", "The file stays")
        .because(
            "Another server finds the lock free while yours is alive. It \
             must be exclusive, on the file PATH.lock, and that file must \
             keep its name.",
        )
        .run(|log| {
            let (_folder, path) = place()?;
            let (_listener, held) = listen(&path)?;
            log.note("given", "your server listens, and keeps its lock", "");
            log.note("asked", "whether PATH.lock can be locked", "");
            log.expect(false, lock(&path)?.is_some())?;
            drop(held);
            log.note("given", "it lets go of the lock", "");
            log.note("asked", "whether PATH.lock can be locked", "");
            log.expect(true, lock(&path)?.is_some())
        });
}

#[test]
fn the_file_of_the_lock_stays_the_same() {
    check("09", "The file stays")
        .because(
            "A server that ends and one that starts must lock the same \
             file. Who removes it lets two servers lock two files of the \
             same name.",
        )
        .run(|log| {
            let (_folder, path) = place()?;
            drop(lock(&path)?);
            let file = path.with_extension("sock.lock");
            let before = fs::metadata(&file)?.ino();
            log.note("given", "the lock's file of an earlier run", "");
            drop(listen(&path)?);
            log.note("asked", "whether it is there, and the same", "");
            let after = fs::metadata(&file).map(|f| f.ino());
            log.expect(
                Ok(true),
                after.map(|i| i == before).map_err(|e| e.kind()),
            )
        });
}

#[test]
fn of_many_at_once_one_wins() {
    const SERVERS: usize = 6;
    check("09", "The file stays")
        .because(
            "Several servers found the same file of a dead one. Only one of \
             them may have the path, and it must keep it.",
        )
        .run(|log| {
            for _ in 0..20 {
                let (_folder, path) = place()?;
                stale(log.afresh(), &path)?;
                let what = format!("{SERVERS} servers of yours at once");
                log.note("asked", what, "");
                let (start, tried) =
                    (Barrier::new(SERVERS), Barrier::new(SERVERS));
                let serve = || {
                    start.wait();
                    let listened = listen(&path);
                    // Nobody ends before all have tried.
                    tried.wait();
                    listened.is_ok()
                };
                let won = thread::scope(|scope| {
                    let all: Vec<_> =
                        (0..SERVERS).map(|_| scope.spawn(serve)).collect();
                    let won = all.into_iter().map(|s| s.join());
                    won.filter(|won| matches!(won, Ok(true))).count()
                });
                log.expect(1, won)?;
            }
            Ok(())
        });
}
