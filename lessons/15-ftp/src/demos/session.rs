//! A whole conversation, frame by frame.
//!
//! The client is played by hand here: chapter 05's framing, and nothing that
//! hides a byte. The server is the lesson's own, in a thread.

use std::fs;
use std::io::{self, Read, Write};
use std::net::TcpStream;

use lesson_framing::{Framing, LengthPrefix};
use lesson_ftp::message::LONGEST;
use lesson_unix_sockets::Folder as Scratch;
use narrator::{line, say};

use super::stage::{LONG, Serving};

/// Lists, downloads, uploads, and asks for what isn't there.
pub fn run() -> io::Result<()> {
    let scratch = Scratch::new()?;
    fs::create_dir(scratch.path("music"))?;
    fs::write(scratch.path("notes.txt"), "hello, files\n")?;
    let server = Serving::start(scratch.here())?;
    let mut client = ByHand::connect(&server)?;

    client.ask("ls", 3)?;
    line("");
    client.ask("wget notes.txt", 1)?;
    client.bytes(13)?;
    line("");
    client.ask("wput 6 new.txt", 1)?;
    client.give("brave\n")?;
    client.hear()?;
    line("");
    client.ask("ls", 4)?;
    line("");
    client.ask("wget music", 1)?;
    client.ask("wget gone.txt", 1)?;
    client.ask("wget ../secret", 1)?;
    client.ask("rm notes.txt", 1)?;
    line("");
    drop(client);
    say("client", "close", "");
    say("server", "stop", server.stop()?);
    Ok(())
}

/// A client that shows each byte it sends and receives.
struct ByHand(TcpStream);

impl ByHand {
    fn connect(server: &Serving) -> io::Result<Self> {
        let stream = TcpStream::connect(server.address)?;
        stream.set_read_timeout(Some(LONG))?;
        say("client", "connect", server.address);
        Ok(ByHand(stream))
    }

    /// Sends a request, and hears so many frames.
    fn ask(&mut self, request: &str, replies: usize) -> io::Result<()> {
        let mut frame = Vec::new();
        LengthPrefix::new(LONGEST).encode(request.as_bytes(), &mut frame)?;
        self.0.write_all(&frame)?;
        say("client", "send", shown(&frame));
        (0..replies).try_for_each(|_| self.hear())
    }

    /// Receives a frame: its length, and so many bytes.
    fn hear(&mut self) -> io::Result<()> {
        let mut frame = vec![0; 4];
        self.0.read_exact(&mut frame)?;
        let length = frame.last_chunk().map_or(0, |it| u32::from_be_bytes(*it));
        frame.resize(4 + LONGEST.min(length as usize), 0);
        self.0.read_exact(&mut frame[4..])?;
        say("client", "recv", shown(&frame));
        Ok(())
    }

    /// Receives bytes that were counted before: no frame.
    fn bytes(&mut self, count: usize) -> io::Result<()> {
        let mut bytes = vec![0; count];
        self.0.read_exact(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        say("client", "recv", format_args!("{:11} {text:?}", "no frame:"));
        Ok(())
    }

    /// Sends such bytes.
    fn give(&mut self, text: &str) -> io::Result<()> {
        self.0.write_all(text.as_bytes())?;
        say("client", "send", format_args!("{:11} {text:?}", "no frame:"));
        Ok(())
    }
}

/// `00 00 00 02 "ls"`: the length, and the message.
fn shown(frame: &[u8]) -> String {
    let (length, message) = frame.split_at(4);
    let length: Vec<_> = length.iter().map(|it| format!("{it:02x}")).collect();
    let message = String::from_utf8_lossy(message);
    format!("{} {message:?}", length.join(" "))
}
