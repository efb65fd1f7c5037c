//! Clients of `ten-thousand`: one process of them.
//!
//! It connects so many times, from one address, and says how many
//! connections it has. For each line that stdin brings it asks on all of
//! them, and says how many answers were right. It ends when stdin does.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use narrator::{During, Trouble, line};
use socket2::{Domain, Socket, Type};

use crate::limit;
use crate::stage::LIMIT;

/// Descriptors beside the connections, at most.
const OTHERS: usize = 64;

/// Does what stdin says.
pub fn run(
    server: SocketAddr,
    from: Ipv4Addr,
    count: usize,
) -> Result<(), Trouble> {
    let most = count.saturating_add(OTHERS) as u64;
    limit::allow(most).during("clients")?;
    let connections = (0..count)
        .map(|_| connect(server, from))
        .collect::<io::Result<Vec<_>>>()
        .during(format_args!("connect {server} from {from}"))?;
    line(connections.len());
    for asked in io::stdin().lines() {
        asked.during("read stdin")?;
        line(ask(&connections).during("ask")?);
    }
    Ok(())
}

fn connect(server: SocketAddr, from: Ipv4Addr) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from((from, 0)).into())?;
    socket.connect(&server.into())?;
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(LIMIT))?;
    Ok(stream)
}

/// On each connection bytes of its own: how many came back as they went.
fn ask(connections: &[TcpStream]) -> io::Result<usize> {
    for (number, mut stream) in connections.iter().enumerate() {
        stream.write_all(&number.to_be_bytes())?;
    }
    let mut right = 0;
    for (number, mut stream) in connections.iter().enumerate() {
        let mut answer = [0; size_of::<usize>()];
        stream.read_exact(&mut answer)?;
        right += usize::from(answer == number.to_be_bytes());
    }
    Ok(right)
}
