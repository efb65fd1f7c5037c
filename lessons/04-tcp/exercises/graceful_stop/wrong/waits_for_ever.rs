//! Rejected by: a_silent_client_is_cut_off_when_patience_is_over, patience_is_for_all_together, no_thread_is_left_when_stop_returns
//!
//! Joins without a limit. One silent client and the server never stops.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A server that is running.
pub struct Server {
    address: SocketAddr,
    stopping: Arc<AtomicBool>,
    acceptor: JoinHandle<Vec<Client>>,
    /// Disconnected when no client's thread is left.
    finished: Receiver<()>,
}

struct Client {
    stream: Weak<TcpStream>,
    thread: JoinHandle<()>,
}

impl Server {
    /// Accepts clients, and calls `serve` for each on a thread of its own.
    pub fn start(
        listener: TcpListener,
        serve: impl Fn(&TcpStream) + Send + Sync + 'static,
    ) -> io::Result<Server> {
        let address = listener.local_addr()?;
        let stopping = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopping);
        let (running, finished) = mpsc::channel();
        let acceptor = thread::spawn(move || {
            accept(&listener, &stop, &running, Arc::new(serve))
        });
        Ok(Server { address, stopping, acceptor, finished })
    }

    /// Turns away new clients, waits for `patience` until those that are
    /// served have finished, and returns how many had to be cut off.
    pub fn stop(self, patience: Duration) -> usize {
        self.stopping.store(true, Ordering::SeqCst);
        // A connection to ourselves wakes the thread that waits in accept.
        let _ = TcpStream::connect(self.address);
        let clients = self.acceptor.join().unwrap_or_default();

        let _ = patience;
        for client in clients {
            // A panic of `serve` has been told where it happened.
            let _ = client.thread.join();
        }
        0
    }
}

/// Accepts clients until it is told to stop; returns those still served.
fn accept(
    listener: &TcpListener,
    stop: &AtomicBool,
    running: &Sender<()>,
    serve: Arc<impl Fn(&TcpStream) + Send + Sync + 'static>,
) -> Vec<Client> {
    let mut clients: Vec<Client> = Vec::new();
    loop {
        let accepted = listener.accept();
        if stop.load(Ordering::SeqCst) {
            return clients;
        }
        // Short of descriptors, accept fails again and again. A server that
        // is to survive that must pause here.
        let Ok((stream, _)) = accepted else { continue };
        clients.retain(|client| !client.thread.is_finished());
        clients.push(Client::start(stream, running.clone(), &serve));
    }
}

impl Client {
    fn start(
        stream: TcpStream,
        running: Sender<()>,
        serve: &Arc<impl Fn(&TcpStream) + Send + Sync + 'static>,
    ) -> Client {
        let owned = Arc::new(stream);
        let stream = Arc::downgrade(&owned);
        let serve = Arc::clone(serve);
        let thread = thread::spawn(move || {
            let _running = running;
            let stream = owned;
            serve(&stream);
        });
        Client { stream, thread }
    }
}
