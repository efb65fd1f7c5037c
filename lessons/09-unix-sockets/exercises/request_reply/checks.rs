//! How a question gets its answer, and who must not be in the way.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lesson_unix_sockets::Folder;
use support::check::{Broken, Log, check};
use support::peer::PATIENCE;

use super::exercise::*;

/// How long a question waits that nobody answers.
const SHORT: Duration = Duration::from_millis(50);

/// A folder, a server's socket in it, and a path for the client.
struct Scene {
    folder: Folder,
    server: UnixDatagram,
    path: PathBuf,
    own: PathBuf,
}

fn scene() -> io::Result<Scene> {
    let folder = Folder::new()?;
    let (path, own) = (folder.path("server.sock"), folder.path("client.sock"));
    let server = UnixDatagram::bind(&path)?;
    server.set_read_timeout(Some(PATIENCE))?;
    Ok(Scene { folder, server, path, own })
}

/// What `ask` gives, with the answer that came.
fn asked(server: &Path, own: &Path, patience: Duration) -> Answer {
    let mut answer = [0; 64];
    let got = ask(server, own, b"hello", &mut answer, patience);
    got.map(|count| answer[..count.min(64)].to_vec()).map_err(|e| e.kind())
}

type Answer = Result<Vec<u8>, ErrorKind>;

/// Claims that `ask` gave this, and left no file.
fn gave(log: &Log, due: Answer, got: Answer, own: &Path) -> Result<(), Broken> {
    log.expect(due, got)?;
    log.note("asked", "whether the client's file is there", "");
    log.expect(false, own.exists())
}

/// What `answer_one` gives, with "HELLO" for "hello".
fn answered(server: &UnixDatagram) -> Result<bool, ErrorKind> {
    answer_one(server, <[u8]>::to_ascii_uppercase).map_err(|e| e.kind())
}

#[test]
fn a_question_gets_its_answer() {
    check("09", "Datagrams that wait")
        .because(
            "The client has a name, so the server can answer it. Afterwards \
             its file is of no use to anybody.",
        )
        .run(|log| {
            let Scene { folder: _folder, server, path, own } = scene()?;
            let at = own.clone();
            let asks = log.aside(move || asked(&path, &at, PATIENCE));
            let mut buffer = [0; 64];
            let (count, from) = server.recv_from(&mut buffer)?;
            log.note("asked", "what the server gets", "");
            log.expect(b"hello".to_vec(), buffer[..count].to_vec())?;
            log.note("asked", "whether it came from the path `own`", "");
            let from = from.as_pathname().map(|path| path == own);
            log.expect(Some(true), from)?;
            server.send_to(b"HELLO", &own)?;
            log.sent("HELLO", "to that path");
            match asks.recv_timeout(PATIENCE) {
                Ok(got) => gave(log, Ok(b"HELLO".to_vec()), got, &own),
                Err(_) => log.broken("no answer"),
            }
        });
}

#[test]
fn no_answer_is_told_in_time() {
    check("09", "Datagrams that wait")
        .because(
            "The server is there, and doesn't answer. The client waits as \
             long as it was told to, and says TimedOut: SO_RCVTIMEO reports \
             WouldBlock. The file goes on this way out as well.",
        )
        .run(|log| {
            let Scene { folder: _folder, server: _server, path, own } =
                scene()?;
            log.note("given", "a server that never answers", "");
            let got = asked(&path, &own, SHORT);
            gave(log, Err(ErrorKind::TimedOut), got, &own)
        });
}

#[test]
fn a_server_that_is_gone_is_told_at_once() {
    check("09", "Datagrams that wait")
        .because(
            "Its file is there, and no socket behind it: ConnectionRefused, \
             from the kernel, without a wait. Your own file must go all the \
             same.",
        )
        .run(|log| {
            let Scene { folder: _folder, server, path, own } = scene()?;
            drop(server);
            log.note("given", "a server that has ended", "");
            let got = asked(&path, &own, PATIENCE);
            gave(log, Err(ErrorKind::ConnectionRefused), got, &own)
        });
}

#[test]
fn a_server_that_never_was_is_told_at_once() {
    check("09", "Datagrams that wait")
        .because("There is no such file: NotFound, and nothing stays behind.")
        .run(|log| {
            let Scene { folder: _folder, server: _server, path, own } =
                scene()?;
            fs::remove_file(&path)?;
            log.note("given", "no file at the server's path", "");
            let got = asked(&path, &own, PATIENCE);
            gave(log, Err(ErrorKind::NotFound), got, &own)
        });
}

#[test]
fn a_file_that_was_there_is_not_yours() {
    check("09", "The file stays")
        .because(
            "The path is taken: AddrInUse. The file belongs to somebody \
             else. Remove what you have made, and only that.",
        )
        .run(|log| {
            let Scene { folder: _folder, server: _server, path, own } =
                scene()?;
            let _other = UnixDatagram::bind(&own)?;
            log.note("given", "another socket at the client's path", "");
            let got = asked(&path, &own, SHORT);
            log.expect(Err(ErrorKind::AddrInUse), got)?;
            log.note("asked", "whether its file is still there", "");
            log.expect(true, own.exists())
        });
}

