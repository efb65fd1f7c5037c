//! A close that takes the answer back.
//!
//! RFC 9112, section 9.6: a server that closes while the client still sends
//! may cause a reset, and "if the server's system sends a TCP RST, the
//! client's system might erase" what it hasn't read yet. Here the answer is
//! still on its way: close(2) throws away what wasn't sent.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};

use narrator::{explain, line, say};

/// More than any socket takes at once.
const ANSWER: usize = 16_000_000;

/// A close with unread input, and one that lingers.
pub fn run() -> io::Result<()> {
    line("close, with a byte unread");
    let (mut client, server, sent) = answered()?;
    drop(server);
    say("server", "close", "");
    receive(&mut client, sent)?;
    line("");

    line("shutdown, then read to the end, then close");
    let (mut client, mut server, sent) = answered()?;
    // ANCHOR: linger
    server.shutdown(Shutdown::Write)?;
    say("server", "shutdown", "Write: a FIN follows the answer");
    receive(&mut client, sent)?;
    drop(client);
    say("client", "close", "");
    server.set_nonblocking(false)?;
    let mut waste = Vec::new();
    server.read_to_end(&mut waste)?;
    let body = String::from_utf8_lossy(&waste);
    say("server", "recv", format_args!("{body:?}, which nobody wants"));
    say("server", "recv", "0 bytes: the client has closed");
    drop(server);
    say("server", "close", "");
    // ANCHOR_END: linger
    Ok(())
}

/// A server that has answered, and hasn't read the body's last byte. How much
/// its socket has taken.
fn answered() -> io::Result<(TcpStream, TcpStream, usize)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (mut server, _) = listener.accept()?;
    let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n";
    client.write_all(head.as_bytes())?;
    client.write_all(b"x")?;
    say("client", "send", "a head, and a body of 1 byte");
    server.read_exact(&mut vec![0; head.len()])?;
    say("server", "recv", "the head");
    server.set_nonblocking(true)?;
    let answer = vec![b'a'; ANSWER];
    let mut sent = 0;
    loop {
        match server.write(&answer[sent..]) {
            Ok(count) => sent += count,
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => break,
            Err(error) => return Err(error),
        }
    }
    let what = format_args!("{sent} of {ANSWER} bytes: the socket is full");
    say("server", "send", what);
    Ok((client, server, sent))
}

fn receive(client: &mut TcpStream, sent: usize) -> io::Result<()> {
    let mut got = Vec::new();
    let end = client.read_to_end(&mut got);
    let all = if got.len() == sent { "all" } else { "not all" };
    let what = format_args!("{} of those: {all}", got.len());
    say("client", "recv", what);
    match end {
        Ok(_) => say("client", "recv", "0 bytes: the end"),
        Err(error) => say("client", "recv", explain(&error)),
    }
    Ok(())
}
