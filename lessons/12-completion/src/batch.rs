//! System calls per 1,000 messages, counted: epoll beside io_uring.
//!
//! Both servers echo the same messages for the same clients, which play on a
//! thread of their own. Each round all clients send one, and all of them are
//! there before the server looks. So the counts are the same each time.
//!
//! ```text
//! epoll     epoll_wait, and for each message recv and send
//! io_uring  io_uring_enter: takes all answers and the next recvs, and waits
//! ```
//!
//! What is counted are the calls that a server makes to serve. The lesson's
//! tests count them once more, as the kernel does: ptrace(2).

mod clients;
mod epoll;
mod rings;

use std::io;

use lesson_completion::Ring;
use narrator::line;

use clients::Clients;

/// How many messages each server echoes.
pub const MESSAGES: usize = 1000;

/// How long each of them is.
pub const LENGTH: usize = 16;

/// How many clients there are.
const CROWDS: [usize; 3] = [1, 10, 100];

/// Counts both, with few clients and with many.
pub fn run(ring: &mut Ring) -> io::Result<()> {
    line(format_args!(
        "{:>12} {:>12} {:>8} {:>8} {:>8} {:>16}",
        "connections", "epoll_wait", "recv", "send", "sum", "io_uring_enter"
    ));
    for crowd in CROWDS {
        let clients = Clients::connect(crowd)?;
        let epoll = clients.play(true, |server| epoll::serve(&server))?;
        let clients = Clients::connect(crowd)?;
        let enters =
            clients.play(false, |server| rings::serve(ring, &server))?;
        let epoll::Calls { waits, recvs, sends } = epoll;
        let sum = waits + recvs + sends;
        line(format_args!(
            "{crowd:>12} {waits:>12} {recvs:>8} {sends:>8} {sum:>8} \
             {enters:>16}"
        ));
    }
    Ok(())
}
