//! Stdin goes to the server; what the server answers goes to stdout.
//!
//! The client of chapter 04, with a path for an address.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread;

use lesson_unix_sockets::check_length;
use narrator::{During, Trouble};

/// Holds a conversation with the server at `path` until both have finished.
pub fn run(path: &Path) -> Result<(), Trouble> {
    let doing = format!("connect {}", path.display());
    let stream = connect(path).during(doing)?;
    let outgoing = stream.try_clone().during("dup")?;
    // Ends with the process when the server finishes first.
    thread::spawn(move || send_stdin(outgoing));
    print_answers(stream)
}

/// A path that is too long is told with its length, as by the server.
fn connect(path: &Path) -> io::Result<UnixStream> {
    check_length(path)?;
    UnixStream::connect(path)
}

/// An error here needs no report of its own: the other direction sees it.
fn send_stdin(mut stream: UnixStream) {
    let _ = io::copy(&mut io::stdin().lock(), &mut stream);
    let _ = stream.shutdown(Shutdown::Write);
}

fn print_answers(mut stream: UnixStream) -> Result<(), Trouble> {
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
