//! A peer sends more descriptors than were expected. Each one that arrives is
//! open, and counts against the limit of this process, until it is closed.
//! recvmsg(2) tells with MSG_CTRUNC what found no room.

use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use lesson_unix_sockets::{rights, table};
use narrator::{explain, say};

/// Five come, and one was expected.
pub fn run() -> io::Result<()> {
    let (sender, server) = UnixStream::pair()?;
    for room in [1, 0] {
        send(&sender, 5)?;
        receive(&server, room)?;
    }
    send(&sender, 5)?;
    exactly_one(&server)?;
    if let Err(error) = send(&sender, rights::MOST + 1) {
        say("sender", "sendmsg", explain(&error));
    }
    Ok(())
}

/// Sends a byte, and a descriptor so many times.
fn send(sender: &UnixStream, count: usize) -> io::Result<()> {
    rights::send(sender, b"x", &vec![sender.as_fd(); count])?;
    say("sender", "sendmsg", format_args!("1 byte, {count} descriptors"));
    Ok(())
}

fn receive(server: &UnixStream, room: usize) -> io::Result<()> {
    let before = table::sockets()?.len();
    let message = rights::receive(server, &mut [0; 16], room)?;
    let count = message.descriptors.len();
    let cut = if message.cut { ", MSG_CTRUNC" } else { "" };
    let what = format!("room for {room}: {count} came{cut}");
    say("server", "recvmsg", what);

    let more = table::sockets()?.len() - before;
    drop(message);
    let left = table::sockets()?.len() - before;
    say("server", "close", format_args!("{more} open, then {left}"));
    Ok(())
}

/// What a program should do: take one, and nothing that wasn't asked for.
fn exactly_one(server: &UnixStream) -> io::Result<()> {
    let before = table::sockets()?.len();
    if let Err(error) = rights::receive_one(server) {
        say("server", "recvmsg", format_args!("room for 253: {error}"));
    }
    let left = table::sockets()?.len() - before;
    say("server", "close", format_args!("{left} are left open"));
    Ok(())
}
