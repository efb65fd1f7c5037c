//! The kernel knows who is at the other end of a Unix socket, and says so:
//! SO_PEERCRED and SCM_CREDENTIALS, unix(7). No client can lie about it.
//!
//! The two answer different questions: who made the connection, and who
//! wrote these bytes.

use std::io::{self, IoSliceMut};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Command, id};

use lesson_unix_sockets::Folder;
use narrator::{During, line, say};
use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, UnixCredentials, getsockopt, recvmsg,
    setsockopt, sockopt,
};
use nix::unistd::getuid;

use crate::stage::strange;

/// Who connects, who writes, and what TCP says to that.
pub fn run() -> io::Result<()> {
    let folder = Folder::new()?;
    let path = folder.path("who.sock");
    let server = UnixListener::bind(&path)?;
    line("Over a Unix socket");
    let client = UnixStream::connect(&path)?;
    let (stream, _) = server.accept()?;
    say("client", "connect", format_args!("as pid {}", id()));
    say("server", "getsockopt", connected(&stream, id())?);

    another_writes(client, &stream)?;
    over_tcp()
}

// ANCHOR: peer
/// Who has connected: `getsockopt(2)` with SO_PEERCRED.
fn connected(stream: impl AsFd, client: u32) -> io::Result<String> {
    let peer = getsockopt(&stream, sockopt::PeerCredentials)?;
    let whose = match peer.pid() as u32 == client {
        true => "the client's",
        false => "somebody else's",
    };
    let same = match peer.uid() == getuid().as_raw() {
        true => "the server's own",
        false => "not the server's",
    };
    let (pid, uid) = (peer.pid(), peer.uid());
    Ok(format!("SO_PEERCRED: pid {pid}, {whose}; uid {uid}, {same}"))
}
// ANCHOR_END: peer

/// The client gives its end to a program that it starts.
fn another_writes(client: UnixStream, stream: &UnixStream) -> io::Result<()> {
    let before = getsockopt(stream, sockopt::PassCred)?;
    setsockopt(stream, sockopt::PassCred, &true)?;
    let after = getsockopt(stream, sockopt::PassCred)?;
    let what = format!("SO_PASSCRED: {before} → {after}");
    say("server", "setsockopt", what);

    let mut child = Command::new("echo")
        .args(["-n", "hello"])
        .stdout(OwnedFd::from(client))
        .spawn()
        .during("start echo")?;
    let pid = child.id();
    say("client", "spawn", format_args!("echo as pid {pid}, on its socket"));
    child.wait()?;

    let (text, writer) = with_writer(stream)?;
    let whose = match writer.pid() as u32 == pid {
        true => "echo's",
        false => "somebody else's",
    };
    let what = format!("\"{text}\", SCM_CREDENTIALS: pid {}", writer.pid());
    say("server", "recvmsg", format_args!("{what}, {whose}"));
    say("server", "getsockopt", connected(stream, id())?);
    Ok(())
}

// ANCHOR: writer
/// The next bytes, and who wrote them: `recvmsg(2)`, after SO_PASSCRED.
fn with_writer(stream: &UnixStream) -> io::Result<(String, UnixCredentials)> {
    let mut buffer = [0; 64];
    let mut into = [IoSliceMut::new(&mut buffer)];
    let mut control = nix::cmsg_space!(UnixCredentials);
    let message = recvmsg::<()>(
        stream.as_raw_fd(),
        &mut into,
        Some(&mut control),
        MsgFlags::empty(),
    )?;
    let writer = message.cmsgs()?.find_map(|control| match control {
        ControlMessageOwned::ScmCredentials(writer) => Some(writer),
        _ => None,
    });
    let count = message.bytes;
    let writer = writer.ok_or_else(|| strange("no credentials came"))?;
    Ok((buffer[..count].escape_ascii().to_string(), writer))
}
// ANCHOR_END: writer

/// The same question about a TCP connection.
fn over_tcp() -> io::Result<()> {
    let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let _client = TcpStream::connect(server.local_addr()?)?;
    let (stream, _) = server.accept()?;
    let peer = getsockopt(&stream, sockopt::PeerCredentials)?;
    let what = format!("pid {}, uid {}", peer.pid(), peer.uid());
    line("");
    line("Over TCP");
    say("server", "getsockopt", format_args!("SO_PEERCRED: {what}"));
    Ok(())
}
