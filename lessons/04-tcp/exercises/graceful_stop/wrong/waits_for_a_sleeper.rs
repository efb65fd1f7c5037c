//! Rejected by: with_nobody_there_stop_returns_at_once, after_the_stop_nobody_listens, a_conversation_goes_on_while_the_server_stops, who_comes_during_the_stop_is_refused, a_silent_client_is_cut_off_when_patience_is_over, patience_is_for_all_together, no_thread_is_left_when_stop_returns, a_panic_in_serve_ends_one_client_only
//!
//! Sets a flag and waits for the thread that accepts to end. It sleeps in
//! `accept`, and nobody wakes it.

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A server that is running.
pub struct Server {
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
        let stopping = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopping);
        let (running, finished) = mpsc::channel();
        let acceptor = thread::spawn(move || {
            accept(&listener, &stop, &running, Arc::new(serve))
        });
        Ok(Server { stopping, acceptor, finished })
    }

    /// Turns away new clients, waits for `patience` until those that are
    /// served have finished, and returns how many had to be cut off.
    pub fn stop(self, patience: Duration) -> usize {
        self.stopping.store(true, Ordering::SeqCst);
        let clients = self.acceptor.join().unwrap_or_default();

        // Returns when all are finished, or when patience is over.
        let _ = self.finished.recv_timeout(patience);

        let mut cut_off = 0;
        for stream in clients.iter().filter_map(|c| c.stream.upgrade()) {
            cut_off += 1;
            // Fails where the client has reset the connection meanwhile.
            let _ = stream.shutdown(Shutdown::Both);
        }
        for client in clients {
            // A panic of `serve` has been told where it happened.
            let _ = client.thread.join();
        }
        cut_off
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
