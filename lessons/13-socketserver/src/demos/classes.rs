//! Twelve servers: every model at every kind of socket, by its name here and
//! in Python, where each is a class.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::{UnixListener, UnixStream};

use lesson_socketserver::*;
use lesson_unix_sockets::Folder;
use narrator::{explain, line};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;

use super::ANY;
use super::stage::LONG;

/// Threads of a pool.
const FEW: usize = 2;

/// Asks each of them once.
pub fn run() -> io::Result<()> {
    tcp()?;
    line("");
    udp()?;
    line("");
    unix()
}

// ANCHOR: tcp
fn tcp() -> io::Result<()> {
    let ask = |name, python, serve: fn(TcpListener) -> io::Result<Report>| {
        let listener = listen::tcp(ANY.into())?;
        let address = listener.local_addr()?;
        let server = start(listener, serve)?;
        let client = TcpStream::connect(address)?;
        client.set_read_timeout(Some(LONG))?;
        let answer = converse(client, |it| it.shutdown(Shutdown::Write))?;
        tell(name, python, &answer, server)
    };
    ask("TcpServer", "TCPServer", |listener| {
        until_asked(TcpServer::new(listener, Upper::default)?)
    })?;
    ask("ThreadingTcpServer", "ThreadingTCPServer", |listener| {
        until_asked(ThreadingTcpServer::new(listener, Upper::default)?)
    })?;
    ask("ForkingTcpServer", "ForkingTCPServer", |listener| {
        until_asked(ForkingTcpServer::new(listener, Upper::default)?)
    })?;
    ask("PoolTcpServer", "", |listener| {
        // Before the pool's threads, which inherit what is blocked.
        let signals = Signals::block()?;
        let pool = Pool::new(FEW)?;
        let server = PoolTcpServer::with(listener, pool, Upper::default)?;
        server.signals(signals).run()
    })
}
// ANCHOR_END: tcp

// ANCHOR: udp
fn udp() -> io::Result<()> {
    let ask = |name, python, serve: fn(UdpSocket) -> io::Result<Report>| {
        let socket = listen::udp(ANY.into())?;
        let client = listen::udp(ANY.into())?;
        client.connect(socket.local_addr()?)?;
        let server = start(socket, serve)?;
        let answer = exchange(&client)?;
        tell(name, python, &answer, server)
    };
    ask("UdpServer", "UDPServer", |socket| {
        until_asked(UdpServer::new(socket, Upper::default)?)
    })?;
    ask("ThreadingUdpServer", "ThreadingUDPServer", |socket| {
        until_asked(ThreadingUdpServer::new(socket, Upper::default)?)
    })?;
    ask("ForkingUdpServer", "ForkingUDPServer", |socket| {
        until_asked(ForkingUdpServer::new(socket, Upper::default)?)
    })?;
    ask("PoolUdpServer", "", |socket| {
        let signals = Signals::block()?;
        let pool = Pool::new(FEW)?;
        let server = PoolUdpServer::with(socket, pool, Upper::default)?;
        server.signals(signals).run()
    })
}
// ANCHOR_END: udp

// ANCHOR: unix
fn unix() -> io::Result<()> {
    let folder = Folder::new()?;
    let ask = |name, python, serve: fn(UnixListener) -> io::Result<Report>| {
        let path = folder.path(name);
        let server = start(listen::unix(&path)?, serve)?;
        let client = UnixStream::connect(&path)?;
        client.set_read_timeout(Some(LONG))?;
        let answer = converse(client, |it| it.shutdown(Shutdown::Write))?;
        tell(name, python, &answer, server)
    };
    ask("UnixServer", "UnixStreamServer", |listener| {
        until_asked(UnixServer::new(listener, Upper::default)?)
    })?;
    ask("ThreadingUnixServer", "ThreadingUnixStreamServer", |listener| {
        until_asked(ThreadingUnixServer::new(listener, Upper::default)?)
    })?;
    ask("ForkingUnixServer", "ForkingUnixStreamServer", |listener| {
        until_asked(ForkingUnixServer::new(listener, Upper::default)?)
    })?;
    ask("PoolUnixServer", "", |listener| {
        let signals = Signals::block()?;
        let pool = Pool::new(FEW)?;
        let server = PoolUnixServer::with(listener, pool, Upper::default)?;
        server.signals(signals).run()
    })
}
// ANCHOR_END: unix

/// Runs a server in a process of its own.
fn start<E>(
    endpoint: E,
    serve: fn(E) -> io::Result<Report>,
) -> io::Result<Pid> {
    let demo = Pid::this();
    fork(&[], || {
        // Not longer than this demo, whatever ends it: PR_SET_PDEATHSIG. It
        // may have ended before.
        let _ = set_pdeathsig(Signal::SIGKILL);
        if Pid::parent() != demo {
            return;
        }
        if let Err(error) = serve(endpoint) {
            eprintln!("server: {}", explain(&error));
        }
    })
}

/// Serves until SIGTERM.
fn until_asked<E, M, F, H>(server: Server<E, M, F>) -> io::Result<Report>
where
    E: Endpoint,
    M: Model,
    F: Fn() -> H + Send + Sync + 'static,
    H: Handler<E>,
{
    server.signals(Signals::block()?).run()
}

/// Says hello, and that this is all; what comes.
fn converse<S: Read + Write>(
    mut stream: S,
    finish: impl Fn(&S) -> io::Result<()>,
) -> io::Result<String> {
    stream.write_all(b"hello")?;
    finish(&stream)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn exchange(client: &UdpSocket) -> io::Result<String> {
    client.set_read_timeout(Some(LONG))?;
    client.send(b"hello")?;
    let mut answer = [0; 100];
    loop {
        match client.recv(&mut answer) {
            // signal(7): where there is a time-out, to be stopped and
            // continued ends the call.
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            count => {
                return Ok(String::from_utf8_lossy(&answer[..count?]).into());
            }
        }
    }
}

fn tell(name: &str, python: &str, answer: &str, server: Pid) -> io::Result<()> {
    line(format!("{name:<20} {python:<26} {answer:?}"));
    kill(server, Signal::SIGTERM)?;
    match waitpid(server, None)? {
        WaitStatus::Exited(_, 0) => Ok(()),
        other => Err(io::Error::other(format!("{name} ended by {other:?}"))),
    }
}
