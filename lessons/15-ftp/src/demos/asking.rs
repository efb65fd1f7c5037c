//! The client of the demos about FTP: it says lines, and reads replies.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

use lesson_framing::Status;
use lesson_ftp::rfc959::{Reply, port_of_epsv, port_of_pasv};

use super::stage::LONG;

/// A control connection.
pub struct Asking {
    stream: TcpStream,
    /// What has come and was no whole reply yet.
    unread: Vec<u8>,
}

impl Asking {
    /// Connects.
    pub fn connect(to: SocketAddr) -> io::Result<Self> {
        Ok(Asking { stream: connect(to)?, unread: Vec::new() })
    }

    /// Where it comes from.
    pub fn local(&self) -> io::Result<SocketAddr> {
        self.stream.local_addr()
    }

    /// Says a line.
    pub fn say(&mut self, line: &str) -> io::Result<()> {
        self.stream.write_all(format!("{line}\r\n").as_bytes())
    }

    /// The next reply.
    pub fn reply(&mut self) -> io::Result<Reply> {
        let mut piece = [0; 1024];
        loop {
            let reply = Reply::parse(&self.unread).map_err(io::Error::other)?;
            if let Status::Complete((reply, used)) = reply {
                self.unread.drain(..used);
                return Ok(reply);
            }
            match self.stream.read(&mut piece) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(count) => self.unread.extend_from_slice(&piece[..count]),
                // signal(7): a read with a time limit isn't made again after
                // a stop.
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Connects to where a reply to EPSV or PASV says: at the host that this
    /// client knows, whatever a PASV reply may claim.
    pub fn data(&self, reply: &Reply) -> io::Result<TcpStream> {
        let words = reply.lines.concat();
        let port = port_of_epsv(&words).or(port_of_pasv(&words));
        let port = port.ok_or(ErrorKind::InvalidData)?;
        connect(SocketAddr::new(self.stream.peer_addr()?.ip(), port))
    }
}

fn connect(to: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(to)?;
    stream.set_read_timeout(Some(LONG))?;
    stream.set_write_timeout(Some(LONG))?;
    Ok(stream)
}
