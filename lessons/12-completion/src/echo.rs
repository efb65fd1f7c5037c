//! A server's calls, submitted and completed: io_uring(7).
//!
//! Behind each line stands where its operations are: pushed into the
//! submission queue (SQ), with the kernel, or in the completion queue (CQ).
//! The server makes a system call where a line says `submit`. Pushing and
//! reaping are reads and writes of memory that it shares with the kernel.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use lesson_completion::{Entry, Operation, Ring, Rings};
use narrator::say;
use socket2::Socket;

use crate::scene::{PATIENCE, arrive, reap, tell};

/// The story, from the first entry to the last completion.
pub fn run(ring: &mut Ring) -> io::Result<()> {
    let listener = open(ring)?;
    let (client, stream) = accept(ring, listener)?;
    converse(ring, client, stream)?;
    let calls = ring.calls();
    let total = format_args!("5 operations, {calls} calls of io_uring_enter");
    say("server", "total", total);
    Ok(())
}

// ANCHOR: open
fn open(ring: &mut Ring) -> io::Result<Arc<TcpListener>> {
    ring.push(Entry::new(1, Operation::Socket))?;
    tell(ring, "server", "push", "socket, user_data 1");
    ring.submit()?;
    arrive(ring, 1)?;
    tell(ring, "server", "submit", "1 entry: done at once");

    let done = reap(ring)?;
    done.result?;
    tell(ring, "server", "reap", "user_data 1: a descriptor");
    // It is a socket like any other, and takes the calls of chapter 04.
    let socket = done.opened.map(Socket::from);
    let socket = socket.ok_or(io::ErrorKind::NotFound)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    socket.listen(16)?;
    let listener = TcpListener::from(socket);
    say("server", "listen", listener.local_addr()?);
    Ok(Arc::new(listener))
}
// ANCHOR_END: open

fn accept(
    ring: &mut Ring,
    listener: Arc<TcpListener>,
) -> io::Result<(TcpStream, Arc<TcpStream>)> {
    let address = listener.local_addr()?;
    ring.push(Entry::new(2, Operation::Accept(listener)))?;
    tell(ring, "server", "push", "accept, user_data 2");
    ring.submit()?;
    tell(ring, "server", "submit", "1 entry: nobody is there yet");

    let client = TcpStream::connect(address)?;
    client.set_read_timeout(Some(PATIENCE))?;
    arrive(ring, 1)?;
    tell(ring, "client", "connect", "to the listener");
    let done = reap(ring)?;
    done.result?;
    tell(ring, "server", "reap", "user_data 2: a connection");
    let stream = done.opened.map(TcpStream::from);
    let stream = stream.ok_or(io::ErrorKind::NotFound)?;
    Ok((client, Arc::new(stream)))
}

// ANCHOR: converse
fn converse(
    ring: &mut Ring,
    mut client: TcpStream,
    stream: Arc<TcpStream>,
) -> io::Result<()> {
    // The buffer moves into the ring. Here is no more of it.
    let recv = Operation::Recv(Arc::clone(&stream), vec![0; 16]);
    ring.push(Entry::new(3, recv))?;
    tell(ring, "server", "push", "recv, user_data 3: a buffer goes in");
    ring.submit()?;
    tell(ring, "server", "submit", "1 entry: nothing has come yet");
    client.write_all(b"hello")?;
    arrive(ring, 1)?;
    tell(ring, "client", "send", "\"hello\"");

    let done = reap(ring)?;
    let text = done.bytes().escape_ascii().to_string();
    let what = format!("user_data 3: \"{text}\" and the buffer");
    tell(ring, "server", "reap", what);
    // With the completion it came back, and goes out again at once.
    let count = done.bytes().len();
    let mut buffer = done.into_buffer();
    buffer.truncate(count);
    let send = Operation::Send(Arc::clone(&stream), buffer);
    let recv = Operation::Recv(Arc::clone(&stream), vec![0; 16]);
    ring.push(Entry::new(4, send))?;
    tell(ring, "server", "push", "send, user_data 4: \"hello\" goes in");
    ring.push(Entry::new(5, recv))?;
    tell(ring, "server", "push", "recv, user_data 5: a buffer goes in");
    ring.submit()?;
    arrive(ring, 1)?;
    tell(ring, "server", "submit", "2 entries: one is done at once");
    hang_up(ring, client)
}
// ANCHOR_END: converse

fn hang_up(ring: &mut Ring, mut client: TcpStream) -> io::Result<()> {
    let mut answer = [0; 5];
    client.read_exact(&mut answer)?;
    say("client", "recv", format_args!("\"{}\"", answer.escape_ascii()));
    let done = reap(ring)?;
    let (user_data, count) = (done.user_data, done.result?);
    let what = format!("user_data {user_data}: {count} bytes are sent");
    tell(ring, "server", "reap", what);
    drop(client);
    arrive(ring, 1)?;
    tell(ring, "client", "close", "nothing more to say");
    let done = reap(ring)?;
    let (user_data, count) = (done.user_data, done.result?);
    let what = format!("user_data {user_data}: {count} bytes, the end");
    tell(ring, "server", "reap", what);
    Ok(())
}
