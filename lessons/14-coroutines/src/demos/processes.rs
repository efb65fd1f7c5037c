//! A scheduler in each of two processes, at one address.
//!
//! ```text
//!                      ┌→ process one: a thread, a scheduler, coroutines
//! client → kernel ─────┤                                         core 0
//!                      └→ process two: a thread, a scheduler, coroutines
//!                                                                core 1
//! ```
//!
//! A scheduler uses one core, whatever there is. For more, start it once for
//! each core. With SO_REUSEPORT all listen at the same address, and the
//! kernel deals the connections out: socket(7). They share no memory, so that
//! nothing has to be locked; what they must share goes through a socket.

use std::io::{self, BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};

use narrator::say;
use socket2::{Domain, Socket, Type};

use super::ANY;

/// More connections than it takes until both have answered, but for once in
/// 2¹⁹⁹ runs.
const MOST: usize = 200;

/// Two servers; then one of them ends.
pub fn run() -> io::Result<()> {
    let (_reserved, address) = reserve()?;
    let mut one = start("one", address)?;
    let mut two = start("two", address)?;

    let mut heard = Vec::new();
    for _ in 0..MOST {
        let name = ask(address)?;
        if !heard.contains(&name) {
            heard.push(name);
        }
        if heard.len() == 2 {
            break;
        }
    }
    heard.sort();
    let names = heard.join(" and ");
    say("client", "connect", format_args!("answered by {names}"));

    end("one", &mut one)?;
    let left: Vec<_> =
        (0..10).map(|_| ask(address)).collect::<Result<_, _>>()?;
    let by_two = left.iter().filter(|name| *name == "two").count();
    say("client", "connect", format_args!("10 more: {by_two} answered by two"));
    end("two", &mut two)
}

/// A port that the kernel chose, held until both listen. A socket that is
/// bound and doesn't listen gets no connections.
fn reserve() -> io::Result<(Socket, SocketAddr)> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    socket.bind(&ANY.into())?;
    let address = socket.local_addr()?.as_socket();
    Ok((socket, address.ok_or(io::ErrorKind::AddrNotAvailable)?))
}

fn start(name: &str, address: SocketAddr) -> io::Result<Child> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(["worker", "named", &address.to_string(), name])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    if let Some(stdout) = child.stdout.take() {
        BufReader::new(stdout).read_line(&mut line)?;
    }
    say(name, "process", line.trim_end());
    Ok(child)
}

fn ask(address: SocketAddr) -> io::Result<String> {
    let mut name = String::new();
    TcpStream::connect(address)?.read_to_string(&mut name)?;
    Ok(name)
}

fn end(name: &str, child: &mut Child) -> io::Result<()> {
    drop(child.stdin.take());
    say(name, "exit", child.wait()?);
    Ok(())
}
