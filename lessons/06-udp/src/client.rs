//! Each line of stdin goes to the server as a datagram; what the server
//! answers goes to stdout.
//!
//! A datagram may be lost, so the client waits a second for each answer and
//! no longer. It doesn't ask again: whether that is safe, only the protocol
//! above knows. An answer that comes later than that is taken for the next
//! line's; a protocol that numbers its questions would notice.

use std::io::{self, BufRead, ErrorKind, Read, Write};
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use lesson_udp::{LARGEST, connected};
use narrator::{During, Trouble};

/// How long an answer may take.
const LIMIT: Duration = Duration::from_secs(1);

/// Asks the server at `address` line by line, until stdin ends.
pub fn run(address: SocketAddr) -> Result<(), Trouble> {
    let doing = format!("connect {address}");
    let socket = connected(address).during(doing)?;
    socket.set_read_timeout(Some(LIMIT)).during("setsockopt")?;
    let mut stdin = io::stdin().lock();
    let (mut line, mut answer) = (Vec::new(), vec![0; LARGEST]);
    let mut unanswered = 0;
    while read_line(&mut stdin, &mut line).during("read stdin")? {
        send(&socket, &line)?;
        match receive(&socket, &mut answer)? {
            Some(count) => print(&answer[..count])?,
            None => {
                eprintln!("lesson-udp: no answer within a second");
                unanswered += 1;
            }
        }
    }
    match unanswered {
        0 => Ok(()),
        _ => Err(io::Error::from(ErrorKind::TimedOut))
            .during(format_args!("answers that did not come: {unanswered}")),
    }
}

/// A line without its end, and whether there was one. A line that no
/// datagram can hold is read only so far that `send` will refuse it.
fn read_line(from: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let most = LARGEST as u64 + 2;
    let count = from.take(most).read_until(b'\n', line)?;
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    Ok(count > 0)
}

fn send(socket: &UdpSocket, line: &[u8]) -> Result<(), Trouble> {
    let sent = match socket.send(line) {
        // The answer to an earlier datagram, ICMP: told once, so try again.
        Err(e) if e.kind() == ErrorKind::ConnectionRefused => socket.send(line),
        sent => sent,
    };
    sent.map(drop).during(format_args!("send {} bytes", line.len()))
}

/// The next datagram, or `None` if none comes in time.
fn receive(
    socket: &UdpSocket,
    answer: &mut [u8],
) -> Result<Option<usize>, Trouble> {
    loop {
        match socket.recv(answer) {
            Ok(count) => return Ok(Some(count)),
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) if e.kind() == ErrorKind::WouldBlock => return Ok(None),
            Err(error) => return Err(error).during("recv"),
        }
    }
}

fn print(answer: &[u8]) -> Result<(), Trouble> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(answer).and_then(|()| {
        stdout.write_all(b"\n")?;
        stdout.flush()
    });
    written.during("write to stdout")
}
