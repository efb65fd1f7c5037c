//! What exceeds the buffer is gone; the next `recvfrom` takes the next
//! datagram. Only the flag MSG_TRUNC tells: udp(7), recvmsg(2).

use std::io;
use std::net::{SocketAddr, UdpSocket};

use lesson_udp::{LOOPBACK, bound, next_size, recv_whole};
use narrator::say;

/// A hundred bytes come to a server with room for ten.
pub fn run() -> io::Result<()> {
    let server = bound(LOOPBACK)?;
    let client = bound(LOOPBACK)?;
    let address = server.local_addr()?;

    send(&client, address)?;
    let mut buffer = [0; 10];
    for _ in 0..2 {
        let (count, _) = server.recv_from(&mut buffer)?;
        let text = buffer[..count].escape_ascii();
        say("server", "recvfrom", format_args!("{count} bytes: \"{text}\""));
    }

    send(&client, address)?;
    asked(&server)
}

fn send(client: &UdpSocket, to: SocketAddr) -> io::Result<()> {
    let sent = client.send_to(&b"0123456789".repeat(10), to)?;
    say("client", "sendto", format_args!("{sent} bytes"));
    let sent = client.send_to(b"next", to)?;
    say("client", "sendto", format_args!("{sent} bytes: \"next\""));
    Ok(())
}

// ANCHOR: asked
/// The same again, and the kernel is asked for the flag.
fn asked(server: &UdpSocket) -> io::Result<()> {
    let mut buffer = [0; 10];
    let size = next_size(server)?;
    say(
        "server",
        "recv",
        format_args!("MSG_PEEK, MSG_TRUNC: {size} bytes wait"),
    );
    for _ in 0..2 {
        let got = recv_whole(server, &mut buffer)?;
        let cut = if got.was_cut() { ", MSG_TRUNC" } else { "" };
        let what = format!("{} of {} bytes{cut}", got.kept, got.size);
        say("server", "recvmsg", what);
    }
    Ok(())
}
// ANCHOR_END: asked
