//! Stdin goes to the server; what the server answers goes to stdout.
//!
//! Two directions, two threads. When stdin ends, this side has finished: it
//! says so by a half-close, and goes on reading until the server has finished
//! too.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread;

use lesson_tcp::connect;
use narrator::{During, Trouble};

/// Holds a conversation with the server at `address` until both have
/// finished.
pub fn run(address: SocketAddr) -> Result<(), Trouble> {
    let doing = format!("connect {address}");
    let stream: TcpStream = connect(address).during(doing)?.into();
    let outgoing = stream.try_clone().during("dup")?;
    // Ends with the process when the server finishes first.
    thread::spawn(move || send_stdin(outgoing));
    print_answers(stream)
}

/// An error here needs no report of its own: the other direction sees it.
fn send_stdin(mut stream: TcpStream) {
    let _ = io::copy(&mut io::stdin().lock(), &mut stream);
    let _ = stream.shutdown(Shutdown::Write);
}

fn print_answers(mut stream: TcpStream) -> Result<(), Trouble> {
    let mut stdout = io::stdout().lock();
    let mut buffer = [0; 16 * 1024];
    loop {
        let count = match stream.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => count,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e).during("recv"),
        };
        stdout.write_all(&buffer[..count]).during("write to stdout")?;
        stdout.flush().during("write to stdout")?;
    }
}
