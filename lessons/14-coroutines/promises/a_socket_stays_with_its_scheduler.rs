//! A socket is registered with the poller of one thread.

use std::net::SocketAddr;
use std::thread;

use lesson_coroutines::net::TcpStream;
use lesson_coroutines::scheduler::run;

fn main() -> std::io::Result<()> {
    let server = SocketAddr::from(([127, 0, 0, 1], 9));
    run(move || {
        let stream = TcpStream::connect(server)?;
        thread::spawn(move || stream.set_limit(None));
        Ok(())
    })?
}
