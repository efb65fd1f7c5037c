//! Programs that other demos start.

use std::hint::black_box;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use clap::Subcommand;
use lesson_coroutines::coroutine::{Coroutine, State};
use lesson_coroutines::net::{Source, TcpListener};
use lesson_coroutines::reactor::Direction;
use lesson_coroutines::stack::Stack;
use lesson_coroutines::{open, overflow, scheduler};
use narrator::line;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use socket2::SockRef;

/// What a program does.
#[derive(Subcommand)]
pub enum Work {
    /// Recurses until its stack is full
    Deep {
        /// Say so, with a handler for SIGSEGV
        #[arg(long)]
        handler: bool,
    },
    /// Answers each connection with a name, beside others at one address
    Named {
        /// Where
        address: SocketAddr,
        /// With what
        name: String,
    },
    /// Connects many times, and speaks when stdin says so
    Clients {
        /// Where to
        address: SocketAddr,
        /// How often
        count: usize,
    },
}

/// Does it.
pub fn run(work: Work) -> io::Result<()> {
    match work {
        Work::Deep { handler } => deep(handler),
        Work::Named { address, name } => {
            scheduler::run(move || named(address, &name))?
        }
        Work::Clients { address, count } => clients(address, count),
    }
}

// ANCHOR: deep
fn deep(handler: bool) -> io::Result<()> {
    // The end is meant: nobody needs a picture of the memory.
    setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
    if handler {
        overflow::install()?;
    }
    let stack = Stack::map(64 * 1024)?;
    let mut deep = Coroutine::on(stack, "deep", |_: &_, ()| recurse(0));
    line("a coroutine with a stack of 64 KiB recurses without end");
    let state: State<(), u64> = deep.resume(());
    Err(io::Error::other(format!("it has come to an end: {state:?}")))
}

fn recurse(level: u64) -> u64 {
    let room = black_box([level; 32]);
    if room[0] == u64::MAX { 0 } else { recurse(level + 1) + room[31] }
}
// ANCHOR_END: deep

// ANCHOR: named
/// A scheduler of its own, in a process of its own, at a shared address.
fn named(address: SocketAddr, name: &str) -> io::Result<()> {
    let listener = TcpListener::on(open::listen(address, true)?)?;
    line(format_args!("listening on {address}"));
    let name = name.to_string();
    scheduler::spawn(move || accept(&listener, &name))?;
    // Until the program that has started this ends, or closes the pipe.
    let stdin = Source::new(io::stdin())?;
    let read = |stdin: &io::Stdin| stdin.lock().read(&mut [0; 1]);
    stdin.call(Direction::Read, read).map(drop)
}

fn accept(listener: &TcpListener, name: &str) -> io::Result<()> {
    loop {
        let (mut stream, _) = listener.accept()?;
        let name = name.to_string();
        scheduler::spawn(move || stream.write_all(name.as_bytes()))?;
    }
}
// ANCHOR_END: named

/// Plain blocking sockets: these clients needn't do anything at once.
fn clients(address: SocketAddr, count: usize) -> io::Result<()> {
    let mut all = Vec::with_capacity(count);
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard)?;
    for _ in 0..count {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        // A reset at the end: it leaves nothing behind that waits.
        SockRef::from(&stream).set_linger(Some(Duration::ZERO))?;
        all.push(stream);
    }
    line("connected");
    io::stdin().read_exact(&mut [0; 1])?;
    for stream in &mut all {
        stream.write_all(b"?")?;
    }
    let mut answers = 0;
    for stream in &mut all {
        stream.read_exact(&mut [0; 1])?;
        answers += 1;
    }
    line(answers);
    Ok(())
}