#[test]
fn a_stranger_is_not_heard() {
    check("09", "Datagrams that wait")
        .because(
            "Everybody who may write to your file can send to you. A \
             connected socket refuses all but its peer.",
        )
        .run(|log| {
            let Scene { folder, server, path, own } = scene()?;
            let at = own.clone();
            let asks = log.aside(move || asked(&path, &at, PATIENCE));
            server.recv(&mut [0; 64])?;
            let stranger = UnixDatagram::bind(folder.path("stranger.sock"))?;
            let refused = stranger.send_to(b"believe me", &own).is_err();
            let how = if refused {
                "by a stranger: refused"
            } else {
                "by a stranger"
            };
            log.sent("believe me", how);
            // A client that has heard the stranger may be gone by now.
            let _ = server.send_to(b"HELLO", &own);
            log.sent("HELLO", "by the server");
            match asks.recv_timeout(PATIENCE) {
                Ok(got) => log.expect(Ok(b"HELLO".to_vec()), got),
                Err(_) => log.broken("no answer"),
            }
        });
}

#[test]
fn the_server_answers_who_has_asked() {
    check("09", "Datagrams that wait")
        .because("recv_from says where the question came from.")
        .run(|log| {
            let Scene { folder: _folder, server, path, own } = scene()?;
            let client = UnixDatagram::bind(&own)?;
            client.set_read_timeout(Some(PATIENCE))?;
            client.send_to(b"hello", &path)?;
            log.sent("hello", "by a client with a name");
            log.expect(Ok(true), answered(&server))?;
            let mut buffer = [0; 64];
            let count = client.recv(&mut buffer)?;
            log.expect(b"HELLO".to_vec(), buffer[..count].to_vec())
        });
}

#[test]
fn a_client_without_a_name_gets_no_answer() {
    check("09", "Datagrams that wait")
        .because(
            "It has no path, so there is nowhere to send an answer to. That \
             is no error of the server's: it goes on.",
        )
        .run(|log| {
            let Scene { folder: _folder, server, path, .. } = scene()?;
            UnixDatagram::unbound()?.send_to(b"hello", &path)?;
            log.sent("hello", "by a client without a name");
            log.expect(Ok(false), answered(&server))
        });
}

#[test]
fn a_client_that_is_gone_ends_nothing() {
    check("09", "Datagrams that wait")
        .because(
            "The client has ended, with its file there or removed: \
             ECONNREFUSED or ENOENT. The next client has nothing to do with \
             that, so it is no error.",
        )
        .run(|log| {
            for removed in [false, true] {
                let Scene { folder: _folder, server, path, own } = scene()?;
                let client = UnixDatagram::bind(&own)?;
                client.send_to(b"hello", &path)?;
                drop(client);
                let what = match removed {
                    true => "by a client that is gone, with its file",
                    false => "by a client that is gone",
                };
                log.afresh().sent("hello", what);
                if removed {
                    fs::remove_file(&own)?;
                }
                log.expect(Ok(false), answered(&server))?;
            }
            Ok(())
        });
}

#[test]
fn a_client_that_takes_nothing_holds_up_nobody() {
    check("09", "Datagrams that wait")
        .because(
            "The client's queue is full, and it doesn't read. A Unix \
             datagram isn't dropped: send waits, and the server with it, for \
             ever. Send without waiting.",
        )
        .run(|log| {
            let Scene { folder: _folder, server, path, own } = scene()?;
            let client = UnixDatagram::bind(&own)?;
            fill(&own)?;
            client.send_to(b"hello", &path)?;
            log.sent("hello", "by a client whose queue is full");
            log.expect(Ok(false), answered(&server))
        });
}

/// Fills a queue, from as many sockets as it takes.
fn fill(path: &Path) -> io::Result<()> {
    for _ in 0..100 {
        let sender = UnixDatagram::unbound()?;
        sender.set_nonblocking(true)?;
        let mut sent = 0;
        while sender.send_to(b"x", path).is_ok() {
            sent += 1;
        }
        if sent == 0 {
            return Ok(());
        }
    }
    Err(io::Error::other("the queue never fills"))
}

#[test]
fn the_server_waits_for_the_next_question_as_before() {
    check("09", "Datagrams that wait")
        .because(
            "A server in a loop calls answer_one again. If the socket has \
             become non-blocking, that returns at once, with WouldBlock, \
             and the loop spins.",
        )
        .run(|log| {
            let Scene { folder: _folder, server, path, own } = scene()?;
            let client = UnixDatagram::bind(&own)?;
            client.send_to(b"hello", &path)?;
            answered(&server).ok();
            log.note("given", "a question was answered", "");
            log.note("asked", "whether the socket waits", "");
            let flags =
                nix::fcntl::fcntl(&server, nix::fcntl::FcntlArg::F_GETFL);
            let flags = flags.map_err(io::Error::from)?;
            let waits = flags & nix::libc::O_NONBLOCK == 0;
            log.expect(true, waits)
        });
}
