//! An echo server: a coroutine for each client, or a future.
//!
//! It holds no thread for a client that says nothing, and gives it up after
//! a minute. With `--processes` the kernel deals the clients out to as many
//! schedulers.

#![allow(unsafe_code)]

use std::hint::black_box;
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use lesson_coroutines::{async_net, executor, net, open, scheduler};
use narrator::{During, Trouble, explain, line, say};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::unistd::{ForkResult, fork, getppid};

/// How long a client may neither send nor take anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long to rest when there is no descriptor or memory for a client.
const REST: Duration = Duration::from_millis(100);

/// What a client gets of its coroutine's stack: small, so that one or two
/// pages are all that it touches.
const BUFFER: usize = 1024;

/// What the reader may ask of it.
#[derive(Args)]
pub struct Options {
    /// Where to listen
    #[arg(default_value = "127.0.0.1:8888")]
    address: SocketAddr,
    /// So many processes at the same address
    #[arg(long, default_value_t = 1, value_parser =
          clap::value_parser!(u16).range(1..=64))]
    processes: u16,
    /// By futures instead of coroutines
    #[arg(long = "async", conflicts_with = "work")]
    by_await: bool,
    /// Sum the bytes so often before they go back, to have something to do
    #[arg(long, default_value_t = 0)]
    work: u32,
}

/// Serves until the process is stopped.
pub fn run(options: Options) -> Result<(), Trouble> {
    let Options { address, processes, by_await, work } = options;
    let listeners = listen(address, processes);
    let listeners = listeners.during(format_args!("bind {address}"))?;
    let address = listeners[0].local_addr().during("getsockname")?;
    line(format_args!("listening on {address}"));
    let own = multiply(listeners).during("fork")?;
    let result = if by_await {
        executor::run(async { serve_by_await(own).await })
    } else {
        scheduler::run(move || serve(own, work))
    };
    result.and_then(|served| served).during("serve")
}

/// A listener for each process, all at the same address.
fn listen(
    address: SocketAddr,
    processes: u16,
) -> io::Result<Vec<std::net::TcpListener>> {
    let shared = processes > 1;
    let first = open::listen(address, shared)?;
    let address = first.local_addr()?;
    let others = (1..processes).map(|_| open::listen(address, shared));
    std::iter::once(Ok(first)).chain(others).collect()
}

/// Makes a process for each listener but the last: `fork(2)`. Gives the one
/// that is this process's own; the others are closed here.
fn multiply(
    mut listeners: Vec<std::net::TcpListener>,
) -> io::Result<std::net::TcpListener> {
    let parent = nix::unistd::getpid();
    while listeners.len() > 1 {
        let own = listeners.swap_remove(0);
        // SAFETY: no other thread exists yet, and so none holds a lock that
        // the child would wait for.
        if let ForkResult::Child = unsafe { fork() }? {
            // Nobody shall be left when the first process is ended.
            set_pdeathsig(Signal::SIGTERM)?;
            if getppid() != parent {
                return Err(io::ErrorKind::Interrupted.into());
            }
            return Ok(own);
        }
    }
    Ok(listeners.swap_remove(0))
}

// ANCHOR: coroutines
fn serve(listener: std::net::TcpListener, work: u32) -> io::Result<()> {
    let listener = net::TcpListener::on(listener)?;
    loop {
        let begun = listener.accept().and_then(|(stream, peer)| {
            say("server", "accept", peer);
            scheduler::spawn(move || {
                let end = answer(stream, work);
                say("server", "close", told(peer, &end));
            })
        });
        // accept(2): an error may be that of the connection, or want of
        // memory or descriptors. Neither is a reason to stop serving.
        if let Err(error) = begun {
            eprintln!("accept: {}", explain(&error));
            scheduler::sleep(REST);
        }
    }
}

fn answer(mut stream: net::TcpStream, work: u32) -> io::Result<u64> {
    stream.set_limit(Some(PATIENCE));
    let (mut buffer, mut all) = ([0; BUFFER], 0);
    loop {
        let bytes = stream.read(&mut buffer)?;
        if bytes == 0 {
            return Ok(all);
        }
        busy(&buffer[..bytes], work);
        stream.write_all(&buffer[..bytes])?;
        all += bytes as u64;
    }
}
// ANCHOR_END: coroutines

// ANCHOR: futures
async fn serve_by_await(listener: std::net::TcpListener) -> io::Result<()> {
    let listener = async_net::TcpListener::on(listener)?;
    loop {
        let begun = listener.accept().await.and_then(|(stream, peer)| {
            say("server", "accept", peer);
            executor::spawn(async move {
                let end = answer_by_await(stream).await;
                say("server", "close", told(peer, &end));
            })
        });
        // As above.
        if let Err(error) = begun {
            eprintln!("accept: {}", explain(&error));
            executor::sleep(REST).await;
        }
    }
}

async fn answer_by_await(stream: async_net::TcpStream) -> io::Result<u64> {
    stream.set_limit(Some(PATIENCE));
    let (mut buffer, mut all) = ([0; BUFFER], 0);
    loop {
        let bytes = stream.read(&mut buffer).await?;
        if bytes == 0 {
            return Ok(all);
        }
        stream.write_all(&buffer[..bytes]).await?;
        all += bytes as u64;
    }
}
// ANCHOR_END: futures

/// What a server does that has more to do than to echo.
fn busy(bytes: &[u8], times: u32) {
    for _ in 0..times {
        let sum = |sum: u32, byte: &u8| sum.wrapping_add(u32::from(*byte));
        black_box(black_box(bytes).iter().fold(0, sum));
    }
}

fn told(peer: SocketAddr, end: &io::Result<u64>) -> String {
    match end {
        Ok(bytes) => format!("{peer}: {bytes} bytes echoed"),
        Err(error) => format!("{peer}: {}", explain(error)),
    }
}
