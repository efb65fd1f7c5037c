//! Rejected by: clients_are_served_at_the_same_time, who_comes_during_the_stop_is_refused, a_silent_client_is_cut_off_when_patience_is_over, patience_is_for_all_together, no_thread_is_left_when_stop_returns, a_panic_in_serve_ends_one_client_only
//!
//! Serves each client in the thread that accepts. Whoever is silent keeps all
//! others waiting, and the server from stopping.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A server that is running.
pub struct Server {
    address: SocketAddr,
    stopping: Arc<AtomicBool>,
    acceptor: JoinHandle<()>,
}

impl Server {
    /// Accepts clients, and calls `serve` for each.
    pub fn start(
        listener: TcpListener,
        serve: impl Fn(&TcpStream) + Send + Sync + 'static,
    ) -> io::Result<Server> {
        let address = listener.local_addr()?;
        let stopping = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopping);
        let acceptor = thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                serve(&stream);
            }
        });
        Ok(Server { address, stopping, acceptor })
    }

    /// Turns away new clients, and waits until the last one is served.
    pub fn stop(self, _patience: Duration) -> usize {
        self.stopping.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        let _ = self.acceptor.join();
        0
    }
}
