//! Ten thousand connections, and a server with one thread: epoll(7).
//!
//! ```text
//! this program ─┬─ server    10,000 sockets, one thread
//!               ├─ clients    2,500 sockets each, from 127.0.0.2
//!               ├─ clients                        from 127.0.0.3
//!               ├─ …
//! ```
//!
//! Both ends of a connection are descriptors, and a process may have so many
//! (RLIMIT_NOFILE, getrlimit(2)): so the clients are several processes. Each
//! process of clients calls from an address of its own. Then ports don't run
//! out: a connection is told from others by both addresses and both ports.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Instant;
use std::{env, fs};

use lesson_multiplexing::Mechanism;
use narrator::say;

use crate::limit;
use crate::stage::LIMIT;

/// Connections, of which each process of clients has its part.
const CONNECTIONS: usize = 10_000;
const PROCESSES: u8 = 4;

/// Descriptors that a process has beside its connections, at most.
const OTHERS: usize = 64;

/// The story: all come, all are answered, all go.
pub fn run(with: Mechanism) -> io::Result<()> {
    if with == Mechanism::Select {
        let why = "select takes no descriptor numbered 1024 or more \
                   (FD_SETSIZE): choose poll or epoll";
        return Err(io::Error::new(ErrorKind::InvalidInput, why));
    }
    // Children inherit the limit: getrlimit(2).
    limit::allow((CONNECTIONS + OTHERS) as u64)?;
    let server = Server::start(with)?;
    let before = server.resident()?;
    let mut crowd = Crowd::call(server.address)?;
    let connected = crowd.told()?;
    say("clients", "connect", format_args!("{connected} connections"));
    crowd.ask()?;
    let answered = crowd.told()?;
    say("clients", "recv", format_args!("{answered} answers, each its own"));

    let (threads, sockets) = (server.threads()?, server.sockets()?);
    let holds = format_args!("{sockets} sockets, with {threads} thread");
    say("server", "holds", holds);
    let more = server.resident()?.saturating_sub(before);
    let each = more / CONNECTIONS as u64;
    say("server", "resident", format_args!("{each} bytes for each client"));

    drop(crowd);
    say("clients", "close", "all of them");
    let sockets = server.serves_a_late_client()?;
    let holds =
        format_args!("{sockets} sockets: to listen, and a late client's");
    say("server", "holds", holds);
    Ok(())
}

/// The tool `server`, as a process of its own.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start(with: Mechanism) -> io::Result<Self> {
        let mut child = Command::new(env::current_exe()?)
            .args(["server", "127.0.0.1:0", "--child", "--with"])
            .arg(with.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        match first_line(&mut child) {
            Some(address) => Ok(Server { child, address }),
            None => {
                end(&mut child);
                Err(io::Error::other("the server did not start"))
            }
        }
    }

    fn proc(&self, what: &str) -> PathBuf {
        format!("/proc/{}/{what}", self.child.id()).into()
    }

    /// A number that the kernel keeps: proc_pid_status(5).
    fn status(&self, name: &str) -> io::Result<u64> {
        let text = fs::read_to_string(self.proc("status"))?;
        let value = text.lines().find_map(|line| line.strip_prefix(name));
        let number = value.and_then(|value| value.split_whitespace().next());
        let number = number.and_then(|number| number.parse().ok());
        number.ok_or(ErrorKind::InvalidData.into())
    }

    /// Bytes of its memory that are there, and not only promised.
    fn resident(&self) -> io::Result<u64> {
        Ok(self.status("VmRSS:")? * 1024)
    }

    fn threads(&self) -> io::Result<u64> {
        self.status("Threads:")
    }

    fn sockets(&self) -> io::Result<usize> {
        let mut sockets = 0;
        for entry in fs::read_dir(self.proc("fd"))? {
            // One that is closed meanwhile is no socket any more.
            let link = fs::read_link(entry?.path()).unwrap_or_default();
            sockets += usize::from(link.to_string_lossy().contains("socket:"));
        }
        Ok(sockets)
    }

    /// One more comes while the others are being closed. Its answers are the
    /// turns of the server's loop, after which to count again.
    fn serves_a_late_client(&self) -> io::Result<usize> {
        let mut client = TcpStream::connect(self.address)?;
        client.set_read_timeout(Some(LIMIT))?;
        let began = Instant::now();
        loop {
            client.write_all(b"?")?;
            client.read_exact(&mut [0; 1])?;
            match self.sockets()? {
                many if many > 2 && began.elapsed() < LIMIT => (),
                sockets => return Ok(sockets),
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Where a server listens, if it says so.
fn first_line(child: &mut Child) -> Option<SocketAddr> {
    let mut line = String::new();
    BufReader::new(child.stdout.take()?).read_line(&mut line).ok()?;
    line.trim_end().strip_prefix("listening on ")?.parse().ok()
}

/// It may have ended by itself.
fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// All the clients: processes that run the tool `clients`.
struct Crowd {
    parts: Vec<Child>,
}

impl Crowd {
    fn call(server: SocketAddr) -> io::Result<Self> {
        let mut crowd = Crowd { parts: Vec::new() };
        for number in 0..PROCESSES {
            let from = Ipv4Addr::new(127, 0, 0, 2 + number);
            let count = CONNECTIONS / usize::from(PROCESSES);
            let child = Command::new(env::current_exe()?)
                .arg("clients")
                .args([server.to_string(), from.to_string()])
                .arg(count.to_string())
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()?;
            crowd.parts.push(child);
        }
        Ok(crowd)
    }

    fn ask(&mut self) -> io::Result<()> {
        for part in &mut self.parts {
            let stdin = part.stdin.as_mut().ok_or(ErrorKind::BrokenPipe)?;
            stdin.write_all(b"\n")?;
        }
        Ok(())
    }

    /// Each says how many connections it is about: the sum.
    fn told(&mut self) -> io::Result<usize> {
        let mut sum = 0;
        for part in &mut self.parts {
            let stdout = part.stdout.as_mut().ok_or(ErrorKind::BrokenPipe)?;
            let mut line = String::new();
            // It says nothing more before it is asked: no byte is lost here.
            BufReader::new(stdout).read_line(&mut line)?;
            // Why it has failed is on stderr, from the process itself.
            let failed = |_| io::Error::other("a process of clients failed");
            sum += line.trim_end().parse::<usize>().map_err(failed)?;
        }
        Ok(sum)
    }
}

/// Without an end to their stdin they would stay.
impl Drop for Crowd {
    fn drop(&mut self) {
        for part in &mut self.parts {
            drop(part.stdin.take());
        }
        for part in &mut self.parts {
            // Its connections are closed when it has ended.
            let _ = part.wait();
        }
    }
}
