//! Rejected by: the_server_stops_when_it_is_asked, nobody_waits_for_another, who_resets_ends_nobody_else
//!
//! A loop of its own beside the server: one after the other, the first error
//! of a client ends it, and nobody can stop it.

use std::io::{self, ErrorKind};
use std::net::TcpListener;
use std::sync::Arc;

use lesson_socketserver::{
    DatagramHandler, Report, Stopper, Stream, StreamHandler, ThreadingTcpServer,
};

/// Seconds since 1970. A test gives another clock than the system's.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Answers with the time.
pub struct TimeHandler {
    clock: Clock,
}

impl TimeHandler {
    /// A handler that asks this clock.
    pub fn new(clock: Clock) -> Self {
        TimeHandler { clock }
    }

    fn line(&self) -> String {
        format!("{}\n", (self.clock)())
    }
}

impl StreamHandler for TimeHandler {
    fn handle(&mut self, stream: &mut dyn Stream, _: &str) -> io::Result<()> {
        let mut buffer = [0; 4096];
        loop {
            let count = match stream.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => count,
                Err(e) if e.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            for _ in buffer[..count].iter().filter(|byte| **byte == b'\n') {
                stream.write_all(self.line().as_bytes())?;
            }
        }
    }
}

impl DatagramHandler for TimeHandler {
    fn handle(&mut self, _: &[u8]) -> io::Result<Vec<u8>> {
        Ok(self.line().into_bytes())
    }
}

/// Serves the time until it is stopped.
pub fn serve(
    listener: TcpListener,
    clock: Clock,
    started: impl FnOnce(Stopper),
) -> io::Result<Report> {
    let other = clock.clone();
    let make_another = move || TimeHandler::new(other.clone());
    let make = move || TimeHandler::new(clock.clone());
    let accepts = listener.try_clone()?;
    let server = ThreadingTcpServer::new(listener, make)?;
    accepts.set_nonblocking(false)?;
    started(server.stopper());
    loop {
        let (mut stream, peer) = accepts.accept()?;
        let mut handler = make_another();
        StreamHandler::handle(&mut handler, &mut stream, &peer.to_string())?;
    }
}
