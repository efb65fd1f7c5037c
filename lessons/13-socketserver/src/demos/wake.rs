//! A thread waits in recv. Another one wants it to stop.

use std::io::{self, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::{AsRawFd, RawFd};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use narrator::{explain, line, say};
use nix::errno::Errno;
use nix::libc::SYS_recvfrom;
use nix::sys::socket::{MsgFlags, recv};
use nix::unistd::{Pid, gettid};

use super::ANY;
use super::stage::until;

/// By close, and by shutdown.
pub fn run() -> io::Result<()> {
    by_close()?;
    line("");
    by_shutdown()
}

// ANCHOR: close
fn by_close() -> io::Result<()> {
    let (mut client, connection) = pair()?;
    let fd = connection.as_raw_fd();
    let thread = wait_in_recv(fd)?;
    drop(connection);
    say("main", "close", "the connection");
    let error = recv(fd, &mut [0; 1], MsgFlags::empty()).err();
    let error = explain(&error.unwrap_or(Errno::UnknownErrno).into());
    say("main", "recv", format_args!("{error}: the number is free"));
    say("thread", "recv", format_args!("still waits: {}", is_in_recv(&thread)));
    client.write_all(b"late")?;
    say("client", "send", "\"late\": nothing tells it of the close");
    told(thread)
}
// ANCHOR_END: close

// ANCHOR: shutdown
fn by_shutdown() -> io::Result<()> {
    let (_client, connection) = pair()?;
    let thread = wait_in_recv(connection.as_raw_fd())?;
    connection.shutdown(Shutdown::Read)?;
    say("main", "shutdown", "the connection, for reading");
    told(thread)
}
// ANCHOR_END: shutdown

fn pair() -> io::Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind(ANY)?;
    let client = TcpStream::connect(listener.local_addr()?)?;
    Ok((client, listener.accept()?.0))
}

struct Waiting {
    number: Pid,
    thread: JoinHandle<nix::Result<String>>,
}

/// A thread that is inside the call when this returns.
fn wait_in_recv(fd: RawFd) -> io::Result<Waiting> {
    let (tell, hear) = mpsc::channel();
    let thread = thread::spawn(move || {
        // Whoever has hung up isn't interested.
        let _ = tell.send(gettid());
        let mut buffer = [0; 10];
        let count = recv(fd, &mut buffer, MsgFlags::empty())?;
        let text = String::from_utf8_lossy(&buffer[..count]);
        Ok(format!("{count} bytes, {text:?}"))
    });
    let number = hear.recv().map_err(io::Error::other)?;
    let waiting = Waiting { number, thread };
    until("a thread that waits in recv", || is_in_recv(&waiting))?;
    say("thread", "recv", "waits");
    Ok(waiting)
}

/// proc_pid_syscall(5): the number of the call that a thread is in.
fn is_in_recv(thread: &Waiting) -> bool {
    let path = format!("/proc/self/task/{}/syscall", thread.number);
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.starts_with(&format!("{SYS_recvfrom} "))
}

fn told(waiting: Waiting) -> io::Result<()> {
    let result = waiting.thread.join();
    let result = result.map_err(|_| io::Error::other("a thread panicked"))?;
    say("thread", "recv", format_args!("returns {}", result?));
    Ok(())
}
