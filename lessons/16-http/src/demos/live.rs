//! A server and its clients as coroutines of one thread.
//!
//! A client waits for each answer before it goes on, so that the order is the
//! same every time.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use lesson_coroutines::net::TcpStream;
use lesson_coroutines::scheduler::{self, spawn};
use lesson_http::{Handler, Server, Settings, listen};
use narrator::say;

use super::stage::quoted;

/// How long anything may take, on a busy machine.
const LONG: Duration = Duration::from_secs(60);

/// Runs a story about a server, and stops it.
pub fn with<H: Handler + 'static>(
    handler: H,
    settings: Settings,
    most: usize,
    story: impl FnOnce(SocketAddr, &Server<H>) -> io::Result<()> + 'static,
) -> io::Result<()> {
    scheduler::run(move || {
        let listener = listen((Ipv4Addr::LOCALHOST, 0).into())?;
        let address = listener.local_addr()?;
        let server = Server::new(handler, settings, most);
        let running: Rc<_> = server.clone();
        spawn(move || running.run(listener))?;
        story(address, &server)?;
        server.stop(LONG).map(drop)
    })?
}

/// What a client has received.
pub struct Received {
    /// The head's lines, without the one that is empty.
    pub head: Vec<String>,
    /// The content, if there was any.
    pub content: Vec<u8>,
}

impl Received {
    /// The status line's code and words.
    pub fn status(&self) -> &str {
        self.head[0].split_once(' ').map_or("", |(_, status)| status)
    }

    /// A field's value.
    pub fn field(&self, name: &str) -> Option<&str> {
        let values = self.head.iter().filter_map(|line| line.split_once(": "));
        let mut values = values.filter(|(it, _)| it.eq_ignore_ascii_case(name));
        values.next().map(|(_, value)| value)
    }
}

/// A client, with a name for the story.
pub struct Client {
    who: &'static str,
    stream: TcpStream,
    early: Vec<u8>,
}

impl Client {
    /// Connects.
    pub fn connect(who: &'static str, to: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(to)?;
        stream.set_limit(Some(LONG));
        Ok(Client { who, stream, early: Vec::new() })
    }

    /// Sends, and says so.
    pub fn send(&mut self, bytes: &str) -> io::Result<()> {
        say(self.who, "send", quoted(bytes.as_bytes()));
        self.write(bytes)
    }

    /// Sends.
    pub fn write(&mut self, bytes: &str) -> io::Result<()> {
        self.stream.write_all(bytes.as_bytes())
    }

    /// Receives a response; one to HEAD has no content.
    pub fn receive(&mut self, head_only: bool) -> io::Result<Received> {
        let end = loop {
            let found = self.early.windows(4).position(|it| it == b"\r\n\r\n");
            if let Some(at) = found {
                break at;
            }
            self.read_some()?;
        };
        let head: Vec<u8> = self.early.drain(..end + 4).collect();
        let head = String::from_utf8_lossy(&head);
        let head = head.lines().filter(|line| !line.is_empty());
        let head = head.map(str::to_string).collect();
        let mut received = Received { head, content: Vec::new() };
        let length = received.field("Content-Length");
        let length = length.and_then(|text| text.parse().ok());
        let length = if head_only { 0 } else { length.unwrap_or(0) };
        while self.early.len() < length {
            self.read_some()?;
        }
        received.content = self.early.drain(..length).collect();
        Ok(received)
    }

    /// Whatever comes next, to the end.
    pub fn rest(&mut self) -> io::Result<Vec<u8>> {
        let mut rest = std::mem::take(&mut self.early);
        (&self.stream).read_to_end(&mut rest)?;
        Ok(rest)
    }

    fn read_some(&mut self) -> io::Result<()> {
        let mut buffer = [0; 4096];
        let count = (&self.stream).read(&mut buffer)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.early.extend_from_slice(&buffer[..count]);
        Ok(())
    }

    /// Whether something comes within so long.
    pub fn hears_within(&mut self, time: Duration) -> io::Result<bool> {
        self.stream.set_limit(Some(time));
        let heard = self.read_some();
        self.stream.set_limit(Some(LONG));
        match heard {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Receives a response, and tells its status.
    pub fn tell(&mut self, more: &str) -> io::Result<Received> {
        let received = self.receive(false)?;
        let status = received.status();
        let text = String::from_utf8_lossy(&received.content);
        say(self.who, "recv", format_args!("{status}: {text:?}{more}"));
        Ok(received)
    }

    /// Tells that the connection has ended.
    pub fn tell_end(&mut self) -> io::Result<()> {
        match self.rest()?.len() {
            0 => say(self.who, "recv", "0 bytes: the server has closed"),
            more => say(self.who, "recv", format_args!("{more} bytes more")),
        }
        Ok(())
    }
}
