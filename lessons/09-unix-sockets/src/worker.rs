//! One of the two programs of `pass-descriptor`, the old or the new one.
//!
//! It waits for a word on stdin, makes the call, and tells on stdout what
//! came of it and which sockets it has now, as a line of JSON. So whoever
//! starts two of them can tell their story in the order in which it happens.
//!
//! ```text
//! listen          socket, bind, listen on 127.0.0.1
//! offer PATH      the same with a Unix socket
//! admit           accept on the Unix socket, whose listener is then closed
//! connect PATH    to the Unix socket
//! pass            sendmsg: the listener on 127.0.0.1 goes into a message
//! take            recvmsg: and out of it
//! close           close the listener on 127.0.0.1
//! serve           accept a client on it, and greet
//! ```
//!
//! When stdin ends, so does the program, and the kernel closes what is open.

use std::io::{self, BufRead, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};

use lesson_unix_sockets::rights;
use lesson_unix_sockets::table::{self, Entry};
use narrator::{During, Trouble, explain};
use serde::{Deserialize, Serialize};
use socket2::{Domain, SockRef};

/// What a call did, for whoever gave the word.
#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    /// The system calls.
    pub call: String,
    /// What came of them, or the error.
    pub what: Result<String, String>,
    /// The sockets that the program has now.
    pub table: Vec<Entry>,
}

/// The sockets of one program.
#[derive(Default)]
struct Worker {
    listener: Option<TcpListener>,
    offered: Option<UnixListener>,
    peer: Option<UnixStream>,
}

/// Does what stdin says, line by line, until it ends.
pub fn run() -> Result<(), Trouble> {
    let mut worker = Worker::default();
    for line in io::stdin().lock().lines() {
        let line = line.during("read stdin")?;
        let (call, result) = worker.obey(&line);
        let report = Report {
            call: call.to_string(),
            what: result.map_err(|error| explain(&error)),
            table: table::sockets().during("read /proc/self/fd")?,
        };
        let mut stdout = io::stdout().lock();
        serde_json::to_writer(&mut stdout, &report)
            .map_err(io::Error::from)
            .and_then(|()| stdout.write_all(b"\n"))
            .during("write to stdout")?;
    }
    Ok(())
}

impl Worker {
    fn obey(&mut self, line: &str) -> (&'static str, io::Result<String>) {
        let (word, path) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "listen" => ("socket, bind, listen", self.listen()),
            "offer" => ("socket, bind, listen", self.offer(path)),
            "admit" => ("accept", self.admit()),
            "connect" => ("socket, connect", self.connect(path)),
            "pass" => ("sendmsg", self.pass()),
            "take" => ("recvmsg", self.take()),
            "close" => ("close", self.close()),
            "serve" => ("accept", self.serve()),
            _ => ("read", Err(unknown(word))),
        }
    }

    fn listen(&mut self) -> io::Result<String> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        self.listener = Some(listener);
        Ok(address.to_string())
    }

    fn offer(&mut self, path: &str) -> io::Result<String> {
        self.offered = Some(UnixListener::bind(path)?);
        Ok(path.to_string())
    }

    fn admit(&mut self) -> io::Result<String> {
        let offered = self.offered.take().ok_or_else(missing)?;
        let (peer, _) = offered.accept()?;
        self.peer = Some(peer);
        Ok("the new program".to_string())
    }

    fn connect(&mut self, path: &str) -> io::Result<String> {
        self.peer = Some(UnixStream::connect(path)?);
        Ok(path.to_string())
    }

    // ANCHOR: pass
    /// The old program: a byte, and with it the listener.
    fn pass(&mut self) -> io::Result<String> {
        let peer = self.peer.as_ref().ok_or_else(missing)?;
        let listener = self.listener.as_ref().ok_or_else(missing)?;
        rights::send(peer, b"L", &[listener.as_fd()])?;
        Ok(format!("1 byte, and descriptor {}", listener.as_raw_fd()))
    }

    /// The new program: takes the listener out of the message.
    fn take(&mut self) -> io::Result<String> {
        let peer = self.peer.as_ref().ok_or_else(missing)?;
        let listener = listening(rights::receive_one(peer)?)?;
        let number = listener.as_raw_fd();
        self.listener = Some(listener);
        Ok(format!("1 byte, and descriptor {number}"))
    }
    // ANCHOR_END: pass

    fn close(&mut self) -> io::Result<String> {
        let listener = self.listener.take().ok_or_else(missing)?;
        let number = listener.as_raw_fd();
        drop(listener);
        Ok(number.to_string())
    }

    fn serve(&mut self) -> io::Result<String> {
        let listener = self.listener.as_ref().ok_or_else(missing)?;
        let (mut client, _) = listener.accept()?;
        client.write_all(b"hello")?;
        Ok("a client, and greets it: \"hello\"".to_string())
    }
}

// ANCHOR: listening
/// A descriptor from somebody else may stand for anything: asks what it is
/// before it is used as a listener. SO_DOMAIN, SO_ACCEPTCONN in socket(7).
fn listening(descriptor: OwnedFd) -> io::Result<TcpListener> {
    let socket = SockRef::from(&descriptor);
    let fits = socket.domain()? == Domain::IPV4 && socket.is_listener()?;
    match fits {
        true => Ok(descriptor.into()),
        false => {
            let why = "what came is no TCP socket that listens";
            Err(io::Error::new(io::ErrorKind::InvalidData, why))
        }
    }
}
// ANCHOR_END: listening

fn missing() -> io::Error {
    let why = "the socket for that isn't there yet";
    io::Error::new(io::ErrorKind::NotConnected, why)
}

fn unknown(word: &str) -> io::Error {
    let why = format!(
        "'{word}' is none of listen, offer PATH, admit, connect PATH, pass, \
         take, close, serve"
    );
    io::Error::new(io::ErrorKind::InvalidInput, why)
}
