//! The lesson's demos and tools, a file each.

pub mod busy;
pub mod by_await;
pub mod channel;
pub mod cost;
pub mod crowd;
pub mod echo;
pub mod join;
pub mod overflow;
pub mod processes;
pub mod server;
mod stage;
pub mod switch;
pub mod trouble;
pub mod worker;

use std::any::Any;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::panic;

use lesson_coroutines::scheduler::Panic;
use narrator::say;

/// Where the kernel chooses the port.
pub const ANY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Says how many threads the kernel sees: proc_pid_status(5).
pub fn count_threads() -> io::Result<()> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let threads = status
        .lines()
        .find_map(|line| line.strip_prefix("Threads:"))
        .map_or("unknown", str::trim);
    say("kernel", "threads", threads);
    Ok(())
}

/// A coroutine that should have come to its end has panicked.
pub fn panicked(panic: Panic) -> io::Error {
    io::Error::other(format!("a coroutine panicked: {}", words(&*panic)))
}

/// Lets a panic be told as part of the story. The hook runs first, before
/// anything is unwound.
pub fn tell_panics() {
    panic::set_hook(Box::new(|info| {
        say("hook", "panic", words(info.payload()));
    }));
}

/// What a panic says.
pub fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let literal = panic.downcast_ref::<&str>().copied();
    text.or(literal).unwrap_or("no words")
}
