//! Ten thousand at once, and what each of them costs.
//!
//! ```text
//! a thread      stack + guard, a kernel stack, an entry in its scheduler
//! a coroutine   stack + guard: a page or two touched, an entry in ours
//! ```
//!
//! A server with a coroutine for each of ten thousand clients, who are
//! connected and say nothing. Memory is that which the kernel has given to
//! this process: the resident pages, proc_pid_statm(5).

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;

use lesson_coroutines::net::{Source, TcpListener, TcpStream};
use lesson_coroutines::reactor::Direction;
use lesson_coroutines::scheduler::{run as run_all, spawn, yield_now};
use narrator::say;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

use super::{ANY, count_threads};

const CLIENTS: usize = 10_000;

/// What a coroutine may cost.
const GOAL: f64 = 10.0;

/// Connects all of them, measures, and lets each speak once.
pub fn run() -> io::Result<()> {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    if hard < CLIENTS as u64 + 100 {
        let why = format!(
            "{hard} descriptors are allowed, and {CLIENTS} clients need more: \
             raise the hard limit (ulimit -Hn, limits.conf(5))"
        );
        return Err(io::Error::new(io::ErrorKind::QuotaExceeded, why));
    }
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard)?;
    run_all(story)?
}

// ANCHOR: story
fn story() -> io::Result<()> {
    let listener = TcpListener::bind(ANY)?;
    let mut clients = start(&listener)?;
    let before = resident()?;
    let (waiting, answered) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    for _ in 0..CLIENTS {
        let (stream, _) = listener.accept()?;
        let (waiting, answered) = (waiting.clone(), answered.clone());
        spawn(move || answer(stream, &waiting, &answered))?;
    }
    while waiting.get() < CLIENTS {
        yield_now();
    }
    say("server", "accept", format_args!("{CLIENTS} clients"));
    say("server", "read", format_args!("{CLIENTS} coroutines wait in it"));
    let each = (resident()? - before) as f64 / 1024.0 / CLIENTS as f64;
    say("memory", "resident", format_args!("{each:.1} KiB each"));
    let holds = if each < GOAL { "less" } else { "more" };
    say("memory", "resident", format_args!("{holds} than {GOAL} KiB each"));
    count_threads()?;
    wake(&mut clients, &answered)
}

fn answer(
    mut stream: TcpStream,
    waiting: &Cell<usize>,
    answered: &Cell<usize>,
) -> io::Result<()> {
    let mut buffer = [0; 64];
    waiting.set(waiting.get() + 1);
    let bytes = stream.read(&mut buffer)?;
    stream.write_all(&buffer[..bytes])?;
    answered.set(answered.get() + 1);
    // Until the client is gone.
    while stream.read(&mut buffer)? > 0 {}
    Ok(())
}
// ANCHOR_END: story

/// The clients, in a program of their own: its descriptors are not ours.
fn start(listener: &TcpListener) -> io::Result<Child> {
    let address = listener.local_addr()?;
    Command::new(std::env::current_exe()?)
        .args(["worker", "clients"])
        .args([address.to_string(), CLIENTS.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
}

/// Lets each client speak, and counts the answers at both ends.
fn wake(clients: &mut Child, answered: &Cell<usize>) -> io::Result<()> {
    let strange = || io::Error::other("the clients have no pipes");
    let mut stdin = clients.stdin.take().ok_or_else(strange)?;
    stdin.write_all(b"!")?;
    // A pipe can be waited for as well as a socket.
    let stdout = clients.stdout.take().ok_or_else(strange)?;
    let told = Source::new(File::from(OwnedFd::from(stdout)))?;
    let (mut text, mut buffer) = (String::new(), [0; 64]);
    loop {
        let read = |mut pipe: &File| pipe.read(&mut buffer);
        let bytes = told.call(Direction::Read, read)?;
        if bytes == 0 {
            break;
        }
        text.push_str(&String::from_utf8_lossy(&buffer[..bytes]));
    }
    let got = text.lines().last().unwrap_or("none").to_string();
    say("server", "write", format_args!("{} answers", answered.get()));
    say("clients", "read", format_args!("{got} answers"));
    clients.wait().map(drop)
}

/// How many bytes of memory this process has.
fn resident() -> io::Result<usize> {
    let statm = std::fs::read_to_string("/proc/self/statm")?;
    let pages = statm.split(' ').nth(1).and_then(|it| it.parse().ok());
    let pages: usize = pages.ok_or(io::ErrorKind::InvalidData)?;
    Ok(pages * lesson_coroutines::stack::page())
}
