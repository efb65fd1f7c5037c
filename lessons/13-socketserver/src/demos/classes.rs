//! Twelve servers, one handler: every model at every kind of socket.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;

use narrator::say;

use super::ANY;
use super::stage::{LONG, Running};

/// Asks each of them once.
pub fn run() -> io::Result<()> {
    for model in ["sequential", "threading", "forking", "pool"] {
        let server = Running::start(&["127.0.0.1:0", "--model", model])?;
        let stream = TcpStream::connect(&server.address)?;
        stream.set_read_timeout(Some(LONG))?;
        let answer = converse(stream, |it| it.shutdown(Shutdown::Write))?;
        tell(model, "tcp", &answer, server)?;

        let more = ["127.0.0.1:0", "--udp", "--model", model];
        let server = Running::start(&more)?;
        let answer = exchange(&server.address)?;
        tell(model, "udp", &answer, server)?;

        let file = format!("socketserver-{}", std::process::id());
        let file = std::env::temp_dir().join(file);
        let path = file.to_string_lossy();
        let server = Running::start(&["--unix", &path, "--model", model])?;
        let stream = UnixStream::connect(&file)?;
        stream.set_read_timeout(Some(LONG))?;
        let answer = converse(stream, |it| it.shutdown(Shutdown::Write))?;
        tell(model, "unix", &answer, server)?;
    }
    Ok(())
}

fn converse<S: Read + Write>(
    mut stream: S,
    finish: impl Fn(&S) -> io::Result<()>,
) -> io::Result<String> {
    stream.write_all(b"hello\n")?;
    finish(&stream)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn exchange(address: &str) -> io::Result<String> {
    let socket = UdpSocket::bind(ANY)?;
    socket.set_read_timeout(Some(LONG))?;
    socket.connect(address)?;
    socket.send(b"hello\n")?;
    let mut answer = [0; 100];
    let count = socket.recv(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer[..count]).into_owned())
}

fn tell(
    model: &str,
    socket: &str,
    answer: &str,
    server: Running,
) -> io::Result<()> {
    let ended = server.stop()?;
    let answer = answer.trim_end();
    let what = format!("{socket:<5} {answer:?}, {}", ended.told);
    say("client", model, what);
    Ok(())
}
