//! A client of FTP, for demos and tests: it says lines, and reads replies.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use lesson_framing::Status;
use lesson_ftp::rfc959::{Reply, port_of_epsv, port_of_pasv};

/// How long anything may take, on a busy machine.
const LONG: Duration = Duration::from_secs(60);

/// A control connection.
pub struct Asking {
    /// The connection itself.
    pub stream: TcpStream,
    /// What has come and was no whole reply yet.
    unread: Vec<u8>,
}

impl Asking {
    /// Connects.
    pub fn connect(to: SocketAddr) -> io::Result<Self> {
        Ok(Asking { stream: connect(to)?, unread: Vec::new() })
    }

    /// Says a line.
    pub fn say(&mut self, line: impl AsRef<[u8]>) -> io::Result<()> {
        self.stream.write_all(&[line.as_ref(), b"\r\n"].concat())
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
