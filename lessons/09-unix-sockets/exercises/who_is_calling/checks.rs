//! Whom your functions must name, and when nobody.

use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::Command;

use nix::unistd::getuid;
use support::check::{Broken, Log, check};
use support::peer;

use super::exercise::*;

support::show_as_debug!(Who);

/// This process, which plays the client.
fn myself() -> Who {
    Who { pid: std::process::id() as i32, uid: getuid().as_raw() }
}

/// The client's end and the server's, which is prepared.
fn ends() -> io::Result<(UnixStream, UnixStream)> {
    let (client, server) = UnixStream::pair()?;
    server.set_read_timeout(Some(peer::PATIENCE))?;
    prepare(&server)?;
    Ok((client, server))
}

/// Another program writes "hello" to the client's socket, and ends.
fn another_writes(log: &Log, client: &UnixStream) -> io::Result<Who> {
    let socket = OwnedFd::from(client.try_clone()?);
    let mut echo =
        Command::new("echo").args(["-n", "hello"]).stdout(socket).spawn()?;
    let pid = echo.id() as i32;
    echo.wait()?;
    let what = format!("process {pid} writes \"hello\" to its socket");
    log.note("given", what, "");
    Ok(Who { pid, uid: getuid().as_raw() })
}

/// Claims that the next bytes are these, and who wrote them.
fn comes(
    log: &Log,
    server: &UnixStream,
    text: &str,
    writer: Option<Who>,
) -> Result<(), Broken> {
    let mut buffer = [0; 64];
    let got = next(server, &mut buffer).map_err(|e| e.kind());
    let got = got.map(|(count, who)| (buffer[..count].to_vec(), who));
    log.expect(Ok((text.as_bytes().to_vec(), writer)), got)
}

#[test]
fn who_has_connected_is_told() {
    check("09", "Who is calling?")
        .because(
            "SO_PEERCRED gives process, user and group of whoever made the \
             connection.",
        )
        .run(|log| {
            let (_client, server) = ends()?;
            let what = format!("{:?} has connected", myself());
            log.note("given", what, "");
            let got = connected(server.as_fd()).map_err(|e| e.kind());
            log.expect(Ok(Some(myself())), got)
        });
}

#[test]
fn who_has_connected_stays_when_another_writes() {
    check("09", "Who is calling?")
        .because(
            "The kernel noted who connected, once. Who writes later doesn't \
             change it, and who wrote is another question.",
        )
        .run(|log| {
            let (client, server) = ends()?;
            let what = format!("{:?} has connected", myself());
            log.note("given", what, "");
            another_writes(log, &client)?;
            let (_, _) = next(&server, &mut [0; 64])?;
            let got = connected(server.as_fd()).map_err(|e| e.kind());
            log.expect(Ok(Some(myself())), got)
        });
}

#[test]
fn nobody_is_known_over_tcp() {
    check("09", "Who is calling?")
        .because(
            "For a TCP connection SO_PEERCRED is no error, and no answer: \
             process 0, user 4294967295. Ask for the socket's domain first, \
             and say `None`.",
        )
        .run(|log| {
            let (_client, server) = peer::connection()?;
            log.note("given", "a TCP connection", "");
            let got = connected(server.as_fd()).map_err(|e| e.kind());
            log.expect(Ok(None), got)
        });
}

#[test]
fn who_wrote_is_told() {
    check("09", "Who is calling?")
        .because(
            "SCM_CREDENTIALS names the process that wrote the message. With \
             SO_PASSCRED set, the kernel adds it by itself, if recvmsg is \
             given room for it.",
        )
        .run(|log| {
            let (mut client, server) = ends()?;
            client.write_all(b"hello")?;
            let what = format!("{:?} writes \"hello\"", myself());
            log.note("given", what, "");
            comes(log, &server, "hello", Some(myself()))
        });
}

#[test]
fn another_program_that_writes_is_told() {
    check("09", "Who is calling?")
        .because(
            "The client has connected, and another process wrote. Whose \
             bytes these are, only the message can tell: SCM_CREDENTIALS. \
             SO_PEERCRED names the client still, and your own process is \
             the server.",
        )
        .run(|log| {
            let (client, server) = ends()?;
            let writer = another_writes(log, &client)?;
            comes(log, &server, "hello", Some(writer))
        });
}

#[test]
fn two_writers_are_told_apart() {
    check("09", "Who is calling?")
        .because(
            "Two processes write to one connection. A receive stops between \
             them, so each part has one writer: ask with every message, and \
             don't keep the first answer.",
        )
        .run(|log| {
            let (mut client, server) = ends()?;
            client.write_all(b"mine")?;
            let what = format!("{:?} writes \"mine\"", myself());
            log.note("given", what, "");
            let other = another_writes(log, &client)?;
            comes(log, &server, "mine", Some(myself()))?;
            comes(log, &server, "hello", Some(other))
        });
}

#[test]
fn the_end_was_written_by_nobody() {
    check("04", "Zero bytes is the end")
        .because(
            "The client has closed. 0 bytes are the end and no message, so \
             there is nobody who wrote it, and it is no error.",
        )
        .run(|log| {
            let (client, server) = ends()?;
            drop(client);
            log.note("given", "the client has closed", "");
            comes(log, &server, "", None)
        });
}

#[test]
fn a_message_longer_than_the_buffer_comes_in_parts() {
    check("04", "A read returns what has arrived")
        .because(
            "A Unix stream has no messages. What doesn't fit comes with the \
             next receive, and so do the writer's credentials.",
        )
        .run(|log| {
            let (mut client, server) = ends()?;
            client.write_all(b"hello")?;
            log.note("given", "\"hello\" waits, and a buffer of 2 bytes", "");
            let mut text = Vec::new();
            for _ in 0..3 {
                let mut buffer = [0; 2];
                let (count, who) = next(&server, &mut buffer)?;
                log.expect(Some(myself()), who)?;
                text.extend(&buffer[..count.min(2)]);
            }
            log.expect(b"hello".to_vec(), text)
        });
}
