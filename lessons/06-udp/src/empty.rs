//! The smallest datagram has no data, and is one all the same: a `recvfrom`
//! of 0 bytes is no end. The largest has 65,507 bytes over IPv4: a packet's
//! length has 16 bits, RFC 791, section 3.1.

use std::io;
use std::net::UdpSocket;

use lesson_udp::{LARGEST, LOOPBACK, bound, connected};
use narrator::{explain, say};

/// From nothing to too much.
pub fn run() -> io::Result<()> {
    let server = bound(LOOPBACK)?;
    let client = connected(server.local_addr()?)?;
    let mut buffer = vec![0; LARGEST + 1];

    for data in [&b""[..], b"more"] {
        send(&client, data)?;
        receive(&server, &mut buffer)?;
    }

    send(&client, &vec![b'x'; LARGEST])?;
    receive(&server, &mut buffer)?;
    match client.send(&vec![b'x'; LARGEST + 1]) {
        Ok(sent) => say("client", "send", format_args!("{sent} bytes")),
        Err(error) => {
            let what = format!("{} bytes: {}", LARGEST + 1, explain(&error));
            say("client", "send", what);
        }
    }
    // None of it went out: the next to arrive is the next that was sent.
    send(&client, b"last")?;
    receive(&server, &mut buffer)
}

fn send(client: &UdpSocket, data: &[u8]) -> io::Result<()> {
    let sent = client.send(data)?;
    say("client", "send", format_args!("{sent} bytes{}", shown(data)));
    Ok(())
}

fn receive(server: &UdpSocket, buffer: &mut [u8]) -> io::Result<()> {
    let (count, _) = server.recv_from(buffer)?;
    let text = shown(&buffer[..count]);
    say("server", "recvfrom", format_args!("{count} bytes{text}"));
    Ok(())
}

/// Short data as text; of none or much only the count is told.
fn shown(data: &[u8]) -> String {
    match data.len() {
        1..=16 => format!(": \"{}\"", data.escape_ascii()),
        _ => String::new(),
    }
}
