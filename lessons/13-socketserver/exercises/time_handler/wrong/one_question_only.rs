//! Rejected by: the_clock_is_asked_for_each_answer, lines_come_in_pieces_and_together, an_answer_is_written_whole, a_line_of_any_bytes_and_any_length_asks, a_reset_is_told_to_the_server, nobody_waits_for_another
//!
//! The handler answers once and returns, as if a connection were one request.

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
            if buffer[..count].contains(&b'\n') {
                return stream.write_all(self.line().as_bytes());
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
    let make = move || TimeHandler::new(clock.clone());
    let server = ThreadingTcpServer::new(listener, make)?;
    started(server.stopper());
    server.run()
}
