//! Rejected by: a_panic_in_serve_ends_one_client_only
//!
//! Counts a client out in the line behind `serve`. A panic passes that line by,
//! and the client is waited for until patience is over.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::Weak;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

type Client = (Weak<TcpStream>, JoinHandle<()>);

pub struct Server {
    address: SocketAddr,
    stopping: Arc<AtomicBool>,
    serving: Arc<AtomicUsize>,
    acceptor: JoinHandle<Vec<Client>>,
}

impl Server {
    pub fn start(
        listener: TcpListener,
        serve: impl Fn(&TcpStream) + Send + Sync + 'static,
    ) -> io::Result<Server> {
        let address = listener.local_addr()?;
        let stopping = Arc::new(AtomicBool::new(false));
        let serving = Arc::new(AtomicUsize::new(0));
        let (stop, count) = (stopping.clone(), serving.clone());
        let serve = Arc::new(serve);
        let acceptor = thread::spawn(move || {
            let mut clients = Vec::new();
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(stream) = stream.map(Arc::new) else { continue };
                let weak = Arc::downgrade(&stream);
                let (serve, count) = (serve.clone(), count.clone());
                count.fetch_add(1, Ordering::SeqCst);
                let thread = thread::spawn(move || {
                    serve(&stream);
                    count.fetch_sub(1, Ordering::SeqCst);
                });
                clients.push((weak, thread));
            }
            clients
        });
        Ok(Server { address, stopping, serving, acceptor })
    }

    pub fn stop(self, patience: Duration) -> usize {
        self.stopping.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        let clients = self.acceptor.join().unwrap_or_default();

        let end = Instant::now() + patience;
        while self.serving.load(Ordering::SeqCst) > 0 && Instant::now() < end {
            thread::sleep(Duration::from_millis(5));
        }
        let cut_off = self.serving.load(Ordering::SeqCst);
        for (stream, thread) in clients {
            if let Some(stream) = stream.upgrade() {
                let _ = stream.shutdown(Shutdown::Both);
            }
            let _ = thread.join();
        }
        cut_off
    }
}
