//! Two things that a server which forks must do, and what happens without.
//!
//! waitpid(2): a child that has ended stays in the table of processes, with
//! its status, until its parent asks for it. close(2): what closes a
//! connection is the close of its *last* descriptor, and a fork copies all.

use std::io::{self, Read};
use std::net::{Shutdown, TcpListener, TcpStream};

use lesson_socketserver::fork;
use narrator::{explain, line, say};
use nix::errno::Errno;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use super::ANY;
use super::snapshot::children;
use super::stage::{LONG, Running, until};

/// Children that nobody reaps; a close that is no end; and a server that sees
/// to both.
pub fn run() -> io::Result<()> {
    line("Children that nobody asks for");
    unreaped()?;
    line("");
    line("A close in one process");
    close_is_no_end(false)?;
    line("");
    line("A shutdown in one process");
    close_is_no_end(true)?;
    line("");
    line("A server that sees to both");
    reaped()
}

fn unreaped() -> io::Result<()> {
    let mut children = Vec::new();
    for _ in 0..3 {
        children.push(fork(&[], || ())?);
    }
    say("server", "fork", "3 times; each child ends at once");
    until("the end of three children", || zombies(&children) == 3)?;
    say("kernel", "/proc", "3 children in state Z, zombie");
    if let WaitStatus::Exited(_, status) = waitpid(children[0], None)? {
        say("server", "waitpid", format_args!("one, its status is {status}"));
    }
    say("kernel", "/proc", format_args!("{} zombies", zombies(&children)));
    let mut reaped = 0;
    for child in &children[1..] {
        waitpid(*child, Some(WaitPidFlag::WNOHANG))?;
        reaped += 1;
    }
    say("server", "waitpid", format_args!("{reaped} more, without waiting"));
    say("kernel", "/proc", format_args!("{} zombies", zombies(&children)));
    let none = waitpid(children[0], Some(WaitPidFlag::WNOHANG));
    let none = none.err().unwrap_or(Errno::UnknownErrno);
    say("server", "waitpid", explain(&none.into()));
    Ok(())
}

// ANCHOR: zombies
/// How many of them are zombies: proc_pid_stat(5), the state behind the name.
fn zombies(children: &[Pid]) -> usize {
    let is_one = |pid: &&Pid| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
        stat.is_ok_and(|stat| stat.contains(") Z "))
    };
    children.iter().filter(is_one).count()
}
// ANCHOR_END: zombies

// ANCHOR: close
fn close_is_no_end(shut: bool) -> io::Result<()> {
    let listener = TcpListener::bind(ANY)?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    client.set_read_timeout(Some(LONG))?;
    let (connection, _) = listener.accept()?;
    let (mut wait, end) = io::pipe()?;
    let child = fork(&[], || {
        // A copy of everything is open here. The pipe's end is the signal.
        nix::unistd::close(raw(&end)).ok();
        let _ = wait.read(&mut [0; 1]);
    })?;
    say("server", "fork", "a child, which has a copy of the connection");
    if shut {
        connection.shutdown(Shutdown::Write)?;
        say("server", "shutdown", "the connection, not a descriptor");
    }
    drop(connection);
    say("server", "close", "the parent's copy");
    tell_state(&mut client)?;
    drop(end);
    waitpid(child, None)?;
    say("child", "exit", "reaped");
    if !shut {
        client.set_nonblocking(false)?;
        let count = client.read_to_end(&mut Vec::new())?;
        say("client", "recv", format_args!("{count} bytes: the end"));
    }
    Ok(())
}
// ANCHOR_END: close

// ANCHOR: reaped
/// SIGCHLD wakes the server, which reaps: no client needs to call for that.
fn reaped() -> io::Result<()> {
    let server = Running::model("forking", &[])?;
    let mut clients = Vec::new();
    for _ in 0..3 {
        let mut client = server.client()?;
        client.ask("hello")?;
        clients.push(client);
    }
    let count = || children(server.pid()).len();
    say("server", "fork", format_args!("{} children serve", count()));
    for client in clients {
        client.leave()?;
    }
    say("clients", "recv", "the end: no copy of a connection is left open");
    until("a server that has reaped", || count() == 0)?;
    say("kernel", "/proc", "0 children, dead or alive");
    say("server", "stop", server.stop()?.told);
    Ok(())
}
// ANCHOR_END: reaped

fn raw(end: &io::PipeWriter) -> i32 {
    std::os::fd::AsRawFd::as_raw_fd(end)
}

/// What the client sees of it. Over loopback a FIN arrives with the call that
/// sends it.
fn tell_state(client: &mut TcpStream) -> io::Result<()> {
    client.set_nonblocking(true)?;
    match client.read(&mut [0; 1]) {
        Ok(count) => say("client", "recv", format!("{count} bytes: the end")),
        Err(error) => say("client", "recv", explain(&error)),
    }
    Ok(())
}
