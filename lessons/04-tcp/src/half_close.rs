//! A connection is two streams, one each way, and each is closed by itself:
//! shutdown(2), RFC 9293, section 3.6.1.
//!
//! The FIN that `shutdown(Write)` sends tells the peer where the stream ends.
//! A server can so count the words of a text without knowing its length.

use std::io;
use std::net::Shutdown;

use lesson_tcp::{BACKLOG, LOOPBACK, connect, listener, local, recv};
use narrator::say;

/// A question that ends, and an answer that comes after the end.
pub fn run() -> io::Result<()> {
    let listener = listener(LOOPBACK, BACKLOG, false)?;
    let address = local(&listener)?;
    let client = connect(address)?;
    say("client", "connect", address);
    let (server, _) = listener.accept()?;
    let mut buffer = [0; 1024];

    client.send(b"to be or not to be")?;
    say("client", "send", "\"to be or not to be\"");
    client.shutdown(Shutdown::Write)?;
    say("client", "shutdown", "Write: a FIN goes out, reading stays open");

    let count = recv(&server, &mut buffer)?;
    say("server", "recv", format_args!("{count} bytes"));
    let words = buffer[..count].split(u8::is_ascii_whitespace).count();
    let end = recv(&server, &mut buffer)?;
    let why = "the client has finished, not gone";
    say("server", "recv", format_args!("{end} bytes: {why}"));

    let answer = format!("{words} words");
    server.send(answer.as_bytes())?;
    say("server", "send", format_args!("\"{answer}\""));

    let count = recv(&client, &mut buffer)?;
    let text = buffer[..count].escape_ascii();
    say("client", "recv", format_args!("\"{text}\""));
    Ok(())
}
