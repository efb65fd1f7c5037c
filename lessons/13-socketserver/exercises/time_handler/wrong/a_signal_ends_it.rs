//! Rejected by: a_signal_is_no_error
//!
//! Interrupted is taken for the end of the connection.

use std::io;
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
    let make = move || TimeHandler::new(clock.clone());
    let server = ThreadingTcpServer::new(listener, make)?;
    started(server.stopper());
    server.run()
}
