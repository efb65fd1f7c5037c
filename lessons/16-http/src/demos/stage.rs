//! The two ends of a connection, driven by one thread.
//!
//! What one end has sent the other receives to its last byte, so that a
//! transcript is the same every time, whatever the pieces were.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};

use narrator::say;

/// A client and a server that are connected.
pub struct Stage {
    client: TcpStream,
    server: TcpStream,
    /// What is under way to each, in bytes.
    to_client: usize,
    to_server: usize,
}

impl Stage {
    /// Connects them on loopback.
    pub fn open() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let client = TcpStream::connect(address)?;
        say("client", "connect", address);
        let (server, _) = listener.accept()?;
        Ok(Stage { client, server, to_client: 0, to_server: 0 })
    }

    /// The client sends: `send(2)`, until all of it is gone.
    pub fn client_sends(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.client.write_all(bytes)?;
        self.to_server += bytes.len();
        tell("client", "send", bytes);
        Ok(())
    }

    /// The same with a piece that is cut anywhere.
    pub fn client_sends_piece(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.client.write_all(bytes)?;
        self.to_server += bytes.len();
        say("client", "send", quoted(bytes));
        Ok(())
    }

    /// The server receives all that the client has sent: `recv(2)`.
    pub fn server_receives(&mut self) -> io::Result<Vec<u8>> {
        receive(&mut self.server, &mut self.to_server)
    }

    /// The server sends.
    pub fn server_sends(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.server.write_all(bytes)?;
        self.to_client += bytes.len();
        tell("server", "send", bytes);
        Ok(())
    }

    /// The client receives all that the server has sent.
    pub fn client_receives(&mut self) -> io::Result<Vec<u8>> {
        receive(&mut self.client, &mut self.to_client)
    }
}

fn receive(from: &mut TcpStream, count: &mut usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; std::mem::take(count)];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// A line of the story for each line of the message.
pub fn tell(who: &str, call: &str, bytes: &[u8]) {
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        say(who, call, quoted(line));
    }
}

/// Bytes as they stand in a literal of Rust.
pub fn quoted(bytes: &[u8]) -> String {
    format!("\"{}\"", bytes.escape_ascii().to_string().replace("\\'", "'"))
}
