//! What the demos do with a server.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use lesson_ftp::{Folder, server};
use lesson_socketserver::{Report, Stopper, listen};

use super::ANY;

/// How long anything may take, on a busy machine.
pub const LONG: Duration = Duration::from_secs(60);

/// A server in a thread.
pub struct Serving {
    /// Where it listens.
    pub address: SocketAddr,
    stopper: Stopper,
    running: JoinHandle<io::Result<Report>>,
}

impl Serving {
    /// Serves a folder, at a port that the kernel chooses.
    pub fn start(folder: &Path) -> io::Result<Self> {
        let listener = listen::tcp(ANY.into())?;
        let address = listener.local_addr()?;
        let server = server(listener, Folder::open(folder)?, LONG)?;
        let stopper = server.stopper();
        let running = thread::spawn(move || server.run());
        Ok(Serving { address, stopper, running })
    }

    /// Stops it: how many it has served.
    pub fn stop(self) -> io::Result<String> {
        self.stopper.stop();
        let report = self.running.join().map_err(|_| broken())??;
        Ok(format!("served {}, refused {}", report.served, report.refused))
    }
}

fn broken() -> io::Error {
    io::Error::other("the server's thread has panicked")
}
