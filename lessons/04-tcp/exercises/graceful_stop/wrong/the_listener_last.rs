//! Rejected by: who_comes_during_the_stop_is_refused
//!
//! Waits for the clients first and closes the listener afterwards. In the
//! meantime the kernel connects newcomers whom nobody will serve.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

type Clients = Arc<Mutex<Vec<(Weak<TcpStream>, JoinHandle<()>)>>>;

pub struct Server {
    address: SocketAddr,
    stopping: Arc<AtomicBool>,
    acceptor: JoinHandle<()>,
    clients: Clients,
}

impl Server {
    pub fn start(
        listener: TcpListener,
        serve: impl Fn(&TcpStream) + Send + Sync + 'static,
    ) -> io::Result<Server> {
        let address = listener.local_addr()?;
        let stopping = Arc::new(AtomicBool::new(false));
        let clients = Clients::default();
        let (stop, list) = (stopping.clone(), clients.clone());
        let serve = Arc::new(serve);
        let acceptor = thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(stream) = stream.map(Arc::new) else { continue };
                let weak = Arc::downgrade(&stream);
                let serve = serve.clone();
                let mut list = list.lock().unwrap();
                let thread = thread::spawn(move || {
                    serve(&stream);
                });
                list.push((weak, thread));
            }
        });
        Ok(Server { address, stopping, acceptor, clients })
    }

    pub fn stop(self, patience: Duration) -> usize {
        let end = Instant::now() + patience;
        while Instant::now() < end && self.is_serving() {
            thread::sleep(Duration::from_millis(5));
        }
        let mut cut_off = 0;
        for (stream, thread) in self.clients.lock().unwrap().drain(..) {
            if let Some(stream) = stream.upgrade() {
                cut_off += 1;
                let _ = stream.shutdown(Shutdown::Both);
            }
            let _ = thread.join();
        }
        self.stopping.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        let _ = self.acceptor.join();
        cut_off
    }

    fn is_serving(&self) -> bool {
        let clients = self.clients.lock().unwrap();
        clients.iter().any(|(_, thread)| !thread.is_finished())
    }
}
